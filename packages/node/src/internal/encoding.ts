/** Answers that come compressed: nobody asks for it, but proxies do it all the same. */
import * as Stream from "effect/Stream"
import { pipeline, Readable, type Transform } from "node:stream"
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib"
import type { Broken } from "./download.ts"

type Bytes = Stream.Stream<Uint8Array, Broken>

const decompressors = new Map<string, () => Transform>([
  ["br", createBrotliDecompress],
  ["deflate", createInflate],
  ["gzip", createGunzip],
  ["x-gzip", createGunzip],
  ["zstd", createZstdDecompress]
])

const none: ReadonlyArray<never> = []

/** How to undo a `Content-Encoding`; what is not known is left as it is, for whoever reads the bytes to complain of. */
export const decompressorsOf = (header: string | undefined): ReadonlyArray<() => Transform> =>
  header === undefined
    ? none
    : header.toLowerCase().split(",").flatMap((name) => decompressors.get(name.trim()) ?? []).toReversed()

const through = (bytes: Bytes, make: () => Transform): Bytes =>
  Stream.suspend(() => {
    const decompressed = make()
    const source = Readable.from(Stream.toAsyncIterable(Stream.mapError(bytes, ({ cause }) => cause)))
    // Whatever ends one of the two ends the other; the reader hears of it from the second.
    pipeline(source, decompressed, () => undefined)
    return Stream.fromAsyncIterable(decompressed, (cause): Broken => ({ cause }))
  })

/** The bytes as they were before. */
export const decompress = (bytes: Bytes, decompressors: ReadonlyArray<() => Transform>): Bytes =>
  decompressors.reduce(through, bytes)
