import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Stream } from "effect"
import { Deepgram, DeepgramError, SpeakV1, SpeakV2 } from "effect-deepgram"
import { json, reply } from "../support/answers.ts"
import { apiKey, client, once } from "../support/client.ts"
import { observed } from "../support/observed.ts"
import { type Exchange, serve } from "../support/server.ts"
import { generate, head, requestId } from "../support/speech.ts"
import { untyped } from "../support/untyped.ts"

const speaking = reply({ headers: head, body: "audio" })
const receipt = json({ request_id: requestId }, { headers: { "dg-request-id": requestId } })

const callback = "https://example.com/speech?of=today"

/** What of a request is decided by the operation. */
const essence = ({ body, headers, method, target }: Exchange) => ({
  request: `${method} ${target}`,
  body: body().toString(),
  accept: headers.accept,
  "content-type": headers["content-type"],
  authorization: headers.authorization
})

describe("what is sent", () => {
  const text = "Good \"morning\", 世界 👋\n\\{pause:500ms\\}"
  const cases: ReadonlyArray<
    readonly [target: string, run: Effect.Effect<unknown, DeepgramError.RequestError, Deepgram.Deepgram>]
  > = [
    ["/v1/speak?model=aura-2-thalia-en", Effect.scoped(SpeakV1.generate(text, { model: "aura-2-thalia-en" }))],
    [
      "/v1/speak?container=none&encoding=linear16&mip_opt_out=true&sample_rate=48000&speed=0.7&tag=a&tag=b+c&model=aura-2-thalia-en",
      Effect.scoped(SpeakV1.generate(text, {
        model: "aura-2-thalia-en",
        encoding: "linear16",
        container: "none",
        sample_rate: 48_000,
        speed: 0.7,
        tag: ["a", "b c"],
        mip_opt_out: true
      }))
    ],
    [
      "/v1/speak?bit_rate=32000&mip_opt_out=false&model=mine",
      Effect.scoped(SpeakV1.generate(text, { model: "mine", bit_rate: 32_000, mip_opt_out: false, tag: undefined }))
    ],
    [
      "/v1/speak?callback=https%3A%2F%2Fexample.com%2Fspeech%3Fof%3Dtoday&callback_method=PUT&encoding=mulaw&model=aura-2-thalia-en",
      SpeakV1.submit(text, {
        model: "aura-2-thalia-en",
        encoding: "mulaw",
        callback: new URL(callback),
        callback_method: "PUT"
      })
    ],
    ["/v2/speak?model=flux-haley-en", Effect.scoped(SpeakV2.generate(text, { model: "flux-haley-en" }))],
    [
      "/v2/speak?bit_rate=12345&container=ogg&encoding=opus&speed=1.05&tag=a&model=flux-haley-en&expressivity=-2",
      Effect.scoped(SpeakV2.generate(text, {
        model: "flux-haley-en",
        encoding: "opus",
        container: "ogg",
        bit_rate: 12_345,
        speed: 1.05,
        expressivity: -2,
        tag: "a"
      }))
    ],
    [
      "/v2/speak?callback=https%3A%2F%2Fexample.com%2Fspeech%3Fof%3Dtoday&model=flux-haley-en&priority=low",
      SpeakV2.submit(text, { model: "flux-haley-en", priority: "low", callback: ` ${callback}\n` })
    ]
  ]

  it.effect.each(cases)("POST %s", ([target, run]) =>
    Effect.gen(function*() {
      const server = yield* serve(target.includes("callback") ? receipt : speaking)
      yield* run.pipe(Effect.provide(client(server)))
      assert.deepStrictEqual(essence(server.requests[0]!), {
        request: `POST ${target}`,
        body: JSON.stringify({ text }),
        accept: target.includes("callback") ? "application/json" : "*/*",
        "content-type": "application/json",
        authorization: `Token ${apiKey}`
      })
    }))

  it.effect("parameters and members of the call are added", () =>
    Effect.gen(function*() {
      const server = yield* serve(speaking)
      yield* Effect.scoped(generate).pipe(
        Deepgram.withOptions({
          query: { encoding: "brand-new" },
          body: { ssml: true },
          headers: { accept: "audio/*" }
        }),
        Effect.provide(client(server))
      )
      assert.deepInclude(essence(server.requests[0]!), {
        request: "POST /v1/speak?model=aura-2-thalia-en&encoding=brand-new",
        body: JSON.stringify({ text: "Good morning.", ssml: true }),
        accept: "audio/*"
      })
    }))
})

