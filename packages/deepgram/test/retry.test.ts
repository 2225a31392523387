import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Random, Schedule } from "effect"
import { Deepgram, type DeepgramError } from "effect-deepgram"
import { json, reset } from "./support/answers.ts"
import { client, ok, transcribe } from "./support/client.ts"
import { limits, type Retried, retrying } from "./support/clock.ts"
import { type Answer, serve } from "./support/server.ts"

const status = (code: number, headers: Record<string, string> = {}): Answer => json({}, { status: code, headers })

/** Runs the smallest operation against a server, until it ends. */
const run = (
  server: { readonly url: string },
  options: Deepgram.CallOptions = {},
  config: Parameters<typeof client>[1] = {}
) =>
  retrying(
    transcribe().pipe(
      Deepgram.withOptions(options),
      Effect.provide(client(server, config)),
      Effect.match({ onFailure: (error) => error._tag, onSuccess: () => "ok" as const })
    ),
    Duration.toMillis(Duration.fromInputUnsafe(options.timeout ?? config.timeout ?? limits.operation))
  )

const endOf = <A>({ exit }: Retried<A, never>): A | undefined => exit._tag === "Success" ? exit.value : undefined

/** Random numbers that are all the same. */
const withRandom = (value: number) =>
  Effect.provideService(Random.Random, { nextDoubleUnsafe: () => value, nextIntUnsafe: () => 0 })

describe("what is tried again", () => {
  it.effect("a status and a lost connection are counted together", () =>
    Effect.gen(function*() {
      const server = yield* serve(status(503), reset, ok)
      const result = yield* run(server)
      assert.strictEqual(endOf(result), "ok")
      assert.strictEqual(server.requests.length, 3)
    }))

  it.effect("no more than two retries, and the last failure is what comes out", () =>
    Effect.gen(function*() {
      const server = yield* serve(status(503), status(429), status(500), ok)
      const result = yield* run(server)
      assert.strictEqual(endOf(result), "ServerError")
      assert.strictEqual(server.requests.length, 3)
      assert.strictEqual(result.waits.length, 2)
    }))

  it.effect.each([408, 429, 500, 502, 503, 504, 599])("%i", (code) =>
    Effect.gen(function*() {
      const server = yield* serve(status(code), ok)
      assert.strictEqual(endOf(yield* run(server)), "ok")
      assert.strictEqual(server.requests.length, 2)
    }))

  it.effect.each([301, 400, 401, 402, 403, 404, 405, 409, 411, 413, 415, 418, 422])(
    "never %i",
    (code) =>
      Effect.gen(function*() {
        const server = yield* serve(status(code, { "retry-after": "1" }), ok)
        const result = yield* run(server)
        assert.notStrictEqual(endOf(result), "ok")
        assert.strictEqual(server.requests.length, 1)
        assert.deepStrictEqual(result.waits, [])
      })
  )

  it.effect("nothing after an answer that may not be tried again", () =>
    Effect.gen(function*() {
      const server = yield* serve(status(503), status(403), ok)
      assert.strictEqual(endOf(yield* run(server)), "PermissionDenied")
      assert.strictEqual(server.requests.length, 2)
    }))
})

