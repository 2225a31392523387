import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Layer } from "effect"
import { Deepgram, DeepgramAuth, DeepgramError } from "effect-deepgram"
import { TestClock } from "effect/testing"
import { json } from "../support/answers.ts"
import { apiKey, transcribe } from "../support/client.ts"
import { pass } from "../support/clock.ts"
import {
  authOf,
  connect,
  deepgram,
  grantsOf,
  held,
  isGrant,
  key,
  minting,
  type Options,
  othersOf,
  parts,
  signatures,
  tokenIn
} from "../support/granted.ts"
import { type Exchange, untilSeen } from "../support/server.ts"

const refusal = () => json({ err_code: "FORBIDDEN" }, { status: 403 })

/** Fails if these are not grants with nothing added. */
const assertPlain = (requests: ReadonlyArray<Exchange>, count: number): void => {
  assert.strictEqual(requests.length, count)
  for (const { body, headers, target } of requests) {
    assert.strictEqual(target, "/v1/auth/grant")
    assert.strictEqual(body().toString(), `{"ttl_seconds":300}`)
    assert.notProperty(headers, "x-mine")
  }
}

describe("a granted token", () => {
  it.effect("is minted with the key when it is needed, and signs what follows", () =>
    Effect.gen(function*() {
      const server = yield* deepgram([minting(300)])
      const context = yield* connect(server)
      assert.strictEqual(server.connections(), 0)
      yield* Effect.repeat(transcribe(), { times: 2 }).pipe(Effect.provide(context))
      const [grant, ...others] = server.requests
      assert.isTrue(isGrant(grant!))
      assert.strictEqual(grant!.body().toString(), `{"ttl_seconds":300}`)
      assert.strictEqual(grant!.headers.authorization, `Token ${apiKey}`)
      assert.deepStrictEqual(signatures(others), Array(3).fill("Bearer token-1"))
    }))

  it.effect("lives as long as is asked for", () =>
    Effect.gen(function*() {
      const server = yield* deepgram([minting()])
      yield* transcribe().pipe(Effect.provide(yield* connect(server, { ttl: "1 hour" })))
      assert.strictEqual(server.requests[0]!.body().toString(), `{"ttl_seconds":3600}`)
    }))

  const lives: ReadonlyArray<
    readonly [name: string, options: Options, expiresIn: number | undefined, usableMillis: number]
  > = [
    ["of 5 minutes, half a minute before its end", {}, 300, 270_000],
    ["of an hour, half a minute before its end", { ttl: "1 hour" }, 3600, 3_570_000],
    ["of half a minute, when a fifth is left", { ttl: "30 seconds" }, 30, 24_000],
    ["of a second, when a fifth is left", { ttl: "1 second" }, 1, 800],
    ["as the server says, not as was asked for", { ttl: "1 hour" }, 100, 80_000],
    ["as was asked for, where the server does not say", { ttl: "100 seconds" }, undefined, 80_000],
    ["as was asked for, where the server says none", { ttl: "100 seconds" }, 0, 80_000],
    ["as was asked for, where the server says less than none", { ttl: "100 seconds" }, -5, 80_000]
  ]

  it.effect.each(lives)("is replaced, with a life %s", ([, options, expiresIn, usable]) =>
    Effect.gen(function*() {
      const server = yield* deepgram([minting(expiresIn)])
      const auth = yield* authOf(server, options)
      assert.strictEqual(yield* tokenIn(auth), "token-1")
      yield* pass(usable - 1)
      assert.strictEqual(yield* tokenIn(auth), "token-1")
      yield* pass(1)
      assert.strictEqual(yield* tokenIn(auth), "token-2")
      yield* pass(usable - 1)
      assert.strictEqual(yield* tokenIn(auth), "token-2")
      assert.strictEqual(server.requests.length, 2)
    }))

  it.effect.each(["1 millis", "2 hours", "Infinity"] as const)("cannot live for %s", (ttl) =>
    Effect.gen(function*() {
      const server = yield* deepgram([minting()])
      const error = yield* transcribe().pipe(Effect.provide(yield* connect(server, { ttl })), Effect.flip)
      assert.instanceOf(error, DeepgramError.BadRequest)
      assert.include(error.message, "ttl_seconds must be 1 to 3600")
      assert.strictEqual(server.connections(), 0)
    }))

  it.effect("begins its life when it is asked for, however late it comes", () =>
    Effect.gen(function*() {
      const { answer, go } = yield* held
      const mint = minting(300)
      const server = yield* deepgram([answer(mint()), mint])
      const auth = yield* authOf(server)
      const first = yield* Effect.forkChild(tokenIn(auth))
      yield* untilSeen(server.request(0), first)
      yield* pass(50_000)
      yield* go
      assert.strictEqual(yield* Fiber.join(first), "token-1")
      yield* pass(219_999)
      assert.strictEqual(yield* tokenIn(auth), "token-1")
      yield* pass(1)
      assert.strictEqual(yield* tokenIn(auth), "token-2")
    }))

  it.effect("is replaced when the clock is set back: nobody knows how old it is", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(1_000_000)
      const server = yield* deepgram([minting(300), refusal])
      const auth = yield* authOf(server)
      assert.strictEqual(yield* tokenIn(auth), "token-1")
      yield* TestClock.setTime(999_999)
      assert.instanceOf(yield* Effect.flip(tokenIn(auth)), DeepgramError.PermissionDenied)
      assert.strictEqual(server.requests.length, 2)
    }))

  it.effect("is not a matter of who builds the layer: options and observers of that one stay with it", () =>
    Effect.gen(function*() {
      const server = yield* deepgram([minting()])
      const granted = Layer.provide(DeepgramAuth.layerGranted({ apiKey: key }), parts(server))
      const options = { query: { a: "b" }, body: { c: "d" }, headers: { "x-mine": "e" } }
      yield* transcribe().pipe(
        Effect.provide(Deepgram.layerNoDeps.pipe(Layer.provide(granted), Layer.provide(parts(server)))),
        Deepgram.withOptions(options)
      )
      const exit = yield* Effect.flatMap(DeepgramAuth.DeepgramAuth, ({ credential }) => credential).pipe(
        Effect.provide(granted),
        Deepgram.withOptions({ ...options, timeout: 1 }),
        Deepgram.withResponse,
        Effect.exit
      )
      // There was no operation of theirs.
      assert.isTrue(Exit.hasDies(exit))
      assertPlain(grantsOf(server), 2)
      assert.strictEqual(othersOf(server)[0]!.headers["x-mine"], "e")
    }))

  it.effect("is not a matter of who asks first: options and observers of that one stay with it", () =>
    Effect.gen(function*() {
      const server = yield* deepgram([minting()])
      const auth = yield* authOf(server)
      const exit = yield* auth.credential.pipe(
        Deepgram.withOptions({ query: { a: "b" }, body: { c: "d" }, headers: { "x-mine": "e" }, timeout: 1 }),
        Deepgram.withResponse,
        Effect.exit
      )
      // There was no operation of theirs.
      assert.isTrue(Exit.hasDies(exit))
      assertPlain(server.requests, 1)
    }))
})

