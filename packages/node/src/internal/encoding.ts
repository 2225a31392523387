/** Answers that come compressed: nobody asks for it, but proxies do it all the same. */
import * as Effect from "effect/Effect"
import { brotliDecompress, gunzip, inflate } from "node:zlib"
import type { Broken } from "./download.ts"

type Decompress = (bytes: Uint8Array, done: (error: Error | null, result: Uint8Array) => void) => void

const decompressors: ReadonlyMap<string, Decompress> = new Map([
  ["br", brotliDecompress],
  ["deflate", inflate],
  ["gzip", gunzip],
  ["x-gzip", gunzip]
])

/** The names in a `Content-Encoding` header, in the order in which they were applied. */
export const encodingsOf = (header: string | undefined): ReadonlyArray<string> =>
  (header ?? "").toLowerCase().split(",").map((name) => name.trim()).filter((name) =>
    name !== "" && name !== "identity"
  )

/** Undoes the encodings. */
export const decode = (bytes: Uint8Array, encodings: ReadonlyArray<string>): Effect.Effect<Uint8Array, Broken> => {
  const last = encodings.at(-1)
  if (last === undefined) return Effect.succeed(bytes)
  const decompress = decompressors.get(last)
  if (decompress === undefined) {
    return Effect.fail({ cause: new Error(`the answer is encoded as ${last}, which cannot be read`) })
  }
  const decompressed = Effect.callback<Uint8Array, Broken>((resume) =>
    decompress(bytes, (cause, result) => resume(cause === null ? Effect.succeed(result) : Effect.fail({ cause })))
  )
  return Effect.flatMap(decompressed, (result) => decode(result, encodings.slice(0, -1)))
}
