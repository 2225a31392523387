/** What a voice agent is: how it listens, thinks and speaks (inventory 3). The server refuses what it does not know. */
import * as Schema from "effect/Schema"
import { liveEncodings } from "./listenV1Live.ts"
import { models as fluxModels, thresholds } from "./listenV2.ts"
import { openEnum } from "./schemas.ts"
import { auraVoices, fluxVoices } from "./voices.ts"

// `undefined` is left out, like an absent key; `null` is something else to the server.
const given = Schema.optional
const text = given(Schema.String)
const texts = given(Schema.Array(Schema.String))
const oneOrMore = <S extends Schema.Constraint>(schema: S) => Schema.Union([schema, Schema.Array(schema)])
const between = (minimum: number, maximum: number) => given(Schema.Finite.check(Schema.isBetween({ minimum, maximum })))

/** Goes out as it is, and is not shown: give it as `Redacted`, so that your own logs do not show it either. */
const Secret = Schema.Union([Schema.String, Schema.RedactedFromValue(Schema.String)])

/** Encodings of agent audio (inventory 3.1). */
export const outputEncodings = ["linear16", "mulaw", "alaw", "mp3", "opus", "flac", "aac"] as const

/** The audio that the agent hears. Without it, `linear16` of 24,000 Hz. */
export class AudioInput extends Schema.Opaque<AudioInput>()(Schema.Struct({
  /** Default `linear16`. */
  encoding: openEnum(liveEncodings),
  /** Hz. Default 24,000. */
  sample_rate: Schema.Int
})) {}

/** The audio that the agent makes. Without it, `linear16` of 24,000 Hz without a container. */
export class AudioOutput extends Schema.Opaque<AudioOutput>()(Schema.Struct({
  /** Default `linear16`. Compressed ones with voices of Aura only. */
  encoding: given(openEnum(outputEncodings)),
  /** Hz. */
  sample_rate: given(Schema.Int),
  /** Bits per second; of compressed audio. */
  bitrate: given(Schema.Int),
  /** Default `none`. */
  container: given(openEnum(["none", "wav", "ogg"]))
})) {}

/** The audio of both sides. */
export class AudioSettings extends Schema.Opaque<AudioSettings>()(Schema.Struct({
  input: given(AudioInput),
  output: given(AudioOutput)
})) {}

/** Listens with a model of `/v1/listen`. */
export class ListenProviderV1 extends Schema.Opaque<ListenProviderV1>()(Schema.Struct({
  type: Schema.Literal("deepgram"),
  /** What there is unless something else is said. */
  version: given(Schema.Literal("v1")),
  /** For example `nova-3`. */
  model: text,
  /** A BCP-47 tag, or `multi`. Default `en-US`. */
  language: text,
  /** Terms to listen for; of Nova-3. */
  keyterms: texts,
  /** Writes numbers, dates and the like as people do. Default `false`. */
  smart_format: given(Schema.Boolean)
})) {}

/** Listens with Flux, which knows whose turn it is. */
export class ListenProviderV2 extends Schema.Opaque<ListenProviderV2>()(Schema.Struct({
  type: Schema.Literal("deepgram"),
  version: Schema.Literal("v2"),
  model: openEnum(fluxModels),
  /** BCP-47 tags of the languages to expect; `flux-general-multi` only. */
  language_hints: texts,
  /** How sure Deepgram must be that the turn is over: 0.5 to 1. Default 0.7. */
  eot_threshold: thresholds.eot_threshold,
  /** How sure Deepgram must be to let the agent begin to think: 0.3 to 0.9. Default: it waits for the end of the turn. */
  eager_eot_threshold: thresholds.eager_eot_threshold,
  /** Milliseconds of silence after which a turn is over in any case. Default 5000. */
  eot_timeout_ms: thresholds.eot_timeout_ms,
  /** Terms to listen for. */
  keyterms: texts
})) {}

// The one with a required version goes first: the other would take it apart from its thresholds.
/** What listens. */
export const ListenProvider = Schema.Union([ListenProviderV2, ListenProviderV1])

/** What listens. */
export type ListenProvider = typeof ListenProvider.Type

/** What the agent listens with. */
export class ListenSettings extends Schema.Opaque<ListenSettings>()(Schema.Struct({
  provider: given(ListenProvider)
})) {}

