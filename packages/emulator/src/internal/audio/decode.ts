/** From the bytes of a request to samples: the entry point of the server. */
import { isReadonlyArrayNonEmpty, type NonEmptyReadonlyArray } from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Pull from "effect/Pull"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { aacDecoder } from "./codecs/aac.ts"
import type { FileDecoder, Sound } from "./codecs/codec.ts"
import { flacDecoder } from "./codecs/flac.ts"
import { mp3Decoder } from "./codecs/mp3Decoder.ts"
import { opusDecoder } from "./codecs/opus.ts"
import { inspect } from "./containers.ts"
import {
  type AudioError,
  InvalidAudioParameter,
  MalformedAudio,
  NoAudio,
  NotAudio,
  UnsupportedAudio
} from "./errors.ts"
import { id3Bytes, id3HeaderBytes } from "./id3.ts"
import { type Frames, makeFrameDecoder, type SampleFormat } from "./pcm.ts"
import { type ByteReader, makeByteReader } from "./reader.ts"
import { sniff, sniffBytes, type Sniffed, startsLikeWav } from "./sniff.ts"
import { makeWavParser, type WavReady } from "./wav.ts"
import { maxChannels, maxSampleRate } from "./wavFormat.ts"

/** What the client says about the audio that it sends. */
export interface AudioRequest {
  /** The header; it is quoted in errors, but only the bytes decide. */
  readonly contentType?: string | undefined
  /** Bytes of the body, if they are known. */
  readonly contentLength?: number | undefined
  /** Deepgram's `encoding`: the body is raw, headerless audio. */
  readonly encoding?: string | undefined
  /** Hz; required with `encoding`. */
  readonly sampleRate?: number | undefined
  /** Default 1; only for raw audio. */
  readonly channels?: number | undefined
}

/** How audio arrived. */
export interface AudioFormat {
  /** `raw` for headerless audio. */
  readonly container: "wav" | "raw" | "mp3" | "aac" | "flac" | "ogg"
  readonly encoding: SampleFormat | "mp3" | "aac" | "flac" | "opus"
  /** Hz. */
  readonly sampleRate: number
  readonly channels: number
}

/** Audio whose format is known, and whose samples follow. */
export interface DecodedAudio<E = never> {
  readonly format: AudioFormat
  /**
   * Equally long samples of every channel, -1..1, in chunks as they arrive. Can be run once, in the scope of `decode`.
   * Reads the upload to its end, also past the last sample. Fails with `MalformedAudio` when a codec breaks down.
   */
  readonly samples: Stream.Stream<Frames, E | MalformedAudio>
}

const decodable = ["linear16", "linear32", "mulaw", "alaw"] as const

/** Headerless samples that are decoded. */
export type RawEncoding = typeof decodable[number]

/** What else Deepgram takes: decoded when the body is a FLAC or Ogg Opus file, since they say so themselves. */
const undecodable = ["flac", "amr-nb", "amr-wb", "opus", "ogg-opus", "speex", "g729"]

/** Whether `encoding` names headerless samples. */
export const isDecodable = (encoding: string): encoding is RawEncoding => decodable.some((name) => name === encoding)

const between = (value: number, limit: number) => Number.isInteger(value) && value >= 1 && value <= limit

/** What is wrong with what the client says, if anything. */
export const checkParameters = (request: AudioRequest): InvalidAudioParameter | undefined => {
  const { channels, encoding, sampleRate } = request
  if (encoding !== undefined && !isDecodable(encoding) && !undecodable.includes(encoding)) {
    const reason = `is ${JSON.stringify(encoding)}, expected one of ${[...decodable, ...undecodable].join(", ")}`
    return new InvalidAudioParameter({ parameter: "encoding", reason })
  }
  if (sampleRate !== undefined && !between(sampleRate, maxSampleRate)) {
    const reason = `is ${sampleRate}, expected a whole number from 1 to ${maxSampleRate}`
    return new InvalidAudioParameter({ parameter: "sample_rate", reason })
  }
  if (channels !== undefined && !between(channels, maxChannels)) {
    const reason = `is ${channels}, expected a whole number from 1 to ${maxChannels}`
    return new InvalidAudioParameter({ parameter: "channels", reason })
  }
  return undefined
}

const decodeSamples = <E>(
  reader: ByteReader<E>,
  format: AudioFormat & { readonly encoding: SampleFormat },
  options: { readonly dataBytes: number; readonly bigEndian: boolean }
): DecodedAudio<E> => {
  const decoder = makeFrameDecoder({
    format: format.encoding,
    channels: format.channels,
    bigEndian: options.bigEndian
  })
  let left = options.dataBytes
  const pull: Pull.Pull<NonEmptyReadonlyArray<Frames>, E> = Effect.flatMap(reader.next, (bytes) => {
    // Once nothing is left this pulls on without a result: whoever counts or hashes the upload sees all of it.
    const used = bytes.length <= left ? bytes : bytes.subarray(0, left)
    left -= used.length
    const frames = decoder.push(used)
    return frames === undefined ? pull : Effect.succeed([frames] as const)
  })
  return { format, samples: Stream.fromPull(Effect.succeed(pull)) }
}