describe("how long it waits", () => {
  const once503 = (headers: Record<string, string>) => serve(status(503, headers), ok)

  it.effect.each([[0, [900, 1800]], [0.5, [1000, 2000]], [1, [1100, 2200]]] as const)(
    "1 and 2 seconds ±10 %%, by chance %d",
    ([chance, expected]) =>
      Effect.gen(function*() {
        const server = yield* serve(status(503), reset, ok)
        const { waits } = yield* withRandom(chance)(run(server))
        assert.deepStrictEqual(waits.map(Math.round), [...expected])
      })
  )

  it.effect("the times are random: many clients do not come back at once", () =>
    Effect.gen(function*() {
      const server = yield* serve((exchange) => (exchange.index % 2 === 0 ? status(503) : ok)(exchange))
      const waits = new Set<number>()
      for (let n = 0; n < 20; n++) waits.add((yield* run(server)).waits[0]!)
      assert.isAbove(waits.size, 10)
      for (const wait of waits) assert.isTrue(wait >= 900 && wait <= 1100, String(wait))
    }))

  const asked: ReadonlyArray<readonly [name: string, headers: Record<string, string>, wait: number]> = [
    ["seconds", { "retry-after": "7" }, 7000],
    ["parts of a second", { "retry-after": "0.5" }, 500],
    ["an HTTP date", { "retry-after": "Thu, 01 Jan 1970 00:00:30 GMT" }, 30_000],
    ["a reset", { "x-ratelimit-reset": "10" }, 11_000],
    ["a Retry-After goes before a reset", { "retry-after": "3", "x-ratelimit-reset": "10" }, 3000],
    ["0 is no answer", { "retry-after": "0" }, 1000],
    ["a past date is no answer", { "retry-after": "Wed, 31 Dec 1969 23:59:30 GMT" }, 1000],
    ["a past reset is no answer", { "x-ratelimit-reset": "-10" }, 1000],
    ["garbage is no answer", { "retry-after": "a moment", "x-ratelimit-reset": "later" }, 1000],
    ["a negative number is no answer", { "retry-after": "-5" }, 1000],
    ["never more than 60 seconds: seconds", { "retry-after": "61" }, 60_000],
    ["never more than 60 seconds: a date", { "retry-after": "Thu, 01 Jan 1970 05:00:00 GMT" }, 60_000],
    ["never more than 60 seconds and 20 %: a reset", { "x-ratelimit-reset": "500" }, 66_000]
  ]

  it.effect.each(asked)("the server's wish: %s", ([, headers, wait]) =>
    Effect.gen(function*() {
      const server = yield* once503(headers)
      const result = yield* withRandom(0.5)(run(server, { timeout: "10 minutes" }))
      assert.strictEqual(endOf(result), "ok")
      assert.deepStrictEqual(result.waits.map(Math.round), [wait])
    }))

  it.effect.each([[0, 10_000], [1, 12_000]] as const)(
    "a reset is spread over another 20 %%: %d",
    ([chance, wait]) =>
      Effect.gen(function*() {
        const server = yield* once503({ "x-ratelimit-reset": "10" })
        const { waits } = yield* withRandom(chance)(run(server))
        assert.deepStrictEqual(waits.map(Math.round), [wait])
      })
  )

  it.effect("a wait longer than the time that is left is not begun", () =>
    Effect.gen(function*() {
      const server = yield* serve(status(429, { "retry-after": "61" }), ok)
      const result = yield* run(server)
      assert.strictEqual(endOf(result), "RateLimited")
      assert.deepStrictEqual(result.waits, [])
      assert.strictEqual(server.requests.length, 1)
    }))

  it.effect("the time that is left counts from the beginning", () =>
    Effect.gen(function*() {
      const server = yield* serve(status(503, { "retry-after": "40" }), status(429, { "retry-after": "30" }), ok)
      const result = yield* run(server)
      assert.strictEqual(endOf(result), "RateLimited")
      assert.deepStrictEqual(result.waits, [40_000])
      assert.strictEqual(server.requests.length, 2)
    }))

  it.effect("without a limit any wait is begun", () =>
    Effect.gen(function*() {
      const server = yield* serve(status(503, { "retry-after": "59" }), status(503, { "retry-after": "58" }), ok)
      const result = yield* run(server, { timeout: Duration.infinity })
      assert.deepStrictEqual(result.waits, [59_000, 58_000])
    }))
})

describe("whose schedule it is", () => {
  const always503 = serve(status(503))

  it.effect.each([[{}, 3], [{ times: 0 }, 1], [{ times: 5 }, 6]] as const)(
    "retryPolicy(%j)",
    ([policy, attempts]) =>
      Effect.gen(function*() {
        const server = yield* always503
        const result = yield* run(server, { retry: Deepgram.retryPolicy(policy) })
        assert.strictEqual(endOf(result), "ServerError")
        assert.strictEqual(server.requests.length, attempts)
      })
  )

  it.effect("a policy with other delays", () =>
    Effect.gen(function*() {
      const server = yield* serve(status(503), status(503), status(503), ok)
      const retry = Deepgram.retryPolicy({ times: 3, initialDelay: "4 seconds", maxDelay: "10 seconds" })
      const { waits } = yield* withRandom(0.5)(run(server, { retry }))
      assert.deepStrictEqual(waits.map(Math.round), [4000, 8000, 10_000])
    }))

  it.effect("any schedule", () =>
    Effect.gen(function*() {
      const server = yield* always503
      const result = yield* run(server, { retry: Schedule.recurs(5) })
      assert.strictEqual(server.requests.length, 6)
      assert.deepStrictEqual(result.waits.filter((wait) => wait > 0), [])
    }))

  it.effect("a schedule that looks at the error", () =>
    Effect.gen(function*() {
      const server = yield* serve(status(503), status(503), status(429), ok)
      const retry = Schedule.spaced("3 seconds").pipe(
        Schedule.setInputType<DeepgramError.DeepgramError>(),
        Schedule.while(({ input }) => input._tag === "ServerError")
      )
      const result = yield* run(server, { retry })
      assert.strictEqual(endOf(result), "RateLimited")
      assert.deepStrictEqual(result.waits, [3000, 3000])
    }))

  it.effect("that of the client", () =>
    Effect.gen(function*() {
      const server = yield* always503
      yield* run(server, {}, { retry: Deepgram.retryPolicy({ times: 4 }) })
      assert.strictEqual(server.requests.length, 5)
    }))

  it.effect("that of the call goes before that of the client", () =>
    Effect.gen(function*() {
      const server = yield* always503
      yield* run(server, { retry: Deepgram.retryPolicy({ times: 1 }) }, { retry: Deepgram.retryPolicy({ times: 4 }) })
      assert.strictEqual(server.requests.length, 2)
    }))

  it.effect("one policy serves many operations: each counts for itself", () =>
    Effect.gen(function*() {
      const retry = Deepgram.retryPolicy({ times: 1 })
      for (let n = 0; n < 3; n++) {
        const server = yield* always503
        yield* run(server, { retry })
        assert.strictEqual(server.requests.length, 2)
      }
    }))
})