describe("what is said of the audio", () => {
  const described = Effect.fnUntraced(function*(headers: Record<string, string>) {
    const server = yield* serve(reply({ headers, body: "audio" }))
    const { metadata } = yield* Effect.scoped(generate).pipe(Effect.provide(client(server)))
    return metadata
  })

  it.effect("is read from the head of the answer", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(
        yield* described({
          "content-type": "audio/mpeg",
          "dg-request-id": requestId,
          "dg-model-name": "aura-2-thalia-en",
          "dg-model-uuid": "0198c0de-0000-7000-8000-00000000000b",
          "dg-additional-model-uuids": "0198c0de-0000-7000-8000-00000000000c, 0198c0de-0000-7000-8000-00000000000d",
          "dg-char-count": "13",
          "dg-project-id": "0198c0de-0000-7000-8000-00000000000e",
          "dg-breaks-applied": "2",
          "dg-pronunciations-applied": "0",
          "dg-pronunciation-warnings": "1 unknown word",
          "dg-warnings": "a, b"
        }),
        {
          request_id: requestId,
          model_name: "aura-2-thalia-en",
          model_uuid: "0198c0de-0000-7000-8000-00000000000b",
          additional_model_uuids: ["0198c0de-0000-7000-8000-00000000000c", "0198c0de-0000-7000-8000-00000000000d"],
          char_count: 13,
          project_id: "0198c0de-0000-7000-8000-00000000000e",
          breaks_applied: 2,
          pronunciations_applied: 0,
          pronunciation_warnings: "1 unknown word",
          warnings: "a, b",
          content_type: "audio/mpeg"
        }
      )
    }))

  it.effect("may be nothing", () => Effect.map(described({}), (metadata) => assert.deepStrictEqual(metadata, {})))

  it.effect("is left out where it is not what it should be", () =>
    Effect.gen(function*() {
      const metadata = yield* described({
        "dg-char-count": "many",
        "dg-breaks-applied": "-1",
        "dg-pronunciations-applied": "",
        "dg-additional-model-uuids": " ,"
      })
      assert.deepStrictEqual(metadata, { additional_model_uuids: [] })
    }))

  it.effect("comes with the response, for who wants that", () =>
    Effect.gen(function*() {
      const server = yield* serve(reply({ headers: { ...head, "dg-future": "1" }, body: "audio" }))
      const { response, value } = yield* Effect.scoped(Deepgram.withResponse(generate)).pipe(
        Effect.provide(client(server))
      )
      assert.strictEqual(value.metadata.request_id, requestId)
      assert.deepInclude(response, { status: 200, requestId, text: undefined })
      assert.strictEqual(response.headers["dg-future"], "1")
    }))
})

describe("a receipt", () => {
  it.effect("is all that there is of a callback", () =>
    Effect.gen(function*() {
      const server = yield* serve(receipt)
      const submitted = yield* SpeakV1.submit("Good morning.", { model: "aura-2-thalia-en", callback }).pipe(
        Effect.provide(client(server))
      )
      assert.deepStrictEqual(submitted, { request_id: requestId })
    }))

  it.effect("is not audio", () =>
    Effect.gen(function*() {
      const server = yield* serve(speaking)
      const error = yield* SpeakV2.submit("Good morning.", { model: "flux-haley-en", callback }).pipe(
        Effect.provide(client(server)),
        Effect.flip
      )
      assert.instanceOf(error, DeepgramError.DecodeError)
    }))
})

type Operation = Effect.Effect<unknown, DeepgramError.RequestError, Deepgram.Deepgram>

const modules = {
  SpeakV1: {
    generate: (text: string) => Effect.scoped(SpeakV1.generate(text, { model: "aura-2-thalia-en" })),
    generateStream: (text: string) => Stream.runDrain(SpeakV1.generateStream(text, { model: "aura-2-thalia-en" })),
    submit: (text: string) => SpeakV1.submit(text, { model: "aura-2-thalia-en", callback })
  },
  SpeakV2: {
    generate: (text: string) => Effect.scoped(SpeakV2.generate(text, { model: "flux-haley-en" })),
    generateStream: (text: string) => Stream.runDrain(SpeakV2.generateStream(text, { model: "flux-haley-en" })),
    submit: (text: string) => SpeakV2.submit(text, { model: "flux-haley-en", callback })
  }
}

