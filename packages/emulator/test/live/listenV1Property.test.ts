import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import type { LiveQuery } from "../../src/internal/live/listenV1.ts"
import * as Synthesizer from "../../src/Synthesizer.ts"
import { AnyRate, integer, makeRandom, pick, type Random, Seed } from "../voice/support.ts"
import { bytesOf, live, misplaced, randomFrames, recorded, sameWords, transcript, wordsOf } from "./support.ts"

const words = [
  ..."hello, twenty five. a Incomprehensible hundred and one? the may fifth period acme corp, U.S. naïve 日本語 well"
    .split(" "),
  "x",
  "Yes!"
]

const conversation = (random: Random, sampleRate: number): Float32Array =>
  Synthesizer.converse(
    Array.from({ length: integer(random, 1, 4) }, () => ({
      text: Array.from({ length: integer(random, 1, 12) }, () => pick(random, words)).join(" "),
      voice: integer(random, 0, 3),
      speed: pick(random, [0.7, 1, 2]),
      pause: pick(random, [0.03, 0.2, 0.35, 0.9, 2.1, 6])
    })),
    { sampleRate }
  )

const options: ReadonlyArray<LiveQuery> = [
  {},
  { punctuate: true, diarize: true },
  { interim_results: true, utterance_end_ms: 1000, vad_events: true },
  { interim_results: true, endpointing: 700, diarize_model: "latest" },
  { interim_results: true, utterance_end_ms: 1500, endpointing: false, punctuate: true }
]

/** The pieces between the places, each cut, with a `Finalize` after all but the last. */
const withFinalize = (
  bytes: Uint8Array,
  places: ReadonlyArray<number>,
  cut: (piece: Uint8Array) => ReadonlyArray<Uint8Array>
): ReadonlyArray<Uint8Array | "Finalize"> => {
  const frames: Array<Uint8Array | "Finalize"> = []
  for (const [index, to] of [...places, bytes.length].entries()) {
    if (index > 0) frames.push("Finalize")
    frames.push(...cut(bytes.slice(places[index - 1] ?? 0, to)))
  }
  return frames
}

describe("live transcription", () => {
  it.effect.prop(
    "gives the words of the recording, and the same messages however the bytes are cut",
    {
      seed: Seed,
      encoding: Schema.Literals(["linear16", "linear32", "mulaw", "alaw"]),
      container: Schema.Literals(["raw", "wav"]),
      sampleRate: AnyRate,
      channels: Schema.Literals([1, 2]),
      multichannel: Schema.Boolean
    },
    Effect.fnUntraced(function*({ channels, container, encoding, multichannel, sampleRate, seed }) {
      const random = makeRandom(seed)
      const sides = Array.from({ length: channels }, () => conversation(random, sampleRate))
      const bytes = bytesOf(sides, encoding, sampleRate, container)
      const query: LiveQuery = {
        model: "nova-3",
        multichannel,
        ...pick(random, options),
        ...(container === "wav" && encoding !== "linear32" ? {} : { encoding, sample_rate: sampleRate, channels })
      }
      const places = Array.from({ length: integer(random, 0, 3) }, () => integer(random, 0, bytes.length))
        .toSorted((a, b) => a - b)
      const messages = yield* live(query, withFinalize(bytes, places, (piece) => [piece]))
      const cut = yield* live(query, withFinalize(bytes, places, (piece) => randomFrames(piece, random)))
      assert.deepStrictEqual(cut, messages)

      const { metadata, results } = yield* recorded(query, bytes)
      assert.strictEqual(results.channels.length, multichannel ? channels : 1)
      for (const [channel, { alternatives: [alternative] }] of results.channels.entries()) {
        sameWords(wordsOf(messages, channel), alternative?.words ?? [])
        assert.strictEqual(transcript(messages, channel), alternative?.transcript)
        assert.deepStrictEqual(misplaced(messages, metadata.duration, channel), [])
      }
      const last = messages.at(-1)
      assert.deepInclude(last, { type: "Metadata", duration: metadata.duration, channels: results.channels.length })
    }),
    { timeout: 120_000, arbitrary: { runs: 60 } }
  )
})
