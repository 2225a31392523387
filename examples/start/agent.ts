/** Calls an agent, and shows what both sides say and hear, which tools are called, and how long everything takes. */
import { Clock, Console, Duration, Effect, Stream } from "effect"
import { AgentV1 } from "effect-deepgram"
import { makeCaller, type Show } from "./caller.ts"
import { secondsOf, settings, tools, toolsLayer } from "./museum.ts"

/** Shows what happens, with the seconds since the beginning. */
const makeShow = Effect.map(
  Clock.currentTimeMillis,
  (began) =>
    Effect.fnUntraced(function*(what: string, text: string) {
      const seconds = (yield* Clock.currentTimeMillis) - began
      yield* Console.log(`${(seconds / 1000).toFixed(1).padStart(6)} s  ${what.padEnd(12)}  ${text}`)
    })
)

const latencies = (hearing: number | undefined, said: AgentV1.AgentStartedSpeaking): string =>
  Object.entries({
    hearing,
    thinking: said.ttt_latency,
    speaking: said.tts_latency,
    "in all": said.total_latency
  }).flatMap(([name, seconds]) => seconds === undefined ? [] : [`${name} ${seconds.toFixed(3)} s`]).join(", ")

/** Shows events. */
const makeReporter = (show: Show) => {
  let hearing: number | undefined
  return Effect.fnUntraced(function*(event: AgentV1.Event) {
    switch (event.type) {
      case "ConversationText":
        return yield* show(event.role === "assistant" ? "Agent says" : "Agent hears", event.content)
      case "FunctionCallRequest":
        return yield* Effect.forEach(event.functions, (call) => show("Agent calls", `${call.name} ${call.arguments}`))
      case "FunctionCallHandled":
        return yield* show("Tool answers", event.content ?? event.outcome)
      case "LatencyReport":
        hearing = event.stt_latency ?? hearing
        return
      case "AgentStartedSpeaking":
        yield* show("Latency", latencies(hearing, event))
        hearing = undefined
        return
      case "Warning":
        return yield* show("Warning", event.description ?? event.code ?? "")
    }
  })
}

/** Holds the conversation, `speed` times as fast as people speak. */
export const converse = Effect.fnUntraced(
  function*(speed: number) {
    yield* Console.log(`\n▶ A call${speed === 1 ? "" : `, ${speed} times as fast as people speak`}`)
    const show = yield* makeShow
    const report = makeReporter(show)
    const caller = yield* makeCaller(speed, show)

    const call = yield* caller.microphone.pipe(AgentV1.converse(settings, { tools }))

    // It takes as long as it sounds, as a loudspeaker would: audio comes faster, and what the user interrupts must still be
    // among what was not taken, or it would be heard.
    const play = (sound: AgentV1.AgentAudio) =>
      sound.type === "Audio"
        ? Effect.andThen(caller.hear(sound), Effect.sleep(Duration.seconds(secondsOf(sound.audio) / speed)))
        : caller.hear(sound)

    yield* Effect.all([
      Stream.runForEach(call.audio, play),
      Stream.runForEach(call.events, (event) => Effect.andThen(report(event), caller.notice(event))),
      Effect.andThen(caller.speak, call.close)
    ], { concurrency: "unbounded", discard: true })
    yield* Console.log(`  The call is over · request ${(yield* call.requestId) ?? "without an id"}`)
  },
  Effect.scoped,
  Effect.provide(toolsLayer)
)
