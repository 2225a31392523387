import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, Schema } from "effect"
import { listenV2 } from "effect-deepgram/DeepgramChannels"
import { type FluxQuery, readClientMessage, refusedSettings } from "../../src/internal/live/listenV2.ts"
import { answers, areOfContract, events, quiet, raw, requestId, say, talk, turnsOf } from "./fluxSupport.ts"

const terms = (count: number) => Array.from({ length: count }, (_, index) => `term ${index}`)

describe("refusedSettings", () => {
  it("lets pass what Deepgram takes", () => {
    const taken: ReadonlyArray<Partial<FluxQuery>> = [
      {},
      { eager_eot_threshold: 0.3, eot_threshold: 0.5, eot_timeout_ms: 500 },
      { eager_eot_threshold: 0.9, eot_threshold: 1, eot_timeout_ms: 60_000 },
      { eager_eot_threshold: 0.7 },
      { keyterm: terms(100), numerals: true, profanity_filter: true },
      { model: "flux-general-multi", language_hint: ["es", "en-GB"] }
    ]
    for (const query of taken) assert.isUndefined(refusedSettings({ ...raw, ...query }), JSON.stringify(query))
  })

  it("says what is wrong", () => {
    const refused: ReadonlyArray<readonly [Partial<FluxQuery>, string]> = [
      [{ eager_eot_threshold: 0.2 }, "Invalid 'eager_eot_threshold' value of '0.2'. It must be between 0.3 and 0.9."],
      [{ eot_threshold: 1.1 }, "Invalid 'eot_threshold' value of '1.1'. It must be between 0.5 and 1."],
      [{ eot_timeout_ms: 499 }, "Invalid 'eot_timeout_ms' value of '499'. It must be between 500 and 60000."],
      [
        { eager_eot_threshold: 0.8 },
        "Invalid 'eager_eot_threshold' value of '0.8'. It must not be greater than 'eot_threshold', which is 0.7."
      ],
      [{ keyterm: terms(101) }, "Keyterm limit exceeded. The maximum number of 'keyterm' is 100."],
      [{ language_hint: "es" }, "'language_hint' is only supported by the model 'flux-general-multi'."],
      [{ model: "flux-general-multi", language_hint: ["es", ""] }, "Invalid 'language_hint' value of ''."]
    ]
    for (const [query, message] of refused) assert.strictEqual(refusedSettings({ ...raw, ...query }), message)
  })

  it("has the ranges of the contract", () => {
    const isOfContract = Schema.is(listenV2.query)
    const edges = { eager_eot_threshold: [0.3, 0.9], eot_threshold: [0.5, 1], eot_timeout_ms: [500, 60_000] }
    for (const [name, [least = 0, most = 0]] of Object.entries(edges)) {
      for (const value of [least - 0.1, least, most, most + 0.1]) {
        const query = { ...raw, eot_threshold: 1, [name]: value }
        assert.strictEqual(refusedSettings(query) === undefined, isOfContract(query), `${name} ${value}`)
      }
    }
  })
})

describe("readClientMessage", () => {
  it("reads the messages", () => {
    for (
      const message of [
        { type: "CloseStream" },
        { type: "ForceEndTurn" },
        { type: "Configure" },
        {
          type: "Configure",
          thresholds: { eager_eot_threshold: 7, eot_threshold: null },
          keyterms: "one",
          language_hints: null,
          numerals: false
        }
      ]
    ) {
      assert.deepStrictEqual<unknown>(readClientMessage(JSON.stringify(message)), Option.some(message))
    }
  })

  it("reads nothing else", () => {
    for (
      const text of [
        "",
        "CloseStream",
        "[]",
        "{}",
        "{\"type\":\"KeepAlive\"}",
        "{\"type\":\"Configure\",\"numerals\":\"true\"}",
        "{\"type\":\"Configure\",\"features\":{\"numerals\":true}}",
        "{\"type\":\"Configure\",\"thresholds\":{\"eot_threshold\":\"0.8\"}}",
        "{\"type\":\"Configure\",\"thresholds\":{\"threshold\":0.8}}",
        "{\"type\":\"Configure\",\"keyterms\":[1]}"
      ]
    ) {
      assert.isTrue(Option.isNone(readClientMessage(text)), text)
    }
  })
})

