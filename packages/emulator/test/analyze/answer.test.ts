import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { analyze, analyzeDocument } from "../../src/internal/analyze/analyze.ts"
import { type Document, documentOf } from "../../src/internal/analyze/document.ts"
import type { AnalysisQuery } from "../../src/internal/analyze/query.ts"
import { stem } from "../../src/internal/analyze/stem.ts"
import { countTokens } from "../../src/internal/analyze/tokens.ts"
import { call, everything, Text, textOf, wordsOf } from "./support.ts"

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const close = (actual: number, expected: number) => assert.closeTo(actual, expected, 1e-4)

interface Segment {
  readonly text?: string
  readonly start_word?: number
  readonly end_word?: number
}

/** Segments are in the text, at the words that they name, and in order. */
const checkSegments = (text: string, segments: ReadonlyArray<Segment>) => {
  const words = wordsOf(text)
  let next = 0
  let at = 0
  for (const { end_word = -1, start_word = -1, text: part = "" } of segments) {
    assert.isTrue(start_word >= next && end_word >= start_word && end_word < words.length)
    at = text.indexOf(part, at)
    assert.isTrue(at >= 0)
    assert.deepStrictEqual(wordsOf(part), words.slice(start_word, end_word + 1))
    next = end_word + 1
    at += part.length
  }
}

/** What an intent says besides words of the sentence. */
const speechAct = /^(?:Say|Thank for|Apologize for|Request|Ask about|Ask|Complain about|Complain that) /

const isShare = (score: number | undefined) => score !== undefined && score > 0 && score <= 1

const label = (score: number) => score >= 1 / 3 ? "positive" : score <= -1 / 3 ? "negative" : "neutral"

const check = (text: string, query: AnalysisQuery) => {
  const { info, results } = analyze(text, query)
  const { intents, sentiments, summary, topics } = results
  const words = wordsOf(text)
  assert.deepStrictEqual(analyze(text, query), { info, results })

  const document = documentOf(text)
  let rest = summary?.text ?? ""
  for (const sentence of document.sentences.map(document.text)) {
    if (rest.startsWith(sentence)) rest = rest.slice(sentence.length).replace(/^ /, "")
  }
  assert.strictEqual(rest, "")

  checkSegments(text, topics?.segments ?? [])
  for (const { text: part = "", topics: found = [] } of topics?.segments ?? []) {
    assert.isTrue(found.length > 0 && found.every(({ confidence_score }) => isShare(confidence_score)))
    const stems = new Set(documentOf(part).stems)
    for (const { topic = "" } of found) {
      assert.isTrue(documentOf(topic).stems.every((stem) => stems.has(stem)), `${topic} is not in ${part}`)
    }
  }

  checkSegments(text, intents?.segments ?? [])
  for (const { intents: found = [], text: part = "" } of intents?.segments ?? []) {
    assert.isTrue(found.length > 0 && found.every(({ confidence_score }) => isShare(confidence_score)))
    const stems = new Set(documentOf(part).stems)
    for (const { intent = "" } of found) {
      const named = documentOf(intent.replace(speechAct, "")).stems
      assert.isTrue(named.length > 0 && named.every((stem) => stems.has(stem)), `${intent} is not in ${part}`)
    }
  }

  const segments = sentiments?.segments ?? []
  checkSegments(text, segments)
  let weighed = 0
  for (const [index, { end_word = 0, sentiment, sentiment_score = Number.NaN, start_word = 0 }] of segments.entries()) {
    assert.strictEqual(start_word, (segments[index - 1]?.end_word ?? -1) + 1)
    assert.isTrue(Math.abs(sentiment_score) <= 1)
    assert.strictEqual(sentiment, label(sentiment_score))
    assert.notStrictEqual(sentiment, segments[index - 1]?.sentiment)
    weighed += sentiment_score * (end_word + 1 - start_word)
  }
  if (sentiments !== undefined) {
    assert.strictEqual(segments.at(-1)?.end_word ?? -1, words.length - 1)
    const { sentiment, sentiment_score = Number.NaN } = sentiments.average ?? {}
    close(sentiment_score, words.length === 0 ? 0 : weighed / words.length)
    assert.strictEqual(sentiment, label(sentiment_score))
  }
}

describe("any text", () => {
  it.prop(
    "is answered with parts of it, the same each time",
    { pieces: Text },
    ({ pieces }) => check(textOf(pieces), everything),
    { arbitrary: { runs: 300 } }
  )

  it.prop(
    "only custom topics and intents are found when they are strict",
    { pieces: Text, names: Schema.Array(Schema.Literals(["Refund", "order number", "Josh", "hate", "日本語", "the"])) },
    ({ names, pieces }) => {
      const text = textOf(pieces)
      const { results } = analyze(text, {
        topics: true,
        intents: true,
        custom_topic: names,
        custom_topic_mode: "strict",
        custom_intent: names,
        custom_intent_mode: "strict"
      })
      for (const { topics = [] } of results.topics?.segments ?? []) {
        assert.isTrue(topics.every(({ topic = "" }) => (names as ReadonlyArray<string>).includes(topic)))
      }
      const present = new Set(documentOf(text).stems)
      const found = results.intents?.segments?.flatMap(({ intents = [] }) => intents.map(({ intent }) => intent)) ?? []
      for (const name of names) {
        if (name === "the") assert.notInclude(found, name)
        else if (!name.includes(" ")) assert.strictEqual(found.includes(name), present.has(stem(name.toLowerCase())))
      }
    },
    { arbitrary: { runs: 200 } }
  )

  it("may be empty, or without any words", () => {
    for (const text of ["", " \n\t "]) {
      assert.deepStrictEqual(analyze(text, everything).results, {
        summary: { text: "" },
        topics: { segments: [] },
        intents: { segments: [] },
        sentiments: { segments: [], average: { sentiment: "neutral", sentiment_score: 0 } }
      })
    }
    for (const text of ["😀", "… !?", "42", "😡😡 — 7", "\ud800"]) check(text, everything)
  })

  it("may be in another language", () => {
    for (
      const text of [
        "Guten Tag. Ich möchte mein Konto kündigen! Warum geht das nicht?",
        "我想取消我的订单。服务很差！",
        "أريد استرداد المبلغ. شكرا لكم!",
        "Я хочу вернуть деньги. Это ужасно."
      ]
    ) {
      check(text, everything)
      assert.strictEqual(analyze(text, everything).results.sentiments?.average?.sentiment, "neutral")
    }
  })
})

