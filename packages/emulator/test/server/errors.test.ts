import { Emulator, Recording } from "@effect-deepgram/emulator"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { HttpServer, HttpServerRequest, HttpServerResponse } from "effect/http"
import { createServer } from "node:http"
import { alternativeOf, listen, post, refusalOf } from "./support.ts"

const recording = Recording.wav("Hello.", { sampleRate: 8_000, encoding: "mulaw" })

const json = (body: unknown) => ({
  body: typeof body === "string" ? body : JSON.stringify(body),
  headers: { "content-type": "application/json" }
})

const m4a = new Uint8Array([0, 0, 0, 16, ...new TextEncoder().encode("ftypM4A "), ...new Uint8Array(34)])

layer(Emulator.layer(), { excludeTestServices: true })("errors in Deepgram's shapes", (it) => {
  const cases: ReadonlyArray<{
    readonly name: string
    readonly send: ReturnType<typeof listen>
    readonly status: number
    readonly code: string
    readonly message: RegExp
  }> = [
    {
      name: "a wrong key",
      send: listen("model=nova-3", recording, { authorization: "Token nobody" }),
      status: 401,
      code: "INVALID_AUTH",
      message: /Invalid credentials/
    },
    {
      name: "a key sent as Bearer",
      send: listen("model=nova-3", recording, { authorization: `Bearer ${Emulator.defaultApiKey}` }),
      status: 401,
      code: "INVALID_AUTH",
      message: /Invalid credentials/
    },
    {
      name: "no credentials",
      send: listen("model=nova-3", recording, { authorization: "" }),
      status: 401,
      code: "INVALID_AUTH",
      message: /Invalid credentials/
    },
    {
      name: "a parameter of the wrong type",
      send: listen("model=nova-3&punctuate=maybe", recording),
      status: 400,
      code: "INVALID_QUERY_PARAMETER",
      message: /punctuate/
    },
    {
      name: "a wrong key and a wrong parameter",
      send: listen("model=nova-3&punctuate=maybe", recording, { authorization: "Token nobody" }),
      status: 401,
      code: "INVALID_AUTH",
      message: /Invalid credentials/
    },
    {
      name: "a diarizer that does not exist",
      send: listen("model=nova-3&diarize_model=v7", recording),
      status: 400,
      code: "INVALID_QUERY_PARAMETER",
      message: /v7.*latest, v1, v2/
    },
    {
      name: "a callback whose password cannot be read",
      send: listen("model=nova-3&callback=http://%25zz:@host/", recording),
      status: 400,
      code: "INVALID_QUERY_PARAMETER",
      message: /callback/
    },
    {
      name: "diarize with diarize_model",
      send: listen("model=nova-3&diarize=true&diarize_model=v1", recording),
      status: 400,
      code: "Bad Request",
      message: /diarize_model/
    },
    {
      name: "keywords with nova-3",
      send: listen("model=nova-3&keywords=a", recording),
      status: 400,
      code: "INVALID_QUERY_PARAMETER",
      message: /keyterm/
    },
    {
      name: "a misspelled model",
      send: listen("model=nova-33", recording),
      status: 403,
      code: "INSUFFICIENT_PERMISSIONS",
      message: /requested model/
    },
    {
      name: "a callback that is no URL",
      send: listen("model=nova-3&callback=later", recording),
      status: 400,
      code: "INVALID_QUERY_PARAMETER",
      message: /callback/
    },
    { name: "no audio", send: listen("model=nova-3", ""), status: 400, code: "Bad Request", message: /no audio/ },
    {
      name: "text",
      send: listen("model=nova-3", "This is not audio at all."),
      status: 400,
      code: "Bad Request",
      message: /not audio/
    },
    {
      name: "a container without a decoder",
      send: listen("model=nova-3", m4a),
      status: 415,
      code: "UNSUPPORTED_MEDIA_TYPE",
      message: /m4a|mp4/i
    },
    {
      name: "raw audio without a rate",
      send: listen("model=nova-3&encoding=mulaw", new Uint8Array(100)),
      status: 400,
      code: "INVALID_QUERY_PARAMETER",
      message: /sample_rate/
    },
    {
      name: "raw audio at a rate that the recogniser does not take",
      send: listen("model=nova-3&encoding=mulaw&sample_rate=4000", new Uint8Array(100)),
      status: 400,
      code: "Bad Request",
      message: /4000/
    },
    {
      name: "JSON that is none",
      send: post("/v1/listen?model=nova-3", json("{url:")),
      status: 400,
      code: "Bad Request",
      message: /could not process the JSON/
    },
    {
      name: "JSON without a URL",
      send: post("/v1/listen?model=nova-3", json({ uri: "x" })),
      status: 400,
      code: "Bad Request",
      message: /url/
    },
    {
      name: "an unreachable URL",
      // A host that cannot exist, by RFC 6761.
      send: post("/v1/listen?model=nova-3", json({ url: "http://nowhere.invalid/a.wav" })),
      status: 400,
      code: "REMOTE_CONTENT_ERROR",
      message: /could not be reached/
    },
    { name: "an unknown path", send: post("/v9/listen", { body: "x" }), status: 404, code: "NOT_FOUND", message: /./ }
  ]
  for (const { code, message, name, send, status } of cases) {
    it.effect(`${name}: ${status} ${code}`, () =>
      Effect.gen(function*() {
        const answer = yield* send
        const { err_code, err_msg, request_id } = refusalOf(answer)
        assert.strictEqual(answer.status, status, answer.text)
        assert.strictEqual(err_code, code)
        assert.match(err_msg, message)
        assert.strictEqual(request_id, answer.headers.get("dg-request-id"))
        assert.isNotNull(answer.headers.get("dg-error"))
        assert.isNotNull(answer.headers.get("dg-project-id"))
        assert.notInclude(answer.text, Emulator.defaultApiKey)
      }))
  }
})

