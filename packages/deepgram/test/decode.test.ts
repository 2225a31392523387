import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Deepgram, DeepgramError, Keys, ListenV1, Models, Usage } from "effect-deepgram"
import { gzipSync } from "node:zlib"
import { json, reply } from "./support/answers.ts"
import { client, once, transcribe, transcription } from "./support/client.ts"
import { assertDiscreet } from "./support/secrets.ts"
import { type Answer, serve } from "./support/server.ts"

const { channels: [channel] } = transcription.results

/** A copy of the smallest transcription with other values at these paths. */
const changed = (values: Readonly<Record<string, unknown>>): unknown => {
  const copy = structuredClone(transcription)
  for (const [path, value] of Object.entries(values)) {
    const keys = path.split(".")
    let holder: object = copy
    for (const key of keys.slice(0, -1)) holder = Reflect.get(holder, key) as object
    Reflect.set(holder, keys.at(-1)!, value)
  }
  return copy
}

const alternative = "results.channels.0.alternatives.0"

const ask = Effect.fnUntraced(function*(answer: Answer) {
  const server = yield* serve(answer)
  return yield* transcribe().pipe(Deepgram.withResponse, Effect.provide(client(server, { retry: once })))
})

const decodeError = Effect.fnUntraced(function*(answer: Answer) {
  const error = yield* Effect.flip(ask(answer))
  assert.instanceOf(error, DeepgramError.DecodeError)
  assertDiscreet(error)
  return error
})

describe("an answer that is not what it should be", () => {
  const bodies: ReadonlyArray<readonly [name: string, body: string, issue: RegExp]> = [
    ["no JSON", "hello", /JSON/],
    ["HTML", "<html><body>A portal of some hotel</body></html>", /JSON/],
    ["nothing", "", /nothing/],
    ["blanks", " \n", /nothing/],
    ["cut off", JSON.stringify(transcription).slice(0, 80), /JSON/],
    ["a JSON string", `"hello"`, /object/],
    ["a JSON array", "[]", /object/],
    ["JSON null", "null", /object/],
    ["an empty object", "{}", /metadata/],
    ["a receipt", JSON.stringify({ request_id: "x" }), /metadata/],
    ["an error with status 200", JSON.stringify({ err_code: "X", err_msg: "No." }), /metadata/],
    ["a word for a number", JSON.stringify(changed({ "metadata.duration": "long" })), /duration/],
    ["an object for a list", JSON.stringify(changed({ "results.channels": {} })), /channels/],
    [
      "null for what must be there",
      JSON.stringify(changed({ [`${alternative}.transcript`]: null })),
      /transcript/
    ],
    ["null in a list whose items are counted", JSON.stringify(changed({ "results.channels.1": null })), /channels/],
    [
      "one bad word in many",
      JSON.stringify(changed({
        [`${alternative}.words`]: Array.from({ length: 500 }, (_, index) => ({
          word: "a",
          start: index,
          end: index === 321 ? "late" : index,
          confidence: 1
        }))
      })),
      /321.*end/
    ]
  ]

  it.effect.each(bodies)("%s", ([, body, issue]) =>
    Effect.gen(function*() {
      const error = yield* decodeError(reply({ body, headers: { "dg-request-id": "the-id" } }))
      assert.match(error.issue, issue)
      assert.strictEqual(error.body, body.slice(0, DeepgramError.maxBodyLength))
      assert.strictEqual(error.status, 200)
      assert.strictEqual(error.requestId, "the-id")
      assert.isFalse(DeepgramError.isRetryable(error))
      assert.include(error.message, error.issue)
    }))

  it.effect("204 has nothing to decode", () =>
    Effect.gen(function*() {
      const error = yield* decodeError(reply({ status: 204 }))
      assert.strictEqual(error.status, 204)
      assert.strictEqual(error.body, "")
      assert.isFalse("requestId" in error)
    }))

  it.effect("is kept up to a limit", () =>
    Effect.gen(function*() {
      const exact = yield* decodeError(reply({ body: "x".repeat(DeepgramError.maxBodyLength) }))
      assert.strictEqual(exact.body.length, DeepgramError.maxBodyLength)
      const longer = yield* decodeError(reply({ body: "x".repeat(5_000_000) }))
      assert.strictEqual(longer.body.length, DeepgramError.maxBodyLength)
    }))

  it.effect("is explained in short, however long the value is that does not fit", () =>
    Effect.gen(function*() {
      const error = yield* decodeError(json(changed({ "metadata.duration": "x".repeat(100_000) })))
      assert.include(error.issue, "duration")
      assert.isBelow(error.issue.length, 1000)
      assert.isBelow(error.message.length, 1200)
    }))

  it.effect("is explained in short, however much of it does not fit", () =>
    Effect.gen(function*() {
      const words = Array.from({ length: 5000 }, () => ({ word: 1, start: "a", end: "b", confidence: "c" }))
      const error = yield* decodeError(json(changed({ [`${alternative}.words`]: words })))
      assert.isBelow(error.issue.length, 1000)
      assert.isBelow(error.message.length, 1200)
    }))

  it.effect("is not asked for again", () =>
    Effect.gen(function*() {
      const server = yield* serve(reply({ body: "hello" }))
      const error = yield* transcribe().pipe(Effect.provide(client(server)), Effect.flip)
      assert.strictEqual(error._tag, "DecodeError")
      assert.strictEqual(server.requests.length, 1)
    }))
})

