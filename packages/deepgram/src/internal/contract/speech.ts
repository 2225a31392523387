/** What speech may sound like on the wire. */
import * as Schema from "effect/Schema"
import { callbackParameters, openEnum, repeatable } from "./schemas.ts"

/** What an encoding can be combined with; the first of each is the default. */
export interface SpeechFormat {
  /** None where the encoding has its own. */
  readonly containers: ReadonlyArray<"wav" | "none" | "ogg">
  /** Hz. Where there is one only, it cannot be asked for: Deepgram refuses the parameter. */
  readonly sampleRates: ReadonlyArray<number>
  /** Bits per second: a choice, or any from the lowest to the highest. */
  readonly bitRates?: ReadonlyArray<number> | {
    readonly lowest: number
    readonly highest: number
    readonly default: number
  }
}

/** What `POST /v1/speak` can answer (inventory 1.3). */
export const auraFormats = {
  mp3: { containers: [], sampleRates: [22_050], bitRates: [48_000, 32_000] },
  linear16: { containers: ["wav", "none"], sampleRates: [24_000, 8000, 16_000, 32_000, 48_000] },
  mulaw: { containers: ["wav", "none"], sampleRates: [8000, 16_000] },
  alaw: { containers: ["wav", "none"], sampleRates: [8000, 16_000] },
  opus: { containers: ["ogg"], sampleRates: [48_000], bitRates: { lowest: 4000, highest: 650_000, default: 12_000 } },
  flac: { containers: [], sampleRates: [22_050, 8000, 16_000, 32_000, 48_000] },
  aac: { containers: [], sampleRates: [22_050], bitRates: { lowest: 4000, highest: 192_000, default: 48_000 } }
} as const satisfies Record<string, SpeechFormat>

/** What `POST /v2/speak` can answer (inventory 1.4). */
export const fluxFormats = {
  ...auraFormats,
  mp3: { containers: [], sampleRates: [22_050], bitRates: [48_000, 8000, 16_000, 24_000, 32_000, 40_000] },
  linear16: { containers: ["wav", "none"], sampleRates: [24_000, 8000, 16_000, 32_000, 44_100, 48_000] }
} as const satisfies Record<string, SpeechFormat>

/** What `/v1/speak` can send over WebSocket, where there are no containers (inventory 2.3). */
export const auraLiveFormats = {
  linear16: { containers: ["none"], sampleRates: auraFormats.linear16.sampleRates },
  mulaw: { containers: ["none"], sampleRates: auraFormats.mulaw.sampleRates },
  alaw: { containers: ["none"], sampleRates: auraFormats.alaw.sampleRates }
} as const satisfies Record<string, SpeechFormat>

/** What `/v2/speak` can send over WebSocket (inventory 2.4). */
export const fluxLiveFormats = {
  ...auraLiveFormats,
  linear16: { containers: ["none"], sampleRates: fluxFormats.linear16.sampleRates }
} as const satisfies Record<string, SpeechFormat>

/** The parameters that both generations of live speech share. */
export const liveSpeechParameters = {
  encoding: Schema.optional(openEnum(["linear16", "mulaw", "alaw"])),
  mip_opt_out: Schema.optional(Schema.Boolean),
  sample_rate: Schema.optional(Schema.Int),
  speed: Schema.optional(Schema.Finite)
}

/** Longest text of one request, in characters without what controls the voice. */
export const maxTextLength = 2000

const optional = Schema.optionalKey

/**
 * What Deepgram says of speech in the head of its answer. A browser sees only what Deepgram lets it see, a proxy may
 * have dropped some.
 */
export class SpeechMetadata extends Schema.Opaque<SpeechMetadata>()(Schema.Struct({
  /** A UUID: quote it to Deepgram's support. */
  request_id: optional(Schema.String),
  /** The voice. */
  model_name: optional(Schema.String),
  /** A UUID. */
  model_uuid: optional(Schema.String),
  /** UUIDs of the other models that had a part in it. */
  additional_model_uuids: optional(Schema.Array(Schema.String)),
  /** Characters of the text, as they are billed. */
  char_count: optional(Schema.Finite),
  /** A UUID. */
  project_id: optional(Schema.String),
  /** How many pauses the text asked for and got. */
  breaks_applied: optional(Schema.Finite),
  /** How many pronunciations the text asked for and got. */
  pronunciations_applied: optional(Schema.Finite),
  /** What is wrong with the pronunciations that the text asked for. */
  pronunciation_warnings: optional(Schema.String),
  /** What else Deepgram had to say of the request. */
  warnings: optional(Schema.String),
  /** Media type of the audio, for example `audio/mpeg`. */
  content_type: optional(Schema.String)
})) {}

/** The parameters that both generations of speech share. */
export const speechParameters = {
  ...callbackParameters,
  bit_rate: Schema.optional(Schema.Finite),
  container: Schema.optional(openEnum(["wav", "none", "ogg"])),
  encoding: Schema.optional(openEnum(["linear16", "flac", "mulaw", "alaw", "mp3", "opus", "aac"])),
  mip_opt_out: Schema.optional(Schema.Boolean),
  sample_rate: Schema.optional(Schema.Finite),
  speed: Schema.optional(Schema.Finite),
  tag: Schema.optional(repeatable)
}

/** Of a text that is to be spoken. */
export const SpokenText = Schema.Struct({ text: Schema.String })
