/** `agent.v1` over WebSocket: an agent that listens, thinks and speaks (inventory 2.5). */
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import { History, ListenProvider, SettingsMessage, SpeakSettings, ThinkSettings } from "./agentSettings.ts"
import * as Channel from "./channel.ts"
import { openEnum } from "./schemas.ts"

const optional = Schema.optionalKey
const seconds = optional(Schema.Finite)

const bare = <const Type extends string>(type: Type) => Schema.Struct({ type: Schema.Literal(type) })

/** The session is open; the settings are asked for. */
export class Welcome extends Schema.Opaque<Welcome>()(Schema.Struct({
  type: Schema.Literal("Welcome"),
  /** Deepgram's id of the session: a UUID. */
  request_id: optional(Schema.String)
})) {}

/** The settings were taken: the agent listens. */
export class SettingsApplied extends Schema.Opaque<SettingsApplied>()(bare("SettingsApplied")) {}

/** `UpdateListen` was obeyed. */
export class ListenUpdated extends Schema.Opaque<ListenUpdated>()(bare("ListenUpdated")) {}

/** `UpdateThink` was obeyed. */
export class ThinkUpdated extends Schema.Opaque<ThinkUpdated>()(bare("ThinkUpdated")) {}

/** `UpdateSpeak` was obeyed. */
export class SpeakUpdated extends Schema.Opaque<SpeakUpdated>()(bare("SpeakUpdated")) {}

/** `UpdatePrompt` was obeyed. */
export class PromptUpdated extends Schema.Opaque<PromptUpdated>()(bare("PromptUpdated")) {}

/** `InjectAgentMessage` was not obeyed, because somebody speaks. */
export class InjectionRefused extends Schema.Opaque<InjectionRefused>()(Schema.Struct({
  type: Schema.Literal("InjectionRefused"),
  /** Why, in Deepgram's own words. */
  message: optional(Schema.String)
})) {}

/** Something was said, by the user or the agent. */
export class ConversationText extends Schema.Opaque<ConversationText>()(Schema.Struct({
  type: Schema.Literal("ConversationText"),
  role: openEnum(["user", "assistant"]),
  content: Schema.String,
  /** BCP-47 tags that were hinted at; of the user, with `flux-general-multi`. */
  languages_hinted: optional(Schema.Array(Schema.String)),
  /** BCP-47 tags of the languages heard, the most words first; of the user, with `flux-general-multi`. */
  languages: optional(Schema.Array(Schema.String))
})) {}

/** The user begins to speak: what the agent says is to be stopped, and what was not played yet to be dropped. */
export class UserStartedSpeaking extends Schema.Opaque<UserStartedSpeaking>()(bare("UserStartedSpeaking")) {}

/** What the agent thinks. */
export class AgentThinking extends Schema.Opaque<AgentThinking>()(Schema.Struct({
  type: Schema.Literal("AgentThinking"),
  content: optional(Schema.String)
})) {}

/** The agent has thought. Not documented, but sent. */
export class EndOfThought extends Schema.Opaque<EndOfThought>()(bare("EndOfThought")) {}

/** How long parts of an answer took, in seconds; several come for each turn, with a few of them each. */
export class LatencyReport extends Schema.Opaque<LatencyReport>()(Schema.Struct({
  type: Schema.Literal("LatencyReport"),
  /** Speech to text. */
  stt_latency: seconds,
  /** To the first token of the model. */
  ttt_token_latency: seconds,
  /** To the first text of the model. */
  ttt_text_latency: seconds,
  /** To the first function that the model calls. */
  ttt_tool_latency: seconds,
  /** Of thinking aloud. */
  ttt_thinking_latency: seconds,
  /** Text to speech. */
  tts_latency: seconds,
  /** From the end of the user's turn to the first audio. */
  total_latency: seconds
})) {}

/** A function that the agent wants to be called. */
export class RequestedFunction extends Schema.Opaque<RequestedFunction>()(Schema.Struct({
  /** Goes with the answer. */
  id: Schema.String,
  name: Schema.String,
  /** JSON. */
  arguments: Schema.String,
  /** `false`: Deepgram calls a server for it, and nothing is to be done here. */
  client_side: optional(Schema.Boolean),
  /** Goes with the answer; of some models of Google. */
  thought_signature: optional(Schema.String)
})) {}

/** Functions that the agent wants to be called. */
export class FunctionCallRequest extends Schema.Opaque<FunctionCallRequest>()(Schema.Struct({
  type: Schema.Literal("FunctionCallRequest"),
  functions: Schema.Array(RequestedFunction)
})) {}

/** A function that is not to be called any more. */
export class CancelledFunction extends Schema.Opaque<CancelledFunction>()(Schema.Struct({
  id: Schema.String,
  name: optional(Schema.String)
})) {}

/** Functions that are not to be called any more, and not to be answered. */
export class FunctionCallCancelled extends Schema.Opaque<FunctionCallCancelled>()(Schema.Struct({
  type: Schema.Literal("FunctionCallCancelled"),
  functions: Schema.Array(CancelledFunction)
})) {}

