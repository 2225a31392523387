/**
 * Deepgram's channels over WebSocket as data: what this SDK dials and what `@effect-deepgram/emulator` answers. For
 * servers, proxies and documents; to talk to Deepgram, use the operations of the other modules.
 */
export type { Channel, MessageOf, Messages } from "./internal/contract/channel.ts"

/** Transcription while somebody speaks: `/v1/listen`. */
export { channel as listenV1 } from "./internal/contract/listenV1Live.ts"

export {
  /** Transcription that knows whose turn it is: `/v2/listen`. */
  channel as listenV2,
  /** How many key terms `/v2/listen` takes. */
  maxKeyterms,
  /** The names of the models that Deepgram documents for `/v2/listen`. */
  models as fluxListenModels
} from "./internal/contract/listenV2.ts"
