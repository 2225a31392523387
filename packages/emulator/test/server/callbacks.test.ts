/** Results that go to the client's own server, one after the other. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Layer, Logger, Option, Queue, Scope } from "effect"
import { FetchHttpClient } from "effect/http"
import { nobody } from "../../src/internal/server/accounts.ts"
import * as Callbacks from "../../src/internal/server/callbacks.ts"
import { settingsOf } from "../../src/internal/server/options.ts"
import { requestTo } from "../../src/internal/server/outbound.ts"
import { Settings } from "../../src/internal/server/settings.ts"
import * as Inbox from "./inbox.ts"

const layers = Layer.mergeAll(
  Inbox.layer,
  FetchHttpClient.layer,
  Layer.orDie(Layer.effect(Settings, settingsOf({ callbackRetryDelay: 0 })))
)

const dropped = "Results were not sent to a callback: its server does not take them, or is too slow."

/** A server that answers with these statuses, and what is sent to it in order; the queue has what was logged. */
const sending = Effect.fnUntraced(function*(statuses: ReadonlyArray<number>) {
  const { next, url } = yield* Inbox.inbox(...statuses)
  const request = Option.getOrThrow(requestTo("POST", url))
  const logged = yield* Queue.unbounded<unknown>()
  const logger = Logger.layer([Logger.make(({ message }) => Queue.offerUnsafe(logged, [message].flat()[0]))])
  const scope = yield* Scope.make()
  const send = yield* Callbacks.inOrder(request, nobody, yield* Effect.scope).pipe(
    Scope.provide(scope),
    Effect.provide(logger)
  )
  return {
    send: (body: unknown) => Effect.provide(send(Callbacks.json(body)), logger),
    sendAlone: (body: unknown) => Callbacks.deliver(request, nobody, Callbacks.json(body)),
    end: Scope.close(scope, Exit.void),
    next: Effect.map(next, ({ bytes }): unknown => JSON.parse(new TextDecoder().decode(bytes))),
    logged
  }
})

describe("results in order", () => {
  it.live("are sent one after the other, also those that wait at the end", () =>
    Effect.gen(function*() {
      const { end, logged, next, send } = yield* sending([200, 503, 503])
      for (let i = 0; i < 20; i++) yield* send(i)
      yield* end
      const received: Array<unknown> = []
      while (received.at(-1) !== 19) received.push(yield* next)
      assert.deepStrictEqual(received, [0, 1, 1, ...Array.from({ length: 19 }, (_, i) => i + 1)])
      assert.strictEqual(yield* Queue.size(logged), 0)
    }).pipe(Effect.scoped, Effect.provide(layers)))

  it.live("are no longer sent to a server that did not take one", () =>
    Effect.gen(function*() {
      const { end, logged, next, send, sendAlone } = yield* sending(Array.from({ length: 10 }, () => 503))
      for (let i = 0; i < 20; i++) yield* send(i)
      assert.strictEqual(yield* Queue.take(logged), "A callback was given up.")
      assert.strictEqual(yield* Queue.take(logged), dropped)
      yield* send("late")
      yield* end
      yield* sendAlone("the next request")
      const received = yield* Effect.forEach(Array.from({ length: 11 }), () => next)
      assert.deepStrictEqual(received, [...Array.from({ length: 10 }, () => 0), "the next request"])
      assert.strictEqual(yield* Queue.size(logged), 0)
    }).pipe(Effect.scoped, Effect.provide(layers)))

  it.live("are left out when too many wait, and nobody waits for it", () =>
    Effect.gen(function*() {
      const { logged, next, send } = yield* sending([])
      // All at once: the server answers none of them meanwhile.
      yield* Effect.sync(() => Array.from({ length: 10_100 }, (_, i) => Effect.runSync(send(i))))
      assert.deepStrictEqual(yield* Queue.clear(logged), [dropped])
      const received = yield* Effect.forEach(Array.from({ length: 100 }), () => next)
      assert.deepStrictEqual(received, Array.from({ length: 100 }, (_, i) => i))
    }).pipe(Effect.scoped, Effect.provide(layers)))
})
