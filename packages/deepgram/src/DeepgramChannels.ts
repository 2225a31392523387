/**
 * Deepgram's channels over WebSocket as data: what this SDK dials and what `@effect-deepgram/emulator` answers. For
 * servers, proxies and documents; to talk to Deepgram, use the operations of the other modules.
 */
export type { Channel, MessageOf, Messages } from "./internal/contract/channel.ts"

export {
  /** Transcription while somebody speaks: `/v1/listen`. */
  channel as listenV1,
  /** The encodings of raw audio that Deepgram documents for it. */
  liveEncodings as listenV1Encodings
} from "./internal/contract/listenV1Live.ts"

export {
  /** Transcription that knows whose turn it is: `/v2/listen`. */
  channel as listenV2,
  /** The encodings of raw audio that Deepgram documents for it. */
  encodings as listenV2Encodings,
  /** How many key terms it takes. */
  maxKeyterms as listenV2MaxKeyterms,
  /** The names of the models that Deepgram documents for it. */
  models as listenV2Models
} from "./internal/contract/listenV2.ts"

export {
  /** Speech of Aura while the text is written: `/v1/speak`. */
  channel as speakV1,
  /** What Deepgram allows of a session of it. */
  limits as speakV1Limits
} from "./internal/contract/speakV1Live.ts"

export {
  /** Speech of Flux while the text is written: `/v2/speak`. */
  channel as speakV2
} from "./internal/contract/speakV2Live.ts"

export {
  /** What `/v1/speak` can send over WebSocket, by encoding. */
  auraLiveFormats as speakV1Formats,
  /** What `/v2/speak` can send over WebSocket, by encoding. */
  fluxLiveFormats as speakV2Formats
} from "./internal/contract/speech.ts"

export {
  /** Agents that listen, think and speak: `/v1/agent/converse`. */
  channel as agentV1
} from "./internal/contract/agentV1Live.ts"

export {
  /** The encodings of agent audio that Deepgram documents. */
  outputEncodings as agentV1OutputEncodings
} from "./internal/contract/agentSettings.ts"
