/** Flux over real sockets: its turns are what the recording says. */
import { assert, layer } from "@effect/vitest"
import { Effect, Schema, Stream } from "effect"
import { ListenV1, ListenV2, LiveTranscript } from "effect-deepgram"
import * as Synthesizer from "../../src/Synthesizer.ts"
import { randomFrames } from "../live/support.ts"
import { integer, makeRandom, pick, type Random, randomWord, Seed, usualRates } from "../voice/support.ts"
import { audioOf, encodings, failing, reusing, served, spoken, telephone, transports } from "./support.ts"

const conversation = (random: Random, sampleRate: number): Float32Array =>
  Synthesizer.converse(
    Array.from({ length: integer(random, 1, 3) }, () => ({
      text: Array.from({ length: integer(random, 1, 4) }, () => randomWord(random, 12)).join(" ") +
        pick(random, ["", ".", "?", ","]),
      voice: integer(random, 0, 3),
      speed: pick(random, [1, 2]),
      pause: pick(random, [0.05, 0.4, 1.2])
    })),
    { sampleRate }
  )

const thresholds = (random: Random): ListenV2.ThresholdOptions => ({
  eager_eot_threshold: pick(random, [undefined, 0.3, 0.5]),
  eot_threshold: pick(random, [undefined, 0.6, 0.9, 1]),
  eot_timeout_ms: pick(random, [undefined, 500, 1000])
})

const raw = { model: "flux-general-en", ...telephone } as const

const plain = (word: ListenV2.TurnWord) => [word.word, word.start, word.end, word.confidence]

const eventOf = (turn: LiveTranscript.Turn): string => `${turn._tag} ${turn.text}`

for (const transport of transports) {
  layer(served(transport))(`Flux over ${transport.name}`, (it) => {
    it.effect.prop(
      "has every word of the recording in its turns, however the bytes are cut",
      {
        seed: Seed,
        encoding: Schema.Literals(encodings),
        container: Schema.Literals(["raw", "wav"]),
        sampleRate: Schema.Literals(usualRates)
      },
      Effect.fnUntraced(function*({ container, encoding, sampleRate, seed }) {
        const random = makeRandom(seed)
        const { bytes, format } = audioOf([conversation(random, sampleRate)], encoding, sampleRate, container)
        const { channels: _, ...flux } = format
        const turns = yield* reusing(randomFrames(bytes, random)).pipe(
          ListenV2.transcribeStream({ model: "flux-general-en", ...flux as typeof telephone, ...thresholds(random) }),
          LiveTranscript.endedTurns,
          Stream.runCollect
        )
        const { results } = yield* ListenV1.transcribeFile(bytes, { model: "nova-3", punctuate: true, ...format })
        const words = results.channels[0]?.alternatives[0]?.words ?? []
        assert.deepStrictEqual(
          turns.flatMap((turn) => turn.words.map(plain)),
          words.map(({ confidence, end, punctuated_word, start }) => [punctuated_word, start, end, confidence])
        )
        assert.deepStrictEqual(turns.map(({ index }) => index), [...turns.keys()])
      }),
      { timeout: 60_000, arbitrary: { runs: 15 } }
    )

    it.effect("says when a turn may be over, when it goes on, and when it is over", () =>
      Effect.gen(function*() {
        const audio = [spoken("I want a", 0.8), spoken("parcel.", 0.8), spoken("Bye.", 0)]
        const events = yield* Stream.fromIterable(audio).pipe(
          ListenV2.transcribeStream({ ...raw, eager_eot_threshold: 0.4, eot_threshold: 0.8 }),
          LiveTranscript.turns,
          Stream.filter(({ _tag }) => _tag !== "Update"),
          Stream.map(eventOf),
          Stream.runCollect
        )
        assert.deepStrictEqual(events, [
          "StartOfTurn I",
          "EagerEndOfTurn I want a",
          "TurnResumed I want a parcel.",
          "EagerEndOfTurn I want a parcel.",
          "EndOfTurn I want a parcel.",
          "StartOfTurn Bye.",
          "EndOfTurn Bye."
        ])
      }))

    it.effect("ends the last turn unless told not to", () =>
      Effect.gen(function*() {
        const turnsOf = (endLastTurn: boolean | undefined) =>
          Stream.make(spoken("Not over", 0)).pipe(
            ListenV2.transcribeStream({ ...raw, endLastTurn }),
            LiveTranscript.turns,
            Stream.runCollect
          )
        const ended = (yield* turnsOf(undefined)).at(-1)
        assert.deepInclude(ended, { _tag: "EndOfTurn", text: "Not over", trigger: "manual" })
        assert.deepInclude((yield* turnsOf(false)).at(-1), { _tag: "Update", text: "Not over" })
      }))

    it.effect("takes other settings in the session, or says why not", () =>
      Effect.gen(function*() {
        const { close, configure, forceEndTurn, messages, send } = yield* ListenV2.connect(raw)
        assert.isUndefined(yield* forceEndTurn)
        const [first, second] = yield* Effect.all([
          configure({ thresholds: { eot_timeout_ms: 700 } }),
          configure({ keyterms: ["Xanadu"], numerals: true })
        ], { concurrency: "unbounded" })
        assert.deepInclude(first.thresholds, { eot_threshold: 0.7, eot_timeout_ms: 700 })
        assert.deepInclude(second, { keyterms: ["Xanadu"], numerals: true })
        assert.deepInclude(second.thresholds, { eot_timeout_ms: 700 })
        const refusal = yield* failing("BadRequest", configure({ thresholds: { eager_eot_threshold: 0.9 } }))
        assert.deepInclude({ ...refusal }, { origin: "server", code: "EAGER_EOT_THRESHOLD_ABOVE_EOT_THRESHOLD" })
        assert.isDefined(refusal.requestId)
        yield* send(spoken("call twenty five xanadu", 0))
        const turn = yield* forceEndTurn
        assert.deepInclude(turn, { event: "EndOfTurn", trigger: "manual", transcript: "call 25 Xanadu" })
        yield* close
        const types = (yield* Stream.runCollect(messages)).map(({ type }) => type).filter((type) => type !== "TurnInfo")
        assert.deepStrictEqual(types, [
          "Connected",
          "Warning",
          "ConfigureSuccess",
          "ConfigureSuccess",
          "ConfigureFailure"
        ])
      }))

    it.effect("tells languages, and takes hints", () =>
      Effect.gen(function*() {
        const turns = yield* Stream.make(spoken("Guten Morgen, wie geht es Ihnen heute?", 0)).pipe(
          ListenV2.transcribeStream({ ...raw, model: "flux-general-multi", language_hint: ["de", "fr"] }),
          Stream.filter((message) => message.type === "TurnInfo" && message.event === "EndOfTurn"),
          Stream.runCollect
        )
        assert.strictEqual(turns.length, 1)
        assert.deepInclude(turns[0], { languages: ["de"], languages_hinted: ["de", "fr"] })
      }))
  })
}
