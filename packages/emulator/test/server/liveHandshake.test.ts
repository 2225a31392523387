/** Requests for sockets: what opens them, and in what words they are refused. */
import { Emulator } from "@effect-deepgram/emulator"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { Requests, Tokens } from "effect-deepgram"
import { once } from "node:events"
import { connect as connectTo } from "node:net"
import { inProject, newKey, withKey } from "./management.ts"
import { connect, type Dial, refused } from "./socket.ts"

const v1 = "/v1/listen?model=nova-3"
const v2 = "/v2/listen?model=flux-general-en"

/** Sends bytes and reads to the end. */
const exchange = Effect.fnUntraced(function*(lines: ReadonlyArray<string>) {
  const { url } = yield* Emulator.Emulator
  return yield* Effect.promise(async () => {
    const socket = connectTo(Number(new URL(url).port), "127.0.0.1")
    let answer = ""
    socket.setEncoding("utf8").on("data", (text) => answer += text).on("error", () => undefined)
    socket.write([...lines, "", ""].join("\r\n"))
    await once(socket, "close")
    return answer
  })
})

const upgrade = ["host: x", "connection: Upgrade", "upgrade: websocket"]
const authorized = `authorization: Token ${Emulator.defaultApiKey}`

/** The subprotocol that the global `WebSocket`, which is that of browsers, agreed on. */
const browse = (protocols: ReadonlyArray<string>, path = v1) =>
  Effect.flatMap(Emulator.Emulator, ({ url }) =>
    Effect.callback<string>((resume) => {
      const socket = new WebSocket(`${url.replace("http", "ws")}${path}`, [...protocols])
      const answer = (text: string) => {
        resume(Effect.succeed(text))
        socket.close()
      }
      socket.addEventListener("open", () => answer(`open: ${socket.protocol}`))
      socket.addEventListener("error", () => answer("error"))
    }))

