import { Effect, Schema, Stream } from "effect"
import { type AudioRequest, decode } from "../../src/internal/audio/decode.ts"
import { encode, type OutputFormat } from "../../src/internal/audio/encode.ts"
import type { Frames } from "../../src/internal/audio/pcm.ts"
import * as Recognizer from "../../src/Recognizer.ts"
import * as Synthesizer from "../../src/Synthesizer.ts"

/** Sizes of chunks to cut bytes into, used over and over. */
export const Cuts = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 40 }))).check(
  Schema.isMinLength(1),
  Schema.isMaxLength(6)
)

/** Chunks that each have a buffer of their own, so that nothing is aligned by luck. */
export const cut = (bytes: Uint8Array, sizes: ReadonlyArray<number>): Array<Uint8Array> => {
  const chunks: Array<Uint8Array> = []
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!
    const shifted = new Uint8Array(size + 1)
    const piece = bytes.subarray(at, at + size)
    shifted.set(piece, 1)
    chunks.push(shifted.subarray(1, 1 + piece.length))
    at += size
  }
  return chunks
}

export const joined = (chunks: ReadonlyArray<Frames>, channels: number): Array<Array<number>> =>
  Array.from({ length: channels }, (_, channel) => chunks.flatMap((frames) => Array.from(frames[channel]!)))

/** The format and all samples of chunks of bytes. */
export const decodeAll = (chunks: Iterable<Uint8Array>, request: AudioRequest = {}) =>
  Effect.scoped(Effect.gen(function*() {
    const { format, samples } = yield* decode(Stream.fromIterable(chunks, { chunkSize: 1 }), request)
    return { format, channels: joined(yield* Stream.runCollect(samples), format.channels) }
  }))

/** Pseudo-random numbers 0..1 that are the same in every run. */
export const makeRandom = (seed: number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** One format of each kind that needs a codec, with Deepgram's default bit rate. */
export const compressed = {
  mp3: { encoding: "mp3", container: undefined, sampleRate: 22_050 },
  opus: { encoding: "opus", container: "ogg", sampleRate: 48_000 },
  flac: { encoding: "flac", container: undefined, sampleRate: 16_000 },
  aac: { encoding: "aac", container: undefined, sampleRate: 22_050 }
} as const satisfies Record<string, OutputFormat>

export const kinds = ["mp3", "opus", "flac", "aac"] as const

/** All bytes of an encoded file. */
export const encodeAll = (chunks: Iterable<Float32Array>, format: OutputFormat) =>
  Effect.map(
    Stream.runCollect(encode(Stream.fromIterable(chunks, { chunkSize: 1 }), format)),
    (pieces) => new Uint8Array(Buffer.concat(pieces))
  )

/** The test voice as a file. */
export const spoken = (text: string, format: OutputFormat) =>
  encodeAll([Synthesizer.speak(text, { sampleRate: format.sampleRate })], format)

/** The words in a file, on its first channel. */
export const wordsIn = (chunks: Iterable<Uint8Array>, request: AudioRequest = {}) =>
  Effect.map(
    decodeAll(chunks, request),
    ({ channels: [first = []], format }) =>
      Recognizer.recognize(Float32Array.from(first), format.sampleRate)
        .filter((heard) => heard._tag === "Word")
        .map((word) => word.text)
  )
