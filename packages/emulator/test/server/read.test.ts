import { Emulator } from "@effect-deepgram/emulator"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { Billing, ReadV1, Requests, Usage } from "effect-deepgram"
import { analyze } from "../../src/internal/analyze/analyze.ts"
import { files, inbox, layer as client } from "./inbox.ts"
import { inProject, newKey, withKey } from "./management.ts"
import { testRefusals } from "./refusals.ts"
import { ask } from "./speech.ts"
import { refusalOf } from "./support.ts"

const text =
  `Hi, this is Maria Gonzalez from Acme Corp in Denver. The invoice we received on March 3rd double-charged us \
on the annual plan, and the second line item does not match the quote your sales team sent us in February. I would like \
a refund for the duplicate charge and I want to cancel the second subscription. Please confirm by email once the refund \
is issued. Thank you very much, your support has been wonderful so far.`

const all = { summarize: true, topics: true, intents: true, sentiment: true } as const

const path = "/v1/read?language=en&summarize=true&topics=true&intents=true&sentiment=true"

const plain = { "content-type": "text/plain" }

const analysisOf = Schema.decodeUnknownSync(Schema.fromJsonString(ReadV1.Analysis))

layer(Emulator.layerSdk(), { excludeTestServices: true })("POST /v1/read", (it) => {
  it.effect("says what the analysis of the text says, flat", () =>
    Effect.gen(function*() {
      const answer = yield* ask(path, { text })
      assert.strictEqual(answer.status, 200)
      const { metadata, results } = JSON.parse(answer.text)
      const { info, results: expected } = analyze(text, all)
      assert.deepStrictEqual(results, JSON.parse(JSON.stringify(expected)))
      const { created, language, request_id, ...rest } = metadata
      assert.deepStrictEqual(rest, JSON.parse(JSON.stringify(info)))
      assert.strictEqual(language, "en")
      assert.strictEqual(request_id, answer.headers.get("dg-request-id"))
      assert.match(created, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      assert.deepStrictEqual(Object.keys(results).toSorted(), ["intents", "sentiments", "summary", "topics"])
      assert.isAbove(metadata.summary_info.input_tokens, 0)
    }))

  it.effect("has what was asked for and nothing else", () =>
    Effect.gen(function*() {
      const { metadata, results } = yield* ReadV1.analyze({ text }, { language: "en", sentiment: true })
      assert.deepStrictEqual(Object.keys(results), ["sentiments"])
      assert.isUndefined(metadata.topics_info)
    }))

  it.effect("takes plain text; a region of English is English", () =>
    Effect.gen(function*() {
      const answer = yield* ask(path.replace("language=en", "language=en-GB").replace("=true", "=v2"), text, plain)
      assert.strictEqual(answer.status, 200)
      const { metadata, results } = analysisOf(answer.text)
      assert.strictEqual(metadata.language, "en-GB")
      assert.deepStrictEqual(results.summary, analyze(text, all).results.summary)
    }))

  it.effect("looks for what is custom", () =>
    Effect.gen(function*() {
      const { results } = yield* ReadV1.analyze({ text }, {
        language: "en",
        topics: true,
        custom_topic: ["refund", "astronomy"],
        custom_topic_mode: "strict"
      })
      const found = results.topics?.segments?.flatMap(({ topics = [] }) => topics.map(({ topic }) => topic)) ?? []
      assert.deepStrictEqual([...new Set(found)], ["refund"])
    }))

  const many = (name: string, count: number) =>
    Array.from({ length: count }, (_, index) => `&${name}=topic${index}`).join("")

  const noFeature =
    /^Request did not enable any features\. Please enable at least one feature\. Available features: `summarize`, `topics`, `intents`, `sentiment`\.$/
  const notOne =
    /^Failed to deserialize JSON payload\. Please specify exactly one of `text` or `url` in the JSON body\.$/
  const off = "/v1/read?language=en&topics=false&summarize=false"

  testRefusals(it, {
    "400 INVALID_QUERY_PARAMETER": [
      [
        "no language",
        ask("/v1/read?summarize=true", { text }),
        /^Failed to deserialize query parameters: missing field `language`$/
      ],
      ["no language, before anything else", ask("/v1/read?voice=a", {}), /missing field `language`$/],
      ["no feature", ask("/v1/read?language=en", { text }), noFeature],
      ["features that are off", ask(off, { text }), noFeature],
      [
        "Spanish",
        ask(path.replace("=en", "=es"), { text }),
        /^Request specified unsupported language: es\. Only English is supported\.$/
      ],
      ["all languages", ask(path.replace("=en", "=multi"), { text }), /unsupported language: multi/],
      ["entities", ask(`${path}&detect_entities=true`, { text }), /^unknown query parameter: detect_entities$/],
      [
        "a mode that is none",
        ask(`${path}&custom_topic_mode=loose`, { text }),
        /^unknown variant `loose`, expected `extended` or `strict`$/
      ],
      ["101 custom topics", ask(path + many("custom_topic", 101), { text }), /100 custom topics/],
      ["101 custom intents", ask(path + many("custom_intent", 101), { text }), /100 custom intents/],
      ["a feature that is neither on nor off", ask("/v1/read?language=en&topics=maybe", { text }), /topics/],
      ["a callback that is none", ask(`${path}&callback=later`, { text }), /^Invalid callback url\.$/]
    ],
    "400 PAYLOAD_ERROR": [
      ["neither text nor URL", ask(path, {}), notOne],
      ["both text and URL", ask(path, { text, url: "http://127.0.0.1/" }), notOne]
    ],
    "400 Bad Request": [
      ["JSON that is none", ask(path, "{text"), /could not process the JSON payload/],
      ["a text without words", ask(path, { text: " " }), /^Input text contains no characters\.$/],
      ["a text of control characters", ask(path, { text: "\u0000\n" }), /^Input text contains no characters\.$/]
    ],
    "400 TOKEN_LIMIT_EXCEEDED": [
      [
        "more than 150,000 tokens",
        ask("/v1/read?language=en&topics=true", { text: "a ".repeat(150_001) }),
        /currently supports up to 150K tokens/
      ]
    ],
    "401 INVALID_AUTH": [["a wrong key", ask(path, { text }, { authorization: "Token nobody" }), /credentials/]],
    "415 UNSUPPORTED_MEDIA_TYPE": [
      [
        "another content type",
        ask(path, text, { "content-type": "text/markdown" }),
        /`text\/plain` or `application\/json`/
      ]
    ]
  })

  it.effect("takes what is just allowed", () =>
    Effect.gen(function*() {
      const custom = yield* ask(`${path}${many("custom_topic", 100)}`, { text })
      assert.strictEqual(custom.status, 200)
      const long = yield* ask("/v1/read?language=en&sentiment=true", "a ".repeat(150_000), plain)
      assert.strictEqual(long.status, 200)
      // A hundred intents that each of 50,000 sentences has.
      const intents = Array.from({ length: 100 }, (_, index) => `&custom_intent=refund${"+it".repeat(index)}`).join("")
      const most = yield* ask(`/v1/read?language=en&intents=true${intents}`, "Refund me. ".repeat(50_000), plain)
      assert.strictEqual(most.status, 200)
    }))
})

describe("with other servers", () => {
  it.live("the text behind a URL is read; what is no text is refused", () =>
    Effect.gen(function*() {
      const url = yield* files({
        "/text": ["text/plain", text],
        "/json": ["application/json", JSON.stringify({ text })],
        "/sound": ["audio/wav", new Uint8Array(100)]
      })
      for (const name of ["/text", "/json"]) {
        const { results } = yield* ReadV1.analyze({ url: `${url}${name}` }, { language: "en", topics: true })
        assert.deepStrictEqual(results.topics, analyze(text, { topics: true }).results.topics)
      }
      const sound = refusalOf(yield* ask(path, { url: `${url}/sound` }))
      assert.strictEqual(sound.err_code, "REMOTE_CONTENT_ERROR")
      assert.match(sound.err_msg, /^Failed to deserialize remote text data\./)
      assert.strictEqual(refusalOf(yield* ask(path, { url: `${url}/none` })).err_code, "REMOTE_CONTENT_ERROR")
    }).pipe(Effect.scoped, Effect.provide([Emulator.layerSdk(), client])))

  it.live("a callback gets the analysis, with the id of the receipt", () =>
    Effect.gen(function*() {
      const { next, url } = yield* inbox(500)
      const { request_id } = yield* ReadV1.submit({ text }, {
        language: "en",
        intents: true,
        callback: `${url}/done`,
        callback_method: "PUT"
      })
      yield* next
      const { bytes, headers, method } = yield* next
      assert.strictEqual(method, "PUT")
      assert.strictEqual(headers["content-type"], "application/json")
      assert.isDefined(headers["dg-token"])
      const { metadata, results } = analysisOf(new TextDecoder().decode(bytes))
      assert.strictEqual(metadata.request_id, request_id)
      assert.deepStrictEqual(results.intents, analyze(text, { intents: true }).results.intents)
    }).pipe(
      Effect.scoped,
      Effect.provide([Emulator.layerSdk({ callbackRetryDelay: "10 millis" }), client])
    ))
})

describe("the ledger", () => {
  it.live("has the tokens of what was analyzed; refusals cost nothing", () =>
    Effect.gen(function*() {
      const { metadata } = yield* ReadV1.analyze({ text }, { language: "en", topics: true, tag: "mail" })
      const spent = yield* inProject((id) => Billing.listBalances(id))
      const refused = yield* ask("/v1/read?language=de&topics=true", { text })
      const { requests } = yield* inProject((id) => Requests.list(id, { endpoint: "read" }))
      assert.deepStrictEqual(
        requests.map(({ code, request_id }) => [request_id, code]),
        [[refusalOf(refused).request_id, 400], [metadata.request_id, 200]]
      )
      assert.deepStrictEqual(yield* inProject((id) => Billing.listBalances(id)), spent)
      assert.isBelow(spent.balances[0]?.amount ?? Infinity, Emulator.defaultCredits)
      const { results } = yield* inProject((id) => Usage.breakdown(id, { endpoint: "read" }))
      assert.deepStrictEqual(results.map(({ tokens_in }) => tokens_in), [metadata.topics_info?.input_tokens])
      assert.deepStrictEqual(results.map(({ tokens_out }) => tokens_out), [metadata.topics_info?.output_tokens])
    }).pipe(Effect.provide(Emulator.layerSdk())))

  it.live("refuses without credit, and who may not", () =>
    Effect.gen(function*() {
      const empty = yield* ask(path, { text }).pipe(Effect.provide(Emulator.layerSdk({ credits: 0 })))
      assert.strictEqual(empty.status, 402)
      const key = yield* newKey("usage:read")
      const forbidden = yield* Effect.flip(
        withKey(key)(ReadV1.analyze({ text }, { language: "en", topics: true }))
      )
      assert.strictEqual(forbidden._tag, "PermissionDenied")
    }).pipe(Effect.provide(Emulator.layerSdk())))
})