/** A server that is asked instead of the provider's own. */
export class Endpoint extends Schema.Opaque<Endpoint>()(Schema.Struct({
  url: text,
  /** Headers of the requests; what they hold may be a secret. */
  headers: given(Schema.Record(Schema.String, Secret))
})) {}

/** A server that Deepgram calls for a function. */
export class FunctionEndpoint extends Schema.Opaque<FunctionEndpoint>()(Schema.Struct({
  url: text,
  /** For example `POST`. */
  method: text,
  /** Headers of the requests; what they hold may be a secret. */
  headers: given(Schema.Record(Schema.String, Secret))
})) {}

/** Something that the agent can do. */
export class FunctionDefinition extends Schema.Opaque<FunctionDefinition>()(Schema.Struct({
  name: text,
  /** Tells the model when to call it. */
  description: text,
  /** A JSON schema of its arguments. */
  parameters: given(Schema.Record(Schema.String, Schema.Unknown)),
  /** Waits for the end of the turn before it is called. Default `false`: it may be called and cancelled. */
  defer_until_eot: given(Schema.Boolean),
  /** Deepgram calls it there; without it the client is asked by `FunctionCallRequest`. */
  endpoint: given(FunctionEndpoint)
})) {}

const AwsCredentialsType = openEnum(["sts", "iam"])

/** How to sign requests to Amazon. */
export class AwsCredentials extends Schema.Opaque<AwsCredentials>()(Schema.Struct({
  type: given(AwsCredentialsType),
  region: text,
  access_key_id: given(Secret),
  secret_access_key: given(Secret),
  /** Of `sts`. */
  session_token: given(Secret)
})) {}

/** How to sign requests to Amazon Polly, which needs all of them. */
export class AwsPollyCredentials extends Schema.Opaque<AwsPollyCredentials>()(Schema.Struct({
  type: AwsCredentialsType,
  region: Schema.String,
  access_key_id: Secret,
  secret_access_key: Secret,
  /** Of `sts`. */
  session_token: given(Secret)
})) {}

const effort = given(openEnum(["none", "minimal", "low", "medium", "high"]))

/** Thinks with OpenAI. */
export class OpenAiThinkProvider extends Schema.Opaque<OpenAiThinkProvider>()(Schema.Struct({
  type: Schema.Literal("open_ai"),
  version: given(openEnum(["v1"])),
  model: openEnum([
    "gpt-5",
    "gpt-5-mini",
    "gpt-5-nano",
    "gpt-4.1",
    "gpt-4.1-mini",
    "gpt-4.1-nano",
    "gpt-4o",
    "gpt-4o-mini"
  ]),
  /** 0 to 2. */
  temperature: between(0, 2),
  reasoning_mode: effort
})) {}

/** Thinks with Amazon Bedrock; needs an `endpoint`. */
export class AwsBedrockThinkProvider extends Schema.Opaque<AwsBedrockThinkProvider>()(Schema.Struct({
  type: Schema.Literal("aws_bedrock"),
  model: openEnum([
    "anthropic/claude-3-5-sonnet-20240620-v1:0",
    "anthropic/claude-3-5-haiku-20240307-v1:0"
  ]),
  /** 0 to 2. */
  temperature: between(0, 2),
  credentials: given(AwsCredentials)
})) {}

/** Thinks with Anthropic. */
export class AnthropicThinkProvider extends Schema.Opaque<AnthropicThinkProvider>()(Schema.Struct({
  type: Schema.Literal("anthropic"),
  version: given(openEnum(["v1"])),
  model: openEnum(["claude-3-5-haiku-latest", "claude-sonnet-4-20250514"]),
  /** 0 to 1. */
  temperature: between(0, 1)
})) {}

/** Thinks with Google. */
export class GoogleThinkProvider extends Schema.Opaque<GoogleThinkProvider>()(Schema.Struct({
  type: Schema.Literal("google"),
  version: given(openEnum(["ai-studio-v1beta", "gemini-enterprise-agent-v1", "v1beta"])),
  model: openEnum(["gemini-2.0-flash", "gemini-2.0-flash-lite", "gemini-2.5-flash"]),
  /** 0 to 2. */
  temperature: between(0, 2)
})) {}

