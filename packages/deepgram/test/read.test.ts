import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { Deepgram, DeepgramError, ReadV1 } from "effect-deepgram"
import { json } from "./support/answers.ts"
import { apiKey, client } from "./support/client.ts"
import { observed } from "./support/observed.ts"
import { type Exchange, serve } from "./support/server.ts"

const id = "0198c0de-0000-7000-8000-00000000000f"

/** As Deepgram answers. */
const flat = {
  metadata: {
    request_id: id,
    created: "2026-11-21T00:00:00.000Z",
    language: "en",
    summary_info: { model_uuid: "67875a7f-c9c4-48a0-aa55-5bdb8a91c34a", input_tokens: 133, output_tokens: 57 },
    sentiment_info: { model_uuid: "80ab3179-d113-4254-bd6b-4a2f96498695", input_tokens: 128, output_tokens: 128 },
    topics_info: { model_uuid: "80ab3179-d113-4254-bd6b-4a2f96498695", input_tokens: 128, output_tokens: 16 },
    intents_info: { model_uuid: "80ab3179-d113-4254-bd6b-4a2f96498695", input_tokens: 128, output_tokens: 4 }
  },
  results: {
    summary: { text: "A parcel came early." },
    topics: {
      segments: [{
        text: "The parcel came early.",
        start_word: 0,
        end_word: 3,
        topics: [{ topic: "Delivery", confidence_score: 0.9 }]
      }]
    },
    intents: {
      segments: [{
        text: "The parcel came early.",
        start_word: 0,
        end_word: 3,
        intents: [{ intent: "Praise", confidence_score: 0.5 }]
      }]
    },
    sentiments: {
      segments: [{
        text: "The parcel came early.",
        start_word: 0,
        end_word: 3,
        sentiment: "positive",
        sentiment_score: 0.8
      }],
      average: { sentiment: "positive", sentiment_score: 0.8 }
    }
  }
} satisfies ReadV1.Analysis

/** As the specification has it. */
const nested = {
  metadata: { metadata: flat.metadata },
  results: {
    summary: { results: { summary: flat.results.summary } },
    topics: { results: { topics: flat.results.topics } },
    intents: { results: { intents: flat.results.intents } },
    sentiments: flat.results.sentiments
  }
}

const answered = json(flat)
const receipt = json({ request_id: id })
const text = "The parcel came early."
const callback = "https://example.com/analyses?of=today"

const essence = ({ body, headers, method, target }: Exchange) => ({
  request: `${method} ${target}`,
  body: body().toString(),
  "content-type": headers["content-type"],
  accept: headers.accept,
  authorization: headers.authorization
})

type Operation = Effect.Effect<unknown, DeepgramError.RequestError, Deepgram.Deepgram>

describe("what is sent", () => {
  const cases: ReadonlyArray<readonly [target: string, body: unknown, run: Operation]> = [
    ["/v1/read?sentiment=true&language=en", { text }, ReadV1.analyze({ text }, { sentiment: true })],
    [
      "/v1/read?topics=true&language=en-GB",
      { url: "https://u:p@example.com/a.txt?b=c" },
      ReadV1.analyze({ url: "https://u:p@example.com/a.txt?b=c" }, { topics: true, language: "en-GB" })
    ],
    [
      "/v1/read?custom_intent=a&custom_intent_mode=strict&custom_topic=b&custom_topic=c&custom_topic_mode=extended&intents=true&sentiment=false&summarize=v2&topics=true&language=en&tag=d&tag=e",
      { url: "https://example.com/a.txt" },
      ReadV1.analyze({ url: new URL("https://example.com/a.txt") }, {
        custom_intent: "a",
        custom_intent_mode: "strict",
        custom_topic: ["b", "c"],
        custom_topic_mode: "extended",
        intents: true,
        sentiment: false,
        summarize: "v2",
        topics: true,
        language: undefined,
        tag: ["d", "e"]
      })
    ],
    [
      "/v1/read?callback=https%3A%2F%2Fexample.com%2Fanalyses%3Fof%3Dtoday&callback_method=PUT&summarize=true&language=en",
      { text },
      ReadV1.submit({ text }, { summarize: true, callback: new URL(callback), callback_method: "PUT" })
    ]
  ]

  it.effect.each(cases)("POST %s", ([target, body, run]) =>
    Effect.gen(function*() {
      const server = yield* serve(target.includes("callback") ? receipt : answered)
      yield* run.pipe(Effect.provide(client(server)))
      assert.deepStrictEqual(essence(server.requests[0]!), {
        request: `POST ${target}`,
        body: JSON.stringify(body),
        "content-type": "application/json",
        accept: "application/json",
        authorization: `Token ${apiKey}`
      })
    }))
})

