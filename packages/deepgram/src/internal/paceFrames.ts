/** Cuts audio into frames of the same length, of whole samples. */
import { type AudioFormat, type AudioHead, type AudioLayout, makeHeadReader, rawLayout } from "./audioMeter.ts"

/** A piece of audio. */
export interface Frame {
  readonly bytes: Uint8Array
  /** Milliseconds of audio up to its end. */
  readonly end: number
}

/** A queue of bytes. */
class Bytes {
  private pieces: Array<Uint8Array> = []
  private first = 0
  private offset = 0
  length = 0

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.pieces.splice(0, this.first)
    this.first = 0
    this.pieces.push(bytes)
    this.length += bytes.length
  }

  take(count: number): Uint8Array {
    const taken = new Uint8Array(count)
    for (let at = 0; at < count;) {
      const piece = this.pieces[this.first]
      if (piece === undefined) break
      const part = piece.subarray(this.offset, this.offset + count - at)
      taken.set(part, at)
      at += part.length
      this.offset += part.length
      if (this.offset === piece.length) {
        this.first++
        this.offset = 0
      }
    }
    this.length -= count
    return taken
  }
}

/** What is given out: what comes before the samples goes with the first frame, and what follows them goes unchanged. */
export interface Cutter {
  readonly push: (bytes: Uint8Array) => void
  /** There are no more bytes. */
  readonly end: () => void
  /** `undefined`: more bytes are needed. `"unknown"`: nobody knows how long this audio is. */
  readonly next: () => Frame | "unknown" | undefined
}

/** @param seconds the length of a frame */
export const makeCutter = (format: AudioFormat, seconds: number): Cutter => {
  const raw = rawLayout(format)
  const reader = makeHeadReader(raw)
  const bytes = new Bytes()
  let head: AudioHead | undefined
  let headLeft = 0
  let given = 0
  let ended = false
  const found = (it: AudioHead | undefined) => {
    head = it
    headLeft = it?.headBytes ?? 0
  }
  const cut = ({ bytesPerSecond, sampleBytes }: AudioLayout, dataBytes: number): Frame | undefined => {
    const frameBytes = Math.max(1, Math.round(seconds * bytesPerSecond / sampleBytes)) * sampleBytes
    const left = dataBytes - given
    const wanted = left > 0 ? headLeft + Math.min(frameBytes, left) : Math.max(1, bytes.length)
    if (bytes.length === 0 || bytes.length < wanted && !ended) return undefined
    const taken = bytes.take(Math.min(wanted, bytes.length))
    given = Math.min(given + taken.length - headLeft, dataBytes)
    headLeft = 0
    // One division of whole numbers: it is exact where the result is whole.
    return { bytes: taken, end: given * 1000 / bytesPerSecond }
  }
  return {
    push(piece) {
      bytes.push(piece)
      if (head === undefined && piece.length > 0) found(reader.push(piece))
    },
    end() {
      ended = true
      if (head === undefined && bytes.length > 0) found(reader.end())
    },
    next() {
      if (head === undefined) return undefined
      return head.layout === undefined ? "unknown" : cut(head.layout, head.dataBytes)
    }
  }
}