/** Thinks with Groq; needs an `endpoint`. */
export class GroqThinkProvider extends Schema.Opaque<GroqThinkProvider>()(Schema.Struct({
  type: Schema.Literal("groq"),
  version: given(openEnum(["v1"])),
  model: openEnum(["openai/gpt-oss-20b"]),
  /** 0 to 2. */
  temperature: between(0, 2),
  reasoning_mode: effort
})) {}

/** Thinks with Nvidia, of which Deepgram documents nothing more yet. */
export const NvidiaThinkProvider = Schema.StructWithRest(
  Schema.Struct({
    type: Schema.Literal("nvidia"),
    model: Schema.String
  }),
  [Schema.Record(Schema.String, Schema.Unknown)]
)

/** Who thinks. */
export const ThinkProvider = Schema.Union([
  OpenAiThinkProvider,
  AwsBedrockThinkProvider,
  AnthropicThinkProvider,
  GoogleThinkProvider,
  GroqThinkProvider,
  NvidiaThinkProvider
])

/** Who thinks. */
export type ThinkProvider = typeof ThinkProvider.Type

/** What the agent thinks with. */
export class ThinkSettings extends Schema.Opaque<ThinkSettings>()(Schema.Struct({
  provider: ThinkProvider,
  /** A server of your own, which the providers `groq` and `aws_bedrock` need. */
  endpoint: given(Endpoint),
  functions: given(Schema.Array(FunctionDefinition)),
  /** What the model is told to be: at most 25,000 characters for models that Deepgram runs; the rest is cut off. */
  prompt: text,
  /** Characters of the conversation that the model is told, 2 or more, or `max`; with an `endpoint` only. */
  context_length: given(
    Schema.Union([Schema.Literal("max"), Schema.Finite.check(Schema.isGreaterThanOrEqualTo(2))])
  )
})) {}

/** Speaks with a voice of Deepgram: of Aura (`v1`) or Flux (`v2`). */
export class DeepgramSpeakProvider extends Schema.Opaque<DeepgramSpeakProvider>()(Schema.Struct({
  type: Schema.Literal("deepgram"),
  /** `v2` for voices of Flux. Default `v1`. */
  version: given(openEnum(["v1", "v2"])),
  model: openEnum([...auraVoices, ...fluxVoices]),
  /** Pace: 0.7 to 1.5 of Aura, 0.5 to 1.5 in steps of 0.05 of Flux. Default 1. */
  speed: given(Schema.Finite),
  /** From calm (-2) to animated (2), of Flux. Default 0. */
  expressivity: given(Schema.Int.check(Schema.isBetween({ minimum: -2, maximum: 2 })))
})) {}

/** Speaks with ElevenLabs; needs an `endpoint`. */
export class ElevenLabsSpeakProvider extends Schema.Opaque<ElevenLabsSpeakProvider>()(Schema.Struct({
  type: Schema.Literal("eleven_labs"),
  version: given(openEnum(["v1"])),
  model_id: openEnum(["eleven_turbo_v2_5", "eleven_monolingual_v1", "eleven_multilingual_v2"]),
  language: text,
  /** Superseded by `language`. */
  language_code: text
})) {}

/** A voice of Cartesia. */
export class CartesiaVoice extends Schema.Opaque<CartesiaVoice>()(Schema.Struct({
  /** For example `id`. */
  mode: Schema.String,
  id: Schema.String
})) {}

/** Speaks with Cartesia. */
export class CartesiaSpeakProvider extends Schema.Opaque<CartesiaSpeakProvider>()(Schema.Struct({
  type: Schema.Literal("cartesia"),
  version: given(openEnum(["2025-03-17"])),
  model_id: openEnum(["sonic-2", "sonic-multilingual"]),
  voice: CartesiaVoice,
  language: text,
  /** 0.5 to 2. */
  volume: between(0.5, 2)
})) {}

/** Speaks with OpenAI; needs an `endpoint`. */
export class OpenAiSpeakProvider extends Schema.Opaque<OpenAiSpeakProvider>()(Schema.Struct({
  type: Schema.Literal("open_ai"),
  version: given(openEnum(["v1"])),
  model: openEnum(["tts-1", "tts-1-hd"]),
  voice: openEnum(["alloy", "echo", "fable", "onyx", "nova", "shimmer"])
})) {}

