/** What is said of live audio is what is said of the same audio as a recording. */
import { assert, layer } from "@effect/vitest"
import { Effect, Schema, Stream } from "effect"
import { ListenV1, LiveTranscript, Transcript } from "effect-deepgram"
import * as Synthesizer from "../../src/Synthesizer.ts"
import { randomFrames } from "../live/support.ts"
import { AnyRate, integer, makeRandom, pick, type Random, randomWord, Seed } from "../voice/support.ts"
import { audioOf, encodings, finalsOf, finalText, reusing, served, transports, wordOf } from "./support.ts"

const vocabulary = "hello, twenty five. parcel arrives and one? the may fifth acme corp, U.S. naïve 日本語 well Yes!"
  .split(" ")

const conversation = (random: Random, sampleRate: number): Float32Array =>
  Synthesizer.converse(
    Array.from({ length: integer(random, 1, 3) }, () => ({
      text: Array.from(
        { length: integer(random, 1, 6) },
        () => random() < 0.8 ? pick(random, vocabulary) : randomWord(random, 20)
      ).join(" "),
      voice: integer(random, 0, 3),
      speed: pick(random, [1, 2]),
      pause: pick(random, [0.03, 0.2, 0.4, 1.2])
    })),
    { sampleRate }
  )

const features = [
  {},
  { punctuate: true, diarize: true },
  { smart_format: true },
  { smart_format: true, diarize_model: "latest" },
  { numerals: true, punctuate: true, diarize: true }
] as const

const pacing: ReadonlyArray<ListenV1.LiveFeatureOptions> = [
  {},
  { interim_results: true },
  { interim_results: true, utterance_end_ms: 1000, vad_events: true, endpointing: 600 },
  { interim_results: true, endpointing: false }
]

/** Interim results begin where the last final one ended, grow, and are all replaced; finals leave no gap. */
const checkOrder = (messages: ReadonlyArray<ListenV1.ServerMessage>, channel: number, duration: number): void => {
  let at = 0
  let interim = 0
  for (const message of messages) {
    if (message.type !== "Results" || message.channel_index[0] !== channel) continue
    const { duration, is_final, start } = message
    assert.approximately(start, at, 2e-6)
    if (is_final !== true) {
      assert.isAbove(duration, interim)
      interim = duration
      continue
    }
    interim = 0
    at = start + duration
  }
  assert.strictEqual(interim, 0, "the last interim result was replaced")
  assert.approximately(at, duration, 2e-6)
}

for (const transport of transports) {
  layer(served(transport))(`over ${transport.name}, live text`, (it) => {
    it.effect.prop(
      "is the text of the recording, for every encoding and however the bytes are cut",
      {
        seed: Seed,
        encoding: Schema.Literals(encodings),
        container: Schema.Literals(["raw", "wav"]),
        sampleRate: AnyRate,
        channels: Schema.Literals([1, 2, 3]),
        multichannel: Schema.Boolean
      },
      Effect.fnUntraced(function*({ channels, container, encoding, multichannel, sampleRate, seed }) {
        const random = makeRandom(seed)
        const sides = Array.from({ length: channels }, () => conversation(random, sampleRate))
        const { bytes, format } = audioOf(sides, encoding, sampleRate, container)
        const { interim_results, ...pace } = pick(random, pacing)
        const options = { model: "nova-3", multichannel, ...pick(random, features) } as const
        const messages = yield* reusing(randomFrames(bytes, random)).pipe(
          ListenV1.transcribeStream({ ...options, ...format, ...pace, interim_results }),
          Stream.runCollect
        )
        const recorded = yield* ListenV1.transcribeFile(bytes, { ...options, ...format })
        const { metadata, results } = recorded
        assert.strictEqual(results.channels.length, multichannel ? channels : 1)
        for (const [channel, { alternatives: [alternative] }] of results.channels.entries()) {
          const words = finalsOf(messages, channel).flatMap((final) => final.channel.alternatives[0]?.words ?? [])
          assert.deepStrictEqual(words.map(wordOf), alternative?.words?.map(wordOf))
          assert.strictEqual(finalText(messages, channel), alternative?.transcript)
          checkOrder(messages, channel, metadata.duration)
        }
        const last = messages.findLast((message) => message.type === "Metadata")
        assert.strictEqual(last, messages.at(-1))
        assert.deepStrictEqual(
          [last?.sha256, last?.duration, last?.channels],
          [metadata.sha256, metadata.duration, results.channels.length]
        )
        if (results.channels.length === 1) {
          // Between two finals there is no space in scripts that are written without.
          const letters = (text: string) => text.replaceAll(" ", "")
          const text = yield* LiveTranscript.text()(Stream.fromIterable(messages))
          assert.strictEqual(letters(text), letters(Transcript.toText(recorded)))
        }
      }),
      { timeout: 60_000, arbitrary: { runs: 25 } }
    )
  })
}
