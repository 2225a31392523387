import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Scope } from "effect"
import { Deepgram, DeepgramError } from "effect-deepgram"
import { json, silence } from "../support/answers.ts"
import { apiKey, transcribe } from "../support/client.ts"
import { pass } from "../support/clock.ts"
import {
  authOf,
  connect,
  deepgram,
  grantsOf,
  held,
  minting,
  othersOf,
  signatures,
  tokenIn
} from "../support/granted.ts"
import { assertDiscreet } from "../support/secrets.ts"
import { untilSeen } from "../support/server.ts"

describe("whoever comes while a token is minted waits for it", () => {
  it.effect("a thousand make one grant", () =>
    Effect.gen(function*() {
      const { answer, go } = yield* held
      const server = yield* deepgram([answer(minting()())])
      const auth = yield* authOf(server)
      const callers = yield* Effect.forEach(Array.from({ length: 1000 }), () => Effect.forkChild(tokenIn(auth)))
      yield* untilSeen(server.request(0), callers[0]!)
      yield* go
      const tokens = yield* Effect.forEach(callers, (caller) => Fiber.join(caller))
      assert.deepStrictEqual(new Set(tokens), new Set(["token-1"]))
      assert.strictEqual(server.requests.length, 1)
    }))

  it.effect("operations as well", () =>
    Effect.gen(function*() {
      const server = yield* deepgram([minting()])
      yield* Effect.replicateEffect(transcribe(), 20, { concurrency: "unbounded", discard: true }).pipe(
        Effect.provide(yield* connect(server))
      )
      assert.strictEqual(grantsOf(server).length, 1)
      assert.deepStrictEqual(signatures(othersOf(server)), Array(20).fill("Bearer token-1"))
    }))

  it.effect("and fails as it does; the next one tries again", () =>
    Effect.gen(function*() {
      const { answer, go } = yield* held
      const refusal = json({ err_code: "FORBIDDEN", err_msg: `Not with ${apiKey}.` }, { status: 403 })
      const server = yield* deepgram([answer(refusal), minting()])
      const context = yield* connect(server)
      const callers = yield* Effect.forEach(
        Array.from({ length: 10 }),
        () => Effect.forkChild(Effect.flip(transcribe().pipe(Effect.provide(context))))
      )
      yield* untilSeen(server.request(0), callers[0]!)
      yield* go
      for (const caller of callers) {
        const error = yield* Fiber.join(caller)
        assert.instanceOf(error, DeepgramError.PermissionDenied)
        assert.strictEqual(error.operation, "Tokens.grant")
        assertDiscreet(error, apiKey)
      }
      assert.strictEqual(server.requests.length, 1)
      yield* transcribe().pipe(Effect.provide(context))
      assert.strictEqual(grantsOf(server).length, 2)
      assert.deepStrictEqual(signatures(othersOf(server)), ["Bearer token-1"])
    }))

  it.effect("is not harmed by the interruption of who came first", () =>
    Effect.gen(function*() {
      const { answer, go } = yield* held
      const server = yield* deepgram([answer(minting()())])
      const auth = yield* authOf(server)
      const first = yield* Effect.forkChild(tokenIn(auth))
      yield* untilSeen(server.request(0), first)
      const second = yield* Effect.forkChild(tokenIn(auth))
      yield* Effect.yieldNow
      yield* Fiber.interrupt(first)
      yield* go
      assert.strictEqual(yield* Fiber.join(second), "token-1")
      assert.strictEqual(server.requests.length, 1)
    }))

  it.effect("nor by that of all: the token is there for the next", () =>
    Effect.gen(function*() {
      const { answer, go } = yield* held
      const server = yield* deepgram([answer(minting()())])
      const auth = yield* authOf(server)
      const only = yield* Effect.forkChild(tokenIn(auth))
      const exchange = yield* untilSeen(server.request(0), only)
      yield* Fiber.interrupt(only)
      yield* go
      assert.strictEqual(yield* exchange.over, "answered")
      assert.strictEqual(yield* tokenIn(auth), "token-1")
      assert.strictEqual(server.requests.length, 1)
    }))

  it.effect("has its own time limit, and others wait on", () =>
    Effect.gen(function*() {
      const { answer, go } = yield* held
      const server = yield* deepgram([answer(minting()())])
      const context = yield* connect(server)
      const impatient = yield* transcribe().pipe(
        Deepgram.withOptions({ timeout: 1000 }),
        Effect.provide(context),
        Effect.flip,
        Effect.forkChild
      )
      const patient = yield* Effect.forkChild(Effect.provide(transcribe(), context))
      yield* untilSeen(server.request(0), patient)
      yield* pass(1000)
      assert.instanceOf(yield* Fiber.join(impatient), DeepgramError.TimedOut)
      yield* go
      yield* Fiber.join(patient)
      assert.strictEqual(grantsOf(server).length, 1)
    }))

  it.effect("until the layer ends", () =>
    Effect.gen(function*() {
      const server = yield* deepgram([() => silence])
      const scope = yield* Scope.make()
      const auth = yield* Scope.provide(authOf(server), scope)
      const caller = yield* Effect.forkChild(Effect.exit(auth.credential))
      const exchange = yield* untilSeen(server.request(0), caller)
      yield* Scope.close(scope, Exit.void)
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.join(caller)))
      assert.strictEqual(yield* exchange.over, "aborted")
      assert.isTrue(Exit.hasInterrupts(yield* Effect.exit(auth.credential)))
      assert.strictEqual(server.requests.length, 1)
    }))
})
