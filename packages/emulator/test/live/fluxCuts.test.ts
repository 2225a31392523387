/** What Flux says follows from the audio, and from where in it the client said something. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { encodeSamples } from "../../src/internal/audio/pcm.ts"
import { wavFile } from "../../src/internal/audio/wavFile.ts"
import type { FluxQuery } from "../../src/internal/live/listenV2.ts"
import type { ServerMessage } from "../../src/internal/live/turnMessages.ts"
import * as Recognizer from "../../src/Recognizer.ts"
import * as Synthesizer from "../../src/Synthesizer.ts"
import { integer, makeRandom, pick, type Random, randomWord, Seed, usualRates } from "../voice/support.ts"
import { type Action, areOfContract, cut, events, sampleRate, talk, type TurnInfo, turnsOf } from "./fluxSupport.ts"

const script = (random: Random): ReadonlyArray<Synthesizer.Utterance> =>
  Array.from({ length: integer(random, 1, 4) }, () => ({
    text: Array.from({ length: integer(random, 1, 5) }, () => randomWord(random, 12)).join(" ") +
      pick(random, ["", ".", "?", ","]),
    voice: integer(random, 0, 3),
    speed: pick(random, [1, 1.5, 4]),
    pause: pick(random, [0.05, 0.3, 0.5, 1.2])
  }))

const thresholds = (random: Random): Partial<FluxQuery> => ({
  eager_eot_threshold: pick(random, [undefined, 0.3, 0.5]),
  eot_threshold: pick(random, [undefined, 0.5, 0.9, 1]),
  eot_timeout_ms: pick(random, [undefined, 500, 1000])
})

/** Raw audio, or a WAV file of one or two channels. */
const encoded = (random: Random, samples: Float32Array, rate: number) => {
  const encoding = pick(random, ["linear16", "linear32", "mulaw", "alaw"] as const)
  if (encoding === "linear32") return { bytes: new Uint8Array(samples.slice().buffer), encoding, sample_rate: rate }
  if (random() < 0.5) return { bytes: encodeSamples(samples, encoding), encoding, sample_rate: rate }
  const channels = random() < 0.5 ? [samples] : [samples, new Float32Array(samples.length)]
  return { bytes: wavFile({ channels, encoding, sampleRate: rate }), encoding: undefined, sample_rate: undefined }
}

const randomly = (random: Random, sizes: ReadonlyArray<number>) => () => integer(random, 1, pick(random, sizes))

/** The last of each turn: with everything that was said in it. */
const lasts = (messages: ReadonlyArray<ServerMessage>): ReadonlyArray<TurnInfo> => [
  ...new Map(turnsOf(messages).map((turn) => [turn.turn_index, turn])).values()
]

const textIn = (messages: ReadonlyArray<ServerMessage>): string =>
  lasts(messages).map(({ transcript }) => transcript).filter((text) => text !== "").join(" ")

const next: Readonly<Record<string, ReadonlyArray<string>>> = {
  "": ["StartOfTurn"],
  StartOfTurn: ["EagerEndOfTurn", "EndOfTurn"],
  EagerEndOfTurn: ["TurnResumed", "EndOfTurn"],
  TurnResumed: ["EagerEndOfTurn", "EndOfTurn"],
  EndOfTurn: ["StartOfTurn"]
}