describe("a token that cannot be replaced", () => {
  it.effect("serves on, and every 5 seconds another is asked for", () =>
    Effect.gen(function*() {
      const mint = minting(300)
      const server = yield* deepgram([mint, refusal, refusal, mint])
      const auth = yield* authOf(server)
      const seen = Effect.map(tokenIn(auth), (token) => [token, server.requests.length])
      assert.deepStrictEqual(yield* seen, ["token-1", 1])
      yield* pass(270_000)
      assert.deepStrictEqual(yield* seen, ["token-1", 2])
      yield* pass(4999)
      assert.deepStrictEqual(yield* seen, ["token-1", 2])
      yield* pass(1)
      assert.deepStrictEqual(yield* seen, ["token-1", 3])
      yield* pass(5000)
      assert.deepStrictEqual(yield* seen, ["token-2", 4])
    }))

  it.effect("serves until it expires; then each request tries, and fails with the reason", () =>
    Effect.gen(function*() {
      const server = yield* deepgram([minting(300), refusal])
      const auth = yield* authOf(server)
      yield* tokenIn(auth)
      yield* pass(299_999)
      assert.strictEqual(yield* tokenIn(auth), "token-1")
      yield* pass(1)
      for (const requests of [3, 4]) {
        const error = yield* Effect.flip(tokenIn(auth))
        assert.instanceOf(error, DeepgramError.PermissionDenied)
        assert.strictEqual(error.operation, "Tokens.grant")
        assert.strictEqual(server.requests.length, requests)
      }
    }))

  it.effect("does not serve on once it has been refused", () =>
    Effect.gen(function*() {
      const server = yield* deepgram([minting(300), refusal])
      const auth = yield* authOf(server)
      yield* auth.invalidate!(yield* auth.credential)
      assert.instanceOf(yield* Effect.flip(tokenIn(auth)), DeepgramError.PermissionDenied)
    }))

  it.effect("serves those who wait for the other", () =>
    Effect.gen(function*() {
      const { answer, go } = yield* held
      const server = yield* deepgram([minting(300), answer(refusal())])
      const auth = yield* authOf(server)
      yield* tokenIn(auth)
      yield* pass(270_000)
      const callers = yield* Effect.replicateEffect(Effect.forkChild(tokenIn(auth)), 3)
      yield* untilSeen(server.request(1), callers[0]!)
      yield* go
      for (const caller of callers) assert.strictEqual(yield* Fiber.join(caller), "token-1")
      assert.strictEqual(server.requests.length, 2)
    }))
})
