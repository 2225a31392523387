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