describe("Configure", () => {
  it.effect(
    "answers with everything that is in force, and leaves what it does not name",
    Effect.fnUntraced(function*() {
      const query = { model: "flux-general-multi", keyterm: "Deepgram", language_hint: ["es", "en"], numerals: true }
      const [, all = [], some = [], none = []] = yield* answers(query, [
        {},
        { thresholds: { eager_eot_threshold: 0.4, eot_timeout_ms: 700 }, keyterms: ["a b", "c"], numerals: false },
        { thresholds: { eager_eot_threshold: null }, keyterms: [], language_hints: [] }
      ])
      const common = { type: "ConfigureSuccess", request_id: requestId, profanity_filter: false }
      assert.deepStrictEqual<unknown>([...all, ...some, ...none], [
        {
          ...common,
          sequence_id: 1,
          thresholds: { eot_threshold: 0.7, eot_timeout_ms: 5000 },
          keyterms: ["Deepgram"],
          language_hints: ["es", "en"],
          numerals: true
        },
        {
          ...common,
          sequence_id: 2,
          thresholds: { eager_eot_threshold: 0.4, eot_threshold: 0.7, eot_timeout_ms: 700 },
          keyterms: ["a b", "c"],
          language_hints: ["es", "en"],
          numerals: false
        },
        {
          ...common,
          sequence_id: 3,
          thresholds: { eager_eot_threshold: 0.4, eot_threshold: 0.7, eot_timeout_ms: 700 },
          keyterms: [],
          language_hints: [],
          numerals: false
        }
      ])
      assert.isTrue(areOfContract([...all, ...some, ...none]))
    })
  )

  it.effect(
    "changes nothing when a part of it is refused",
    Effect.fnUntraced(function*() {
      const messages = yield* talk(
        {},
        { thresholds: { eot_threshold: 0.4 }, numerals: true },
        { thresholds: { eager_eot_threshold: 0.8 }, keyterms: "x" },
        { thresholds: { eot_timeout_ms: 600.5 } },
        { thresholds: { eot_timeout_ms: 70_000 } },
        { keyterms: terms(101) },
        { language_hints: ["es"], thresholds: { eot_threshold: 0.9 } },
        { language_hints: [] }
      )
      assert.deepStrictEqual(
        messages.slice(1, -1).map((message) => message.type === "ConfigureFailure" && message.code),
        [
          "EOT_THRESHOLD_OUT_OF_RANGE",
          "EAGER_EOT_THRESHOLD_ABOVE_EOT_THRESHOLD",
          "EOT_TIMEOUT_MS_INVALID",
          "EOT_TIMEOUT_MS_OUT_OF_RANGE",
          "KEYTERM_LIMIT_EXCEEDED",
          "LANGUAGE_HINTS_NOT_SUPPORTED"
        ]
      )
      assert.deepStrictEqual<unknown>(messages[1], {
        type: "ConfigureFailure",
        request_id: requestId,
        sequence_id: 1,
        code: "EOT_THRESHOLD_OUT_OF_RANGE",
        description: "Invalid 'eot_threshold' value of '0.4'. It must be between 0.5 and 1."
      })
      assert.deepStrictEqual<unknown>(messages.at(-1), {
        type: "ConfigureSuccess",
        request_id: requestId,
        sequence_id: 7,
        thresholds: { eot_threshold: 0.7, eot_timeout_ms: 5000 },
        keyterms: [],
        numerals: false,
        profanity_filter: false
      })
      assert.isTrue(areOfContract(messages))
    })
  )

  it.effect(
    "goes for the audio that follows",
    Effect.fnUntraced(function*() {
      const messages = yield* talk(
        { eot_threshold: 1 },
        say("Hello deep gram.", 1),
        { thresholds: { eot_threshold: 0.8, eager_eot_threshold: 0.6 }, keyterms: ["Deep Gram"] },
        quiet(0.02),
        say("Deep gram it is.", 1),
        { thresholds: { eot_threshold: 1, eot_timeout_ms: 600 } },
        say("Bye,", 1)
      )
      assert.deepStrictEqual(events(messages), [
        "Connected",
        "StartOfTurn 0 Hello",
        "ConfigureSuccess",
        "EndOfTurn 0 Hello Deep Gram. (model)",
        "StartOfTurn 1 Deep",
        "EagerEndOfTurn 1 Deep Gram it is.",
        "EndOfTurn 1 Deep Gram it is. (model)",
        "ConfigureSuccess",
        "StartOfTurn 2 Bye,",
        "EndOfTurn 2 Bye, (timeout)"
      ])
    })
  )

  it.effect(
    "numerals are those of the words so far, and grow with them",
    Effect.fnUntraced(function*() {
      const turns = turnsOf(yield* talk({ numerals: true }, say("Take twenty five of them.", 1)))
      const texts = [...new Set(turns.map(({ transcript }) => transcript))]
      assert.deepStrictEqual(texts, ["Take", "Take 20", "Take 25", "Take 25 of", "Take 25 of them.", ""])
      const ended = turns.find(({ event }) => event === "EndOfTurn")
      assert.deepStrictEqual(ended?.words.map(({ word }) => word), ["Take", "25", "of", "them."])
    })
  )
})
