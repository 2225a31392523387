/** A file that somebody records into is nobody else's: a file beside it says whose it is. */
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs"

/** Those of this process: who had its number before it may have left one behind, as in a container that starts again. */
const own = new Set<string>()

/** The file cannot be had. */
class Refused extends Schema.TaggedError<Refused>()("Refused", { message: Schema.String, code: Schema.Unknown }) {}

const attempt = <A>(evaluate: () => A): Effect.Effect<A, Refused> =>
  Effect.try({
    try: evaluate,
    catch: (cause) =>
      new Refused({
        message: cause instanceof Error ? cause.message : String(cause),
        code: Predicate.hasProperty(cause, "code") ? cause.code : undefined
      })
  })

/** Signal 0 is sent to nobody; to the processes of others it may not be. */
const isAlive = (pid: number): Effect.Effect<boolean> =>
  attempt(() => process.kill(pid, 0)).pipe(
    Effect.catch((error) => Effect.succeed(error.code === "EPERM"))
  )

const taken = (lock: string, pid: number) =>
  new Refused({ message: `process ${pid} records into it; if that is not so, remove ${lock}`, code: undefined })

const create = (lock: string) => attempt(() => writeFileSync(lock, String(process.pid), { flag: "wx" }))

/** Fails when the process whose lock it is runs; otherwise the lock is gone. */
const breakOpen = Effect.fnUntraced(function*(lock: string) {
  const pid = Number(yield* attempt(() => readFileSync(lock, "utf8")))
  const isHeld = own.has(lock) || (pid > 0 && pid !== process.pid && (yield* isAlive(pid)))
  if (isHeld) return yield* Effect.fail(taken(lock, pid))
  return yield* attempt(() => rmSync(lock, { force: true }))
})

const acquire = Effect.fnUntraced(function*(path: string) {
  const lock = yield* attempt(() => `${realpathSync(path)}.lock`)
  yield* Effect.catch(
    create(lock),
    (error) => error.code === "EEXIST" ? Effect.andThen(breakOpen(lock), create(lock)) : Effect.fail(error)
  )
  own.add(lock)
  return lock
})

/** Holds a file that exists, to the end of the scope. Fails when another emulator that runs holds it. */
export const locked = (path: string) =>
  Effect.acquireRelease(acquire(path), (lock) =>
    Effect.sync(() => {
      own.delete(lock)
      rmSync(lock, { force: true })
    }))
