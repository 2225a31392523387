/** What peers of loads over HTTP are made of: workers that do one call after the other. */

/** Asks before each call whether there is to be one more, and is done after the last one. */
export type Worker = (more: () => boolean) => Promise<void>

/** A worker for what is written with promises. */
export const inTurn = (call: () => Promise<void>): Worker => async (more) => {
  while (more()) await call()
}

/** For a worker that is to do a number of calls. */
export const times = (count: number): () => boolean => {
  let left = count
  return () => left-- > 0
}

/** Lets as many workers work for some time, in milliseconds, or until so many calls; says how many they did. */
export const workFor = async (
  worker: Worker,
  concurrency: number,
  duration: number,
  most = Infinity
): Promise<number> => {
  const end = performance.now() + duration
  let calls = 0
  const more = () => {
    if (calls === most || performance.now() >= end) return false
    calls++
    return true
  }
  await Promise.all(Array.from({ length: concurrency }, () => worker(more)))
  return calls
}

/** Lets one worker work for some time, in milliseconds; says how many milliseconds each call took. */
export const timesOf = async (worker: Worker, duration: number): Promise<ReadonlyArray<number>> => {
  const took: Array<number> = []
  const begin = performance.now()
  let before: number | undefined
  await worker(() => {
    const now = performance.now()
    if (before !== undefined) took.push(now - before)
    before = now
    return now - begin < duration
  })
  return took
}

/** What answers are checked with: no peer is fast by doing nothing. */
export const expectSame = (what: string, actual: unknown, expected: unknown): void => {
  if (actual !== expected) throw new Error(`${what}: ${String(actual)} instead of ${String(expected)}`)
}
