import * as AgentV1 from "effect-deepgram/AgentV1"
import * as LiveAudio from "effect-deepgram/LiveAudio"
import * as Tool from "effect/ai/Tool"
import * as Toolkit from "effect/ai/Toolkit"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { same, type Suite } from "./program.ts"
import { format, heardIn, microphone, spoken } from "./voice.ts"

const settings = (agent: object = {}): AgentV1.Settings => ({
  audio: { input: format, output: { ...format, container: "none" } },
  agent: {
    listen: { provider: { type: "deepgram", version: "v2", model: "flux-general-en" } },
    think: { provider: { type: "open_ai", model: "gpt-4o-mini" } },
    speak: { provider: { type: "deepgram", model: "aura-2-thalia-en" } },
    ...agent
  }
})

const tools = Toolkit.make(
  Tool.make("get_hours", { parameters: Schema.Struct({ day: Schema.String }), success: Schema.String })
)

/** What is said until the agent has nothing more to say. */
const answerIn = <E>(audio: Stream.Stream<AgentV1.AgentAudio, E>) =>
  audio.pipe(
    Stream.takeUntil(({ type }) => type === "AgentAudioDone"),
    LiveAudio.bytes,
    Stream.mkUint8Array,
    Effect.flatMap(heardIn)
  )

const asked = Effect.gen(function*() {
  const question = yield* spoken("When do you open on Saturday?")
  const { audio, close, events } = yield* microphone(question).pipe(AgentV1.converse(settings(), { tools }))
  const reader = yield* Effect.forkScoped(Stream.runCollect(events))
  yield* same("what the agent says", yield* answerIn(audio), "On Saturday from ten to six.")
  yield* close
  const heard = (yield* Fiber.join(reader)).flatMap((event) =>
    event.type === "ConversationText"
      ? [`${event.role}: ${event.content}`]
      : event.type === "FunctionCallHandled"
      ? [`${event.name} ${event.outcome}`]
      : []
  )
  yield* same("conversation", heard, [
    "user: When do you open on Saturday?",
    "get_hours succeeded",
    "assistant: On Saturday from ten to six."
  ])
}).pipe(
  Effect.scoped,
  Effect.provide(tools.toLayer({ get_hours: ({ day }) => Effect.succeed(`On ${day} from ten to six.`) }))
)

const greeted = Effect.gen(function*() {
  const { audio, events } = yield* Stream.empty.pipe(AgentV1.converse(settings({ greeting: "Good morning." })))
  yield* Effect.forkScoped(Stream.runDrain(events))
  yield* same("what the agent says", yield* answerIn(audio), "Good morning.")
}).pipe(Effect.scoped)

const injected = Effect.gen(function*() {
  const agent = yield* AgentV1.connect(settings())
  const reader = yield* agent.messages.pipe(
    Stream.filter((message) => message.type === "ConversationText" && message.role === "assistant"),
    Stream.runHead,
    Effect.forkScoped
  )
  yield* agent.updatePrompt("You are brief.")
  yield* agent.injectUserMessage("Is anybody there?")
  const answer = yield* Effect.flatMap(Fiber.join(reader), Effect.fromOption)
  yield* same("answer", answer.type === "ConversationText" && answer.content, "You said: Is anybody there?")
  yield* agent.close
}).pipe(Effect.scoped)

export const agent: Suite = {
  name: "agent",
  programs: [
    { name: "answers a spoken question with a tool", run: asked },
    { name: "greets", run: greeted },
    { name: "answers what is written to it", run: injected }
  ]
}
