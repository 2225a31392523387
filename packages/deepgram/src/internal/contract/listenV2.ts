/** `listen.v2` over WebSocket: Flux, transcription that knows whose turn it is (inventory 2.2). */
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import * as Channel from "./channel.ts"
import { openEnum, repeatable } from "./schemas.ts"

// `undefined` is left out, like an absent key (inventory 1.0.3).
const given = Schema.optional
const flag = given(Schema.Boolean)
const optional = Schema.optionalKey

/** The models that Deepgram documents; the set is open. */
export const models = ["flux-general-en", "flux-general-multi"] as const

/** Encodings of raw (headerless) audio. */
export const encodings = ["linear16", "linear32", "mulaw", "alaw", "opus", "ogg-opus"] as const

export const Encoding = openEnum(encodings)

export const Redaction = openEnum(["numbers", "aggressive_numbers"])

const between = (minimum: number, maximum: number) => Schema.Finite.check(Schema.isBetween({ minimum, maximum }))

export const thresholds = {
  eager_eot_threshold: given(between(0.3, 0.9)),
  eot_threshold: given(between(0.5, 1)),
  eot_timeout_ms: given(Schema.Int.check(Schema.isBetween({ minimum: 500, maximum: 60_000 })))
}

/** How many key terms there may be. */
export const maxKeyterms = 100

export const LiveQuery = Schema.Struct({
  model: openEnum(models),
  encoding: given(Encoding),
  sample_rate: given(Schema.Int),
  ...thresholds,
  keyterm: given(repeatable),
  language_hint: given(repeatable),
  profanity_filter: flag,
  numerals: flag,
  redact: given(Redaction),
  mip_opt_out: flag,
  tag: given(repeatable)
})

/** The session is open. */
export class Connected extends Schema.Opaque<Connected>()(Schema.Struct({
  type: Schema.Literal("Connected"),
  /** Deepgram's id of the session: a UUID. */
  request_id: Schema.String,
  /** Counts the messages of the server from 0. */
  sequence_id: optional(Schema.Finite)
})) {}

/** A word of a turn. */
export class TurnWord extends Schema.Opaque<TurnWord>()(Schema.Struct({
  word: Schema.String,
  /** 0 to 1. */
  confidence: optional(Schema.Finite),
  /** Seconds of audio since the start of the session; not of older deployments. */
  start: optional(Schema.Finite),
  /** Seconds of audio since the start of the session; not of older deployments. */
  end: optional(Schema.Finite)
})) {}

/** What is known of a turn. */
export class TurnInfo extends Schema.Opaque<TurnInfo>()(Schema.Struct({
  type: Schema.Literal("TurnInfo"),
  /** Deepgram's id of the session: a UUID. */
  request_id: optional(Schema.String),
  /** Counts the messages of the server from 0. */
  sequence_id: optional(Schema.Finite),
  /**
   * `Update`: more was heard. `StartOfTurn`: somebody speaks. `EagerEndOfTurn`: the turn may be over, with
   * `eager_eot_threshold`. `TurnResumed`: it was not. `EndOfTurn`: it is over. An open set.
   */
  event: openEnum(["Update", "StartOfTurn", "EagerEndOfTurn", "TurnResumed", "EndOfTurn"]),
  /** Counts the turns from 0. */
  turn_index: Schema.Finite,
  /** Where the turn begins: seconds of audio since the start of the session. */
  audio_window_start: Schema.Finite,
  /** How far it was heard: seconds of audio since the start of the session. */
  audio_window_end: Schema.Finite,
  /** Everything that was said in the turn. */
  transcript: Schema.String,
  words: Schema.Array(TurnWord),
  /** How sure it is that the turn is over, 0 to 1. */
  end_of_turn_confidence: optional(Schema.Finite),
  /** Why the turn ended: `model`, `manual` (by `ForceEndTurn`) or `timeout`; of `EndOfTurn` only. An open set. */
  trigger: optional(openEnum(["model", "manual", "timeout"])),
  /** BCP-47 tags of the languages heard; `flux-general-multi`. */
  languages: optional(Schema.Array(Schema.String)),
  /** BCP-47 tags that were hinted at; `flux-general-multi`. */
  languages_hinted: optional(Schema.Array(Schema.String))
})) {}

