/** What an agent hears and speaks, in every encoding. */
import { Emulator, Recognizer, Synthesizer } from "@effect-deepgram/emulator"
import { assert, layer } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { DeepgramChannels } from "effect-deepgram"
import { decode } from "../../src/internal/audio/decode.ts"
import { encode } from "../../src/internal/audio/encode.ts"
import { encodeSamples } from "../../src/internal/audio/pcm.ts"
import { audioOf, converse, heardIn, open } from "./support.ts"

const text = "The quick brown fox."

const aura = { provider: { type: "deepgram", model: "aura-2-thalia-en" } }

/** Who says what in an audio file, or raw audio. */
const wordsIn = Effect.fnUntraced(
  function*(bytes: Uint8Array, encoding: string, sampleRate: number, isRaw: boolean) {
    const { format, samples } = yield* decode(Stream.make(bytes), isRaw ? { encoding, sampleRate } : {})
    const chunks = yield* Stream.runCollect(samples)
    const session = yield* Effect.flatMap(Recognizer.Recognizer, ({ open }) => open(format))
    const heard = yield* Effect.forEach(chunks, ([mono = new Float32Array(0)]) => session.push(mono))
    return [...heard.flat(), ...yield* session.finish].filter((heard) => heard._tag === "Word")
  },
  Effect.scoped,
  Effect.provide(Recognizer.layer)
)

const rates: Readonly<Record<string, ReadonlyArray<number | undefined>>> = {
  linear16: [undefined, 8000, 16_000, 22_050, 32_000, 44_100, 48_000],
  mulaw: [undefined, 16_000],
  alaw: [undefined, 16_000],
  mp3: [undefined, 22_050, 48_000],
  opus: [undefined, 24_000, 16_000],
  flac: [undefined, 8000, 48_000],
  aac: [undefined, 22_050, 48_000]
}

const defaults: Readonly<Record<string, number>> = { linear16: 24_000, mulaw: 8000, alaw: 8000 }

layer(Emulator.layer())("what an agent says", (it) => {
  for (const encoding of DeepgramChannels.agentV1OutputEncodings) {
    for (const rate of rates[encoding] ?? []) {
      it.effect(`can be heard as ${encoding} of ${rate ?? "no particular"} Hz`, () =>
        Effect.gen(function*() {
          const output = { encoding, ...(rate === undefined ? undefined : { sample_rate: rate }) }
          const client = yield* converse({ greeting: text, speak: aura }, { audio: { output } })
          const spoken = audioOf(yield* client.until("AgentAudioDone"))
          const isRaw = encoding in defaults
          const words = yield* wordsIn(spoken, encoding, rate ?? defaults[encoding] ?? 0, isRaw)
          assert.strictEqual(words.map(({ text }) => text).join(" "), text)
        }))
    }
  }

  for (const encoding of ["linear16", "mulaw", "alaw"]) {
    it.effect(`can be a file for each text as ${encoding} in WAV`, () =>
      Effect.gen(function*() {
        const client = yield* converse({ greeting: text }, { audio: { output: { encoding, container: "wav" } } })
        const greeting = audioOf(yield* client.until("AgentAudioDone"))
        yield* client.say({ type: "InjectAgentMessage", message: text })
        const message = audioOf(yield* client.until("AgentAudioDone"))
        for (const spoken of [greeting, message]) {
          assert.strictEqual((yield* wordsIn(spoken, encoding, 0, false)).map(({ text }) => text).join(" "), text)
        }
      }))
  }

  it.effect("goes on without a seam where there is no container", () =>
    Effect.gen(function*() {
      const client = yield* converse({ greeting: text })
      const greeting = yield* client.until("AgentAudioDone")
      yield* client.say({ type: "InjectAgentMessage", message: text })
      const message = yield* client.until("AgentAudioDone")
      assert.strictEqual(heardIn(audioOf([...greeting, ...message])), `${text} ${text}`)
    }))

  it.effect("comes in frames of a moderate size", () =>
    Effect.gen(function*() {
      const client = yield* converse({ greeting: text })
      const lengths = (yield* client.until("AgentAudioDone"))
        .flatMap(({ audio }) => audio instanceof Uint8Array ? [audio.length] : [])
      assert.isAtMost(Math.max(...lengths), 8000)
      assert.isAtLeast(Math.min(...lengths), 1)
    }))

  it.effect("has the voice of the settings until another one is chosen, and its speed", () =>
    Effect.gen(function*() {
      const voices = new Map<string, number | undefined>()
      const lengths: Array<number> = []
      const client = yield* converse({ speak: aura, greeting: text })
      for (
        const provider of [
          { type: "deepgram", model: "aura-2-luna-en", speed: 0.7 },
          { type: "deepgram", version: "v2", model: "flux-kit-en", speed: 1.5 },
          { type: "deepgram", version: "v2", model: "flux-haley-en" }
        ]
      ) {
        yield* client.until("AgentAudioDone")
        yield* client.say({ type: "UpdateSpeak", speak: { provider } })
        yield* client.until("SpeakUpdated")
        yield* client.say({ type: "InjectAgentMessage", message: text })
        const spoken = audioOf(yield* client.until("AgentStartedSpeaking"))
        assert.strictEqual(spoken.length, 0)
        const rest = audioOf(yield* client.until("AgentAudioDone"))
        lengths.push(rest.length)
        voices.set(provider.model, (yield* wordsIn(rest, "linear16", 16_000, true))[0]?.voice)
        yield* client.say({ type: "InjectAgentMessage", message: "Next." })
      }
      assert.isAbove(new Set(voices.values()).size, 1)
      assert.isAbove(lengths[0]!, lengths[2]!)
      assert.isBelow(lengths[1]!, lengths[2]!)
    }))
})

