import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import type { ListenV1 } from "effect-deepgram"
import type { TranscribeQuery } from "effect-deepgram/DeepgramApi"
import { modelNamed } from "../../src/internal/transcribe/models.ts"
import { notModelled } from "../../src/internal/transcribe/notModelled.ts"
import type { Query } from "../../src/internal/transcribe/query.ts"
import { toTranscription } from "../../src/internal/transcribe/response.ts"
import type { HeardWord, Hearing } from "../../src/internal/transcribe/words.ts"
import { about, hearing, transcribe } from "./speech.ts"

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

describe("metadata", () => {
  it("tells about the request", () => {
    const { metadata } = transcribe([hearing("Hello.")], {
      model: "nova-3",
      tag: ["a", "b"],
      extra: { ticket: "42", "a:b": "c" }
    })
    const [id = ""] = metadata.models ?? []
    assert.match(id, uuid)
    assert.deepStrictEqual(metadata, {
      transaction_key: "deprecated",
      request_id: about.requestId,
      sha256: about.sha256,
      created: about.created,
      duration: 60,
      channels: 1,
      models: [id],
      model_info: { [id]: { name: "general-nova-3", version: "latest", arch: "nova-3" } },
      tags: ["a", "b"],
      extra: { ticket: "42", "a:b": "c" }
    })
    assert.deepStrictEqual(transcribe([], { tag: "a" }).metadata.tags, ["a"])
  })

  it("names the model", () => {
    const names = [
      "nova-3",
      "nova-3-general",
      "nova-3-medical",
      "nova-2",
      "nova",
      "nova-phonecall",
      "enhanced",
      "meeting"
    ]
    assert.deepStrictEqual(names.map((name) => [modelNamed(name).name, modelNamed(name).arch]), [
      ["general-nova-3", "nova-3"],
      ["general-nova-3", "nova-3"],
      ["medical-nova-3", "nova-3"],
      ["general-nova-2", "nova-2"],
      ["general-nova", "nova"],
      ["phonecall-nova", "nova"],
      ["general-enhanced", "enhanced"],
      ["meeting", "base"]
    ])
    assert.strictEqual(modelNamed("nova-3").uuid, modelNamed("nova-3-general", "2025-01-01").uuid)
    assert.notStrictEqual(modelNamed("nova-3").uuid, modelNamed("nova-2").uuid)
    assert.strictEqual(modelNamed(undefined, "2024-01-01").version, "2024-01-01")
  })

  it("lists parameters that do not exist", () => {
    const parameters = ["model", "smartformat", "tag", "alternatives"]
    assert.deepStrictEqual(
      toTranscription([], {}, { ...about, parameters }).metadata.warnings?.map((
        { parameter, type }
      ) => [parameter, type]),
      [["smartformat", "unknown_parameter"], ["alternatives", "unknown_parameter"]]
    )
  })

  it("names the diarizer", () => {
    const arch = (query: Query) => transcribe([], query).metadata.diarize_info?.arch
    assert.deepStrictEqual([{ diarize: true }, { diarize_model: "latest" }, { diarize_model: "v1" }].map(arch), [
      "v1",
      "v2",
      "v1"
    ])
    assert.match(transcribe([], { diarize: true }).metadata.diarize_info?.model_uuid ?? "", uuid)
    assert.isUndefined(arch({}))
    assert.isUndefined(arch({ diarize: false }))
  })

  it("warns of what was asked for and is not modelled, and of nothing else", () => {
    const asked: Required<Pick<Query, typeof notModelled[number]>> = {
      detect_entities: true,
      keywords: "snuffle:2",
      profanity_filter: true,
      redact: ["pci", "numbers"]
    }
    const { warnings } = transcribe([], asked).metadata
    assert.deepStrictEqual(warnings?.map(({ parameter }) => parameter), [...notModelled])
    assert.isTrue(
      warnings?.every(({ message = "", parameter, type }) =>
        type === "not_modelled" && message.includes(`\`${parameter}\``)
      )
    )
    const quiet: Query = {
      callback: "https://example.com",
      callback_method: "PUT",
      channels: 1,
      custom_intent: [],
      custom_topic: "refund",
      custom_topic_mode: "strict",
      detect_entities: false,
      dictation: true,
      encoding: "linear16",
      filler_words: true,
      intents: true,
      keyterm: "Deepgram",
      keywords: "",
      language: "en-US",
      measurements: true,
      mip_opt_out: true,
      model: "nova-3",
      numerals: true,
      redact: false,
      sample_rate: 8000,
      sentiment: true,
      smart_format: true,
      summarize: "v2",
      topics: true,
      version: "latest"
    }
    assert.isFalse("warnings" in transcribe([], quiet).metadata)
  })

  it("warns of what is modelled for English only", () => {
    const parameters = ["dictation", "intents", "measurements", "numerals", "sentiment", "summarize", "topics"]
    const query: Query = { ...Object.fromEntries(parameters.map((parameter) => [parameter, true])), smart_format: true }
    const warnings = (query: Query, ...texts: ReadonlyArray<string>) =>
      transcribe(texts.map((text) => hearing(text)), query).metadata.warnings?.map((
        { parameter, type }
      ) => [parameter, type])
    const unsupported = parameters.map((parameter) => [parameter, "unsupported_language"])
    const german = "Guten Tag, ich möchte wissen, wo meine Bestellung ist."
    const english = "Good morning, I would like to know where my order is."
    assert.deepStrictEqual(warnings({ ...query, language: "de" }), unsupported)
    assert.deepStrictEqual(warnings({ ...query, language: "de" }, english), unsupported)
    assert.deepStrictEqual(warnings({ ...query, detect_language: true }, german), unsupported)
    assert.deepStrictEqual(warnings({ ...query, detect_language: true }, english, german), unsupported)
    assert.deepStrictEqual(warnings({ summarize: "v2", language: "de" }), [["summarize", "unsupported_language"]])
    for (const language of ["multi", "en-US"]) assert.isUndefined(warnings({ ...query, language }, german))
    assert.isUndefined(warnings({ ...query, detect_language: true }, english))
    assert.isUndefined(warnings(query, german))
  })

  it("warns of custom topics and intents that nobody looks for", () => {
    const { warnings } = transcribe([], { custom_intent: "cancel", custom_topic: ["billing"], topics: false }).metadata
    assert.deepStrictEqual(warnings?.map(({ parameter, type }) => [parameter, type]), [
      ["custom_intent", "no_effect"],
      ["custom_topic", "no_effect"]
    ])
  })

  it("takes the query of the contract and the options of the SDK", () => {
    const decoded = (query: TranscribeQuery): Query => query
    const options = (query: ListenV1.TranscribeOptions): Query => query
    assert.isFalse("warnings" in transcribe([], decoded(options({ model: "nova-3" }))).metadata)
  })
})

