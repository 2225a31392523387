/** What an agent is at: one thing after the other, until somebody interrupts. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"

/** Something that an agent does. */
export interface Job<R> {
  readonly run: Effect.Effect<void, never, R>
  /** Whether nothing would be lost if another job took its place: there is nothing yet that is being said. */
  readonly isOpen: () => boolean
  /** Characters that it was made for. */
  readonly size: number
}

/** Has one job done at a time. */
export interface Floor<R> {
  /** Does a job next. */
  readonly queue: (job: Job<R>) => Effect.Effect<void, never, R>
  /** Stops the job, and drops those that wait for it: these are answered. Nothing of any happens afterwards. */
  readonly stop: Effect.Effect<ReadonlyArray<Job<R>>>
  /** The job that is being done, and those that wait for it. */
  readonly jobs: () => ReadonlyArray<Job<R>>
}

/** Jobs end with the scope at the latest. */
export const makeFloor = Effect.fnUntraced(function*<R>() {
  const scope = yield* Effect.scope
  let jobs: Array<Job<R>> = []
  let fiber: Fiber.Fiber<void> | undefined

  // Who stops the floor takes another list: this one is the worker's own.
  const work = (own: Array<Job<R>>) =>
    Effect.gen(function*() {
      while (own[0] !== undefined) {
        yield* own[0].run
        own.shift()
      }
    })

  const floor: Floor<R> = {
    queue: (job) =>
      Effect.suspend(() => {
        jobs.push(job)
        return jobs.length > 1 ? Effect.void : Effect.map(Effect.forkIn(work(jobs), scope), (worker) => {
          fiber = worker
        })
      }),
    stop: Effect.suspend(() => {
      const [current, ...waiting] = jobs
      jobs = []
      return current === undefined || fiber === undefined
        ? Effect.succeed([])
        : Effect.as(Fiber.interrupt(fiber), waiting)
    }),
    jobs: () => jobs
  }
  return floor
})