/** Speaks with Amazon Polly; needs an `endpoint`. */
export class AwsPollySpeakProvider extends Schema.Opaque<AwsPollySpeakProvider>()(Schema.Struct({
  type: Schema.Literal("aws_polly"),
  voice: openEnum(["Matthew", "Joanna", "Amy", "Emma", "Brian", "Arthur", "Aria", "Ayanda"]),
  language: Schema.String,
  /** Superseded by `language`. */
  language_code: text,
  engine: openEnum(["generative", "long-form", "standard", "neural"]),
  credentials: AwsPollyCredentials
})) {}

/** Who speaks. */
export const SpeakProvider = Schema.Union([
  DeepgramSpeakProvider,
  ElevenLabsSpeakProvider,
  CartesiaSpeakProvider,
  OpenAiSpeakProvider,
  AwsPollySpeakProvider
])

/** Who speaks. */
export type SpeakProvider = typeof SpeakProvider.Type

/** What the agent speaks with. */
export class SpeakSettings extends Schema.Opaque<SpeakSettings>()(Schema.Struct({
  provider: SpeakProvider,
  /** A server of the provider: needed for all but Deepgram, and Cartesia as Deepgram runs it. `wss` for ElevenLabs only. */
  endpoint: given(Endpoint)
})) {}

/** Something that was said before. */
export class HistoryText extends Schema.Opaque<HistoryText>()(Schema.Struct({
  type: Schema.Literal("History"),
  role: openEnum(["user", "assistant"]),
  content: Schema.String
})) {}

/** A function that was called before. */
export class CalledFunction extends Schema.Opaque<CalledFunction>()(Schema.Struct({
  id: Schema.String,
  name: Schema.String,
  /** Whether the client was asked, and not a server. */
  client_side: Schema.Boolean,
  /** JSON. */
  arguments: Schema.String,
  /** A text, or JSON. */
  response: Schema.String,
  /** As it came with the call; of some models of Google. */
  thought_signature: Schema.optionalKey(Schema.String)
})) {}

/** Functions that were called before. */
export class HistoryCalls extends Schema.Opaque<HistoryCalls>()(Schema.Struct({
  type: Schema.Literal("History"),
  function_calls: Schema.Array(CalledFunction)
})) {}

/** A part of a conversation: what was said, or functions that were called (trap 30). */
export const History = Schema.Union([HistoryCalls, HistoryText])

/** What the agent is told of an earlier conversation. */
export class AgentContext extends Schema.Opaque<AgentContext>()(Schema.Struct({
  messages: given(Schema.Array(History))
})) {}

/** How the agent listens, thinks and speaks. */
export class Agent extends Schema.Opaque<Agent>()(Schema.Struct({
  /** Superseded by the languages of the providers. Default `en`. */
  language: text,
  context: given(AgentContext),
  listen: given(ListenSettings),
  /** Several: each one stands in for the one before it. */
  think: given(oneOrMore(ThinkSettings)),
  /** Several: each one stands in for the one before it. Without any, a voice of Deepgram's choice. */
  speak: given(oneOrMore(SpeakSettings)),
  /** What the agent says first. */
  greeting: text
})) {}

/** Switches. */
export class Flags extends Schema.Opaque<Flags>()(Schema.Struct({
  /** `History` messages. Default `true`. */
  history: given(Schema.Boolean)
})) {}

const settings = {
  /** Label the session in usage reports. */
  tags: texts,
  /** Turns experimental features on. Default `false`. */
  experimental: given(Schema.Boolean),
  flags: given(Flags),
  /** Keeps the audio out of Deepgram's model improvement; changes the price. Default `false`. */
  mip_opt_out: given(Schema.Boolean),
  /** The agent; or the id, a UUID, of one that Deepgram keeps (`AgentConfigurations`). */
  agent: Schema.Union([Agent, Schema.String])
}

/** Everything about a session with an agent. */
export class Settings extends Schema.Opaque<Settings>()(Schema.Struct({
  ...settings,
  audio: given(AudioSettings)
})) {}

/** The first message of the client, which is said once. */
export const SettingsMessage = Schema.Struct({
  type: Schema.Literal("Settings"),
  ...settings,
  // It may be empty, but not absent.
  audio: AudioSettings
})
