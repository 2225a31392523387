/** What may be sent when. Times are milliseconds of a clock that does not go back. */

/** So much within any span of time. */
export interface Window {
  /** Milliseconds until so much may go; 0: now. What is above the limit goes when nothing else is within the span. */
  readonly wait: (amount: number, now: number) => number
  /** Counts what goes, whether or not it should have waited. */
  readonly take: (amount: number, now: number) => void
}

/** So many at once, and then one every so often. */
export interface Bucket {
  /** Milliseconds until the next may go; 0: now. */
  readonly wait: (now: number) => number
  /** Counts one that goes, whether or not it should have waited. */
  readonly take: (now: number) => void
}

/** Times that a window keeps apart. When there are more, the last one moves: then it waits longer than it must. */
const maxTakes = 1000

/** At most `limit` within any `millis` milliseconds, the end of which does not belong to it. */
export const makeWindow = (options: { readonly limit: number; readonly millis: number }): Window => {
  const { limit, millis } = options
  let takes: Array<{ time: number; amount: number }> = []
  let taken = 0

  const forget = (now: number) => {
    const kept = takes.findIndex(({ time }) => time + millis > now)
    if (kept === 0) return
    takes = kept < 0 ? [] : takes.slice(kept)
    taken = takes.reduce((sum, { amount }) => sum + amount, 0)
  }

  return {
    wait: (amount, now) => {
      forget(now)
      let left = taken
      let until = now
      for (const take of takes) {
        if (left + amount <= limit) break
        left -= take.amount
        until = take.time + millis
      }
      return Math.ceil(until - now)
    },
    take: (amount, now) => {
      if (limit === Infinity || amount === 0) return
      forget(now)
      taken += amount
      const last = takes.at(-1)
      if (last !== undefined && (last.time === now || takes.length >= maxTakes)) {
        last.time = now
        last.amount += amount
      } else takes.push({ time: now, amount })
    }
  }
}

/** `burst` at once, and then one every `every` milliseconds; what is not taken adds up to `burst` again. */
export const makeBucket = (options: { readonly burst: number; readonly every: number }): Bucket => {
  const { burst, every } = options
  // Infinity times 0 is not a number.
  const ahead = burst === Infinity ? Infinity : (burst - 1) * every
  /** When the bucket is full again. */
  let full = -Infinity
  return {
    wait: (now) => Math.max(0, Math.ceil(full - ahead - now)),
    take: (now) => {
      full = Math.max(full, now) + every
    }
  }
}
