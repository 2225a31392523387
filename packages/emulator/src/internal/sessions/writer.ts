/** Lines on their way into a file: none is lost, and whoever writes waits when the disk is slow. */
import * as Effect from "effect/Effect"
import { ServeError } from "effect/http/HttpServerError"
import { createWriteStream, type WriteStream } from "node:fs"
import type { Line } from "./format.ts"

export interface Writer {
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

const opened = (path: string) =>
  Effect.callback<WriteStream, ServeError>((resume) => {
    const file = createWriteStream(path, { highWaterMark: mostWaiting })
    file.setMaxListeners(0)
    file.once("open", () => resume(Effect.succeed(file)))
    file.once("error", (cause) => resume(Effect.fail(new ServeError({ cause }))))
  })

/** Everything is in the file, or never will be. */
const closed = (file: WriteStream) =>
  Effect.callback<void>((resume) => {
    if (file.closed) return resume(Effect.void)
    file.once("close", () => resume(Effect.void))
    file.end()
  })

/**
 * Writes a file anew, to the end of the scope. Fails when it cannot be opened. When the disk refuses to take more, that is
 * logged, and what follows is not recorded.
 */
export const make = Effect.fnUntraced(function*(path: string) {
  const file = yield* Effect.acquireRelease(opened(path), closed)
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