const operations: ReadonlyArray<readonly [name: string, run: (text: string) => Operation]> = Object.entries(modules)
  .flatMap(([module, functions]) => Object.entries(functions).map(([name, run]) => [`${module}.${name}`, run] as const))

describe.each(operations)("%s does not send", (name, run) => {
  const refused = Effect.fnUntraced(function*(self: Operation) {
    const server = yield* serve(speaking)
    const error = yield* self.pipe(Effect.provide(client(server)), Effect.flip)
    assert.strictEqual(server.connections(), 0)
    assert.strictEqual("origin" in error && error.origin, "client")
    return error
  })

  it.effect("an empty text", () =>
    Effect.gen(function*() {
      const error = yield* refused(run(""))
      assert.instanceOf(error, DeepgramError.BadRequest)
      assert.strictEqual(error.message, `${name}: not sent: there is no text to speak`)
    }))

  it.effect("a text that is too long", () =>
    Effect.gen(function*() {
      const error = yield* refused(run("x".repeat(2001)))
      assert.instanceOf(error, DeepgramError.PayloadTooLarge)
      assert.strictEqual(
        error.message,
        `${name}: not sent: the text is longer than 2000 characters: split it, at the ends of sentences`
      )
    }))

  it.effect("what is no text", () =>
    Effect.gen(function*() {
      for (const text of [undefined, null, 7, { length: 5000 }]) {
        assert.instanceOf(yield* refused(run(untyped(text))), DeepgramError.BadRequest)
      }
    }))
})

describe("options that make no sense", () => {
  const model = "aura-2-thalia-en"
  const cases: ReadonlyArray<readonly [says: RegExp, run: Operation]> = [
    [/use submit/, Effect.scoped(SpeakV1.generate("Hello.", untyped({ model, callback })))],
    [/use submit/, Effect.scoped(SpeakV2.generate("Hello.", untyped({ model, callback })))],
    [/callback is missing/, SpeakV1.submit("Hello.", untyped({ model }))],
    [/callback is missing/, SpeakV1.submit("Hello.", { model, callback: " " })],
    [/there is no option expressivity/, Effect.scoped(SpeakV1.generate("Hello.", untyped({ model, expressivity: 1 })))],
    [/options are missing, or no object/, Effect.scoped(SpeakV1.generate("Hello.", untyped(undefined)))],
    [/options are missing, or no object/, Effect.scoped(SpeakV1.generate("Hello.", untyped(null)))],
    [/options are missing, or no object/, Stream.runDrain(SpeakV1.generateStream("Hello.", untyped(undefined)))],
    [/options are missing, or no object/, SpeakV1.submit("Hello.", untyped("aura-2-thalia-en"))],
    [/callback is missing/, SpeakV1.submit("Hello.", untyped({ model, callback: null }))],
    [/speed/, Effect.scoped(SpeakV1.generate("Hello.", { model, speed: Number.NaN }))],
    [/tag is longer than 128/, Effect.scoped(SpeakV1.generate("Hello.", { model, tag: ["ok", "x".repeat(129)] }))]
  ]

  it.effect.each(cases)("%s", ([says, run]) =>
    Effect.gen(function*() {
      const server = yield* serve(speaking)
      const error = yield* run.pipe(Effect.provide(client(server)), Effect.flip)
      assert.instanceOf(error, DeepgramError.BadRequest)
      assert.match(error.message, says)
      assert.strictEqual(server.connections(), 0)
    }))
})

