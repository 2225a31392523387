/** From samples to the bytes of an answer. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { aacEncoder } from "./codecs/aac.ts"
import type { FileEncoder } from "./codecs/codec.ts"
import { flacEncoder } from "./codecs/flac.ts"
import { mp3Encoder } from "./codecs/mp3Encoder.ts"
import { opusEncoder } from "./codecs/opus.ts"
import { pcmEncoder } from "./codecs/pcmEncoder.ts"

/** How speech is sent. */
export interface OutputFormat {
  readonly encoding: "linear16" | "mulaw" | "alaw" | "mp3" | "opus" | "flac" | "aac"
  /**
   * `none`: headerless samples, of `linear16`, `mulaw` and `alaw`; these are WAV otherwise. The other encodings have
   * a container of their own, whatever this says.
   */
  readonly container: "wav" | "ogg" | "none" | undefined
  /** Hz. MP3, Opus and AAC know only some rates. */
  readonly sampleRate: number
  /**
   * Bits per second, for `mp3`, `opus` and `aac`; by default what Deepgram's is. Rates at which the test voice would
   * not survive are raised.
   */
  readonly bitRate?: number | undefined
}

/** Samples could not be encoded: the codec does not know the sample rate, or it broke down. */
export class EncodingError extends Schema.TaggedError<EncodingError>()("EncodingError", {
  encoding: Schema.String,
  cause: Schema.Defect()
}) {
  override get message(): string {
    return `The ${this.encoding} encoder failed`
  }
}

const defaultBitRates = { mp3: 48_000, opus: 12_000, aac: 48_000 }

/** The encoder is made by calling the function, which throws when the codec does not know the sample rate. */
const encoderOf = (format: OutputFormat): Effect.Effect<() => FileEncoder, never, Scope.Scope> => {
  const { bitRate, encoding, sampleRate } = format
  switch (encoding) {
    case "mp3":
      return mp3Encoder({ sampleRate, bitRate: bitRate ?? defaultBitRates.mp3 })
    case "opus":
      return opusEncoder({ sampleRate, bitRate: bitRate ?? defaultBitRates.opus })
    case "aac":
      return aacEncoder({ sampleRate, bitRate: bitRate ?? defaultBitRates.aac })
    case "flac":
      return flacEncoder({ sampleRate })
    default:
      return Effect.succeed(() => pcmEncoder({ encoding, sampleRate, headerless: format.container === "none" }))
  }
}

/** Samples that are encoded in one go, at most: nothing else runs meanwhile. */
const pieceSamples = 8192

function* piecesOf(samples: Float32Array): Generator<Float32Array> {
  for (let at = 0; at < samples.length; at += pieceSamples) yield samples.subarray(at, at + pieceSamples)
}

/**
 * Encodes mono samples -1..1 (values outside are clipped) as they come, in chunks of any size. The first bytes come as
 * soon as the codec can make them, and memory stays flat, however long the stream is.
 */
export const encode = <E, R>(
  samples: Stream.Stream<Float32Array, E, R>,
  format: OutputFormat
): Stream.Stream<Uint8Array, E | EncodingError, R> => {
  const attempt = <A>(run: () => A) =>
    Effect.try({ try: run, catch: (cause) => new EncodingError({ encoding: format.encoding, cause }) })
  return Stream.unwrap(Effect.gen(function*() {
    const make = yield* encoderOf(format)
    const encoder = yield* attempt(make)
    return Stream.make(encoder.head).pipe(
      Stream.concat(
        samples.pipe(
          Stream.flatMap((chunk) => Stream.fromIteratorSucceed(piecesOf(chunk), 1)),
          Stream.mapEffect((piece) => attempt(() => encoder.push(piece)))
        )
      ),
      Stream.concat(Stream.fromEffect(attempt(encoder.end))),
      Stream.filter((bytes) => bytes.length > 0)
    )
  }))
}

/** The media type that Deepgram sends (https://developers.deepgram.com/docs/tts-media-output-settings). */
export const mediaTypeOf = (format: Pick<OutputFormat, "encoding" | "container" | "sampleRate">): string => {
  const { container, encoding, sampleRate } = format
  switch (encoding) {
    case "mp3":
      return "audio/mpeg"
    case "opus":
      return "audio/ogg;codecs=opus"
    case "flac":
    case "aac":
      return `audio/${encoding}`
    default:
      if (container !== "none") return "audio/wav"
      return `audio/${encoding === "linear16" ? "l16" : encoding};rate=${sampleRate}`
  }
}