/** What holds of every session. */
const check = (messages: ReadonlyArray<ServerMessage>): void => {
  assert.isTrue(areOfContract(messages))
  assert.deepStrictEqual(messages.map(({ sequence_id }) => sequence_id), [...messages.keys()])
  let state = ""
  let index = 0
  let before: TurnInfo | undefined
  for (const turn of turnsOf(messages)) {
    const { audio_window_end, audio_window_start, event, transcript, trigger, turn_index, words } = turn
    assert.strictEqual(turn_index, index)
    assert.isTrue(audio_window_end >= (before?.audio_window_end ?? 0))
    assert.strictEqual(trigger !== undefined, event === "EndOfTurn")
    assert.isTrue(
      words.every(({ end = 0, start = 0 }) => start >= audio_window_start && end <= audio_window_end + 0.01)
    )
    assert.strictEqual(transcript, words.map(({ word }) => word).join(" "))
    assert.strictEqual(transcript === "", event === "Update" && (state === "" || state === "EndOfTurn"))
    if (event === "Update") {
      before = turn
      continue
    }
    assert.isTrue(next[state]?.includes(event), `${event} after ${state}`)
    if (state === "EagerEndOfTurn") assert.strictEqual(transcript === before?.transcript, event === "EndOfTurn")
    before = turn
    state = event
    if (event === "EndOfTurn") index++
  }
}

describe("any cut of the bytes", () => {
  it.effect.prop(
    "gives the same messages, in which every word of the recording is once",
    { seed: Seed },
    Effect.fnUntraced(function*({ seed }) {
      const random = makeRandom(seed)
      const rate = pick(random, usualRates)
      const utterances = script(random)
      const { bytes, ...format } = encoded(random, Synthesizer.converse(utterances, { sampleRate: rate }), rate)
      const query = { ...format, ...thresholds(random) }
      const whole = yield* talk(query, bytes, "CloseStream")
      check(whole)
      assert.strictEqual(textIn(whole), utterances.map(({ text }) => text).join(" "))
      for (const sizes of [[2000], [1, 50, 20_000]]) {
        const pieces = cut(bytes, randomly(random, sizes))
        assert.deepStrictEqual(yield* talk(query, ...pieces, "CloseStream"), whole)
      }
    }),
    { arbitrary: { runs: 12 } }
  )

  it.effect.prop(
    "and ForceEndTurn anywhere loses and repeats no word",
    { seed: Seed },
    Effect.fnUntraced(function*({ seed }) {
      const random = makeRandom(seed)
      const samples = Synthesizer.converse(script(random), { sampleRate })
      const bytes = encodeSamples(samples, "linear16")
      const query = thresholds(random)
      const parts = cut(bytes, () => 2 * integer(random, 1, sampleRate))
      const acts = (split: (bytes: Uint8Array) => ReadonlyArray<Action>) =>
        parts.flatMap((part) => split(part).concat("ForceEndTurn"))
      const messages = yield* talk(query, ...acts((part) => [part]), "CloseStream")
      check(messages)
      const heard = Recognizer.recognize(samples, sampleRate).filter((event) => event._tag === "Word")
      const said = lasts(messages).flatMap(({ words }) => words)
      assert.deepStrictEqual(said.map(({ word }) => word), heard.map(({ text }) => text))
      // The last milliseconds of a word may be missing: its end is where the audio ended then.
      for (const [index, { end, start }] of heard.entries()) {
        assert.closeTo(said[index]?.start ?? -1, start, 0.001)
        assert.closeTo(said[index]?.end ?? -1, end, 0.005)
      }
      const others = acts((part) => cut(part, randomly(random, [3, 640, 8000])))
      assert.deepStrictEqual(yield* talk(query, ...others, "CloseStream"), messages)
    }),
    { arbitrary: { runs: 15 } }
  )
})

describe("a long session", () => {
  it.effect(
    "of a thousand turns has them all",
    Effect.fnUntraced(function*() {
      const one = encodeSamples(Synthesizer.converse([{ text: "Yes.", pause: 0.42 }], { sampleRate: 8000 }), "mulaw")
      const query = { encoding: "mulaw", sample_rate: 8000 }
      const messages = yield* talk(query, ...Array.from({ length: 1000 }, () => one))
      const ended = events(messages).filter((event) => event.startsWith("EndOfTurn"))
      assert.deepStrictEqual(ended, Array.from({ length: 1000 }, (_, index) => `EndOfTurn ${index} Yes. (model)`))
    })
  )
})