/** When a turn is taken to be over, as far as it is set. */
export class Thresholds extends Schema.Opaque<Thresholds>()(Schema.Struct({
  /** 0.3 to 0.9. */
  eager_eot_threshold: optional(Schema.Finite),
  /** 0.5 to 1. */
  eot_threshold: optional(Schema.Finite),
  /** Milliseconds. */
  eot_timeout_ms: optional(Schema.Finite)
})) {}

/** `Configure` was obeyed: everything that is in force now. */
export class ConfigureSuccess extends Schema.Opaque<ConfigureSuccess>()(Schema.Struct({
  type: Schema.Literal("ConfigureSuccess"),
  /** Deepgram's id of the session: a UUID. */
  request_id: optional(Schema.String),
  thresholds: optional(Thresholds),
  keyterms: optional(repeatable),
  /** BCP-47 tags. */
  language_hints: optional(Schema.Array(Schema.String)),
  numerals: optional(Schema.Boolean),
  profanity_filter: optional(Schema.Boolean),
  /** Counts the messages of the server from 0. */
  sequence_id: optional(Schema.Finite)
})) {}

/** `Configure` was refused, and nothing has changed. */
export class ConfigureFailure extends Schema.Opaque<ConfigureFailure>()(Schema.Struct({
  type: Schema.Literal("ConfigureFailure"),
  /** Deepgram's id of the session: a UUID. */
  request_id: optional(Schema.String),
  /** Counts the messages of the server from 0. */
  sequence_id: optional(Schema.Finite),
  /** Deepgram's own code. An open set. */
  code: optional(Schema.String),
  /** Deepgram's own words. */
  description: optional(Schema.String)
})) {}

const complaint = {
  /** Deepgram's id of the session: a UUID. */
  request_id: optional(Schema.String),
  /** Counts the messages of the server from 0. */
  sequence_id: optional(Schema.Finite),
  /** Deepgram's own code, for example `FORCE_END_TURN_NO_ACTIVE_TURN`. An open set. */
  code: Schema.String,
  /** Deepgram's own words. */
  description: optional(Schema.String)
}

/** Something was wrong; the session goes on. */
export class Warning extends Schema.Opaque<Warning>()(Schema.Struct({
  type: Schema.Literal("Warning"),
  ...complaint
})) {}

/** Something is so wrong that Deepgram closes the session. The stream fails behind it. */
export class FatalError extends Schema.Opaque<FatalError>()(Schema.Struct({
  type: Schema.Literal("Error"),
  ...complaint
})) {}

export const CloseStream = Schema.Struct({ type: Schema.Literal("CloseStream") })

export const ForceEndTurn = Schema.Struct({ type: Schema.Literal("ForceEndTurn") })

export const Configure = Schema.Struct({
  type: Schema.Literal("Configure"),
  thresholds: given(Schema.Struct(thresholds)),
  keyterms: given(repeatable),
  language_hints: given(Schema.Array(Schema.String)),
  numerals: flag
})

export const channel = Channel.make({
  name: "ListenV2",
  host: "apiSocket",
  path: "/v2/listen",
  query: LiveQuery,
  client: { CloseStream, Configure, ForceEndTurn },
  server: { Connected, TurnInfo, ConfigureSuccess, ConfigureFailure, Warning, Error: FatalError },
  // There is no such message (trap 9); pings count for 60 seconds.
  keepAlive: { message: "ping", after: Duration.seconds(20) },
  // It closes without a code (trap 11).
  close: { message: "CloseStream", codes: [1005, 1000] }
})
