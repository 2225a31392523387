import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Stream } from "effect"
import { DeepgramError, ListenV1, Projects } from "effect-deepgram"
import { json, reply } from "../support/answers.ts"
import { counted } from "../support/audio.ts"
import { apiKey, ok, transcribe } from "../support/client.ts"
import { pass, retrying } from "../support/clock.ts"
import { authOf, connect, deepgram, grantsOf, minting, othersOf, signatures, tokenIn } from "../support/granted.ts"
import { assertDiscreet } from "../support/secrets.ts"
import type { Answer } from "../support/server.ts"

describe("a grant that fails for the moment", () => {
  const busy = () => reply({ status: 503 })

  it.effect("is retried like any operation", () =>
    Effect.gen(function*() {
      const server = yield* deepgram([busy, busy, minting()])
      const { exit, waits } = yield* retrying(
        Effect.flatMap(connect(server), (context) => Effect.provide(transcribe(), context))
      )
      assert.isTrue(Exit.isSuccess(exit))
      assert.strictEqual(waits.length, 2)
      assert.strictEqual(grantsOf(server).length, 3)
    }))

  it.effect("is not retried once more by the operation that waits for it", () =>
    Effect.gen(function*() {
      const server = yield* deepgram([busy])
      const { exit, waits } = yield* retrying(
        Effect.flatMap(
          connect(server),
          (context) => Effect.replicateEffect(Effect.flip(transcribe()), 2).pipe(Effect.provide(context))
        )
      )
      const errors = Exit.isSuccess(exit) ? exit.value : []
      assert.deepStrictEqual(errors.map(({ _tag }) => _tag), ["ServerError", "ServerError"])
      // Three attempts of each of the two.
      assert.strictEqual(waits.length, 4)
      assert.strictEqual(server.requests.length, 6)
    }))

  it.effect("does not cost an upload that cannot be repeated", () =>
    Effect.gen(function*() {
      const server = yield* deepgram([busy, minting()])
      const { counts, stream } = counted(Stream.make(Uint8Array.of(1, 2, 3)))
      const { exit } = yield* retrying(
        Effect.flatMap(
          connect(server),
          (context) => Effect.provide(ListenV1.transcribeFile(stream, { model: "nova-3" }), context)
        )
      )
      assert.isTrue(Exit.isSuccess(exit))
      assert.strictEqual(counts.released, 1)
      assert.deepStrictEqual([...othersOf(server)[0]!.body()], [1, 2, 3])
    }))
})

describe("a grant that takes its time", () => {
  it.effect("does not outlast the token in hand, which serves on", () =>
    Effect.gen(function*() {
      const arrived = yield* Deferred.make<void>()
      const released = yield* Deferred.make<void>()
      const mint = minting(100)
      const slow = (): Answer => (exchange) =>
        Deferred.succeed(arrived, undefined).pipe(
          Effect.andThen(Deferred.await(released)),
          Effect.andThen(mint()(exchange))
        )
      const server = yield* deepgram([mint, slow])
      const context = yield* connect(server)
      const call = Effect.provide(transcribe(), context)
      yield* call
      yield* pass(90_000)
      const fiber = yield* Effect.forkChild(call)
      yield* Deferred.await(arrived)
      yield* pass(5000)
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(signatures(othersOf(server)), ["Bearer token-1", "Bearer token-1"])
      yield* Deferred.succeed(released, undefined)
      yield* pass(6000)
      yield* call
      assert.strictEqual(signatures(othersOf(server)).at(-1), "Bearer token-2")
      assert.strictEqual(grantsOf(server).length, 2)
    }))
})

describe("a token that is refused although it should be good", () => {
  const refusing = (...tokens: ReadonlyArray<string>): Answer => (exchange) =>
    tokens.includes(exchange.headers.authorization!.slice("Bearer ".length))
      ? json({ err_code: "INVALID_AUTH", err_msg: "Invalid credentials." }, { status: 401 })(exchange)
      : ok(exchange)

  it.effect("is not used again", () =>
    Effect.gen(function*() {
      const server = yield* deepgram([minting()], refusing("token-1"))
      const context = yield* connect(server)
      const error = yield* Effect.flip(transcribe()).pipe(Effect.provide(context))
      assert.instanceOf(error, DeepgramError.Unauthorized)
      yield* transcribe().pipe(Effect.provide(context))
      assert.deepStrictEqual(signatures(othersOf(server)), ["Bearer token-1", "Bearer token-2"])
      assert.strictEqual(grantsOf(server).length, 2)
    }))

  it.effect("does not take a newer one with it", () =>
    Effect.gen(function*() {
      const server = yield* deepgram([minting()])
      const auth = yield* authOf(server)
      const first = yield* auth.credential
      yield* auth.invalidate!(first)
      assert.strictEqual(yield* tokenIn(auth), "token-2")
      yield* auth.invalidate!(first)
      yield* auth.invalidate!({ _tag: "None" })
      assert.strictEqual(yield* tokenIn(auth), "token-2")
      assert.strictEqual(server.requests.length, 2)
    }))

  it.effect("is kept after any other failure", () =>
    Effect.gen(function*() {
      const server = yield* deepgram([minting()], json({ err_code: "FORBIDDEN" }, { status: 403 }))
      yield* Effect.replicateEffect(Effect.flip(transcribe()), 2).pipe(Effect.provide(yield* connect(server)))
      assert.deepStrictEqual(signatures(othersOf(server)), ["Bearer token-1", "Bearer token-1"])
    }))

  it.effect("a key that is refused leaves the token alone", () =>
    Effect.gen(function*() {
      const server = yield* deepgram([minting()], (exchange) =>
        exchange.headers.authorization === `Token ${apiKey}` ? reply({ status: 401 })(exchange) : ok(exchange))
      const context = yield* connect(server)
      yield* Effect.andThen(transcribe(), Effect.flip(Projects.list())).pipe(Effect.provide(context))
      yield* transcribe().pipe(Effect.provide(context))
      assert.strictEqual(grantsOf(server).length, 1)
    }))
})

describe("a token that cannot be sent", () => {
  const cases: ReadonlyArray<readonly [token: string, says: string]> = [
    ["", "is empty"],
    [" \n", "is empty"],
    ["two words", "holds spaces or characters that no credential has"],
    ["t\u00f6ken", "holds spaces or characters that no credential has"]
  ]

  it.effect.each(cases)("is not kept: %j", ([token, says]) =>
    Effect.gen(function*() {
      const server = yield* deepgram([() => json({ access_token: token, expires_in: 300 }), minting()])
      const context = yield* connect(server)
      const error = yield* transcribe().pipe(Effect.provide(context), Effect.flip)
      assert.instanceOf(error, DeepgramError.Unauthorized)
      assert.strictEqual(error.message, `DeepgramAuth.credential: no access token: what was granted ${says}`)
      if (token.trim() !== "") assertDiscreet(error, token)
      yield* transcribe().pipe(Effect.provide(context))
      assert.deepStrictEqual(signatures(othersOf(server)), ["Bearer token-1"])
      assert.strictEqual(grantsOf(server).length, 2)
    }))

  it.effect("unless it can be with what is around it taken off", () =>
    Effect.gen(function*() {
      const server = yield* deepgram([() => json({ access_token: " token\n" })])
      assert.strictEqual(yield* tokenIn(yield* authOf(server)), "token")
    }))
})
