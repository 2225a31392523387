/** `speak.v2` over WebSocket: Flux speaks while the text is written, turn by turn (inventory 2.4). */
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import * as Channel from "./channel.ts"
import { openEnum, repeatable } from "./schemas.ts"
import { liveSpeechParameters } from "./speech.ts"
import { fluxVoices } from "./voices.ts"

const optional = Schema.optionalKey

export const LiveQuery = Schema.Struct({
  ...liveSpeechParameters,
  model: openEnum(fluxVoices),
  expressivity: Schema.optional(Schema.Finite),
  tag: Schema.optional(repeatable)
})

/** The session is open. */
export class Connected extends Schema.Opaque<Connected>()(Schema.Struct({
  type: Schema.Literal("Connected"),
  /** Deepgram's id of the session: a UUID. */
  request_id: optional(Schema.String),
  model_name: optional(Schema.String),
  model_version: optional(Schema.String),
  /** UUIDs: several models may have a part in a voice. */
  model_uuids: optional(Schema.Array(Schema.String))
})) {}

/** A turn begins, with the first text after the turn before. */
export class SpeechStarted extends Schema.Opaque<SpeechStarted>()(Schema.Struct({
  type: Schema.Literal("SpeechStarted"),
  /** Deepgram's id of the turn: `dg_sp_` and 12 hexadecimal digits. */
  speech_id: optional(Schema.String)
})) {}

/** A `Flush` was heard: the turn takes no more text. Its audio still comes; {@link TurnMetadata} ends it. */
export class Flushed extends Schema.Opaque<Flushed>()(Schema.Struct({
  type: Schema.Literal("Flushed"),
  speech_id: optional(Schema.String)
})) {}

/** What a turn asked for and got, besides text. */
export class ControlsApplied extends Schema.Opaque<ControlsApplied>()(Schema.Struct({
  pronunciations_applied: optional(Schema.Finite),
  breaks_applied: optional(Schema.Finite),
  pronunciation_warnings: optional(Schema.Finite)
})) {}

const turn = {
  speech_id: optional(Schema.String),
  /** Milliseconds of audio that were made. */
  audio_duration_ms: optional(Schema.Finite),
  /** Characters of the text. */
  input_character_count: optional(Schema.Finite),
  /** Characters that are paid for: without what controls the voice. */
  billable_character_count: optional(Schema.Finite),
  controls_applied: optional(ControlsApplied)
}

/** The message `SpeechMetadata`: all audio of a turn has come, and this is what it was (trap 14). */
export class TurnMetadata extends Schema.Opaque<TurnMetadata>()(Schema.Struct({
  type: Schema.Literal("SpeechMetadata"),
  ...turn
})) {}

/** What a turn was that did not come to its end. */
export class InterruptedTurn extends Schema.Opaque<InterruptedTurn>()(Schema.Struct(turn)) {}

/** A turn was interrupted: none of its audio follows. */
export class SpeechInterrupted extends Schema.Opaque<SpeechInterrupted>()(Schema.Struct({
  type: Schema.Literal("SpeechInterrupted"),
  /** Milliseconds of audio that were played, since the start of the session: the next `playback_offset` must be larger. */
  audio_played_ms: optional(Schema.Finite),
  /** What the listener heard; if `Interrupt` said how much was played. */
  text_spoken: optional(Schema.String),
  /** What the listener did not hear; if `Interrupt` said how much was played. */
  text_remaining: optional(Schema.String),
  metadata: optional(InterruptedTurn)
})) {}

/** The sums of a session, before it closes. */
export class SessionMetadata extends Schema.Opaque<SessionMetadata>()(Schema.Struct({
  type: Schema.Literal("SessionMetadata"),
  /** Milliseconds of audio that were made. */
  total_audio_duration_ms: optional(Schema.Finite),
  /** Characters of all texts. */
  total_input_character_count: optional(Schema.Finite),
  /** Characters that are paid for. */
  total_billable_character_count: optional(Schema.Finite)
})) {}

