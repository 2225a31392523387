/** Somebody who calls, and says what a script says: in the place of a person with a microphone and two ears. */
import { Duration, Effect, Option, Queue, Schema, Stream } from "effect"
import { type AgentV1, ListenV1, LiveAudio, LiveTranscript, SpeakV1 } from "effect-deepgram"
import { format } from "./museum.ts"

/** The agent does not say anything. */
export class NoAnswer extends Schema.TaggedError<NoAnswer>()("NoAnswer", { message: Schema.String }) {}

/** Shows what happens. */
export type Show = (what: string, text: string) => Effect.Effect<void>

/** What somebody says. */
interface Line {
  readonly text: string
  /** Says it while the agent speaks, instead of hearing it out. */
  readonly interrupts?: boolean
}

/** Everything that is said to the agent, one after the other. */
const lines: ReadonlyArray<Line> = [
  { text: "When do you open on Saturday?" },
  { text: "And what is there to see?" },
  { text: "Thank you, that is all I wanted to know.", interrupts: true }
]

/** What a microphone gives at once; Flux works best with that. */
const frame = Duration.millis(80)
const silence = LiveAudio.silence(format, frame)

/** A line as somebody says it, in frames. */
const spoken = ({ text }: Line) =>
  SpeakV1.generateStream(text, { model: "aura-2-apollo-en", container: "none", ...format }).pipe(
    // All at once: it is the microphone that takes its time.
    LiveAudio.pace({ ...format, frame, speed: Infinity }),
    Stream.runCollect
  )

/** What is said, and silence where nothing is, for ever. */
const microphone = (said: Queue.Dequeue<Uint8Array>, speed: number) =>
  Stream.fromEffectRepeat(
    Queue.poll(said).pipe(
      Effect.map(Option.getOrElse(() => silence)),
      Effect.delay(Duration.times(frame, 1 / speed))
    )
  )

/** The words in what the agent says: proof that the audio arrived. */
const wordsIn = (audio: ReadonlyArray<Uint8Array>) =>
  Stream.fromIterable(audio).pipe(
    ListenV1.transcribeStream({ model: "nova-3", punctuate: true, ...format }),
    LiveTranscript.text()
  )

/** What the agent said in one go, as far as it was heard. */
interface Heard {
  readonly audio: ReadonlyArray<Uint8Array>
  readonly isInterrupted: boolean
  /** Whether it was all that there is to be said, so that it is the turn of the caller. */
  readonly isLast: boolean
}

/** A caller who speaks `speed` times as fast as people do. */
export const makeCaller = Effect.fnUntraced(function*(speed: number, show: Show) {
  const recordings = yield* Effect.forEach(lines, (line) => Effect.map(spoken(line), (audio) => ({ ...line, audio })))
  const said = yield* Queue.unbounded<Uint8Array>()
  const heard = yield* Queue.unbounded<Heard>()
  const signs = yield* Queue.unbounded<"begins" | "ends">()
  const played: Array<Uint8Array> = []
  /** Whether the agent has still to say something: an answer to the user, or what a tool has answered. */
  let owes = true
  /** How many things it says that were not heard to their end. */
  let speaking = 0

  const listen = (sign: "begins" | "ends") =>
    Queue.take(signs).pipe(
      Effect.repeat({ until: (next) => next === sign }),
      Effect.timeoutOrElse({
        duration: "1 minute",
        orElse: () => Effect.fail(new NoAnswer({ message: "The agent has said nothing for a minute." }))
      })
    )

  const say = Effect.gen(function*() {
    for (const { audio, interrupts = false, text } of recordings) {
      yield* listen(interrupts ? "begins" : "ends")
      if (interrupts) yield* Effect.sleep(Duration.seconds(3 / speed))
      yield* show("User says", text)
      owes = true
      yield* Queue.clear(signs)
      yield* Queue.offerAll(said, audio)
    }
    yield* listen("ends")
  })

  const understand = Effect.forever(Effect.gen(function*() {
    const { audio, isInterrupted, isLast } = yield* Queue.take(heard)
    yield* show("User hears", `${yield* wordsIn(audio)}${isInterrupted ? " … (interrupted)" : ""}`)
    if (isLast) yield* Queue.offer(signs, "ends")
  }))

  return {
    microphone: microphone(said, speed),
    /** Says everything, each line when it is time, and succeeds when it was answered. */
    speak: Effect.raceFirst(say, understand),
    /** Is told what is played. What it says is found out beside it: a player must not wait. */
    hear: Effect.fnUntraced(function*(sound: AgentV1.AgentAudio) {
      if (sound.type === "Audio") {
        if (played.length === 0) yield* Queue.offer(signs, "begins")
        played.push(sound.audio)
        return
      }
      // Nothing is interrupted where the user speaks in turn.
      if (played.length === 0) return
      const isInterrupted = sound.type === "Interrupted"
      if (!isInterrupted) speaking = Math.max(0, speaking - 1)
      const isLast = !isInterrupted && !owes && speaking === 0
      yield* Queue.offer(heard, { audio: played.splice(0), isInterrupted, isLast })
    }),
    /** Is told what happens. */
    notice: (event: AgentV1.Event) =>
      Effect.sync(() => {
        switch (event.type) {
          case "ConversationText":
            if (event.role === "assistant") owes = false
            return
          case "FunctionCallRequest":
            owes = true
            return
          case "AgentStartedSpeaking":
            speaking++
            return
          case "UserStartedSpeaking":
            speaking = 0
            return
        }
      })
  }
})
