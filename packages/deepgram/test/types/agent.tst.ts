/** Agents: settings that compile and that must not, what a conversation needs, and events by their type. Nothing here runs. */
import { Context, type Effect, Redacted, Schema, type Scope, Stream } from "effect"
import { AgentV1, type Deepgram, type DeepgramError, type Live } from "effect-deepgram"
import type { agentV1 } from "effect-deepgram/DeepgramChannels"
import { Tool, Toolkit } from "effect/ai"
import { type Equal, expectType } from "./equal.ts"

type LiveError = DeepgramError.LiveError
type Client = Deepgram.Deepgram

class Unplugged extends Schema.TaggedError<Unplugged>()("Unplugged", {}) {}
class Microphone extends Context.Service<Microphone, { readonly audio: Stream.Stream<Uint8Array, Unplugged> }>()(
  "test/Microphone"
) {}
class Database extends Context.Service<Database, { readonly name: string }>()("test/Database") {}

const think = { provider: { type: "open_ai", model: "gpt-4o-mini" } } as const
const voice = { provider: { type: "deepgram", model: "aura-2-thalia-en" } } as const
const flux = { type: "deepgram", version: "v2", model: "flux-general-en" } as const

/** None of the settings is left out, and none invented. */
expectType<Equal<keyof AgentV1.Settings, Exclude<keyof typeof agentV1.client.Settings.Type, "type">>>()
expectType<Equal<keyof AgentV1.ConnectOptions, keyof Live.Options | "answerTimeout">>()
expectType<Equal<keyof AgentV1.ConverseOptions, keyof AgentV1.ConnectOptions | "tools" | "toolTimeout">>()

/** What settings may be. */
export const accepted: ReadonlyArray<AgentV1.Settings> = [
  { agent: {} },
  { agent: "b4f2c1de-9a57-4c11-8f0e-2f6a3c1d5e70" },
  { agent: { think, speak: voice, greeting: "Hello.", language: undefined }, tags: ["a"], mip_opt_out: true },
  { agent: { think: [think, think], speak: [voice] }, audio: {}, flags: { history: false }, experimental: true },
  { agent: { listen: { provider: { ...flux, eot_threshold: 0.8, keyterms: ["a"] } } } },
  { agent: { listen: { provider: { type: "deepgram", model: "nova-3", smart_format: true } } } },
  { agent: { listen: { provider: { type: "deepgram", version: "v1" } } } },
  { agent: { think: { provider: { type: "open_ai", model: "tomorrow's", temperature: 1 }, context_length: "max" } } },
  {
    agent: {
      think: {
        ...think,
        endpoint: { url: "https://a.example", headers: { a: "b", authorization: Redacted.make("c") } }
      }
    }
  },
  {
    agent: {
      think: {
        provider: {
          type: "aws_bedrock",
          model: "m",
          credentials: { type: "iam", secret_access_key: Redacted.make("s"), access_key_id: "id" }
        }
      }
    }
  },
  { agent: { think: { ...think, functions: [{ name: "f", parameters: { type: "object" }, defer_until_eot: true }] } } },
  { agent: { speak: { provider: { type: "deepgram", version: "v2", model: "flux-kit-en", expressivity: 2 } } } },
  { agent: { speak: { provider: { type: "cartesia", model_id: "sonic-2", voice: { mode: "id", id: "a" } } } } },
  {
    agent: {
      context: {
        messages: [
          { type: "History", role: "user", content: "a" },
          {
            type: "History",
            function_calls: [{ id: "1", name: "f", client_side: true, arguments: "{}", response: "" }]
          }
        ]
      }
    }
  },
  {
    agent: {},
    audio: { input: { encoding: "mulaw", sample_rate: 8000 }, output: { encoding: "mp3", bitrate: 48_000 } }
  }
]

/** What they may not. */
export const rejected: ReadonlyArray<AgentV1.Settings> = [
  // @ts-expect-error: there is no agent
  {},
  // @ts-expect-error: null is not undefined
  { agent: {}, tags: null },
  // @ts-expect-error: a misspelled setting
  { agent: {}, tag: ["a"] },
  // @ts-expect-error: the type is not the caller's to say
  { type: "Settings", agent: {} },
  // @ts-expect-error: a misspelled member of the agent
  { agent: { greting: "Hello." } },
  // @ts-expect-error: thresholds are of Flux
  { agent: { listen: { provider: { type: "deepgram", version: "v1", model: "nova-3", eot_threshold: 0.7 } } } },
  // @ts-expect-error: smart_format is not
  { agent: { listen: { provider: { ...flux, smart_format: true } } } },
  // @ts-expect-error: Flux has no default model
  { agent: { listen: { provider: { type: "deepgram", version: "v2" } } } },
  // @ts-expect-error: nobody knows that provider
  { agent: { think: { provider: { type: "unknown", model: "m" } } } },
  // @ts-expect-error: the model is missing
  { agent: { think: { provider: { type: "open_ai" } } } },
  // @ts-expect-error: the provider is missing
  { agent: { think: { prompt: "You are brief." } } },
  // @ts-expect-error: headers are texts
  { agent: { think: { ...think, endpoint: { headers: { a: 1 } } } } },
  // @ts-expect-error: the voice is missing
  { agent: { speak: { provider: { type: "open_ai", model: "tts-1" } } } },
  // @ts-expect-error: input has both or none
  { agent: {}, audio: { input: { encoding: "mulaw" } } },
  // @ts-expect-error: what was called has an answer
  { agent: { context: { messages: [{ type: "History", function_calls: [{ id: "1", name: "f" }] }] } } }
]

