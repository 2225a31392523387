/** What an agent is at: one thing after the other, until somebody interrupts. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"

/** Something that an agent does. */
export interface Job<R> {
  readonly run: Effect.Effect<void, never, R>
  /** Whether nothing would be lost if another job took its place: there is nothing yet that is being said. */
  readonly isOpen: () => boolean
}

/** Has one job done at a time. */
export interface Floor<R> {
  /** Does a job next. */
  readonly queue: (job: Job<R>) => Effect.Effect<void, never, R>
  /** Stops the job, and drops those that wait for it. Nothing of them happens afterwards. */
  readonly stop: Effect.Effect<void>
  /** The job that is being done. */
  readonly current: () => Job<R> | undefined
}

/** Jobs end with the scope at the latest. */
export const makeFloor = Effect.fnUntraced(function*<R>() {
  const scope = yield* Effect.scope
  let jobs: Array<Job<R>> = []
  let fiber: Fiber.Fiber<void> | undefined

  const work = Effect.gen(function*() {
    while (jobs[0] !== undefined) {
      yield* jobs[0].run
      jobs.shift()
    }
  })

  const floor: Floor<R> = {
    queue: (job) =>
      Effect.suspend(() => {
        jobs.push(job)
        return jobs.length > 1 ? Effect.void : Effect.map(Effect.forkIn(work, scope), (worker) => {
          fiber = worker
        })
      }),
    stop: Effect.suspend(() => {
      const stopped = jobs.length > 0 ? fiber : undefined
      // The worker shifts a list that nobody looks at any more.
      jobs = []
      return stopped === undefined ? Effect.void : Fiber.interrupt(stopped)
    }),
    current: () => jobs[0]
  }
  return floor
})
