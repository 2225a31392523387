import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Recognizer from "../../src/Recognizer.ts"
import * as Recording from "../../src/Recording.ts"
import * as Synthesizer from "../../src/Synthesizer.ts"
import { encodings, joined, makeRandom, scaled, withNoise } from "../voice/support.ts"
import {
  answers,
  areOfContract,
  events,
  line,
  quiet,
  requestId,
  sampleRate,
  say,
  talk,
  turnsOf
} from "./fluxSupport.ts"

describe("turns", () => {
  it.effect(
    "begin with a word and end when a sentence is followed by silence",
    Effect.fnUntraced(function*() {
      const messages = yield* talk({}, say("Good morning. How are you?", 0.6), "CloseStream")
      assert.deepStrictEqual(messages.map(line), [
        "Connected",
        "StartOfTurn 0 [0, 0.22] 0.075 Good",
        "Update 0 [0, 0.46] 0.05 Good",
        "Update 0 [0, 0.7] 0.42 Good morning.",
        "EndOfTurn 0 [0, 0.9] 0.7067 Good morning. (model)",
        "StartOfTurn 1 [0.9, 1.14] 0.075 How",
        "Update 1 [0.9, 1.38] 0.0625 How",
        "Update 1 [0.9, 1.62] 0.05 How are",
        "Update 1 [0.9, 1.86] 0.5267 How are you?",
        "EndOfTurn 1 [0.9, 2] 0.7067 How are you? (model)",
        "Update 2 [2, 2.24] 0.05 "
      ])
      assert.deepStrictEqual(
        messages.map(({ request_id, sequence_id }) => [request_id, sequence_id]),
        [
          ...messages.keys()
        ].map((index) => [requestId, index])
      )
      assert.isTrue(areOfContract(messages))
    })
  )

  it.effect(
    "have the words and times of the recording, with their punctuation",
    Effect.fnUntraced(function*() {
      const samples = say("Good morning.", 1)
      const ended = turnsOf(yield* talk({}, samples)).find(({ event }) => event === "EndOfTurn")
      const heard = Recognizer.recognize(encodings.linear16(samples), sampleRate).filter((event) =>
        event._tag === "Word"
      )
      assert.deepStrictEqual(
        ended?.words,
        heard.map(({ confidence, end, start, text }) => ({ word: text, confidence, start, end }))
      )
      assert.strictEqual(ended?.transcript, "Good morning.")
    })
  )

  it.effect(
    "last longer when no sentence has ended",
    Effect.fnUntraced(function*() {
      const messages = turnsOf(yield* talk({}, say("I would like, well", 2)))
      const ended = messages.find(({ event }) => event === "EndOfTurn")
      const last = ended?.words.at(-1)?.end ?? 0
      assert.strictEqual(ended?.trigger, "model")
      assert.closeTo((ended?.audio_window_end ?? 0) - last, 1, 0.021)
    })
  )

  it.effect(
    "do not end while a long word is on its way",
    Effect.fnUntraced(function*() {
      const long = "extraordinarily".repeat(25)
      const samples = Synthesizer.converse([{ text: `Well. ${long} yes.`, speed: 4, pause: 1 }], { sampleRate })
      assert.deepStrictEqual(events(yield* talk({}, samples)), [
        "Connected",
        "StartOfTurn 0 Well.",
        `EndOfTurn 0 Well. ${long} yes. (model)`
      ])
    })
  )

  it.effect(
    "do not come of silence or noise",
    Effect.fnUntraced(function*() {
      const noise = quiet(3).map((_, index) => 0.2 * Math.sin(index * index))
      const messages = yield* talk({ eot_timeout_ms: 500 }, quiet(2), noise, "ForceEndTurn", "CloseStream")
      assert.deepStrictEqual(events(messages), ["Connected", "Warning"])
      const turns = turnsOf(messages)
      assert.strictEqual(turns.length, 21)
      assert.isTrue(
        turns.every(({ transcript, turn_index, words }) => transcript === "" && turn_index === 0 && words.length === 0)
      )
    })
  )

  it.effect(
    "end in noise, and when a sound goes on that is no speech",
    Effect.fnUntraced(function*() {
      const random = makeRandom(5)
      const noisy = withNoise(say("Good morning.", 1.5), 0.03, random)
      assert.deepStrictEqual(events(yield* talk({}, noisy)), [
        "Connected",
        "StartOfTurn 0 Good",
        "EndOfTurn 0 Good morning. (model)"
      ])
      const tone = quiet(2).map((_, index) => 0.3 * Math.sin(2 * Math.PI * 440 * index / sampleRate))
      assert.deepStrictEqual(events(yield* talk({}, say("Good morning.", 0.1), tone)), [
        "Connected",
        "StartOfTurn 0 Good",
        "EndOfTurn 0 Good morning. (model)"
      ])
    })
  )

  it.effect(
    "do not end while somebody with a softer voice has the word",
    Effect.fnUntraced(function*() {
      const long = "extraordinarily".repeat(5)
      const soft = scaled(say(`${long}.`, 1), 0.05)
      assert.deepStrictEqual(events(yield* talk({}, joined(say("Well.", 0.1), soft))), [
        "Connected",
        "StartOfTurn 0 Well.",
        `EndOfTurn 0 Well. ${long}. (model)`
      ])
    })
  )

  it.effect(
    "do not end when a word begins just before they would",
    Effect.fnUntraced(function*() {
      const query = { eot_threshold: 0.75 }
      const [, first = []] = yield* answers(query, [say("Well.", 1)])
      const ended = turnsOf(first).find(({ event }) => event === "EndOfTurn")
      const silence = (ended?.audio_window_end ?? 0) - (ended?.words[0]?.end ?? 0)
      assert.deepStrictEqual(events(yield* talk(query, say("Well.", silence - 0.03), say("Yes.", 1))), [
        "Connected",
        "StartOfTurn 0 Well.",
        "EndOfTurn 0 Well. Yes. (model)"
      ])
    })
  )

  it.effect(
    "are heard in the mix of all channels of a WAV file",
    Effect.fnUntraced(function*() {
      const file = Recording.wav([
        { text: "Hello there.", channel: 0, pause: 1 },
        { text: "Yes, hello.", channel: 1, pause: 1 }
      ])
      const messages = yield* talk({ encoding: undefined, sample_rate: undefined }, file)
      assert.deepStrictEqual(events(messages), [
        "Connected",
        "StartOfTurn 0 Hello",
        "EndOfTurn 0 Hello there. (model)",
        "StartOfTurn 1 Yes,",
        "EndOfTurn 1 Yes, hello. (model)"
      ])
    })
  )
})

