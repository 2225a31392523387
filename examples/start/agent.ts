/** Calls an agent, and shows what both sides say and hear, which tools are called, and how long everything takes. */
import { Clock, Console, Duration, Effect, Option, Queue, Schema, Stream } from "effect"
import { AgentV1, ListenV1, LiveAudio, LiveTranscript, SpeakV1 } from "effect-deepgram"
import { format, type Line, lines, settings, tools, toolsLayer } from "./museum.ts"

/** The agent does not say anything. */
export class NoAnswer extends Schema.TaggedError<NoAnswer>()("NoAnswer", { message: Schema.String }) {}

/** What a microphone gives at once; Flux works best with that. */
const frame = Duration.millis(80)
const silence = LiveAudio.silence(format, frame)

const secondsOf = (audio: Uint8Array): number => audio.byteLength / 2 / format.sample_rate

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

const latencies = (hearing: number | undefined, said: AgentV1.AgentStartedSpeaking): string =>
  Object.entries({
    hearing,
    thinking: said.ttt_latency,
    speaking: said.tts_latency,
    "in all": said.total_latency
  }).flatMap(([name, seconds]) => seconds === undefined ? [] : [`${name} ${seconds.toFixed(3)} s`]).join(", ")

/** Holds the conversation, `speed` times as fast as people speak. */
export const converse = Effect.fnUntraced(
  function*(speed: number) {
    yield* Console.log(`\n▶ A call${speed === 1 ? "" : `, ${speed} times as fast as people speak`}`)
    const recordings = yield* Effect.forEach(lines, (line) => Effect.map(spoken(line), (audio) => ({ ...line, audio })))
    const said = yield* Queue.unbounded<Uint8Array>()
    const signs = yield* Queue.unbounded<"begins" | "ends">()
    const began = yield* Clock.currentTimeMillis
    const show = Effect.fnUntraced(function*(what: string, text: string) {
      const seconds = (yield* Clock.currentTimeMillis) - began
      yield* Console.log(`${(seconds / 1000).toFixed(1).padStart(6)} s  ${what.padEnd(12)}  ${text}`)
    })

    const call = yield* microphone(said, speed).pipe(AgentV1.converse(settings, { tools }))

    /** Whether the agent has still to say something: an answer to the user, or what a tool has answered. */
    let owes = true
    /** How many things it says that were not heard to their end. */
    let speaking = 0
    let hearing: number | undefined
    const onEvent = Effect.fnUntraced(function*(event: AgentV1.Event) {
      switch (event.type) {
        case "ConversationText":
          if (event.role === "assistant") owes = false
          return yield* show(event.role === "assistant" ? "Agent says" : "Agent hears", event.content)
        case "FunctionCallRequest":
          owes = true
          return yield* Effect.forEach(event.functions, (call) => show("Agent calls", `${call.name} ${call.arguments}`))
        case "FunctionCallHandled":
          return yield* show("Tool answers", event.content ?? event.outcome)
        case "LatencyReport":
          hearing = event.stt_latency ?? hearing
          return
        case "AgentStartedSpeaking":
          speaking++
          yield* show("Latency", latencies(hearing, event))
          hearing = undefined
          return
        case "UserStartedSpeaking":
          speaking = 0
          return
        case "Warning":
          return yield* show("Warning", event.description ?? event.code ?? "")
      }
    })

    const played: Array<Uint8Array> = []
    const play = Effect.fnUntraced(function*(sound: AgentV1.AgentAudio) {
      if (sound.type === "Audio") {
        if (played.length === 0) yield* Queue.offer(signs, "begins")
        played.push(sound.audio)
        return yield* Effect.sleep(Duration.seconds(secondsOf(sound.audio) / speed))
      }
      // Nothing is interrupted where the user speaks in turn.
      if (played.length === 0) return
      const words = wordsIn(played.splice(0))
      if (sound.type === "Interrupted") return yield* show("User hears", `${yield* words} … (interrupted)`)
      speaking = Math.max(0, speaking - 1)
      yield* show("User hears", yield* words)
      if (!owes && speaking === 0) yield* Queue.offer(signs, "ends")
    })

    const listen = (sign: "begins" | "ends") =>
      Queue.take(signs).pipe(
        Effect.repeat({ until: (next) => next === sign }),
        Effect.timeoutOrElse({
          duration: "1 minute",
          orElse: () => Effect.fail(new NoAnswer({ message: "The agent has said nothing for a minute." }))
        })
      )
    const speak = Effect.gen(function*() {
      for (const { audio, interrupts = false, text } of recordings) {
        yield* listen(interrupts ? "begins" : "ends")
        if (interrupts) yield* Effect.sleep(Duration.seconds(3 / speed))
        yield* show("User says", text)
        owes = true
        yield* Queue.clear(signs)
        yield* Queue.offerAll(said, audio)
      }
      yield* listen("ends")
      yield* call.close
    })

    yield* Effect.all([
      Stream.runForEach(call.events, onEvent),
      Stream.runForEach(call.audio, play),
      speak
    ], { concurrency: "unbounded", discard: true })
    yield* Console.log(`  The call is over · request ${(yield* call.requestId) ?? "without an id"}`)
  },
  Effect.scoped,
  Effect.provide(toolsLayer)
)