/** What a session can do. */
export const sessions = (connection: AgentV1.Connection): void => {
  const session = AgentV1.connect({ agent: {} })
  expectType<Equal<typeof session, Effect.Effect<AgentV1.Connection, LiveError, Client | Scope.Scope>>>()
  expectType<Equal<typeof connection.messages, Stream.Stream<AgentV1.ServerMessage, LiveError>>>()
  expectType<Equal<ReturnType<typeof connection.updatePrompt>, Effect.Effect<void, LiveError>>>()
  void connection.updateThink([think])
  void connection.updateSpeak(voice)
  void connection.injectAgentMessage("a", { behavior: "queue" })
  // @ts-expect-error: the provider is needed
  void connection.updateListen({})
  // @ts-expect-error: a misspelled option
  void connection.injectAgentMessage("a", { behaviour: "queue" })
  // @ts-expect-error: an answer is a text
  void connection.respond({ id: "1", name: "f", content: { a: 1 } })
  // @ts-expect-error: nothing is acknowledged
  void connection.position
  // @ts-expect-error: no duration
  void AgentV1.connect({ agent: {} }, { answerTimeout: "soon" })
  // @ts-expect-error: tools are for conversations
  void AgentV1.connect({ agent: {} }, { tools })
}

const tools = Toolkit.make(
  Tool.make("get_weather", { parameters: Schema.Struct({ place: Schema.String }), success: Schema.String }),
  Tool.make("look_up", { dependencies: [Database] })
)
type Handlers = Tool.HandlersFor<Toolkit.Tools<typeof tools>>

/** Conversations keep the failures and needs of the microphone, and need the handlers of their tools. */
export const conversations = (): void => {
  const audio = Stream.unwrap(Microphone.useSync(({ audio }) => audio))
  const plain = audio.pipe(AgentV1.converse({ agent: {} }))
  expectType<
    Equal<
      typeof plain,
      Effect.Effect<AgentV1.Conversation<Unplugged>, LiveError | Unplugged, Client | Microphone | Scope.Scope>
    >
  >()
  const silent = Stream.never.pipe(AgentV1.converse({ agent: {} }, { waitForOpen: false }))
  expectType<Equal<typeof silent, Effect.Effect<AgentV1.Conversation, LiveError, Client | Scope.Scope>>>()
  const able = audio.pipe(AgentV1.converse({ agent: { think } }, { tools, toolTimeout: "5 seconds" }))
  expectType<
    Equal<
      typeof able,
      Effect.Effect<
        AgentV1.Conversation<Unplugged>,
        LiveError | Unplugged,
        Client | Microphone | Database | Handlers | Scope.Scope
      >
    >
  >()
  // @ts-expect-error: text is no audio
  void Stream.make("audio").pipe(AgentV1.converse({ agent: {} }))
  // @ts-expect-error: a tool is no toolkit
  void audio.pipe(AgentV1.converse({ agent: {} }, { tools: Tool.make("alone") }))
  // @ts-expect-error: a misspelled option
  void audio.pipe(AgentV1.converse({ agent: {} }, { toolTimeOut: 5 }))
}

/** Events and audio are told apart by their type. */
export const events = (event: AgentV1.Event, audio: AgentV1.AgentAudio, message: AgentV1.ServerMessage): void => {
  expectType<Equal<typeof audio.type, "Audio" | "AgentAudioDone" | "Interrupted">>()
  expectType<
    Equal<
      typeof event.type,
      Exclude<AgentV1.ServerMessage["type"], "Audio"> | "FunctionCallHandled"
    >
  >()
  expectType<Equal<typeof message.type, keyof typeof agentV1.server | "Audio" | "Unrecognized">>()
  if (audio.type === "Audio") expectType<Equal<typeof audio.audio, Uint8Array>>()
  if (event.type === "ConversationText") expectType<Equal<typeof event, AgentV1.ConversationText>>()
  if (event.type === "FunctionCallHandled") {
    expectType<
      Equal<typeof event.outcome, "succeeded" | "failed" | "timedOut" | "refused" | "cancelled">
    >()
  }
  if (event.type === "History" && "function_calls" in event) {
    expectType<Equal<typeof event.function_calls, ReadonlyArray<AgentV1.CalledFunction>>>()
  }
  // @ts-expect-error: not every event has it
  void event.content
  // @ts-expect-error: events have no audio
  if (event.type === "Audio") return
}