describe("an analysis", () => {
  const analyzed = Effect.fnUntraced(function*(answer: unknown) {
    const server = yield* serve(json(answer))
    return yield* ReadV1.analyze({ text }, { sentiment: true }).pipe(Effect.provide(client(server)))
  })

  it.effect("keeps what stands beside what is nested", () =>
    Effect.gen(function*() {
      const topics = { ...nested.results.topics, future: 1 }
      const answer = {
        metadata: { ...nested.metadata, warnings: [1] },
        results: { ...nested.results, topics },
        more: 2
      }
      assert.deepStrictEqual<unknown>(yield* analyzed(answer), {
        metadata: { ...flat.metadata, warnings: [1] },
        results: { ...flat.results, topics: { ...flat.results.topics, future: 1 } },
        more: 2
      })
    }))

  it.effect("is what was answered", () =>
    Effect.map(analyzed(flat), (analysis) => assert.deepStrictEqual<unknown>(analysis, flat)))

  it.effect("may be answered in the shape of the specification", () =>
    Effect.map(analyzed(nested), (analysis) => assert.deepStrictEqual<unknown>(analysis, flat)))

  it.effect("may be answered in a mixture of both", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual<unknown>(yield* analyzed({ ...nested, metadata: flat.metadata }), flat)
      assert.deepStrictEqual<unknown>(yield* analyzed({ ...flat, metadata: nested.metadata }), flat)
      const results = { ...flat.results, topics: nested.results.topics }
      assert.deepStrictEqual<unknown>(yield* analyzed({ ...flat, results }), flat)
    }))

  it.effect("may lack everything, and hold more", () =>
    Effect.gen(function*() {
      const odd = { metadata: {}, results: { summary: null, future: [1] }, more: true }
      const analysis = yield* analyzed(odd)
      assert.deepStrictEqual<unknown>(analysis, { metadata: {}, results: { future: [1] }, more: true })
    }))

  it.effect("is not a receipt", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(analyzed({ request_id: id }))
      assert.instanceOf(error, DeepgramError.DecodeError)
      assert.strictEqual(error.requestId, id)
    }))

  it.effect("carries the id of its request to the response", () =>
    Effect.gen(function*() {
      for (const answer of [flat, nested]) {
        const { response } = yield* Deepgram.withResponse(analyzed(answer))
        assert.strictEqual(response.requestId, id)
      }
    }))
})

it.effect("a receipt is all that there is of a callback", () =>
  Effect.gen(function*() {
    const server = yield* serve(receipt, answered)
    const submit = ReadV1.submit({ text }, { sentiment: true, callback }).pipe(Effect.provide(client(server)))
    assert.deepStrictEqual(yield* submit, { request_id: id })
    assert.instanceOf(yield* Effect.flip(submit), DeepgramError.DecodeError)
  }))

describe("what would be refused is not sent", () => {
  const untyped = <A>(value: A) => value as never
  const many = Array.from({ length: 101 }, (_, n) => `topic ${n}`)
  const cases: ReadonlyArray<readonly [says: RegExp, run: Operation]> = [
    [/at least one of summarize, topics, intents, sentiment/, ReadV1.analyze({ text }, {})],
    [/at least one of/, ReadV1.analyze({ text }, { sentiment: false, topics: undefined })],
    [/at least one of/, ReadV1.analyze({ text }, { custom_topic: "a", language: "en" })],
    [/at least one of/, ReadV1.submit({ text }, { callback })],
    [/at most 100 values of custom_topic/, ReadV1.analyze({ text }, { topics: true, custom_topic: many })],
    [/at most 100 values of custom_intent/, ReadV1.submit({ text }, { intents: true, custom_intent: many, callback })],
    [/tag is longer than 128/, ReadV1.analyze({ text }, { topics: true, tag: "x".repeat(129) })],
    [/use submit/, ReadV1.analyze({ text }, untyped({ topics: true, callback }))],
    [/callback is missing/, ReadV1.submit({ text }, untyped({ topics: true }))],
    [/callback is missing/, ReadV1.submit({ text }, { topics: true, callback: " " })],
    [/either a text or a URL/, ReadV1.analyze(untyped({ text, url: "https://example.com" }), { topics: true })],
    [/source is missing, or no object/, ReadV1.analyze(untyped(undefined), { topics: true })],
    [/source is missing, or no object/, ReadV1.submit(untyped("Hello."), { topics: true, callback })],
    [/options are missing, or no object/, ReadV1.analyze({ text }, untyped(undefined))],
    [/options are missing, or no object/, ReadV1.submit({ text }, untyped(null))],
    [/callback is missing/, ReadV1.submit({ text }, untyped({ topics: true, callback: null }))],
    [/text/, ReadV1.analyze(untyped({}), { topics: true })],
    [/there is no option sentiments/, ReadV1.analyze({ text }, untyped({ topics: true, sentiments: true }))]
  ]

  it.effect.each(cases)("%s", ([says, run]) =>
    Effect.gen(function*() {
      const server = yield* serve(answered)
      const error = yield* run.pipe(Effect.provide(client(server)), Effect.flip)
      assert.instanceOf(error, DeepgramError.BadRequest)
      assert.strictEqual(error.origin, "client")
      assert.match(error.message, says)
      assert.strictEqual(server.connections(), 0)
    }))
})

const traced: ReadonlyArray<readonly [name: string, run: Operation]> = [
  ["ReadV1.analyze", ReadV1.analyze({ text: "A secret of mine." }, { sentiment: true })],
  ["ReadV1.submit", ReadV1.submit({ text: "A secret of mine." }, { sentiment: true, callback })]
]

it.effect.each(traced)(
  "a tracer sees one span of %s, and nothing of the text",
  ([name, run]) =>
    Effect.gen(function*() {
      const server = yield* serve(name.endsWith("submit") ? receipt : answered)
      const { exit, seen } = yield* observed(run.pipe(Effect.provide(client(server))))
      assert.isTrue(Exit.isSuccess(exit))
      const [, ...spans] = seen.spans
      assert.deepStrictEqual(spans.map((span) => span.name), [name])
      assert.deepStrictEqual(Object.fromEntries(spans[0]!.attributes), {
        "deepgram.operation": name,
        "deepgram.request_id": id,
        "deepgram.attempts": 1
      })
      for (const word of ["A secret", "example.com", "parcel", server.url]) assert.notInclude(seen.text(), word)
    })
)