const readWavHeader = Effect.fnUntraced(
  function*<E>(reader: ByteReader<E>): Effect.fn.Return<WavReady, MalformedAudio | UnsupportedAudio | E> {
    const parser = makeWavParser()
    while (true) {
      const progress = yield* Pull.catchDone(
        Effect.map(reader.next, parser.push),
        () => Effect.sync(parser.end)
      )
      if (progress._tag === "Broken") return yield* progress.error
      if (progress._tag === "Ready") return progress
    }
  }
)

const decodeWav = Effect.fnUntraced(
  function*<E>(reader: ByteReader<E>): Effect.fn.Return<DecodedAudio<E>, MalformedAudio | UnsupportedAudio | E> {
    const { dataBytes, format, rest } = yield* readWavHeader(reader)
    reader.unread(rest)
    return decodeSamples(reader, {
      container: "wav",
      encoding: format.format,
      sampleRate: format.sampleRate,
      channels: format.channels
    }, { dataBytes, bigEndian: format.bigEndian })
  }
)

type Compressed = Pick<AudioFormat, "container" | "encoding">

/** What there is a decoder for, by container and codec. */
export const codecs: Readonly<
  Record<string, { readonly is: Compressed; readonly open: Effect.Effect<FileDecoder, never, Scope.Scope> }>
> = {
  "mp3 MP3": { is: { container: "mp3", encoding: "mp3" }, open: mp3Decoder },
  "aac AAC": { is: { container: "aac", encoding: "aac" }, open: aacDecoder },
  "flac FLAC": { is: { container: "flac", encoding: "flac" }, open: flacDecoder },
  "ogg Opus": { is: { container: "ogg", encoding: "opus" }, open: opusDecoder }
}

/** The next sound of a file, frame by frame. */
const soundsOf = <E>(
  reader: ByteReader<E>,
  decoder: FileDecoder,
  before: number
): Pull.Pull<ReadonlyArray<Sound>, E | MalformedAudio> => {
  let ended = false
  const fill = Pull.catchDone(
    Effect.map(reader.next, decoder.push),
    () =>
      Effect.sync(() => {
        ended = true
        decoder.end()
      })
  )
  const pull: Pull.Pull<ReadonlyArray<Sound>, E | MalformedAudio> = Effect.suspend(
    (): Pull.Pull<ReadonlyArray<Sound>, E | MalformedAudio> => {
      const next = decoder.next()
      if (Result.isFailure(next)) {
        const { container, offset, reason } = next.failure
        return new MalformedAudio({ container, offset: before + offset, reason })
      }
      if (next.success !== undefined) return Effect.succeed(next.success)
      return ended ? Cause.done() : Effect.andThen(fill, pull)
    }
  )
  return pull
}

/** `before`: bytes of the body that precede the file. */
const decodeCompressed = Effect.fnUntraced(function*<E>(
  reader: ByteReader<E>,
  is: Compressed,
  decoder: FileDecoder,
  before: number
): Effect.fn.Return<DecodedAudio<E>, MalformedAudio | E> {
  const sounds = soundsOf(reader, decoder, before)
  const nothing = () =>
    new MalformedAudio({ container: is.container, offset: before, reason: "no frame of it can be decoded" })
  let held: ReadonlyArray<Sound> = []
  while (held.length === 0) held = yield* Pull.catchDone(sounds, () => nothing())
  const { channels: { length: channels }, sampleRate } = held[0]!

  // A frame of another rate or number of channels is damaged, or from another file: either way it is not this one's.
  const framesOf = (all: ReadonlyArray<Sound>) =>
    all.filter((sound) => sound.sampleRate === sampleRate && sound.channels.length === channels)
      .map((sound) => sound.channels)
  const pull: Pull.Pull<NonEmptyReadonlyArray<Frames>, E | MalformedAudio> = Effect.suspend(() => {
    const first = held
    held = []
    return Effect.flatMap(first.length > 0 ? Effect.succeed(first) : sounds, (next) => {
      const frames = framesOf(next)
      return isReadonlyArrayNonEmpty(frames) ? Effect.succeed(frames) : pull
    })
  })
  return { format: { ...is, sampleRate, channels }, samples: Stream.fromPull(Effect.succeed(pull)) }
})