/** What a function answered. From the server it is only said: of functions that it called itself. */
export class FunctionCallResponse extends Schema.Opaque<FunctionCallResponse>()(Schema.Struct({
  type: Schema.Literal("FunctionCallResponse"),
  /** That of the request. */
  id: optional(Schema.String),
  name: Schema.String,
  /** A text, or JSON. */
  content: Schema.String,
  /** As it came with the request, if it did. */
  thought_signature: optional(Schema.String)
})) {}

/** The agent begins to speak. */
export class AgentStartedSpeaking extends Schema.Opaque<AgentStartedSpeaking>()(Schema.Struct({
  type: Schema.Literal("AgentStartedSpeaking"),
  /** Seconds from the end of what the user said to the answer. */
  total_latency: seconds,
  /** Seconds of that in which the answer was spoken. */
  tts_latency: seconds,
  /** Seconds of that in which the answer was thought. */
  ttt_latency: seconds
})) {}

/** All audio of what the agent says has been sent. It may come after the agent was interrupted, too. */
export class AgentAudioDone extends Schema.Opaque<AgentAudioDone>()(bare("AgentAudioDone")) {}

const complaint = {
  /** Deepgram's own code. An open set. */
  code: optional(Schema.String),
  /** Deepgram's own words. */
  description: optional(Schema.String)
}

/** Something was wrong, for example `PROMPT_TOO_LONG`; the session goes on. */
export class Warning extends Schema.Opaque<Warning>()(Schema.Struct({
  type: Schema.Literal("Warning"),
  ...complaint
})) {}

/** Something is so wrong that Deepgram closes the session. The stream fails behind it. */
export class FatalError extends Schema.Opaque<FatalError>()(Schema.Struct({
  type: Schema.Literal("Error"),
  ...complaint,
  /** Of older servers, and sometimes empty. */
  message: optional(Schema.String)
})) {}

/** What a think provider of your own says, besides answers; experimental. */
export class CustomFromThinkProvider extends Schema.Opaque<CustomFromThinkProvider>()(Schema.Struct({
  type: Schema.Literal("__customFromThinkProvider"),
  /** Any JSON. */
  content: optional(Schema.Unknown)
})) {}

/** What the agent is to listen with from now on. */
export class ListenChange extends Schema.Opaque<ListenChange>()(Schema.Struct({
  /** All of it: what is left out falls back to its default. */
  provider: ListenProvider
})) {}

export const UpdateListen = Schema.Struct({ type: Schema.Literal("UpdateListen"), listen: ListenChange })

export const UpdateThink = Schema.Struct({
  type: Schema.Literal("UpdateThink"),
  think: Schema.Union([ThinkSettings, Schema.Array(ThinkSettings)])
})

export const UpdateSpeak = Schema.Struct({
  type: Schema.Literal("UpdateSpeak"),
  speak: Schema.Union([SpeakSettings, Schema.Array(SpeakSettings)])
})

export const UpdatePrompt = Schema.Struct({ type: Schema.Literal("UpdatePrompt"), prompt: Schema.String })

export const InjectUserMessage = Schema.Struct({
  type: Schema.Literal("InjectUserMessage"),
  content: Schema.String
})

export const InjectAgentMessage = Schema.Struct({
  type: Schema.Literal("InjectAgentMessage"),
  message: Schema.String,
  behavior: Schema.optional(openEnum(["default", "queue", "interrupt"]))
})

export const ForceEndTurn = bare("ForceEndTurn")
export const KeepAlive = bare("KeepAlive")

export const CustomToThinkProvider = Schema.Struct({
  type: Schema.Literal("__customToThinkProvider"),
  content: Schema.Unknown
})

export const channel = Channel.make({
  name: "AgentV1",
  host: "agentSocket",
  path: "/v1/agent/converse",
  query: Schema.Struct({}),
  client: {
    Settings: SettingsMessage,
    UpdateListen,
    UpdateThink,
    UpdateSpeak,
    UpdatePrompt,
    InjectUserMessage,
    InjectAgentMessage,
    FunctionCallResponse,
    ForceEndTurn,
    KeepAlive,
    __customToThinkProvider: CustomToThinkProvider
  },
  server: {
    Welcome,
    SettingsApplied,
    ConversationText,
    UserStartedSpeaking,
    AgentThinking,
    EndOfThought,
    AgentStartedSpeaking,
    AgentAudioDone,
    LatencyReport,
    FunctionCallRequest,
    FunctionCallCancelled,
    FunctionCallResponse,
    History,
    ListenUpdated,
    ThinkUpdated,
    SpeakUpdated,
    PromptUpdated,
    InjectionRefused,
    Warning,
    Error: FatalError,
    __customFromThinkProvider: CustomFromThinkProvider
  },
  speaks: true,
  // While no audio is sent (inventory 2.5, trap 9).
  keepAlive: { message: "KeepAlive", after: Duration.seconds(8) },
  // There is no message: the socket is closed (trap 11).
  close: { codes: [1000, 1005] }
})
