/** One operation of each kind, in its ordinary use, with what comes of it when nothing goes wrong. */
import { Recognizer, Recording } from "@effect-deepgram/emulator"
import { Effect, Schedule, Stream } from "effect"
import {
  AgentV1,
  AudioSource,
  type Deepgram,
  type DeepgramError,
  ListenV1,
  ListenV2,
  Projects,
  ReadV1,
  SpeakV1,
  SpeakV2,
  Transcript
} from "effect-deepgram"
import { isDeepStrictEqual } from "node:util"
import { framesOf } from "../live/support.ts"

/** How long something may take, in milliseconds. */
export interface Limits {
  /** An operation over HTTP, or the opening of a channel. */
  readonly open: number
  /** How long the server may say nothing in an open channel. */
  readonly silence: number
}

/** What came of an operation. */
export interface Outcome {
  /** What it was for: a text, or the text that is heard in its audio. */
  readonly text: string
  /** Messages of a session; one that came twice counts twice. */
  readonly messages: number
  /** Those of them that the SDK does not know. */
  readonly unrecognized: number
}

/** A kind of operation. */
export interface Kind {
  readonly name: string
  /** As its errors name it. */
  readonly operation: string
  /** What it asks of the server within its session, which may be what fails. */
  readonly question?: string
  /** What the answer is: that of a request, or a session. */
  readonly answer: "json" | "audio" | "session"
  /** Whether the request has a body. */
  readonly hasBody: boolean
  /** Whether it is tried again after a failure: a stream that is sent can be read once only. */
  readonly isRepeated: boolean
  /** How many messages the server says; `undefined` where it depends on who is faster. */
  readonly messages: number | undefined
  readonly text: string
  readonly run: (limits: Limits) => Effect.Effect<Outcome, DeepgramError.LiveError, Deepgram.Deepgram>
}

const rate = 8000
const raw = { encoding: "linear16", sample_rate: rate } as const

const wav = Recording.wav("One two.", { sampleRate: rate })
const frames = framesOf(Recording.raw([{ text: "One two.", pause: 0.1 }], { sampleRate: rate }), 1600)

const question = Recording.raw([{ text: "One.", pause: 0.6 }], { sampleRate: rate })
const silence = new Uint8Array(640)

const answered = (text: string): Outcome => ({ text, messages: 0, unrecognized: 0 })

const heardIn = (audio: Iterable<Uint8Array>): string =>
  Recognizer.text([...audio], { encoding: raw.encoding, sampleRate: rate })

/** Without what says the same as the message before it: no two results and no two pieces of speech are the same. */
const once = <Message extends object>(messages: ReadonlyArray<Message>): ReadonlyArray<Message> => {
  let last: Message | undefined
  return messages.filter((message) => {
    const isNew = last === undefined || !isDeepStrictEqual(message, last)
    last = message
    return isNew
  })
}

interface Said {
  readonly type: string
}

/** What a session said, and what that comes to. */
const heard = <Message extends Said>(
  messages: ReadonlyArray<Message>,
  textOf: (messages: ReadonlyArray<Message>) => string
): Outcome => ({
  text: textOf(once(messages)),
  messages: messages.length,
  unrecognized: messages.filter(({ type }) => type === "Unrecognized").length
})

const collected = <Message extends Said, R>(
  session: Stream.Stream<Message, DeepgramError.LiveError, R>,
  textOf: (messages: ReadonlyArray<Message>) => string
): Effect.Effect<Outcome, DeepgramError.LiveError, R> =>
  Effect.map(Stream.runCollect(session), (messages) => heard(messages, textOf))

const spokenText = (messages: ReadonlyArray<SpeakV1.ServerMessage | SpeakV2.ServerMessage>): string =>
  heardIn(messages.flatMap((message) => message.type === "Audio" ? [message.audio] : []))

const live = ({ open, silence }: Limits) => ({ openTimeout: open, drainTimeout: silence })

const listening = (limits: Limits) => ({ ...live(limits), watchdog: limits.silence })

const request = { answer: "json", hasBody: true, isRepeated: true, messages: 0 } as const
const session = { answer: "session", hasBody: false, isRepeated: true, messages: 0 } as const

const voice = { model: "aura-2-thalia-en", ...raw } as const
const fluxVoice = { model: "flux-kit-en", ...raw } as const

const list: Kind = {
  ...request,
  name: "Projects.list",
  operation: "Projects.list",
  hasBody: false,
  text: "Emulator",
  run: () => Effect.map(Projects.list(), ({ projects }) => answered(projects.map(({ name }) => name).join()))
}

const analyze: Kind = {
  ...request,
  name: "ReadV1.analyze",
  operation: "ReadV1.analyze",
  text: "The parcel came early, and I love it. positive",
  run: () =>
    Effect.map(
      ReadV1.analyze({ text: "The parcel came early, and I love it." }, { sentiment: true }),
      ({ results: { sentiments } }) =>
        answered(sentiments?.segments?.map(({ sentiment, text }) => `${text} ${sentiment}`).join() ?? "")
    )
}

const transcribe = (audio: AudioSource.Input) =>
  Effect.map(
    ListenV1.transcribeFile(audio, { model: "nova-3", punctuate: true }),
    (transcription) => answered(Transcript.toText(transcription))
  )

