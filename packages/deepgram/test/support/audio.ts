/** Audio to send: the same bytes in every form. */
import { Effect, Stream } from "effect"
import { AudioSource } from "effect-deepgram"
import { createHash } from "node:crypto"

/** Bytes in which a lost, repeated or moved piece shows. */
export const bytesOf = (length: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length }, (_, index) => (Math.imul(index, 2_654_435_761) >>> 13) & 255)

/** SHA-256, hexadecimal. */
export const hash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

/** Cuts bytes into pieces of these sizes, in turn. */
export const pieces = (bytes: Uint8Array, ...sizes: ReadonlyArray<number>): ReadonlyArray<Uint8Array> => {
  const cut: Array<Uint8Array> = []
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const size = sizes[n % sizes.length]!
    cut.push(bytes.subarray(at, at + size))
    at += size
  }
  return cut
}

/** A source of a stream, and how often it was opened and how often it was let go. */
export const counted = <E>(
  stream: Stream.Stream<Uint8Array, E>,
  about?: Omit<AudioSource.Opened, "stream">
) => {
  const counts = { opened: 0, released: 0 }
  const watched = Stream.ensuring(stream, Effect.sync(() => counts.released++))
  return {
    counts,
    stream: watched,
    source: AudioSource.make(Effect.sync(() => {
      counts.opened++
      return { stream: watched, ...about }
    }))
  }
}
