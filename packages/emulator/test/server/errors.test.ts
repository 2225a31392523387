import { Emulator, Recording } from "@effect-deepgram/emulator"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { HttpServer, HttpServerRequest, HttpServerResponse } from "effect/http"
import { createServer } from "node:http"
import { testRefusals } from "./refusals.ts"
import { ask, speak } from "./speech.ts"
import { alternativeOf, listen, post, refusalOf } from "./support.ts"

const recording = Recording.wav("Hello.", { sampleRate: 8_000, encoding: "mulaw" })

const json = (body: unknown) => ({
  body: typeof body === "string" ? body : JSON.stringify(body),
  headers: { "content-type": "application/json" }
})

const m4a = new Uint8Array([0, 0, 0, 16, ...new TextEncoder().encode("ftypM4A "), ...new Uint8Array(34)])

layer(Emulator.layer(), { excludeTestServices: true })("errors in Deepgram's shapes", (it) => {
  const query = (query: string) => listen(`model=nova-3&${query}`, recording)
  const authorized = (authorization: string) => listen("model=nova-3", recording, { authorization })
  const url = (body: unknown) => post("/v1/listen?model=nova-3", json(body))
  const english = /^Bad Request: Summarization v2 not supported for non-English languages$/

  testRefusals(it, {
    "401 INVALID_AUTH": [
      ["a wrong key", authorized("Token nobody"), /Invalid credentials/],
      ["a key sent as Bearer", authorized(`Bearer ${Emulator.defaultApiKey}`), /Invalid credentials/],
      ["no credentials", authorized(""), /Invalid credentials/],
      [
        "a wrong key and a wrong parameter",
        listen("model=nova-3&punctuate=maybe", recording, { authorization: "Token nobody" }),
        /Invalid credentials/
      ]
    ],
    "400 INVALID_QUERY_PARAMETER": [
      ["a parameter of the wrong type", query("punctuate=maybe"), /punctuate/],
      [
        "a diarizer that does not exist",
        query("diarize_model=v7"),
        /^unknown variant `v7`, expected one of `latest`, `v1`, `v2`$/
      ],
      [
        "a mode of topics that is none",
        query("custom_topic_mode=loose"),
        /^unknown variant `loose`, expected `extended`/
      ],
      ["a mode of intents that is none", query("custom_intent_mode=loose"), /^unknown variant `loose`, /],
      ["keywords with nova-3", query("keywords=a"), /keyterm/],
      ["a callback that is no URL", query("callback=later"), /^Invalid callback url\.$/],
      ["a callback without a scheme", query("callback=me:s3cret@host/"), /^Invalid callback url\.$/],
      ["a callback whose password cannot be read", query("callback=http://%25zz:@host/"), /callback/],
      ["raw audio without a rate", listen("model=nova-3&encoding=mulaw", new Uint8Array(100)), /sample_rate/],
      ["utterances less than nothing apart", query("utt_split=-1"), /^Invalid 'utt_split' value of '-1'\.$/],
      ["less than no alternative", query("alternatives=-1"), /^Invalid 'alternatives' value of '-1'\.$/],
      ["alternatives that are no number", query("alternatives=few"), /^Invalid 'alternatives' value of 'few'\.$/]
    ],
    "400 Bad Request": [
      ["diarize with diarize_model", query("diarize=true&diarize_model=v1"), /diarize_model/],
      ["a summary of German", query("language=de&summarize=v2"), english],
      ["a summary of French", query("language=fr-CA&summarize=true"), english],
      ["no audio", listen("model=nova-3", ""), /no audio/],
      ["text", listen("model=nova-3", "This is not audio at all."), /not audio/],
      [
        "raw audio at a rate that the recogniser does not take",
        listen("model=nova-3&encoding=mulaw&sample_rate=4000", new Uint8Array(100)),
        /4000/
      ],
      ["JSON that is none", url("{url:"), /could not process the JSON/],
      ["JSON without a URL", url({ uri: "x" }), /url/]
    ],
    // A host that cannot exist, by RFC 6761.
    "400 REMOTE_CONTENT_ERROR": [
      ["an unreachable URL", url({ url: "http://nowhere.invalid/a.wav" }), /could not be reached/]
    ],
    "403 INSUFFICIENT_PERMISSIONS": [
      ["a misspelled model", listen("model=nova-33", recording), /requested model/]
    ],
    "404 NOT_FOUND": [["an unknown path", post("/v9/listen", { body: "x" }), /./]],
    "415 UNSUPPORTED_MEDIA_TYPE": [["a container without a decoder", listen("model=nova-3", m4a), /m4a|mp4/i]]
  })

  it.effect("summaries of what is English, or may be, are made", () =>
    Effect.gen(function*() {
      for (const languages of ["language=en-GB", "language=multi", "detect_language=de", ""]) {
        assert.strictEqual((yield* query(`summarize=v2&${languages}`)).status, 200, languages)
      }
      for (const other of ["language=de&summarize=false", "alternatives=1", "utt_split=0"]) {
        assert.strictEqual((yield* query(other)).status, 200, other)
      }
    }))

  it.effect("can be read, however much of the request they repeat", () =>
    Effect.gen(function*() {
      const long = "x".repeat(50_000)
      const text = json({ text: "Hello." })
      const answers = yield* Effect.all([
        query(`diarize_model=${long}`),
        query(`encoding=${long}`),
        query(`alternatives=${long}`),
        listen("model=nova-3", "This is not audio at all.", { "content-type": `text/${long}` }),
        post(`/v1/read?language=${long}&topics=true`, text),
        post(`/v1/read?language=en&topics=true&${long}=1`, text),
        post(`/v1/speak?model=${long}`, text),
        post(`/v1/speak?container=${long}`, text),
        post(`/v2/speak?model=flux-haley-en&${long}=1`, text),
        post(
          "/v2/speak?model=flux-haley-en",
          json({ text: `\\{"word":"${long.slice(0, 1500)}","pronounce":"${long}"\\}` })
        )
      ])
      for (const answer of answers) {
        const { err_msg } = refusalOf(answer)
        assert.match(err_msg, /x{100}/)
        assert.isAtMost(err_msg.length, 1010)
        const header = answer.headers.get("dg-error") ?? ""
        assert.isAtMost(header.length, 510)
        assert.strictEqual(header.slice(0, 100), err_msg.slice(0, 100))
      }
    }))
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

  it.live("models: those that are called like voices speak, all others listen", () =>
    Effect.gen(function*() {
      const text = { text: "Hello." }
      for (const path of ["/v1/speak?model=aura-3-ours-en", "/v2/speak?model=flux-ours"]) {
        const { headers, status } = yield* speak(path, text)
        assert.strictEqual(status, 200)
        assert.strictEqual(headers.get("dg-model-name"), path.split("=")[1])
      }
      for (const path of ["/v1/speak?model=ours", "/v2/speak?model=ours"]) {
        assert.strictEqual(refusalOf(yield* ask(path, text)).err_msg, "Invalid 'model' value of 'ours'.")
      }
      assert.strictEqual((yield* listen("model=ours", recording)).status, 200)
      for (const voice of ["aura-3-ours-en", "flux-ours"]) {
        assert.strictEqual((yield* listen(`model=${voice}`, recording)).status, 403)
      }
    }).pipe(Effect.provide(Emulator.layer({ models: ["ours", "aura-3-ours-en", "flux-ours"] }))))

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

  const impossible: ReadonlyArray<readonly [options: Emulator.Options, reason: RegExp]> = [
    [{ models: ["nova-9", "aura-日本-ja"] }, /id "aura-日本-ja"/],
    [{ models: ["aura\r\nx: y"] }, /id "aura\\r\\nx: y"/],
    [{ models: [""] }, /id ""/],
    [{ callbackRetryDelay: JSON.parse(`"soon"`) }, /after soon/],
    [{ callbackRetryDelay: "-1 seconds" }, /after -1 seconds/],
    [{ callbackRetryDelay: Number.NaN }, /after NaN/],
    [{ credits: Number.NaN }, /NaN US dollars/],
    [{ credits: -0.01 }, /-0\.01 US dollars/],
    [{ credits: Infinity }, /Infinity US dollars/],
    [{ maxUploadBytes: Number.NaN }, /NaN bytes/],
    [{ maxUploadBytes: -1 }, /-1 bytes/]
  ]
  for (const [options, reason] of impossible) {
    it.live(`${JSON.stringify(options)} is a typed failure: ${reason.source}`, () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(Effect.provide(Emulator.Emulator, Emulator.layer(options)))
        assert.strictEqual(error._tag, "ServeError")
        assert.match(String(error.cause), reason)
      }))
  }
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
