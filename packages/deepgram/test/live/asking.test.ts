import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { ListenV2 } from "effect-deepgram"
import { begin, connected, failing, openV2, requestId, transports, turn, v2 } from "../support/live.ts"
import { accept, serveSockets } from "../support/sockets.ts"
import { untyped } from "../support/untyped.ts"

describe.each(transports)("configure over $name", (transport) => {
  it.effect("gives everything that is in force", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV2(transport)
      const configuring = yield* begin(connection.configure({
        thresholds: { eot_threshold: 0.8, eager_eot_threshold: 0.5 },
        keyterms: ["a", "b"],
        language_hints: [],
        numerals: false
      }))
      assert.deepStrictEqual(yield* peer.message, {
        type: "Configure",
        thresholds: { eot_threshold: 0.8, eager_eot_threshold: 0.5 },
        keyterms: ["a", "b"],
        language_hints: [],
        numerals: false
      })
      const answer = { type: "ConfigureSuccess", request_id: requestId, keyterms: ["a", "b"], more: 1 }
      yield* peer.send(connected, turn("Update"), answer)
      const given: unknown = yield* Fiber.join(configuring)
      assert.deepStrictEqual(given, answer)
      const messages = yield* Stream.runCollect(Stream.take(connection.messages, 3))
      assert.deepStrictEqual(messages[2] as unknown, answer)
    }))

  it.effect("fails with what the server says, and the session goes on", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV2(transport)
      const configuring = yield* begin(connection.configure({ numerals: true }))
      yield* peer.message
      yield* peer.send(connected, { type: "ConfigureFailure", code: "INVALID", description: "not so" })
      const error = yield* failing("BadRequest", Fiber.join(configuring))
      assert.deepStrictEqual([error.origin, error.code, error.detail, error.requestId, error.operation], [
        "server",
        "INVALID",
        "not so",
        requestId,
        "ListenV2.configure"
      ])
      assert.strictEqual(
        error.message,
        `ListenV2.configure: Deepgram changed nothing: INVALID: not so [request ${requestId}]`
      )
      const again = yield* begin(connection.configure({ numerals: false }))
      yield* peer.message
      yield* peer.send({ type: "ConfigureFailure" })
      assert.deepStrictEqual((yield* failing("BadRequest", Fiber.join(again))).code, undefined)
    }))

  it.effect("gives answers to those who asked, in the order in which they did", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV2(transport)
      const ends = [500, 600, 700, 800]
      const asking = yield* Effect.forEach(ends, (eot_timeout_ms) =>
        begin(Effect.result(connection.configure({ thresholds: { eot_timeout_ms } }))))
      for (const eot_timeout_ms of ends) {
        assert.deepStrictEqual(yield* peer.message, { type: "Configure", thresholds: { eot_timeout_ms } })
      }
      yield* peer.send(
        { type: "ConfigureSuccess", thresholds: { eot_timeout_ms: 500 } },
        { type: "ConfigureFailure", code: "second" },
        { type: "ConfigureSuccess", thresholds: { eot_timeout_ms: 700 } }
      )
      const [first, refused, third, fourth] = asking
      const of = (fiber: typeof first) =>
        Effect.flatMap(Fiber.join(fiber!), Effect.fromResult)
      assert.strictEqual((yield* of(third)).thresholds?.eot_timeout_ms, 700)
      assert.strictEqual((yield* of(first)).thresholds?.eot_timeout_ms, 500)
      assert.strictEqual((yield* failing("BadRequest", of(refused))).code, "second")
      assert.isUndefined(fourth!.pollUnsafe())
    }))

  it.effect("does not give the answer of one who has gone to another", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV2(transport)
      const gone = yield* begin(connection.configure({ thresholds: { eot_timeout_ms: 500 } }))
      yield* peer.message
      yield* Fiber.interrupt(gone)
      const asking = yield* begin(connection.configure({ thresholds: { eot_timeout_ms: 600 } }))
      yield* peer.message
      yield* peer.send({ type: "ConfigureSuccess", thresholds: { eot_timeout_ms: 500 } })
      yield* peer.send({ type: "ConfigureSuccess", thresholds: { eot_timeout_ms: 600 } })
      assert.strictEqual((yield* Fiber.join(asking)).thresholds?.eot_timeout_ms, 600)
    }))

  it.effect("sends nothing that is no configuration", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV2(transport)
      const refused: ReadonlyArray<readonly [unknown, string]> = [
        [{ thresholds: { eot_threshold: 2 } }, "eot_threshold"],
        [{ numerals: "true" }, "numerals"],
        [{ features: {} }, "there is no option features"]
      ]
      for (const [options, reason] of refused) {
        const error = yield* failing(
          "BadRequest",
          connection.configure(untyped<ListenV2.ConfigureOptions>(options))
        )
        assert.include(error.message, `ListenV2.configure: not sent: `)
        assert.include(error.message, reason)
      }
      yield* begin(connection.close)
      assert.deepStrictEqual(yield* peer.message, { type: "CloseStream" })
    }))

  it.effect("fails when the session ends before the answer, however it ends", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV2(transport)
      const asking = yield* begin(connection.configure({ numerals: true }))
      yield* begin(connection.close)
      yield* peer.message
      yield* peer.close()
      yield* failing("SendAfterClose", Fiber.join(asking))
    }))
})

describe.each(transports)("forceEndTurn over $name", (transport) => {
  it.effect("gives the end of the turn", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV2(transport)
      const asking = yield* begin(connection.forceEndTurn)
      assert.deepStrictEqual(yield* peer.message, { type: "ForceEndTurn" })
      yield* peer.send(
        turn("EndOfTurn", { trigger: "model" }),
        { type: "Warning", code: "OTHER" },
        turn("EndOfTurn", { trigger: "manual", turn_index: 1 })
      )
      assert.strictEqual((yield* Fiber.join(asking))?.turn_index, 1)
    }))

  it.effect("gives nothing when there is no turn", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV2(transport)
      const asking = yield* begin(connection.forceEndTurn)
      yield* peer.message
      yield* peer.send({ type: "Warning", code: "FORCE_END_TURN_NO_ACTIVE_TURN" })
      assert.isUndefined(yield* Fiber.join(asking))
    }))

  it.effect("gives nothing when the session ends well before the answer", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const connection = yield* ListenV2.connect(v2).pipe(Effect.provide(transport.client(server)))
      const peer = yield* server.peer(0)
      const asking = yield* begin(connection.forceEndTurn)
      yield* begin(connection.close)
      yield* peer.message
      yield* peer.close()
      assert.isUndefined(yield* Fiber.join(asking))
    }))
})