const samples = (sampleRate: number) => Synthesizer.converse([{ text, pause: 1 }], { sampleRate })

const raw = ["linear16", "linear32", "mulaw", "alaw"] as const

const bytesOf = (encoding: typeof raw[number], sampleRate: number): Uint8Array =>
  encoding === "linear32"
    ? new Uint8Array(samples(sampleRate).buffer)
    : encodeSamples(samples(sampleRate), encoding)

layer(Emulator.layer())("what an agent hears", (it) => {
  const hears = Effect.fnUntraced(function*(input: object | undefined, bytes: Uint8Array) {
    const client = yield* open
    yield* client.say({ type: "Settings", audio: input === undefined ? {} : { input }, agent: {} })
    yield* client.until("SettingsApplied")
    for (let at = 0; at < bytes.length; at += 3001) yield* client.send(bytes.subarray(at, at + 3001))
    const said = (yield* client.until("ConversationText")).at(-1)
    assert.deepInclude(said, { role: "user", content: text })
  })

  for (const encoding of raw) {
    for (const sample_rate of [8000, 16_000, 24_000, 44_100, 48_000]) {
      it.effect(`can be ${encoding} of ${sample_rate} Hz`, () =>
        hears({ encoding, sample_rate }, bytesOf(encoding, sample_rate)))
    }
  }

  it.effect("is linear16 of 24,000 Hz unless something else is said", () =>
    hears(undefined, encodeSamples(samples(24_000), "linear16")))

  for (const [encoding, file] of [["opus", "opus"], ["ogg-opus", "opus"], ["flac", "flac"]] as const) {
    it.effect(`can be ${encoding} in a file that goes on`, () =>
      Effect.gen(function*() {
        const format = { encoding: file, container: undefined, sampleRate: 48_000 }
        const encoded = yield* Stream.runCollect(encode(Stream.make(samples(48_000)), format)).pipe(Effect.scoped)
        yield* hears({ encoding, sample_rate: 48_000 }, new Uint8Array(Buffer.concat(encoded)))
      }))
  }
})
