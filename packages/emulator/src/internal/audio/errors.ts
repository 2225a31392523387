/** What can be wrong with the audio of a request. Every message is one line and says what to do about it. */
import * as Schema from "effect/Schema"

const accepted = "the emulator transcribes WAV, MP3, FLAC, Ogg Opus and AAC (ADTS) files, " +
  "and raw linear16, linear32, mulaw or alaw audio with `encoding` and `sample_rate`"

/** The body ended before its first byte. */
export class NoAudio extends Schema.TaggedError<NoAudio>()("NoAudio", {}) {
  override get message(): string {
    return "The request has no audio: its body is empty"
  }
}

/** The body is something else than audio. */
export class NotAudio extends Schema.TaggedError<NotAudio>()("NotAudio", {
  /** What it is instead, as a noun phrase: `a JSON document`. */
  found: Schema.String,
  /** The `Content-Type` that came with it. */
  contentType: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    const declared = this.contentType === undefined ? "" : ` (sent as ${this.contentType})`
    return `The body${declared} is ${this.found}, not audio: ${accepted}`
  }
}

/** Audio that is well known, but that the emulator has no decoder for. */
export class UnsupportedAudio extends Schema.TaggedError<UnsupportedAudio>()("UnsupportedAudio", {
  /** `mp3`, `ogg`, `flac`, …; `raw` for headerless audio. */
  container: Schema.String,
  codec: Schema.optionalKey(Schema.String),
  /** Hz. */
  sampleRate: Schema.optionalKey(Schema.Finite),
  channels: Schema.optionalKey(Schema.Finite),
  /** Seconds. */
  duration: Schema.optionalKey(Schema.Finite)
}) {
  override get message(): string {
    const facts = [
      this.codec,
      this.sampleRate === undefined ? undefined : `${this.sampleRate} Hz`,
      this.channels === undefined ? undefined : `${this.channels} channel${this.channels === 1 ? "" : "s"}`,
      this.duration === undefined ? undefined : `${Math.round(this.duration * 1000) / 1000} s`
    ].filter((fact) => fact !== undefined)
    const found = facts.length === 0 ? this.container : `${this.container} (${facts.join(", ")})`
    return `No decoder for ${found}: ${accepted}`
  }
}

/** A file that starts like a container the emulator decodes, and then breaks its rules. */
export class MalformedAudio extends Schema.TaggedError<MalformedAudio>()("MalformedAudio", {
  container: Schema.String,
  /** Where in the body it goes wrong: bytes from its start. */
  offset: Schema.Finite,
  reason: Schema.String
}) {
  override get message(): string {
    return `The ${this.container} file is broken at byte ${this.offset}: ${this.reason}`
  }
}

/** A query parameter about raw audio is missing or has a value that no audio can have. */
export class InvalidAudioParameter extends Schema.TaggedError<InvalidAudioParameter>()("InvalidAudioParameter", {
  parameter: Schema.Literals(["encoding", "sample_rate", "channels"]),
  reason: Schema.String
}) {
  override get message(): string {
    return `\`${this.parameter}\` ${this.reason}`
  }
}

/** Everything that `decode` can find wrong with a request; all of them are the client's mistake. */
export type AudioError = NoAudio | NotAudio | UnsupportedAudio | MalformedAudio | InvalidAudioParameter