const Seconds = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 300 }))
const Spoken = Schema.Struct({
  text: Schema.Union([
    Schema.Literals([
      "Hello,",
      "twenty",
      "five",
      "point",
      "one",
      "hundred",
      "and",
      "first",
      "grams",
      "comma",
      "period"
    ]),
    Schema.Literals(["Mr.", "end.", "Why?", "—", "new", "york", "oh", "May", "bonjour"]),
    Schema.NonEmptyString
  ]),
  pause: Seconds,
  length: Seconds,
  voice: Schema.Literals([0, 1, 2])
})
const Plan = Schema.Array(Schema.Struct({
  words: Schema.Array(Spoken),
  activity: Schema.Array(Schema.Struct({ pause: Seconds, length: Seconds }))
}))

const flag = Schema.optionalKey(Schema.Boolean)
const Wanted = Schema.Struct({
  punctuate: flag,
  smart_format: flag,
  paragraphs: flag,
  numerals: flag,
  measurements: flag,
  dictation: flag,
  diarize: flag,
  multichannel: flag,
  utt_split: Schema.optionalKey(Schema.Literals([0, 0.3, 0.8, 2])),
  language: Schema.optionalKey(Schema.Literals(["en", "fr", "multi"])),
  detect_language: Schema.optionalKey(Schema.Union([Schema.Boolean, Schema.Literals(["en", "xx"])])),
  keyterm: Schema.optionalKey(Schema.Array(Schema.Literals(["New York", "hello", "five", "?"]))),
  replace: Schema.optionalKey(
    Schema.Array(Schema.Literals(["twenty:20 or so", "hello:", "end", "new york:NYC", ":", "—:x"]))
  ),
  search: Schema.optionalKey(Schema.Array(Schema.Literals(["hello", "twenty five", "nothing like it"]))),
  redact: Schema.optionalKey(Schema.Literals(["pci"])),
  summarize: flag,
  sentiment: flag,
  topics: flag,
  intents: flag,
  tag: Schema.optionalKey(Schema.String),
  extra: Schema.optionalKey(Schema.Record(Schema.String, Schema.String))
})

