import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { ListenV2 } from "effect-deepgram"
import { pass, type Sleeps, watchSleeps } from "../support/clock.ts"
import { begin, connected, ending, failing, hear, requestId, transports, turn, v2 } from "../support/live.ts"
import { accept, type Peer, serveSockets } from "../support/sockets.ts"

const audio = new Uint8Array(3200)

/** Has the server say something, and waits until the client has heard it. */
const saying = (connection: ListenV2.Connection, peer: Peer, message: object) =>
  Effect.andThen(peer.send(message), Stream.runHead(connection.messages))

describe.each(transports)("a question to Flux that is not answered, over $name", ({ client }) => {
  /** A session whose sleeps are watched. */
  const open = Effect.fnUntraced(function*(options: Partial<ListenV2.LiveOptions> = {}) {
    const sleeps = yield* watchSleeps
    const server = yield* serveSockets(accept())
    const connection = yield* ListenV2.connect({ ...v2, keepAlive: false, ...options }).pipe(
      Effect.provide(client(server))
    )
    return { connection, sleeps, peer: yield* server.peer(0) }
  })

  /** Lets a wait for an answer pass, to the last millisecond. */
  const passing = (sleeps: Sleeps, fiber: Fiber.Fiber<unknown, unknown>, millis: number) =>
    Effect.gen(function*() {
      yield* sleeps.until(millis)
      yield* pass(millis - 1)
      assert.isUndefined(fiber.pollUnsafe())
      yield* pass(1)
    })

  it.effect.each([[undefined, 10_000, "10s"], ["3 seconds", 3000, "3s"]] as const)(
    "configure is given up: answerTimeout %s",
    ([answerTimeout, millis, words]) =>
      Effect.gen(function*() {
        const { connection, peer, sleeps } = yield* open({ answerTimeout })
        yield* saying(connection, peer, connected)
        const asking = yield* begin(sleeps.watch(connection.configure({ numerals: true })))
        yield* peer.message
        yield* passing(sleeps, asking, millis)
        const error = yield* failing("TimedOut", Fiber.join(asking))
        assert.strictEqual(
          error.message,
          `ListenV2.configure: there was no answer within ${words} (the option answerTimeout allows more) ` +
            `[request ${requestId}]`
        )
      })
  )

  it.effect("an answer that comes too late is not that of the next configure", () =>
    Effect.gen(function*() {
      const { connection, peer, sleeps } = yield* open()
      const late = yield* begin(sleeps.watch(connection.configure({ thresholds: { eot_timeout_ms: 500 } })))
      yield* peer.message
      yield* passing(sleeps, late, 10_000)
      yield* failing("TimedOut", Fiber.join(late))
      const asking = yield* begin(connection.configure({ thresholds: { eot_timeout_ms: 600 } }))
      yield* peer.message
      yield* saying(connection, peer, { type: "ConfigureSuccess", thresholds: { eot_timeout_ms: 500 } })
      assert.isUndefined(asking.pollUnsafe())
      yield* peer.send({ type: "ConfigureSuccess", thresholds: { eot_timeout_ms: 600 } })
      assert.strictEqual((yield* Fiber.join(asking)).thresholds?.eot_timeout_ms, 600)
    }))

  it.effect("forceEndTurn is given up when the server says nothing at all", () =>
    Effect.gen(function*() {
      const { connection, peer, sleeps } = yield* open({ answerTimeout: "7 seconds" })
      const asking = yield* begin(sleeps.watch(connection.forceEndTurn))
      yield* peer.message
      yield* sleeps.until(7000)
      yield* pass(5000)
      // The turn goes on: the time begins anew.
      yield* saying(connection, peer, turn("Update"))
      yield* pass(2000)
      yield* passing(sleeps, asking, 5000)
      const error = yield* failing("TimedOut", Fiber.join(asking))
      assert.include(
        error.message,
        "there was no answer within 7s (the option answerTimeout allows more)"
      )
      yield* connection.send(audio)
      assert.isTrue(Buffer.isBuffer(yield* peer.next))
    }))

  it.effect("the pipe closes the session all the same, and ends well", () =>
    Effect.gen(function*() {
      const sleeps = yield* watchSleeps
      const server = yield* serveSockets(accept())
      const fiber = yield* begin(
        hear(Stream.make(audio).pipe(ListenV2.transcribeStream({ ...v2, keepAlive: false }))).pipe(
          Effect.provide(client(server)),
          sleeps.watch
        )
      )
      const peer = yield* server.peer(0)
      assert.deepStrictEqual(yield* peer.message, { type: "ForceEndTurn" })
      // The other one is the limit of the opening.
      yield* sleeps.until(10_000)
      yield* sleeps.until(10_000)
      yield* pass(9999)
      assert.strictEqual(peer.frames.length, 2)
      yield* pass(1)
      yield* ending([turn("Update")], undefined)(peer)
      const { error, messages } = yield* Fiber.join(fiber)
      assert.isUndefined(error)
      assert.strictEqual(messages.length, 1)
    }))
})
