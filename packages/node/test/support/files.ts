/** Files for the tests, and what is open of them. */
import { Effect, Schedule, type Scope } from "effect"
import { closeSync, fstatSync, mkdtempSync, openSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** A directory that goes with the scope. */
export const temporary: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "effect-deepgram-"))),
  (directory) => Effect.sync(() => rmSync(directory, { recursive: true }))
)

/** Writes a file into a directory that goes with the scope; its path. */
export const fileOf = (content: string | Uint8Array, name = "call.wav"): Effect.Effect<string, never, Scope.Scope> =>
  Effect.map(temporary, (directory) => {
    const path = join(directory, name)
    writeFileSync(path, content)
    return path
  })

/** A file of so many bytes that takes no room on the disk. */
export const sparseFile = (size: number, name = "call.wav"): Effect.Effect<string, never, Scope.Scope> =>
  Effect.map(temporary, (directory) => {
    const path = join(directory, name)
    closeSync(openSync(path, "w"))
    truncateSync(path, size)
    return path
  })

const identityOf = (descriptor: number): string | undefined => {
  try {
    const { dev, ino } = fstatSync(descriptor)
    return `${dev}:${ino}`
  } catch {
    return undefined
  }
}

/** How many descriptors of this process are open on a file. */
export const openDescriptors = (path: string): number => {
  const { dev, ino } = statSync(path)
  let count = 0
  for (let descriptor = 0; descriptor < 1024; descriptor++) {
    if (identityOf(descriptor) === `${dev}:${ino}`) count++
  }
  return count
}

/** Waits until a file is closed: an answer may come before the upload has put its file away. */
export const untilClosed = (path: string): Effect.Effect<unknown> =>
  Effect.repeat(Effect.sync(() => openDescriptors(path)), {
    until: (open) => open === 0,
    schedule: Schedule.spaced("1 milli")
  })
