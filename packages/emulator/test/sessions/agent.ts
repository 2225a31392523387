/** Conversations of the SDK with the emulator's agent: what is said into the microphone, and what is heard. */
import { Recognizer, Recording } from "@effect-deepgram/emulator"
import { Effect, Queue, Stream } from "effect"
import { AgentV1, type DeepgramError, ListenV1, LiveTranscript } from "effect-deepgram"
import { patiently } from "./support.ts"

/** Raw audio, of either side. */
export interface Format {
  readonly encoding: "linear16" | "mulaw" | "alaw"
  readonly sample_rate: number
}

export const usual: Format = { encoding: "linear16", sample_rate: 16_000 }

export const think = { provider: { type: "open_ai", model: "gpt-4o-mini" } } as const

/** What an agent may listen with. */
export const listening = {
  nova: { provider: { type: "deepgram", model: "nova-3" } },
  flux: { provider: { type: "deepgram", version: "v2", model: "flux-general-en" } }
} as const satisfies Record<string, AgentV1.ListenSettings>

/** What somebody says, with a pause of so many seconds behind it, in frames of 80 milliseconds. */
const spoken = (text: string, pause: number, { encoding, sample_rate }: Format): ReadonlyArray<Uint8Array> => {
  const bytes = Recording.raw([{ text, pause }], { encoding, sampleRate: sample_rate })
  const size = sample_rate * 0.08 * (encoding === "linear16" ? 2 : 1)
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size))
}

/** The text of raw audio. */
export const heardIn = (audio: ReadonlyArray<Uint8Array>, { encoding, sample_rate }: Format = usual): string =>
  Recognizer.text(audio, { encoding, sampleRate: sample_rate })

/** The text of audio that says itself what it is. */
export const heardInFile = (audio: ReadonlyArray<Uint8Array>) =>
  Stream.fromIterable(audio).pipe(
    ListenV1.transcribeStream({ model: "nova-3", punctuate: true, ...patiently }),
    LiveTranscript.text()
  )

const audioIn = (played: ReadonlyArray<AgentV1.AgentAudio>): ReadonlyArray<Uint8Array> =>
  played.flatMap((one) => one.type === "Audio" ? [one.audio] : [])

/** A conversation in which a test speaks; it lasts as long as the scope. */
export const talk = <A, E, R>(
  settings: Omit<AgentV1.Settings, "audio"> & { readonly audio?: AgentV1.AudioSettings },
  converse: (
    settings: AgentV1.Settings
  ) => (microphone: Stream.Stream<Uint8Array>) => Effect.Effect<AgentV1.Conversation, E, R>,
  use: (conversation: Talk) => Effect.Effect<A, E, R>
) =>
  Effect.gen(function*() {
    const microphone = yield* Queue.unbounded<Uint8Array>()
    const input = settings.audio?.input ?? usual
    const conversation = yield* Stream.fromQueue(microphone).pipe(
      converse({ ...settings, audio: { input, output: usual, ...settings.audio } })
    )
    return yield* use({
      ...conversation,
      speak: (text, pause = 0.6) => Queue.offerAll(microphone, spoken(text, pause, input as Format))
    })
  }).pipe(Effect.scoped)

/** A conversation, and somebody who speaks into its microphone. */
export interface Talk extends AgentV1.Conversation {
  /** `pause`: seconds of silence behind it. */
  readonly speak: (text: string, pause?: number) => Effect.Effect<unknown>
}

/** Takes what the agent says until it has said all of it: its audio. What was interrupted before is over. */
export const answer = ({ audio }: Pick<Talk, "audio">): Effect.Effect<
  { readonly played: ReadonlyArray<AgentV1.AgentAudio>; readonly bytes: ReadonlyArray<Uint8Array> },
  DeepgramError.LiveError
> =>
  Effect.gen(function*() {
    const played: Array<AgentV1.AgentAudio> = []
    while (audioIn(played).length === 0) {
      yield* Stream.runForEach(
        Stream.takeUntil(audio, ({ type }) => type === "AgentAudioDone"),
        (one) => Effect.sync(() => played.push(one))
      )
    }
    return { played, bytes: audioIn(played) }
  })

/** Takes events up to one that is looked for. */
export const eventsUntil = <E>(
  { events }: { readonly events: Stream.Stream<AgentV1.Event, E> },
  wanted: (event: AgentV1.Event) => boolean
) => Stream.runCollect(Stream.takeUntil(events, wanted))

/** The next text of one side. */
export const textOf = (talk: Pick<Talk, "events">, role: "user" | "assistant") =>
  Effect.map(
    eventsUntil(talk, (event) => event.type === "ConversationText" && event.role === role),
    (events) => {
      const last = events.at(-1)
      return last?.type === "ConversationText" ? last.content : undefined
    }
  )