const refuseContainer = Effect.fnUntraced(function*<E>(
  reader: ByteReader<E>,
  found: Extract<Sniffed, { readonly _tag: "Container" }>,
  request: AudioRequest
): Effect.fn.Return<never, UnsupportedAudio | E> {
  const { codec, container, mimeType } = found
  if (mimeType === undefined) {
    return yield* new UnsupportedAudio({ container, ...(codec !== undefined && { codec }) })
  }
  const bytes = Effect.map(reader.next, (piece) => [piece] as const)
  const facts = yield* inspect(bytes, { mimeType, size: request.contentLength })
  return yield* new UnsupportedAudio({ container, ...(codec !== undefined && { codec }), ...facts })
})

/** Drops an ID3 tag, which may be megabytes long; its bytes. What is behind it can be audio of several kinds. */
const skipTag = Effect.fnUntraced(function*<E>(reader: ByteReader<E>): Effect.fn.Return<number, E> {
  const bytes = yield* reader.peek(
    id3HeaderBytes,
    (head, complete) => complete || head.length === id3HeaderBytes ? id3Bytes(head) : undefined
  )
  let left = bytes ?? 0
  while (left > 0) {
    const piece = yield* Pull.catchDone(reader.next, () => Effect.succeed(undefined))
    if (piece === undefined) break
    reader.unread(piece.subarray(left))
    left -= Math.min(left, piece.length)
  }
  return bytes ?? 0
})

/** Only MPEG audio has ID3 tags without saying otherwise. */
export const behindTag: Sniffed = { _tag: "Container", container: "mp3", mimeType: "audio/mpeg", codec: "MP3" }

/** `true`: WAV after all; `false`: raw; `undefined`: there is not a single byte. */
const peekWav = <E>(reader: ByteReader<E>) =>
  reader.peek(
    12,
    (head, complete) => head.length === 0 ? undefined : startsLikeWav(head) ?? (complete ? false : undefined)
  )

const decodeRaw = Effect.fnUntraced(function*<E>(
  reader: ByteReader<E>,
  encoding: RawEncoding,
  request: AudioRequest
): Effect.fn.Return<DecodedAudio<E>, AudioError | E> {
  const isWav = yield* peekWav(reader)
  if (isWav === undefined) return yield* new NoAudio()
  if (isWav) return yield* decodeWav(reader)
  const { channels = 1, sampleRate } = request
  if (sampleRate === undefined) {
    const reason = `is required with \`encoding=${encoding}\`: raw audio does not tell it`
    return yield* new InvalidAudioParameter({ parameter: "sample_rate", reason })
  }
  return decodeSamples(reader, { container: "raw", encoding, sampleRate, channels }, {
    dataBytes: Infinity,
    bigEndian: false
  })
})

/**
 * Decodes the audio of a request.
 *
 * Succeeds as soon as the format is known. A body that starts like a WAV file is read as one, whatever `encoding`
 * says. Memory stays flat, whatever the size of the upload, and the upload is only pulled as fast as `samples` is. An
 * incomplete frame at the very end is dropped, as are damaged frames of compressed files; a file without a single good
 * frame is malformed. When it fails, the rest of the upload may be unread.
 */
export const decode = Effect.fn("Audio.decode")(function*<E, R>(
  bytes: Stream.Stream<Uint8Array, E, R>,
  request: AudioRequest
): Effect.fn.Return<DecodedAudio<E>, AudioError | E, R | Scope.Scope> {
  const invalid = checkParameters(request)
  if (invalid !== undefined) return yield* invalid
  const { contentType, encoding } = request
  const reader = makeByteReader(yield* Stream.toPull(bytes))
  if (encoding !== undefined && isDecodable(encoding)) return yield* decodeRaw(reader, encoding, request)

  const tag = yield* skipTag(reader)
  const seen = yield* reader.peek(
    sniffBytes,
    (head, complete) => head.length === 0 ? undefined : sniff(head, complete)
  )
  const found = tag > 0 && (seen === undefined || seen._tag === "NotAudio") ? behindTag : seen
  if (found === undefined) return yield* new NoAudio()
  if (found._tag === "Wav") return yield* decodeWav(reader)
  if (found._tag === "Container") {
    const known = codecs[`${found.container} ${found.codec}`]
    return known === undefined
      ? yield* refuseContainer(reader, found, request)
      : yield* decodeCompressed(reader, known.is, yield* known.open, tag)
  }
  if (encoding !== undefined) {
    const { channels, sampleRate } = request
    return yield* new UnsupportedAudio({
      container: "raw",
      codec: encoding,
      ...(sampleRate !== undefined && { sampleRate }),
      ...(channels !== undefined && { channels })
    })
  }
  return yield* new NotAudio({ found: found.found, ...(contentType !== undefined && { contentType }) })
})