const upload: Kind = {
  ...request,
  name: "ListenV1.transcribeFile (bytes)",
  operation: "ListenV1.transcribeFile",
  text: "One two.",
  run: () => transcribe(wav)
}

const uploadStream: Kind = {
  ...upload,
  name: "ListenV1.transcribeFile (stream)",
  operation: "ListenV1.transcribeFile",
  isRepeated: false,
  run: () => transcribe(Stream.fromIterable(framesOf(wav, 1600)))
}

const download: Kind = {
  ...request,
  name: "SpeakV1.generateStream",
  operation: "SpeakV1.generateStream",
  answer: "audio",
  text: "One two.",
  run: () =>
    Effect.map(
      Stream.runCollect(SpeakV1.generateStream("One two.", { ...voice, container: "none" })),
      (audio) => answered(heardIn(audio))
    )
}

const downloadHead: Kind = {
  ...download,
  name: "SpeakV1.generate",
  operation: "SpeakV1.generate",
  run: () =>
    SpeakV1.generate("One two.", { ...voice, container: "none" }).pipe(
      Effect.flatMap(({ audio }) => Stream.runCollect(audio)),
      Effect.map((audio) => answered(heardIn(audio))),
      Effect.scoped
    )
}

const listenV1: Kind = {
  ...session,
  name: "ListenV1.transcribeStream",
  operation: "ListenV1.transcribeStream",
  messages: 2,
  text: "One two.",
  run: (limits) =>
    collected(
      Stream.fromIterable(frames).pipe(
        ListenV1.transcribeStream({ model: "nova-3", punctuate: true, ...raw, ...listening(limits) })
      ),
      (messages) =>
        messages.flatMap((message) =>
          message.type === "Results" && message.is_final === true
            ? [message.channel.alternatives[0]?.transcript ?? ""]
            : []
        ).filter((text) => text !== "").join(" ")
    )
}

const listenV2: Kind = {
  ...session,
  name: "ListenV2.transcribeStream",
  operation: "ListenV2.transcribeStream",
  messages: 4,
  text: "One two.",
  run: (limits) =>
    collected(
      Stream.fromIterable(frames).pipe(
        ListenV2.transcribeStream({
          model: "flux-general-en",
          ...raw,
          ...listening(limits),
          answerTimeout: limits.silence
        })
      ),
      (messages) =>
        messages.flatMap((message) =>
          message.type === "TurnInfo" && message.event === "EndOfTurn" ? [message.transcript] : []
        ).join(" ")
    )
}

const speakV1: Kind = {
  ...session,
  name: "SpeakV1.speakStream",
  operation: "SpeakV1.speakStream",
  messages: 19,
  text: "One two.",
  run: (limits) =>
    collected(
      Stream.make("One ", "two.").pipe(
        SpeakV1.speakStream({ ...voice, ...live(limits), answerTimeout: limits.silence })
      ),
      spokenText
    )
}

const speakV2: Kind = {
  ...session,
  name: "SpeakV2.speakStream",
  operation: "SpeakV2.speakStream",
  question: "SpeakV2.flush",
  messages: 23,
  text: "One two.",
  run: (limits) =>
    collected(
      Stream.make("One ", "two.").pipe(
        SpeakV2.speakStream({ ...fluxVoice, ...live(limits), answerTimeout: limits.silence })
      ),
      spokenText
    )
}

const settings: AgentV1.Settings = {
  audio: { input: raw, output: raw },
  agent: {
    listen: { provider: { type: "deepgram", model: "nova-3" } },
    think: { provider: { type: "open_ai", model: "gpt-4o-mini" } }
  }
}

/** A microphone stays on; what is said into it is sent at once. */
const microphone = Stream.concat(
  Stream.make(question),
  Stream.fromEffectSchedule(Effect.succeed(silence), Schedule.spaced("40 millis"))
)

const agent: Kind = {
  ...session,
  name: "AgentV1.converse",
  operation: "AgentV1.converse",
  messages: undefined,
  text: "You said: One.",
  run: (limits) =>
    Effect.gen(function*() {
      const said: Array<AgentV1.Event | AgentV1.AgentAudio> = []
      const conversation = yield* microphone.pipe(AgentV1.converse(settings, listening(limits)))
      const hear = Stream.runForEach(conversation.events, (event) => Effect.sync(() => said.push(event)))
      const answer = conversation.audio.pipe(
        Stream.tap((one) => Effect.sync(() => said.push(one))),
        Stream.takeUntil(({ type }) => type === "AgentAudioDone"),
        Stream.runDrain
      )
      // The streams fail together: who of them is asked does not matter.
      yield* Effect.raceFirst(answer, Effect.andThen(hear, Effect.never))
      yield* conversation.close
      return heard(said, (said) => heardIn(said.flatMap((one) => one.type === "Audio" ? [one.audio] : [])))
    }).pipe(Effect.scoped)
}

/** Every kind. */
export const kinds: ReadonlyArray<Kind> = [
  list,
  analyze,
  upload,
  uploadStream,
  download,
  downloadHead,
  listenV1,
  listenV2,
  speakV1,
  speakV2,
  agent
]