/** What is in force, as far as it was set in this session. */
export class AppliedConfiguration extends Schema.Opaque<AppliedConfiguration>()(Schema.Struct({
  speed: optional(Schema.Finite)
})) {}

/** `Configure` was obeyed, from the next stretch of audio on. */
export class ConfigureSuccess extends Schema.Opaque<ConfigureSuccess>()(Schema.Struct({
  type: Schema.Literal("ConfigureSuccess"),
  applied: optional(AppliedConfiguration)
})) {}

/** `Configure` was refused, and nothing has changed. */
export class ConfigureFailure extends Schema.Opaque<ConfigureFailure>()(Schema.Struct({
  type: Schema.Literal("ConfigureFailure"),
  /** Deepgram's own code. An open set. */
  code: optional(
    openEnum([
      "SPEED_OUT_OF_RANGE",
      "SPEED_INCREMENT_INVALID",
      "SPEED_NOT_SUPPORTED",
      "CONTROL_COMBINATION_INVALID",
      "INTERNAL_ERROR"
    ])
  ),
  /** What was refused, for example `speed`. */
  field: optional(Schema.String),
  /** The value that was refused. */
  value: optional(Schema.Finite),
  /** Deepgram's own words. */
  description: optional(Schema.String)
})) {}

/** Something was wrong, for example `NO_ACTIVE_SPEECH`; the session goes on. */
export class Warning extends Schema.Opaque<Warning>()(Schema.Struct({
  type: Schema.Literal("Warning"),
  /** Deepgram's own code. An open set. */
  code: optional(Schema.String),
  /** Deepgram's own words. */
  description: optional(Schema.String)
})) {}

/** Something is so wrong that Deepgram closes the session. The stream fails behind it. */
export class FatalError extends Schema.Opaque<FatalError>()(Schema.Struct({
  type: Schema.Literal("Error"),
  /** Deepgram's own code. An open set. */
  code: optional(
    openEnum([
      "MESSAGE-0000",
      "DATA-0000",
      "DATA-0002",
      "BIG-0000",
      "NET-0000",
      "NET-0001",
      "NET-0002",
      "NET-0003",
      "NET-0004"
    ])
  ),
  /** Deepgram's own words. */
  description: optional(Schema.String)
})) {}

export const Speak = Schema.Struct({ type: Schema.Literal("Speak"), text: Schema.String })

/** How much of the audio of a session was played. */
export class PlaybackOffset extends Schema.Opaque<PlaybackOffset>()(Schema.Struct({
  type: Schema.Literal("time_ms"),
  /** Milliseconds of audio that were played since the start of the session, whatever the turn: more each time. */
  value: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
})) {}

export const Interrupt = Schema.Struct({
  type: Schema.Literal("Interrupt"),
  playback_offset: Schema.optional(PlaybackOffset)
})

export const Configure = Schema.Struct({
  type: Schema.Literal("Configure"),
  speed: Schema.optional(Schema.Finite)
})

const bare = <const Type extends string>(type: Type) => Schema.Struct({ type: Schema.Literal(type) })

export const Flush = bare("Flush")
export const Close = bare("Close")

export const channel = Channel.make({
  name: "SpeakV2",
  host: "apiSocket",
  path: "/v2/speak",
  query: LiveQuery,
  client: { Speak, Flush, Interrupt, Configure, Close },
  server: {
    Connected,
    SpeechStarted,
    Flushed,
    SpeechMetadata: TurnMetadata,
    SpeechInterrupted,
    SessionMetadata,
    ConfigureSuccess,
    ConfigureFailure,
    Warning,
    Error: FatalError
  },
  speaks: true,
  input: "Speak",
  // There is no such message (trap 9); pings count for 60 seconds.
  keepAlive: { message: "ping", after: Duration.seconds(20) },
  close: { message: "Close", last: "SessionMetadata", codes: [1000] }
})