layer(Emulator.layerSdk())("a socket", (it) => {
  it.effect("has ids in the answer that opens it, and none of the offered extensions", () =>
    Effect.gen(function*() {
      for (const path of [v1, v2]) {
        const { headers, socket } = yield* connect(path)
        assert.match(headers["dg-request-id"] as string, /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/)
        assert.match(headers["dg-project-id"] as string, /^[\da-f-]{36}$/)
        assert.isUndefined(headers["dg-error"])
        assert.strictEqual(socket.protocol, "")
        assert.strictEqual(socket.extensions, "")
      }
    }))

  it.effect("is opened by a key or a token in the header", () =>
    Effect.gen(function*() {
      const { access_token } = yield* Tokens.grant()
      for (const authorization of [`token ${Emulator.defaultApiKey}`, `bearer ${Redacted.value(access_token)}`]) {
        yield* connect(v1, { headers: { authorization } })
      }
      for (const authorization of [`Bearer ${Emulator.defaultApiKey}`, `Token ${Redacted.value(access_token)}`]) {
        assert.strictEqual((yield* refused(v1, { headers: { authorization } })).status, 401)
      }
    }))

  it.effect("is opened by subprotocols, of which the scheme is agreed on, never the secret", () =>
    Effect.gen(function*() {
      const key = Emulator.defaultApiKey
      const { access_token } = yield* Tokens.grant()
      assert.strictEqual(yield* browse(["token", key]), "open: token")
      assert.strictEqual(yield* browse(["token", key], v2), "open: token")
      assert.strictEqual(yield* browse(["bearer", Redacted.value(access_token)]), "open: bearer")
      assert.strictEqual(yield* browse(["mine", "token", key, "x-deepgram-session-id", "1"]), "open: token")
      for (const wrong of [["token"], ["token", "wrong"], ["bearer", key], [key], [`token-${key}`]]) {
        assert.strictEqual(yield* browse(wrong), "error", wrong.join())
      }
      const { socket } = yield* connect(v1, { headers: {}, protocols: ["Token", key] })
      assert.strictEqual(socket.protocol, "Token")
      // The header goes first.
      const dial: Dial = { headers: { authorization: "Token wrong" }, protocols: ["token", key] }
      assert.strictEqual((yield* refused(v1, dial)).status, 401)
    }))

  it.effect("that a header opens takes the first of other subprotocols, never a secret", () =>
    Effect.gen(function*() {
      const id = "0b0d4d0e-6d6e-4a55-8d83-9d2a5b8f6a01"
      const secret = Emulator.defaultApiKey
      for (
        const [protocols, selected] of [
          [["x-deepgram-session-id", id], "x-deepgram-session-id"],
          [["token", secret, "x-deepgram-session-id", id], "token"],
          [["mine", "bearer", secret], "mine"]
        ] as const
      ) {
        for (const path of [v1, v2]) {
          const { socket } = yield* connect(path, { protocols })
          assert.strictEqual(socket.protocol, selected)
        }
      }
      // Which is no credential.
      const dial: Dial = { headers: {}, protocols: ["x-deepgram-session-id", id] }
      assert.strictEqual((yield* refused(v1, dial)).status, 401)
    }))

  it.effect("takes what it does not know on /v1/listen, and what has no effect", () =>
    Effect.forEach(
      [
        "no_such=1&tier=enhanced",
        "sentiment=true",
        "summarize=false&topics=false",
        "endpointing=false",
        "endpointing=300"
      ],
      (query) => connect(`${v1}&${query}`)
    ))

  it.effect("does not need a model on /v1/listen", () => connect("/v1/listen"))

  it.effect("takes every parameter once, and lists of those that are repeated", () =>
    Effect.gen(function*() {
      yield* connect(
        `${v1}&encoding=linear16&sample_rate=8000&channels=2&multichannel=true&interim_results=true&utterance_end_ms=1000` +
          "&vad_events=true&diarize_model=latest&keyterm=a%20b&keyterm=c&tag=x&tag=y&extra=a:b&redact=pci&redact=ssn"
      )
      yield* connect(
        "/v2/listen?model=flux-general-multi&encoding=linear16&sample_rate=16000&eot_threshold=0.8&eot_timeout_ms=1000" +
          "&eager_eot_threshold=0.4&keyterm=a&keyterm=b&language_hint=en&language_hint=de&tag=x&numerals=true" +
          "&redact=numbers&profanity_filter=true&mip_opt_out=true"
      )
    }))

  it.effect("may have its path written with escapes", () => connect("/v1/%6Cisten?model=nova-3"))

  const refusals: Readonly<Record<string, ReadonlyArray<readonly [path: string, words: string]>>> = {
    "400 Bad Request": [
      [`${v1}&diarize=true&diarize_model=v1`, "`diarize` and `diarize_model` cannot be used together"],
      [`${v1}&summarize=v2`, "Summarization is not supported for streaming"],
      [`${v1}&summarize=true`, "Summarization is not supported for streaming"],
      [`${v1}&utterance_end_ms=1000`, "`utterance_end_ms` requires `interim_results=true`"],
      [`${v1}&utterance_end_ms=1000&interim_results=false`, "`utterance_end_ms` requires `interim_results=true`"]
    ],
    "400 INVALID_QUERY_PARAMETER": [
      [`${v1}&diarize_model=v2`, "unknown variant `v2`, expected `latest` or `v1`"],
      [`${v1}&keywords=a:2`, "Keywords are not supported for Nova-3"],
      [`${v1}&encoding=linear16`, "'sample_rate' is required with 'encoding'"],
      [`${v1}&encoding=opus`, "'sample_rate' is required with 'encoding'"],
      [`${v1}&encoding=flac16&sample_rate=8000`, "unknown variant `flac16`, expected one of `linear16`, `linear32`"],
      [`${v1}&encoding=linear16&sample_rate=0`, "`sample_rate` is 0"],
      [`${v1}&encoding=linear16&sample_rate=-8000`, "`sample_rate` is -8000"],
      [`${v1}&sample_rate=fast`, "Invalid query string. "],
      [`${v1}&sample_rate=8000.5`, "Invalid query string. "],
      [`${v1}&channels=0`, "`channels` is 0"],
      [`${v1}&punctuate=yes`, "Invalid query string. "],
      [`${v1}&callback_method=PATCH`, "Invalid query string. "],
      [`${v1}&endpointing=-1`, "Invalid 'endpointing' value of '-1'"],
      [`${v1}&utterance_end_ms=-1&interim_results=true`, "Invalid 'utterance_end_ms' value of '-1'"],
      [`${v1}&callback=nowhere`, "Invalid callback url."],
      ["/v2/listen", "Failed to deserialize query parameters: missing field `model`"],
      ["/v2/listen?model=nova-3", "Invalid 'model' value of 'nova-3'."],
      [`${v2}&channels=1&punctuate=true`, "Unknown query parameters: channels, punctuate"],
      [
        `${v2}&encoding=flac&sample_rate=8000`,
        "unknown variant `flac`, expected one of `linear16`, `linear32`, `mulaw`, `alaw`, `opus`, `ogg-opus`"
      ],
      [`${v2}&encoding=linear16`, "'sample_rate' is required with 'encoding'"],
      [`${v2}&encoding=linear16&sample_rate=0`, "`sample_rate` is 0"],
      [`${v2}&eot_threshold=2`, "Invalid 'eot_threshold' value of '2'. It must be between 0.5 and 1."],
      [`${v2}&eager_eot_threshold=0`, "Invalid 'eager_eot_threshold' value of '0'. It must be between 0.3 and 0.9."],
      [`${v2}&eot_threshold=high`, "Invalid query string. "],
      [`${v2}&eot_timeout_ms=100`, "Invalid 'eot_timeout_ms' value of '100'. It must be between 500 and 60000."],
      [`${v2}&eot_timeout_ms=600.5`, "Invalid 'eot_timeout_ms' value of '600.5'. It must be whole milliseconds."],
      [`${v2}&eager_eot_threshold=0.8&eot_threshold=0.6`, "'eager_eot_threshold'"],
      [`${v2}&language_hint=de`, "'language_hint' is only supported by the model 'flux-general-multi'"],
      [`${v2}&redact=pci`, "unknown variant `pci`, expected `numbers` or `aggressive_numbers`"],
      [`${v2}&${Array.from({ length: 101 }, (_, i) => `keyterm=${i}`).join("&")}`, "Keyterm limit exceeded"]
    ],
    "403 INSUFFICIENT_PERMISSIONS": [
      ["/v1/listen?model=nova-33", "Project does not have access to the requested model."],
      ["/v1/listen?model=flux-general-en", "Project does not have access to the requested model."]
    ],
    "403 UNAUTHORIZED_FEATURES_REQUESTED": [[`${v1}&topics=true`, "topics"], [`${v1}&intents=true`, "intents"]],
    "404 NOT_FOUND": [
      ["/v3/listen", "The requested resource does not exist."],
      ["/v1/listen/", "The requested resource does not exist."],
      ["/v1/projects", "The requested resource does not exist."]
    ]
  }
  for (const [statusAndCode, requests] of Object.entries(refusals)) {
    for (const [path, words] of requests) {
      it.effect(`is refused: ${statusAndCode} ${path.slice(0, 90)}`, () =>
        Effect.gen(function*() {
          const { headers, status, text } = yield* refused(path)
          const body = JSON.parse(text) as Record<string, string>
          assert.deepStrictEqual(Object.keys(body), ["err_code", "err_msg", "request_id"])
          assert.strictEqual(`${status} ${body["err_code"]}`, statusAndCode)
          assert.include(body["err_msg"], words)
          assert.strictEqual(headers["dg-error"], body["err_msg"]?.slice(0, 500))
          assert.strictEqual(headers["dg-request-id"], body["request_id"])
          assert.strictEqual(headers["content-type"], "application/json")
          assert.match(String(headers["dg-project-id"]), /^[\da-f-]{36}$/)
        }))
    }
  }

  it.effect("is refused to strangers before anything is looked at, but not before the path", () =>
    Effect.gen(function*() {
      const dial: Dial = { headers: {} }
      const { headers, status, text } = yield* refused("/v2/listen?no_such=1", dial)
      assert.strictEqual(status, 401)
      assert.deepStrictEqual(JSON.parse(text), {
        err_code: "INVALID_AUTH",
        err_msg: "Invalid credentials.",
        request_id: headers["dg-request-id"]
      })
      assert.strictEqual((yield* refused("/v9/listen", dial)).status, 404)
    }))

  it.effect("needs the permission to use the voice API", () =>
    Effect.gen(function*() {
      const key = Redacted.value(yield* newKey("usage:read"))
      const answer = yield* refused("/v2/listen?no_such=1", { headers: { authorization: `Token ${key}` } })
      assert.strictEqual(answer.status, 403)
      assert.strictEqual(answer.headers["dg-error"], "Insufficient permissions.")
      assert.include(answer.text, "\"FORBIDDEN\"")
      // And is logged as the request of that key.
      const { requests } = yield* inProject((id) => Requests.list(id, { limit: 1 }))
      assert.deepInclude(requests[0], { code: 403, path: "/v2/listen?no_such=1" })
    }))

  it.effect("is answered as it should be on the wire", () =>
    Effect.gen(function*() {
      const answer = yield* exchange([`GET ${v1}&diarize_model=v2 HTTP/1.1`, ...upgrade, authorized])
      const id = /"request_id":"([^"]+)"/.exec(answer)?.[1]
      const body = JSON.stringify({
        err_code: "INVALID_QUERY_PARAMETER",
        err_msg: "unknown variant `v2`, expected `latest` or `v1`",
        request_id: id
      })
      const lines = answer.split("\r\n")
      assert.strictEqual(lines[0], "HTTP/1.1 400 Bad Request")
      assert.deepStrictEqual(
        lines.slice(1).map((line) =>
          line.replace(/^Date: .*/, "Date: now").replace(/^dg-project-id: .*/, "dg-project-id")
        ),
        [
          `dg-request-id: ${id}`,
          "dg-project-id",
          "dg-error: unknown variant `v2`, expected `latest` or `v1`",
          "content-type: application/json",
          `content-length: ${body.length}`,
          "Date: now",
          "Connection: close",
          "",
          body
        ]
      )
    }))

  it.effect("is refused to those who do not speak the protocol", () =>
    Effect.gen(function*() {
      const key = "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA=="
      for (
        const [lines, words] of [
          [["sec-websocket-version: 13"], "Sec-WebSocket-Key"],
          [[key], "Sec-WebSocket-Version"],
          [[key, "sec-websocket-version: 7"], "Sec-WebSocket-Version"],
          [[key, "sec-websocket-version: 13", "sec-websocket-protocol: a,,b"], "Sec-WebSocket-Protocol"]
        ] as const
      ) {
        const answer = yield* exchange([`GET ${v1} HTTP/1.1`, ...upgrade, authorized, ...lines])
        assert.match(answer, /^HTTP\/1\.1 400 /, answer)
        assert.match(answer, new RegExp(`dg-error: Bad Request: Missing or invalid ${words}|Invalid ${words}`))
        assert.include(answer, "\"err_code\":\"Bad Request\"")
      }
    }))

  it.effect("is not what a plain request is for, nor another upgrade", () =>
    Effect.gen(function*() {
      const { apiKey, url } = yield* Emulator.Emulator
      const plain = yield* Effect.promise(() =>
        fetch(`${url}${v1}`, { headers: { authorization: `Token ${Redacted.value(apiKey)}` } })
      )
      assert.strictEqual(plain.status, 405)
      const other = ["host: x", "connection: Upgrade, HTTP2-Settings", "upgrade: h2c", authorized]
      assert.match(yield* exchange(["GET /v1/models HTTP/1.1", ...other]), /^HTTP\/1\.1 200 /)
      assert.match(yield* exchange(["GET /v1/listen HTTP/1.1", ...other]), /^HTTP\/1\.1 405 /)
    }))
})

describe("without", () => {
  it.effect("credit there are no sockets", () =>
    Effect.gen(function*() {
      const { headers, status, text } = yield* refused(v1)
      assert.strictEqual(status, 402)
      assert.include(text, "ASR_PAYMENT_REQUIRED")
      assert.match(String(headers["dg-error"]), /^Project does not have enough credits/)
    }).pipe(Effect.provide(Emulator.layer({ credits: 0 }))))

  it.effect("authentication everybody has them, by subprotocols too", () =>
    Effect.gen(function*() {
      yield* connect(v1, { headers: {} })
      assert.strictEqual(yield* browse(["token", "whatever"]), "open: token")
      yield* withKey(Redacted.make("whatever"))(Effect.void)
    }).pipe(Effect.provide(Emulator.layer({ apiKeys: "none" }))))

  it.effect("its model a custom one is refused, with it not", () =>
    Effect.gen(function*() {
      yield* connect("/v1/listen?model=my-model")
      assert.strictEqual((yield* refused("/v2/listen?model=my-model")).status, 400)
    }).pipe(Effect.provide(Emulator.layer({ models: ["my-model"] }))))
})
