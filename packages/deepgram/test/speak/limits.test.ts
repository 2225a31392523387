import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { makeBucket, makeWindow } from "../../src/internal/speech/limits.ts"

const runs = { arbitrary: { runs: 300 }, timeout: 60_000 }

const Pauses = Schema.Array(Schema.Literals([0, 0, 1, 7, 30, 99, 100, 101, 250]))
const Calls = Schema.Array(Schema.Struct({
  pause: Schema.Literals([0, 0, 1, 7, 30, 99, 100, 101, 250]),
  amount: Schema.Literals([0, 1, 1, 2, 5, 10, 11, 40]),
  /** Not everyone who asks sends. */
  asks: Schema.Literals([0, 0, 3])
}))

interface Take {
  readonly time: number
  readonly amount: number
}

const within = (takes: ReadonlyArray<Take>, from: number, to: number) => {
  const inside = takes.filter(({ time }) => time >= from && time < to)
  return { count: inside.length, sum: inside.reduce((sum, { amount }) => sum + amount, 0) }
}

describe("a window", () => {
  it("lets so much through and then makes wait", () => {
    const window = makeWindow({ limit: 20, millis: 60_000 })
    for (let count = 0; count < 20; count++) {
      assert.strictEqual(window.wait(1, count * 10), 0)
      window.take(1, count * 10)
    }
    assert.strictEqual(window.wait(1, 200), 59_800)
    assert.strictEqual(window.wait(2, 200), 59_810)
    assert.strictEqual(window.wait(1, 59_999), 1)
    assert.strictEqual(window.wait(1, 60_000), 0)
    assert.strictEqual(window.wait(2, 60_000), 10)
  })

  it("lets what is above the limit go alone", () => {
    const window = makeWindow({ limit: 10, millis: 100 })
    assert.strictEqual(window.wait(11, 0), 0)
    window.take(11, 0)
    assert.strictEqual(window.wait(1, 0), 100)
    window.take(1, 100)
    assert.strictEqual(window.wait(11, 150), 50)
  })

  it("without a limit never makes wait", () => {
    const window = makeWindow({ limit: Infinity, millis: 100 })
    window.take(1e9, 0)
    window.take(Infinity, 0)
    assert.strictEqual(window.wait(1e9, 0), 0)
  })

  it("makes wait for whole milliseconds, however a clock counts", () => {
    const window = makeWindow({ limit: 1, millis: 100 })
    window.take(1, 0.25)
    assert.strictEqual(window.wait(1, 0.5), 100)
  })

  it("keeps a thousand times at most, and is the stricter for it", () => {
    const window = makeWindow({ limit: 3000, millis: 60_000 })
    for (let time = 0; time < 3000; time++) window.take(1, time)
    assert.strictEqual(window.wait(1, 2999), 57_001)
    assert.strictEqual(window.wait(999, 2999), 57_999)
    assert.strictEqual(window.wait(1000, 2999), 60_000)
    assert.strictEqual(window.wait(3000, 62_999), 0)
  })

  it("keeps one time for all that goes at once", () => {
    const window = makeWindow({ limit: 2001, millis: 60_000 })
    for (let count = 0; count < 2000; count++) window.take(1, 0)
    window.take(1, 10)
    assert.strictEqual(window.wait(1500, 10), 59_990)
  })

  it.prop("is never overrun, and never makes wait longer than it must", { calls: Calls }, ({ calls }) => {
    const limit = 10
    const millis = 100
    const window = makeWindow({ limit, millis })
    const takes: Array<Take> = []
    let now = 0
    for (const { amount, asks, pause } of calls) {
      now += pause
      for (let count = 0; count < asks; count++) window.wait(count * 7, now)
      const wait = window.wait(amount, now)
      const fits = (time: number) => {
        const { count, sum } = within(takes, time - millis + 1, time + 1)
        return count === 0 || sum + amount <= limit
      }
      assert.isTrue(fits(now + wait))
      if (wait > 0) assert.isFalse(fits(now + wait - 1))
      now += wait
      assert.strictEqual(window.wait(amount, now), 0)
      window.take(amount, now)
      if (amount > 0) takes.push({ time: now, amount })
    }
    for (const { time } of takes) {
      const { count, sum } = within(takes, time, time + millis)
      assert.isTrue(sum <= limit || count === 1)
    }
  }, runs)
})

describe("a bucket", () => {
  it("gives a burst and then one at a time", () => {
    const bucket = makeBucket({ burst: 3, every: 100 })
    for (let count = 0; count < 3; count++) {
      assert.strictEqual(bucket.wait(50), 0)
      bucket.take(50)
    }
    assert.strictEqual(bucket.wait(50), 100)
    assert.strictEqual(bucket.wait(149), 1)
    assert.strictEqual(bucket.wait(150), 0)
    bucket.take(150)
    assert.strictEqual(bucket.wait(150), 100)
    assert.strictEqual(bucket.wait(1e6), 0)
  })

  it("that is filled at once, or has no end, never makes wait", () => {
    for (const options of [{ burst: 1, every: 0 }, { burst: Infinity, every: 0 }, { burst: Infinity, every: 100 }]) {
      const bucket = makeBucket(options)
      assert.strictEqual(bucket.wait(0), 0)
      bucket.take(0)
      assert.strictEqual(bucket.wait(0), 0)
    }
  })

  it("makes wait for whole milliseconds, however a clock counts", () => {
    const bucket = makeBucket({ burst: 1, every: 100 })
    bucket.take(0.25)
    assert.strictEqual(bucket.wait(0.5), 100)
  })

  it.prop(
    "is never overdrawn, and never makes wait longer than it must",
    { pauses: Pauses, burst: Schema.Literals([1, 2, 5]) },
    ({ burst, pauses }) => {
      const every = 100
      const bucket = makeBucket({ burst, every })
      // Counted in milliseconds of filling.
      let level = burst * every
      let now = 0
      for (const pause of pauses) {
        now += pause
        level = Math.min(burst * every, level + pause)
        const wait = bucket.wait(now)
        assert.strictEqual(wait, Math.max(0, every - level))
        now += wait
        bucket.take(now)
        level += wait - every
      }
    },
    runs
  )
})
