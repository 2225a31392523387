import { assert, describe, it } from "@effect/vitest"
import { DeepgramApi, type ListenV1 } from "effect-deepgram"
import * as Contract from "../src/internal/contract/listenV1.ts"
import type { models } from "../src/internal/contract/recognition.ts"
import { type Equal, expectType, type KeysOfUnion } from "./types/equal.ts"

/** The parameters of `POST /v1/listen` that the vendor documents. */
const documented = [
  "callback",
  "callback_method",
  "extra",
  "sentiment",
  "summarize",
  "tag",
  "topics",
  "custom_topic",
  "custom_topic_mode",
  "intents",
  "custom_intent",
  "custom_intent_mode",
  "detect_entities",
  "detect_language",
  "diarize",
  "diarize_model",
  "dictation",
  "encoding",
  "filler_words",
  "keyterm",
  "keywords",
  "language",
  "measurements",
  "model",
  "multichannel",
  "numerals",
  "paragraphs",
  "profanity_filter",
  "punctuate",
  "redact",
  "replace",
  "search",
  "smart_format",
  "utterances",
  "utt_split",
  "version",
  "mip_opt_out"
] as const

/** Those that raw audio needs besides. */
const undocumented = ["sample_rate", "channels"] as const

type Parameter = (typeof documented)[number] | (typeof undocumented)[number]

describe("listen.v1", () => {
  it("has every parameter in the contract", () => {
    assert.sameMembers(Object.keys(Contract.TranscribeQuery.fields), [...documented, ...undocumented])
  })

  it("has every parameter in the public options", () => {
    expectType<Equal<KeysOfUnion<ListenV1.SubmitOptions>, Parameter>>()
    expectType<Equal<KeysOfUnion<ListenV1.TranscribeOptions>, Parameter>>()
    expectType<Equal<ListenV1.TranscribeOptions["callback" | "callback_method"], undefined>>()
  })

  it("completes the models that the contract knows", () => {
    expectType<Equal<ListenV1.Nova3Model | ListenV1.EarlierModel, (typeof models)[number]>>()
    assert.strictEqual(new Set(DeepgramApi.listenModels).size, 31)
  })

  it("is POST /v1/listen", () => {
    assert.strictEqual(`${Contract.transcribe.method} ${Contract.transcribe.path}`, "POST /v1/listen")
  })
})
