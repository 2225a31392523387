/** Lines on their way into a file: none is lost, and whoever writes waits when the disk is slow. */
import * as Effect from "effect/Effect"
import { ServeError } from "effect/http/HttpServerError"
import * as Scope from "effect/Scope"
import { createWriteStream, fstatSync, ftruncateSync, type WriteStream } from "node:fs"
import type { Line } from "./format.ts"
import { locked } from "./lock.ts"

export interface Writer {
  /** Forgets what the file held until now, before the first line. */
  readonly clear: Effect.Effect<void, ServeError>
  readonly write: (line: Line) => void
  /** Whether it is time to wait for {@link onRoom}. */
  readonly isFull: () => boolean
  /** Calls back once when there is room, or the file has failed. */
  readonly onRoom: (resume: () => void) => void
  /** Succeeds when there is room. */
  readonly room: Effect.Effect<void>
}

/** Bytes that wait for the disk; from there on calls wait. */
const mostWaiting = 1_048_576

/** A file that is open, and whether it is one: not a pipe or a device. */
interface Opened {
  readonly file: WriteStream
  readonly descriptor: number
  readonly isRegular: boolean
}

const refused = (path: string) => (cause: unknown) =>
  new ServeError({
    cause: new Error(`What is to be recorded cannot be written to ${path}: ${reasonOf(cause)}`, { cause })
  })

const reasonOf = (cause: unknown): string => cause instanceof Error ? cause.message : String(cause)

/** Nobody else may read what people said. */
const mode = 0o600

/** What is in the file stays there for now. */
const opened = (path: string) =>
  Effect.callback<Opened, unknown>((resume) => {
    const file = createWriteStream(path, { flags: "a", mode, highWaterMark: mostWaiting })
    file.setMaxListeners(0)
    file.once("open", (descriptor) =>
      resume(Effect.sync(() => ({ file, descriptor, isRegular: fstatSync(descriptor).isFile() }))))
    file.once("error", (cause) =>
      resume(Effect.fail(cause)))
  })

/** Everything is in the file, or never will be. */
const closed = ({ file }: Opened) =>
  Effect.callback<void>((resume) => {
    if (file.closed) return resume(Effect.void)
    file.once("close", () => resume(Effect.void))
    file.end()
  })

/**
 * Writes a file, to the end of the scope. Fails when it cannot be opened, or another emulator writes it. When the disk
 * refuses to take more, that is logged, and what follows is not recorded.
 */
export const make = Effect.fnUntraced(function*(path: string) {
  // Closed after the file: what is still on its way into it is not for the next one.
  const outlasting = yield* Scope.fork(yield* Effect.scope)
  const { descriptor, file, isRegular } = yield* Effect.mapError(
    Effect.acquireRelease(opened(path), closed),
    refused(path)
  )
  if (isRegular) yield* Effect.mapError(Scope.provide(locked(path), outlasting), refused(path))
  const runFork = Effect.runForkWith(yield* Effect.context<never>())
  let hasFailed = false
  const waiting = new Set<() => void>()
  const wake = () => {
    const all = [...waiting]
    waiting.clear()
    for (const resume of all) resume()
  }
  file.on("drain", wake)
  file.on("error", (error) => {
    hasFailed = true
    runFork(Effect.logError(`Nothing is recorded any more: ${error.message}`))
    wake()
  })
  const isFull = () => !hasFailed && file.writableNeedDrain
  const writer: Writer = {
    clear: isRegular
      ? Effect.try({ try: () => ftruncateSync(descriptor), catch: refused(path) })
      : Effect.void,
    write: (line) => {
      if (!hasFailed) file.write(`${JSON.stringify(line)}\n`)
    },
    isFull,
    onRoom: (resume) => waiting.add(resume),
    room: Effect.callback<void>((resume) => {
      if (!isFull()) return resume(Effect.void)
      const done = () => resume(Effect.void)
      waiting.add(done)
      return Effect.sync(() => waiting.delete(done))
    })
  }
  return writer
})