const heard = (plan: typeof Plan.Type): Array<Hearing> =>
  plan.map(({ activity, words }) => {
    let at = 0
    const spans = activity.map(({ length, pause }) => {
      const start = at + pause / 100
      at = start + length / 100
      return { start, end: at }
    })
    at = 0
    const spoken = words.map(({ length, pause, text, voice }): HeardWord => {
      const start = at + pause / 100
      at = start + length / 100
      return { text, start, end: at, confidence: 0.5 + voice / 10, voice }
    })
    return { words: spoken, activity: spans }
  })

/** Real words that are heard stay in order, hold together, and nothing comes out of nothing. */
const check = (hearings: ReadonlyArray<Hearing>, query: Query) => {
  const { metadata, results } = transcribe(hearings, query)
  const shown = (word: ListenV1.Word) => word.punctuated_word ?? word.word
  assert.strictEqual(metadata.channels, hearings.length)
  assert.strictEqual(results.channels.length, hearings.length)
  for (const [index, { alternatives, search = [] }] of results.channels.entries()) {
    const { confidence = -1, paragraphs, transcript, words = [] } = alternatives[0]!
    const said = hearings[index]?.words ?? []
    assert.strictEqual(alternatives.length, 1)
    assert.strictEqual(transcript, words.map(shown).join(" "))
    assert.isTrue(confidence >= 0 && confidence <= 1)
    assert.strictEqual(words.length === 0, transcript === "")
    if (said.length === 0) assert.strictEqual(words.length, 0)
    for (const [index, { end, start }] of words.entries()) {
      assert.isTrue(start <= end && (index === 0 || start >= words[index - 1]!.start))
      assert.isTrue(said.some((word) => word.start <= start && start <= word.end))
      assert.isTrue(said.some((word) => word.start - 1e-9 <= end && end <= word.end + 1e-9))
    }
    for (const hit of search.flatMap(({ hits = [] }) => hits)) {
      assert.isTrue(said.some(({ start }) => start === hit.start) && said.some(({ end }) => end === hit.end))
    }
    if (paragraphs !== undefined) {
      const sentences = paragraphs.paragraphs.flatMap(({ sentences }) => sentences)
      assert.strictEqual(sentences.map(({ text }) => text).join(" "), transcript)
      assert.strictEqual(paragraphs.paragraphs.reduce((sum, { num_words = 0 }) => sum + num_words, 0), words.length)
      assert.strictEqual(
        paragraphs.transcript?.replace(/Speaker \d+: /g, "").replace(/\s+/g, " ").trim(),
        transcript.replace(/Speaker \d+: /g, "")
      )
    }
    const utterances = (results.utterances ?? []).filter(({ channel }) => channel === index)
    assert.deepStrictEqual(
      utterances.filter(({ transcript }) => transcript !== "").toSorted((a, b) =>
        words.indexOf(a.words![0]!) - words.indexOf(b.words![0]!)
      ).flatMap(({ words = [] }) => words),
      [...words]
    )
    for (const { confidence, end, start, transcript, words = [] } of utterances) {
      assert.strictEqual(transcript, words.map(shown).join(" "))
      assert.isTrue(start <= end)
      assert.isTrue(new Set(words.map(({ speaker }) => speaker)).size <= 1)
      if (words.length > 0) continue
      const { activity = [] } = hearings[index] ?? {}
      assert.strictEqual(confidence, 0)
      assert.isTrue(activity.some((span) => span.start <= start) && activity.some((span) => span.end >= end))
      assert.isTrue(utterances.every((other) => other.transcript === "" || other.end <= start || other.start >= end))
    }
  }
  const utterances = results.utterances ?? []
  assert.deepStrictEqual(utterances, utterances.toSorted((a, b) => a.start - b.start))
  assert.strictEqual(new Set(utterances.map(({ id }) => id)).size, utterances.length)
}

describe("any answer", () => {
  it.prop(
    "is well formed and follows from what was heard",
    { plan: Plan, wanted: Wanted },
    ({ plan, wanted }) => check(heard(plan), { ...wanted, utterances: true }),
    { arbitrary: { runs: 400 } }
  )

  it.prop(
    "is the same for the same audio and query",
    { plan: Plan, wanted: Wanted },
    ({ plan, wanted }) => {
      const hearings = heard(plan)
      assert.deepStrictEqual(toTranscription(hearings, wanted, about), toTranscription(hearings, wanted, about))
    }
  )
})