describe("options", () => {
  it.live("maxUploadBytes: 413, whether the length is known or not", () =>
    Effect.gen(function*() {
      const whole = yield* listen("model=nova-3", recording)
      const chunked = yield* post("/v1/listen?model=nova-3", {
        body: new Blob([recording]).stream(),
        duplex: "half",
        headers: {}
      })
      for (const answer of [whole, chunked]) {
        assert.strictEqual(answer.status, 413)
        assert.strictEqual(refusalOf(answer).err_code, "PAYLOAD_TOO_LARGE")
      }
    }).pipe(Effect.provide(Emulator.layer({ maxUploadBytes: 1_000 }))))

  it.live("apiKeys and models", () =>
    Effect.gen(function*() {
      const { apiKey } = yield* Emulator.Emulator
      assert.strictEqual(Redacted.value(apiKey), "one")
      for (const key of ["one", "two"]) {
        const answer = yield* listen("model=ours", recording, { authorization: `Token ${key}` })
        assert.strictEqual(answer.status, 200)
      }
      const other = yield* listen("model=ours", recording, { authorization: `Token ${Emulator.defaultApiKey}` })
      assert.strictEqual(other.status, 401)
    }).pipe(Effect.provide(Emulator.layer({ apiKeys: ["one", "two"], models: ["ours"] }))))

  it.live("without authentication anybody is served", () =>
    Effect.gen(function*() {
      const answer = yield* listen("model=nova-3", recording, { authorization: "" })
      assert.strictEqual(answer.status, 200)
    }).pipe(Effect.provide(Emulator.layer({ apiKeys: "none" }))))

  it.live("a port that is taken or cannot be is a typed failure", () =>
    Effect.gen(function*() {
      const { url } = yield* Emulator.Emulator
      for (const port of [Number(new URL(url).port), 70_000, -1, 1.5]) {
        const error = yield* Effect.flip(Effect.provide(Emulator.Emulator, Emulator.layer({ port })))
        assert.strictEqual(error._tag, "ServeError")
      }
    }).pipe(Effect.provide(Emulator.layer())))
})

describe("a URL that answers", () => {
  it.live("with an error: REMOTE_CONTENT_ERROR with its status; with audio: the transcript", () =>
    Effect.gen(function*() {
      const server = yield* HttpServer.HttpServer
      yield* HttpServer.serveEffect(
        Effect.map(
          HttpServerRequest.HttpServerRequest,
          ({ headers }) =>
            headers["authorization"] === `Basic ${btoa("me:p ss")}` && headers["traceparent"] === undefined
              ? HttpServerResponse.uint8Array(recording, { contentType: "audio/wav" })
              : HttpServerResponse.empty({ status: 401 })
        )
      )
      const here = HttpServer.formatAddress(server.address).replace("http://", "http://me:p%20ss@")
      const found = yield* post("/v1/listen?model=nova-3&punctuate=true", json({ url: `${here}/a.wav` }))
      assert.strictEqual(alternativeOf(found).transcript, "Hello.")
      const { url } = yield* Emulator.Emulator
      const lost = yield* post("/v1/listen?model=nova-3", json({ url: `${url}/none.wav` }))
      assert.strictEqual(lost.status, 400)
      assert.strictEqual(refusalOf(lost).err_code, "REMOTE_CONTENT_ERROR")
      assert.match(refusalOf(lost).err_msg, /404/)
    }).pipe(
      Effect.provide([Emulator.layer(), NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })]),
      Effect.scoped
    ))
})
