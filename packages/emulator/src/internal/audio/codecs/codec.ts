/** What all codecs look like, whatever library is behind them. Plain functions: the loops are free of Effect. */
import type * as Result from "effect/Result"
import type { MalformedAudio } from "../errors.ts"
import type { Frames } from "../pcm.ts"

/** A stretch of decoded sound. */
export interface Sound {
  /** Hz. */
  readonly sampleRate: number
  readonly channels: Frames
}

/** Decodes one file that comes in pieces, cut anywhere. After a failure it is finished. */
export interface FileDecoder {
  readonly push: (bytes: Uint8Array) => void
  /** There are no more bytes. */
  readonly end: () => void
  /** What comes next: possibly nothing, when a frame is damaged. `undefined`: that takes more bytes. */
  readonly next: () => Result.Result<ReadonlyArray<Sound> | undefined, MalformedAudio>
}

/** Makes one file out of mono samples -1..1. Throws when the library behind it fails; then it is finished. */
export interface FileEncoder {
  /** What the file starts with, before the first sample. */
  readonly head: Uint8Array
  readonly push: (samples: Float32Array) => Uint8Array
  /** There are no more samples: the rest of the file. */
  readonly end: () => Uint8Array
}

/** Pieces of bytes in one. */
export const joinBytes = (pieces: ReadonlyArray<Uint8Array>): Uint8Array => {
  const [first, ...others] = pieces
  if (first !== undefined && others.length === 0) return first
  const joined = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    joined.set(piece, at)
    at += piece.length
  }
  return joined
}