describe("eot_threshold, eot_timeout_ms", () => {
  it.effect(
    "a threshold of 1 leaves the end to the timeout",
    Effect.fnUntraced(function*() {
      const query = { eot_threshold: 1, eot_timeout_ms: 3000 }
      const turns = turnsOf(yield* talk(query, say("Good morning.", 2.5), say("How are you?", 3.2)))
      assert.deepStrictEqual(events(turns), [
        "StartOfTurn 0 Good",
        "EndOfTurn 0 Good morning. How are you? (timeout)"
      ])
      const ended = turns.find(({ event }) => event === "EndOfTurn")
      assert.closeTo((ended?.audio_window_end ?? 0) - (ended?.words.at(-1)?.end ?? 0), 3, 0.021)
      assert.strictEqual(ended?.end_of_turn_confidence, 0.98)
    })
  )

  it.effect(
    "a timeout may come before the model is sure",
    Effect.fnUntraced(function*() {
      const messages = yield* talk({ eot_timeout_ms: 500 }, say("Well,", 0.6), say("yes.", 0.6))
      assert.deepStrictEqual(events(messages), [
        "Connected",
        "StartOfTurn 0 Well,",
        "EndOfTurn 0 Well, (timeout)",
        "StartOfTurn 1 yes.",
        "EndOfTurn 1 yes. (model)"
      ])
      const ended = turnsOf(messages).find(({ trigger }) => trigger === "timeout")
      assert.deepStrictEqual([ended?.words[0]?.end, ended?.audio_window_end], [0.2, 0.7])
    })
  )
})

describe("eager_eot_threshold", () => {
  const query = { eager_eot_threshold: 0.5, eot_threshold: 0.9 }

  it.effect(
    "says that a turn may be over, and that it goes on or was over",
    Effect.fnUntraced(function*() {
      const turns = turnsOf(yield* talk(query, say("Hello there. Are you open?", 1)))
      assert.deepStrictEqual(turns.filter(({ event }) => event !== "Update").map(line), [
        "StartOfTurn 0 [0, 0.24] 0.075 Hello",
        "EagerEndOfTurn 0 [0, 0.72] 0.5 Hello there.",
        "TurnResumed 0 [0, 1.12] 0.075 Hello there. Are",
        "EagerEndOfTurn 0 [0, 1.84] 0.5 Hello there. Are you open?",
        "EndOfTurn 0 [0, 2.44] 0.9 Hello there. Are you open? (model)"
      ])
    })
  )

  it.effect(
    "is not said when the end is as sure",
    Effect.fnUntraced(function*() {
      const both = { eager_eot_threshold: 0.7, eot_threshold: 0.7 }
      assert.deepStrictEqual(events(yield* talk(both, say("Hello.", 1))), [
        "Connected",
        "StartOfTurn 0 Hello.",
        "EndOfTurn 0 Hello. (model)"
      ])
    })
  )

  it.effect(
    "fixes the text: settings that come after it do not change that of EndOfTurn",
    Effect.fnUntraced(function*() {
      const spoken = say("Two of them.", 1.5)
      const middle = Math.round(spoken.length - 1.2 * sampleRate)
      const messages = yield* talk(
        query,
        spoken.subarray(0, middle),
        { numerals: true },
        spoken.subarray(middle),
        say("Two more.", 1.5)
      )
      assert.deepStrictEqual(events(messages), [
        "Connected",
        "StartOfTurn 0 Two",
        "EagerEndOfTurn 0 Two of them.",
        "ConfigureSuccess",
        "EndOfTurn 0 Two of them. (model)",
        "StartOfTurn 1 2",
        "EagerEndOfTurn 1 2 more.",
        "EndOfTurn 1 2 more. (model)"
      ])
    })
  )
})