describe("an answer", () => {
  it("has what was asked for, and nothing else", () => {
    assert.deepStrictEqual(analyze(call, {}), { results: {}, info: {} })
    assert.deepStrictEqual(analyze(call, { summarize: false, topics: false, custom_topic: "refund" }), {
      results: {},
      info: {}
    })
    const asked: ReadonlyArray<readonly [AnalysisQuery, string, string]> = [
      [{ summarize: true }, "summary", "summary_info"],
      [{ summarize: "v2" }, "summary", "summary_info"],
      [{ topics: true }, "topics", "topics_info"],
      [{ intents: true }, "intents", "intents_info"],
      [{ sentiment: true }, "sentiments", "sentiment_info"]
    ]
    for (const [query, result, metadata] of asked) {
      const { info, results } = analyze(call, query)
      assert.deepStrictEqual(Object.keys(results), [result])
      assert.deepStrictEqual(Object.keys(info), [metadata])
    }
  })

  it("tells how many tokens went in and came out", () => {
    const { info, results } = analyze(call, everything)
    const input = countTokens(call)
    assert.strictEqual(info.summary_info?.input_tokens, input)
    assert.strictEqual(info.summary_info?.output_tokens, countTokens(results.summary?.text ?? ""))
    assert.strictEqual(info.sentiment_info?.input_tokens, input)
    assert.strictEqual(info.sentiment_info?.output_tokens, input)
    const topics = results.topics?.segments?.flatMap(({ topics = [] }) => topics.map(({ topic }) => topic)) ?? []
    const intents = results.intents?.segments?.flatMap(({ intents = [] }) => intents.map(({ intent }) => intent)) ?? []
    assert.strictEqual(info.topics_info?.output_tokens, countTokens(topics.join(" ")))
    assert.strictEqual(info.intents_info?.output_tokens, countTokens(intents.join(" ")))
    const models = Object.values(info).map(({ model_uuid }) => model_uuid)
    assert.isTrue(models.length === 4 && models.every((model) => uuid.test(model)))
    assert.strictEqual(new Set(models).size, 2)
  })

  it("to a short text costs no tokens for the summary, which is the text", () => {
    const { info, results } = analyze("I need a refund. Please!", { summarize: true, topics: true })
    assert.strictEqual(results.summary?.text, "I need a refund. Please!")
    assert.strictEqual(info.summary_info?.input_tokens, 0)
    assert.strictEqual(info.summary_info?.output_tokens, 0)
    assert.strictEqual(info.topics_info?.input_tokens, 7)
  })
})

/** How often an analysis looks at a word of a document. */
const looks = (document: Document, query: AnalysisQuery): number => {
  let count = 0
  const counted = <A>(values: ReadonlyArray<A>): ReadonlyArray<A> =>
    new Proxy(values, {
      get: (target, name, receiver) => {
        if (typeof name === "string" && /^\d/.test(name)) count++
        return Reflect.get(target, name, receiver) as unknown
      }
    })
  analyzeDocument({ ...document, words: counted(document.words), stems: counted(document.stems) }, query)
  return count
}

describe("a long text", () => {
  const turns = call.split("\n")
  const long = (words: number): string => {
    const result: Array<string> = []
    for (let count = 0, index = 0; count < words; index++) {
      // No two sentences are the same.
      const turn = `${turns[(index * 5) % turns.length]} That was turn ${index} of item${index % 977}.`
      result.push(turn)
      count += wordsOf(turn).length
    }
    return result.join("\n")
  }

  it("takes work in proportion to its length", () => {
    for (const query of [{ summarize: true }, { topics: true }, { intents: true }, { sentiment: true }, everything]) {
      const once = looks(documentOf(long(5_000)), query)
      const often = looks(documentOf(long(20_000)), query)
      assert.isTrue(once > 5_000 && often / once < 4.4, `${JSON.stringify(query)}: ${often / once}`)
    }
  })

  it("of one word is answered, whatever is in it", { timeout: 60_000 }, () => {
    for (const piece of [".", "a", "e", "'s", "a-", "\".", "😡", "("]) {
      const text = `a${piece.repeat(1_000_000)}b`
      assert.strictEqual(analyze(text, { sentiment: true }).results.sentiments?.segments?.[0]?.end_word, 0)
    }
  })

  it("of 150,000 words is answered, with a short summary", { timeout: 120_000 }, () => {
    const text = long(150_000)
    const { results } = analyze(text, everything)
    assert.isTrue(wordsOf(results.summary?.text ?? "").length <= 120)
    assert.strictEqual(results.sentiments?.segments?.at(-1)?.end_word, wordsOf(text).length - 1)
    checkSegments(text, results.topics?.segments ?? [])
    checkSegments(text, results.intents?.segments ?? [])
  })
})
