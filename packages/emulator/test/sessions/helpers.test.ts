/** `LiveTranscript` and `LiveAudio` with real sessions. */
import { Recording } from "@effect-deepgram/emulator"
import { assert, layer } from "@effect/vitest"
import { Effect, Fiber, Ref, Stream } from "effect"
import { ListenV1, LiveAudio, LiveTranscript, Transcript } from "effect-deepgram"
import { TestClock } from "effect/testing"
import * as Synthesizer from "../../src/Synthesizer.ts"
import { audioOf, finalsOf, finalText, served, telephone, textOf, transports } from "./support.ts"

const script = [
  { text: "Thank you for calling. How can I help you?", voice: 0, pause: 1.5 },
  { text: "Hello, where is my parcel?", voice: 1, pause: 1.2 },
  { text: "It arrives on Tuesday.", voice: 0, pause: 0.2 }
]

const call = Recording.wav(script, { sampleRate: 8000, encoding: "mulaw" })

const sides = Recording.wav(script.map((line) => ({ ...line, channel: line.voice })), { sampleRate: 8000 })

const options = { model: "nova-3", punctuate: true } as const

type Features = ListenV1.LiveFeatureOptions & { readonly diarize?: boolean }

/** The messages of a session in which a recording is streamed as fast as that goes. */
const listen = (recording: Uint8Array, more: Features = {}) =>
  Stream.make(recording).pipe(
    LiveAudio.pace({ speed: Infinity, frame: "100 millis" }),
    ListenV1.transcribeStream({ ...options, ...more })
  )

for (const transport of transports) {
  layer(served(transport))(`of a session over ${transport.name}`, (it) => {
    it.effect("the text is that of the recording, with speakers and channels too", () =>
      Effect.gen(function*() {
        for (
          const [recording, features] of [
            [call, {}],
            [call, { diarize: true }],
            [call, { smart_format: true, interim_results: true }],
            [sides, { multichannel: true }]
          ] as const
        ) {
          const { interim_results: _, ...rest } = { interim_results: true, ...features }
          const recorded = yield* ListenV1.transcribeFile(recording, { ...options, ...rest })
          for (const speakerLabels of ["none", "auto"] as const) {
            assert.strictEqual(
              yield* LiveTranscript.text({ speakerLabels })(listen(recording, features)),
              Transcript.toText(recorded, { speakerLabels, paragraphs: false })
            )
          }
        }
      }))

    it.effect("the final results are those that say something", () =>
      Effect.gen(function*() {
        const messages = yield* Stream.runCollect(listen(call, { interim_results: true }))
        const finals = yield* Stream.runCollect(LiveTranscript.finals(Stream.fromIterable(messages)))
        assert.deepStrictEqual(finals, finalsOf(messages).filter((final) => textOf(final) !== ""))
        assert.isAbove(finals.length, 1)
        assert.isBelow(finals.length, messages.filter(({ type }) => type === "Results").length)
      }))

    it.effect("utterances are what was said between pauses, by either sign of them", () =>
      Effect.gen(function*() {
        const utterancesOf = (endsAt: "speech_final" | "UtteranceEnd", more: Features) =>
          listen(call, { interim_results: true, diarize: true, ...more }).pipe(
            LiveTranscript.utterances({ endsAt }),
            Stream.map(({ speaker, text }) => `${speaker}: ${text}`),
            Stream.runCollect
          )
        const expected = script.map(({ text, voice }) => `${voice}: ${text}`)
        assert.deepStrictEqual(yield* utterancesOf("speech_final", { endpointing: 800 }), expected)
        const byEnd = yield* utterancesOf("UtteranceEnd", { endpointing: false, utterance_end_ms: 1000 })
        assert.deepStrictEqual(byEnd, expected)
      }))

    it.effect("captions end as utterances, and grow on the way", () =>
      Effect.gen(function*() {
        const messages = yield* Stream.runCollect(listen(call, { interim_results: true, endpointing: 800 }))
        const captions = yield* Stream.runCollect(LiveTranscript.liveCaptions()(Stream.fromIterable(messages)))
        const lines = captions.filter(({ isFinal }) => isFinal)
        assert.deepStrictEqual(lines.map(({ text }) => text), script.map(({ text }) => text))
        assert.isTrue(captions.some(({ interim, isFinal }) => !isFinal && interim !== ""))
        const srt = yield* Stream.mkString(LiveTranscript.srt(LiveTranscript.captions()(Stream.fromIterable(messages))))
        const recorded = yield* ListenV1.transcribeFile(call, options)
        assert.strictEqual(srt, Transcript.toSrt(recorded))
      }))

    it.effect("a recording takes as long as it was spoken", () =>
      Effect.gen(function*() {
        const samples = Synthesizer.converse([{ text: "Good morning. Good evening.", pause: 1 }], { sampleRate: 8000 })
        const { bytes, format } = audioOf([samples], "mulaw", 8000, "raw")
        const seconds = bytes.length / telephone.sample_rate
        const sent = yield* Ref.make(0)
        const session = yield* Stream.make(bytes).pipe(
          LiveAudio.pace({ ...telephone, frame: "20 millis" }),
          Stream.tap((frame) => Ref.update(sent, (sum) => sum + frame.length)),
          ListenV1.transcribeStream({ ...options, ...format }),
          Stream.runCollect,
          Effect.forkChild({ startImmediately: true })
        )
        yield* TestClock.adjust("1 second")
        assert.strictEqual(yield* Ref.get(sent), telephone.sample_rate)
        yield* TestClock.adjust(`${Math.ceil(seconds * 1000) - 1001} millis`)
        assert.isBelow(yield* Ref.get(sent), bytes.length)
        yield* TestClock.adjust("1 millis")
        assert.strictEqual(finalText(yield* Fiber.join(session)), "Good morning. Good evening.")
        assert.strictEqual(yield* Ref.get(sent), bytes.length)
      }))
  })
}