type Operation = Effect.Effect<unknown, DeepgramError.RequestError, Deepgram.Deepgram>

describe("a tolerant reader", () => {
  it.effect("drops null where the types know only absence, and keeps the rest", () =>
    Effect.gen(function*() {
      const { response, value } = yield* ask(json(changed({
        "metadata.sha256": null,
        "metadata.warnings": null,
        "metadata.extra": { kept: null },
        "results.utterances": null,
        "results.channels.0.detected_language": null,
        [`${alternative}.words`]: [
          { word: "hello", start: 0, end: 1, confidence: 1, speaker: null, punctuated_word: "Hello" },
          { word: "world", start: 1, end: 2, confidence: 1, speaker: 0, punctuated_word: null }
        ]
      })))
      assert.notProperty(value.metadata, "sha256")
      assert.notProperty(value.metadata, "warnings")
      assert.notProperty(value.results, "utterances")
      assert.notProperty(value.results.channels[0], "detected_language")
      assert.deepStrictEqual(value.metadata.extra, { kept: null })
      assert.deepStrictEqual(value.results.channels[0]!.alternatives[0]!.words, [
        { word: "hello", start: 0, end: 1, confidence: 1, punctuated_word: "Hello" },
        { word: "world", start: 1, end: 2, confidence: 1, speaker: 0 }
      ])
      assert.include(response.text, `"sha256":null`)
    }))

  const inLists: ReadonlyArray<
    readonly [name: string, run: Operation, answer: unknown, value: unknown]
  > = [
    [
      "texts and records",
      Models.list(),
      { stt: [null, { name: "a", languages: [null, "en", null, "de"] }], tts: [{ metadata: { tags: [null] } }] },
      { stt: [{ name: "a", languages: ["en", "de"] }], tts: [{ metadata: { tags: [] } }] }
    ],
    [
      "lists within lists, and the members around them",
      Keys.list("an-id"),
      { api_keys: [{ member: null, api_key: { api_key_id: "a", scopes: [null], tags: null } }, null] },
      { api_keys: [{ api_key: { api_key_id: "a", scopes: [] } }] }
    ],
    ["lists without a normalizer", Usage.summary("an-id"), { results: [null, { hours: 1 }] }, {
      results: [{ hours: 1 }]
    }],
    [
      "lists that may be null themselves",
      Usage.breakdown("an-id"),
      { results: [{ grouping: { models: [null, "a"], tags: null } }] },
      { results: [{ grouping: { models: ["a"], tags: null } }] }
    ],
    [
      "none of what the types do not know",
      Models.list(),
      { stt: [{ future: [null] }], tts: [], languages: {}, more: [null, [null]] },
      { stt: [{ future: [null] }], tts: [], languages: {}, more: [null, [null]] }
    ]
  ]

  it.effect.each(inLists)("drops null in lists: %s", ([, run, answer, value]) =>
    Effect.gen(function*() {
      const server = yield* serve(json(answer))
      const given = yield* run.pipe(Deepgram.withResponse, Effect.provide(client(server)))
      assert.deepStrictEqual(given.value, value)
      assert.strictEqual(given.response.text, JSON.stringify(answer))
    }))

  it.effect("drops 20 000 of them in lists, too", () =>
    Effect.gen(function*() {
      const languages = Array.from({ length: 40_000 }, (_, index) => index % 2 === 0 ? null : `l${index}`)
      const server = yield* serve(json({ stt: [{ languages }], tts: [] }))
      const { stt } = yield* Effect.provide(Models.list(), client(server))
      assert.deepStrictEqual(stt[0]!.languages, languages.filter((language) => language !== null))
    }))

  it.effect("drops 20 000 of them in reasonable time", () =>
    Effect.gen(function*() {
      const words = Array.from({ length: 10_000 }, () => ({
        word: "a",
        start: 0,
        end: 1,
        confidence: 1,
        speaker: null,
        language: null
      }))
      const { value } = yield* ask(json(changed({ [`${alternative}.words`]: words })))
      assert.deepStrictEqual(value.results.channels[0]!.alternatives[0]!.words![9999] as unknown, {
        word: "a",
        start: 0,
        end: 1,
        confidence: 1
      })
    }))

  it.effect("keeps fields that the types do not know, in the value and in the text", () =>
    Effect.gen(function*() {
      const body = changed({
        "metadata.future": { nested: [1, null, "x"] },
        "results.channels.0.future": true,
        future: 7
      })
      const { response, value } = yield* ask(json(body))
      assert.deepStrictEqual(value as unknown, body)
      assert.strictEqual(response.text, JSON.stringify(body))
    }))

  it.effect("takes names that it does not know where there are names that it knows", () =>
    Effect.gen(function*() {
      const { value } = yield* ask(json(changed({
        "results.summary": { result: "postponed" },
        "results.sentiments": { average: { sentiment: "ecstatic", sentiment_score: 2 } },
        "metadata.warnings": [{ parameter: "p", type: "brand_new", message: "m" }]
      })))
      assert.strictEqual(value.results.summary?.result, "postponed")
      assert.strictEqual(value.results.sentiments?.average?.sentiment, "ecstatic")
      assert.strictEqual(value.metadata.warnings?.[0]?.type, "brand_new")
    }))

  const topics = { segments: [{ text: "t", topics: [{ topic: "Space", confidence_score: 0.9 }] }] }
  const intents = { segments: [{ text: "t", intents: [{ intent: "Ask", confidence_score: 0.8 }] }] }

  it.effect("takes topics and intents flat", () =>
    Effect.gen(function*() {
      const { value } = yield* ask(json(changed({ "results.topics": topics, "results.intents": intents })))
      assert.deepStrictEqual([value.results.topics, value.results.intents] as unknown, [topics, intents])
    }))

  it.effect("takes topics and intents nested as in the specification", () =>
    Effect.gen(function*() {
      const nested = { "results.topics": { results: { topics } }, "results.intents": { results: { intents } } }
      const { response, value } = yield* ask(json(changed(nested)))
      assert.deepStrictEqual([value.results.topics, value.results.intents] as unknown, [topics, intents])
      assert.deepStrictEqual(value.results.channels as unknown, [channel])
      assert.include(response.text, `"topics":{"results":`)
    }))

  it.effect("keeps what stands beside the nested ones", () =>
    Effect.gen(function*() {
      const { value } = yield* ask(json(changed({
        "results.topics": { results: { topics, a: 1 }, b: 2 },
        "results.summary": { results: { summary: { result: "success" }, a: 1 } },
        "results.intents": { results: {}, b: 2 }
      })))
      assert.deepStrictEqual<unknown>(value.results.topics, { ...topics, a: 1, b: 2 })
      assert.deepStrictEqual<unknown>(value.results.summary, { result: "success", a: 1 })
      assert.deepStrictEqual<unknown>(value.results.intents, { results: {}, b: 2 })
    }))

  it.effect("does not take what is nested for what it is not", () =>
    Effect.gen(function*() {
      const { value } = yield* ask(json(changed({ "results.topics": { results: { topics: null } } })))
      assert.notProperty(value.results, "topics")
      const error = yield* decodeError(json(changed({ "results.topics": { results: { topics: "x" } } })))
      assert.match(error.issue, /topics/)
    }))

  it.effect("does not mind media type, a byte order mark or compression", () =>
    Effect.gen(function*() {
      const text = JSON.stringify(transcription)
      const answers = [
        reply({ body: text, headers: { "content-type": "text/plain" } }),
        reply({ body: text }),
        reply({ body: `\uFEFF${text}` }),
        reply({ body: gzipSync(text), headers: { "content-encoding": "gzip" } })
      ]
      for (const answer of answers) assert.deepStrictEqual((yield* ask(answer)).value as unknown, transcription)
    }))

  it.effect("reads text of any script across chunks", () =>
    Effect.gen(function*() {
      const bytes = Buffer.from(JSON.stringify(changed({ [`${alternative}.transcript`]: "Grüße, 世界 👋" })))
      const { value } = yield* ask(({ received, response }) =>
        Effect.flatMap(received, () =>
          Effect.sync(() => {
            response.socket!.setNoDelay(true)
            for (const byte of bytes) response.write(Uint8Array.of(byte))
            response.end()
          }))
      )
      assert.strictEqual(value.results.channels[0]!.alternatives[0]!.transcript, "Grüße, 世界 👋")
    }))

  it.effect("a receipt is a receipt, with whatever else it holds", () =>
    Effect.gen(function*() {
      const server = yield* serve(json({ request_id: "the-id", more: 1 }))
      const options = { model: "nova-3", callback: "https://example.com/done" }
      const receipt = yield* ListenV1.submitUrl("https://example.com/a.wav", options).pipe(
        Effect.provide(client(server))
      )
      assert.deepStrictEqual(receipt as unknown, { request_id: "the-id", more: 1 })
    }))
})