describe("the length of a text", () => {
  const pause = "\\{pause:500ms\\}"
  const pronounced = `\\{"word":"dupilumab","pronounce":"duːˈpɪljuːmæb"\\}`
  const fill = (length: number) => "x".repeat(length)
  const cases: ReadonlyArray<readonly [name: string, text: string, sent: boolean]> = [
    ["2000 characters", fill(2000), true],
    ["2001 characters", fill(2001), false],
    ["2000 characters of two code units", "👋".repeat(2000), true],
    ["2001 characters of two code units", "👋".repeat(2001), false],
    ["pauses are not counted", fill(1000) + pause.repeat(8) + fill(1000), true],
    ["what is around them is", fill(1000) + pause.repeat(8) + fill(1001), false],
    ["a pause in seconds", `${fill(2000)}\\{pause:1.5s\\}`, true],
    ["a bare pause", `${fill(2000)}\\{ pause : 500 \\}`, true],
    ["a structured pause", `${fill(2000)}{pause:{duration_ms:500}}`, true],
    ["of a pronunciation the word is counted", fill(1991) + pronounced, true],
    ["of a pronunciation all of the word is", fill(1992) + pronounced, false],
    ["a pronunciation the other way round", `${fill(1999)}\\{ "pronounce" : "a" , "word" : "b" \\}`, true],
    ["one that is not escaped", `${fill(1999)}{"word": "b", "pronounce": "a"}`, true],
    ["500 pronunciations", pronounced.repeat(222), true],
    ["other braces are spoken", `${fill(1990)}{something}`, false],
    ["what begins like a pause and never ends", `\\{pause:${fill(2000)}`, false]
  ]

  it.effect.each(cases)("%s", ([, text, sent]) =>
    Effect.gen(function*() {
      const server = yield* serve(speaking)
      const exit = yield* modules.SpeakV2.generate(text).pipe(Effect.provide(client(server)), Effect.exit)
      assert.strictEqual(Exit.isSuccess(exit), sent)
      assert.strictEqual(server.requests.length, sent ? 1 : 0)
    }))

  it.effect.each([
    "\\{pause:".repeat(100_000),
    `{${" ".repeat(500_000)}`,
    `\\{"word":"${"\\\\".repeat(250_000)}`,
    `{"word"${" ".repeat(250_000)}`.repeat(2),
    `x`.repeat(2001) + `\\{"word":"${"\\\\".repeat(500_000)}x`.repeat(2) + `"\\}`
  ])("takes no time to find out", (text) =>
    Effect.gen(function*() {
      const server = yield* serve(speaking)
      const error = yield* modules.SpeakV2.generate(text).pipe(Effect.provide(client(server)), Effect.flip)
      assert.instanceOf(error, DeepgramError.PayloadTooLarge)
    }))
})

describe("what Deepgram refuses", () => {
  const cases = [
    [400, "CONTROL_COMBINATION_INVALID", "BadRequest"],
    [400, "PAUSE_SPEED_CAP_EXCEEDED", "BadRequest"],
    [413, "Payload Too Large", "PayloadTooLarge"],
    [422, "UNPROCESSABLE_ENTITY", "UnprocessableEntity"],
    [429, "Too Many Requests", "RateLimited"]
  ] as const

  it.effect.each(cases)("comes with its status and code: %s %s", ([status, code, tag]) =>
    Effect.gen(function*() {
      const server = yield* serve(
        json({ err_code: code, err_msg: "No.", request_id: requestId }, { status, headers: { "dg-error": "No." } })
      )
      const error = yield* modules.SpeakV2.generate("Hello.").pipe(
        Deepgram.withOptions({ retry: once }),
        Effect.provide(client(server)),
        Effect.flip
      )
      assert.strictEqual(error._tag, tag)
      assert.deepInclude(error, { status, code, detail: "No.", requestId, origin: "server" })
    }))

  it.effect("may be said in the head alone", () =>
    Effect.gen(function*() {
      const server = yield* serve(
        reply({
          status: 400,
          headers: { "dg-error": "Input text contains no characters.", "dg-request-id": requestId }
        })
      )
      const error = yield* modules.SpeakV1.generate(" ").pipe(Effect.provide(client(server)), Effect.flip)
      assert.deepInclude(error, { detail: "Input text contains no characters.", requestId })
    }))
})

describe("a tracer", () => {
  it.effect.each(operations)("sees one span of %s, and nothing of the text", ([name, run]) =>
    Effect.gen(function*() {
      const server = yield* serve(name.endsWith("submit") ? receipt : speaking)
      const { exit, seen } = yield* observed(run("A secret of mine.").pipe(Effect.provide(client(server))))
      assert.isTrue(Exit.isSuccess(exit))
      const [, ...spans] = seen.spans
      assert.deepStrictEqual(spans.map((span) => span.name), [name])
      assert.deepStrictEqual(Object.fromEntries(spans[0]!.attributes), {
        "deepgram.operation": name,
        "deepgram.model": name.startsWith("SpeakV1") ? "aura-2-thalia-en" : "flux-haley-en",
        "deepgram.request_id": requestId,
        "deepgram.attempts": 1
      })
      for (const text of ["A secret", "example.com", server.url]) assert.notInclude(seen.text(), text)
    }))
})
