/**
 * `agent.v1`: voice agents, which listen, think and speak.
 *
 * Settings carry the names of Deepgram's own documentation; what is said there can be pasted here.
 *
 * @see https://developers.deepgram.com/reference/voice-agent/voice-agent
 */
import type * as Effect from "effect/Effect"
import type { Deepgram } from "./Deepgram.ts"
import type { RequestError } from "./DeepgramError.ts"
import * as Contract from "./internal/contract/agentV1.ts"
import { withList } from "./internal/normalize.ts"
import { jsonFunction } from "./internal/operation.ts"

export {
  type AgentAudio,
  type Conversation,
  converse,
  type ConverseOptions,
  type Event,
  FunctionCallHandled,
  Interrupted
} from "./internal/agentConversation.ts"
export {
  type Commands,
  connect,
  type Connection,
  type ConnectOptions,
  type FunctionAnswer,
  type ServerMessage
} from "./internal/agentLive.ts"
export { DeferUntilEndOfTurn } from "./internal/agentTools.ts"
export {
  Agent,
  AgentContext,
  AnthropicThinkProvider,
  AudioInput,
  AudioOutput,
  AudioSettings,
  AwsBedrockThinkProvider,
  AwsCredentials,
  AwsPollyCredentials,
  AwsPollySpeakProvider,
  CalledFunction,
  CartesiaSpeakProvider,
  CartesiaVoice,
  DeepgramSpeakProvider,
  ElevenLabsSpeakProvider,
  Endpoint,
  Flags,
  FunctionDefinition,
  FunctionEndpoint,
  GoogleThinkProvider,
  GroqThinkProvider,
  History,
  HistoryCalls,
  HistoryText,
  ListenProvider,
  ListenProviderV1,
  ListenProviderV2,
  ListenSettings,
  NvidiaThinkProvider,
  OpenAiSpeakProvider,
  OpenAiThinkProvider,
  Settings,
  SpeakProvider,
  SpeakSettings,
  ThinkProvider,
  ThinkSettings
} from "./internal/contract/agentSettings.ts"
export { ThinkModel, ThinkModelList } from "./internal/contract/agentV1.ts"
export {
  AgentAudioDone,
  AgentStartedSpeaking,
  AgentThinking,
  CancelledFunction,
  ConversationText,
  CustomFromThinkProvider,
  EndOfThought,
  FatalError,
  FunctionCallCancelled,
  FunctionCallRequest,
  FunctionCallResponse,
  InjectionRefused,
  LatencyReport,
  ListenChange,
  ListenUpdated,
  PromptUpdated,
  RequestedFunction,
  SettingsApplied,
  SpeakUpdated,
  ThinkUpdated,
  UserStartedSpeaking,
  Warning,
  Welcome
} from "./internal/contract/agentV1Live.ts"
export { Audio } from "./internal/contract/audio.ts"
export { Unrecognized } from "./internal/contract/unrecognized.ts"

/**
 * Lists the models that agents can think with. On the host of the agents, and without need of a credential.
 *
 * @see https://developers.deepgram.com/reference/voice-agent/think-models
 */
export const listThinkModels: () => Effect.Effect<Contract.ThinkModelList, RequestError, Deepgram> = jsonFunction(
  "AgentV1.listThinkModels",
  Contract.listThinkModels,
  Contract.ThinkModelList,
  () => ({}),
  withList("models")
)
