/** A large file to send, for as long as this process lives. */
import { Buffer } from "node:buffer"
import { appendFileSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"

const noise = Buffer.from(Float64Array.from({ length: 131_072 }, Math.random).buffer)

/** Where the file is, and what makes it longer. */
export interface RecordingFile {
  readonly path: string
  readonly growTo: (bytes: number) => void
}

/** An empty file. */
export const makeRecordingFile = (): RecordingFile => {
  const folder = mkdtempSync(join(tmpdir(), "effect-deepgram-bench-"))
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }))
  // Processes of rounds are ended from outside, which is no exit by itself.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1))

  const path = join(folder, "recording.wav")
  let size = 0
  return {
    path,
    growTo: (bytes) => {
      while (size < bytes) {
        const length = Math.min(bytes - size, noise.length)
        appendFileSync(path, noise.subarray(0, length))
        size += length
      }
    }
  }
}
