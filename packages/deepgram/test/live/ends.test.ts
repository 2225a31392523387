import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber } from "effect"
import { DeepgramError } from "effect-deepgram"
import { apiKey } from "../support/client.ts"
import {
  begin,
  connected,
  failing,
  hear,
  openV1,
  openV2,
  requestId,
  results,
  textOf,
  transports,
  turn
} from "../support/live.ts"
import { assertDiscreet } from "../support/secrets.ts"

const audio = new Uint8Array(3200)

type Tag = "ConnectionClosed" | "IdleTimeout"

const closings: ReadonlyArray<
  readonly [code: number | undefined, reason: string, tag: Tag, explanation: string]
> = [
  [1000, "", "ConnectionClosed", "the server ended the session before it was closed here"],
  [1000, "bye", "ConnectionClosed", "the server ended the session before it was closed here (bye)"],
  [1001, "", "ConnectionClosed", "the server goes away"],
  [1002, "", "ConnectionClosed", "against the protocol"],
  [1003, "", "ConnectionClosed", "does not take this kind of frame"],
  [undefined, "", "ConnectionClosed", "closed without a word"],
  [1007, "", "ConnectionClosed", "a text that is no text"],
  [1008, "", "ConnectionClosed", "refused what was sent"],
  [1008, "DATA-0000 See https://dpgr.am/data0000", "ConnectionClosed", "the audio could not be decoded"],
  [1008, "DATA-0001", "ConnectionClosed", "more text was sent than may be spoken in a minute"],
  [1009, "", "ConnectionClosed", "too large"],
  [1009, "BIG-0001", "ConnectionClosed", "the text of a message was too long"],
  [1010, "", "ConnectionClosed", "gave no known reason"],
  [1011, "", "ConnectionClosed", "the server failed"],
  [1011, "NET-0000 nobody", "ConnectionClosed", "did not answer in time"],
  [1011, "NET-0001 See https://dpgr.am/net0001", "IdleTimeout", "nothing came for too long"],
  [1011, "NET-0003", "ConnectionClosed", "longest time"],
  [1011, "NET-0004", "IdleTimeout", "nothing came for too long"],
  [1011, "NET-9999", "ConnectionClosed", "the server failed (NET-9999)"],
  [1012, "", "ConnectionClosed", "starts anew"],
  [1013, "", "ConnectionClosed", "overloaded"],
  [1014, "", "ConnectionClosed", "gave no known reason"],
  [3000, "mine", "ConnectionClosed", "gave no known reason (mine)"],
  [4999, "", "ConnectionClosed", "gave no known reason"]
]

describe.each(transports)("a session over $name", (transport) => {
  it.effect.each(closings)(
    "that the server closes with %s %s is %s: %s",
    ([code, reason, tag, explanation]) =>
      Effect.gen(function*() {
        const { connection, peer } = yield* openV1(transport)
        yield* connection.send(audio)
        const finalizing = yield* begin(Effect.flip(connection.finalize))
        yield* peer.message
        yield* peer.send(results("one"))
        yield* peer.close(code, reason)
        const { error, messages } = yield* hear(connection.messages)
        assert.deepStrictEqual(textOf(messages), ["one"])
        if (error?._tag !== tag) return assert.fail(String(error))
        const { code: closedWith, message } = error
        assert.deepStrictEqual([closedWith, error.reason, error.requestId], [code ?? 1005, reason, requestId])
        const start = `ListenV1.connect: the session was closed with ${code ?? 1005}: `
        assert.isTrue(message.startsWith(start), message)
        assert.include(message, explanation)
        assert.isTrue(message.endsWith(`[request ${requestId}]`), message)
        assert.isFalse(DeepgramError.isRetryable(error))
        assertDiscreet(error, apiKey)
        const failures = [
          yield* Fiber.join(finalizing),
          yield* Effect.flip(connection.send(audio)),
          yield* Effect.flip(connection.send(new Uint8Array(0))),
          yield* Effect.flip(connection.finalize),
          yield* Effect.flip(connection.close),
          (yield* hear(connection.messages)).error
        ]
        for (const failure of failures) assert.strictEqual(failure, error)
      })
  )

  it.effect.each([1004, 1006, 1015, 999])(
    "that is closed with %i, which no server may say, is over",
    (code) =>
      Effect.gen(function*() {
        const { connection, peer } = yield* openV1(transport)
        yield* peer.closeRaw(code)
        const { error } = yield* hear(connection.messages)
        assert.strictEqual(error?._tag, "ConnectionClosed")
      })
  )

  it.effect("that is reset was closed with 1006", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport)
      yield* peer.send(results("one"))
      yield* begin(Effect.andThen(peer.next, peer.reset))
      yield* connection.send(audio)
      const { error } = yield* hear(connection.messages)
      if (error?._tag !== "ConnectionClosed") return assert.fail(String(error))
      assert.deepStrictEqual([error.code, error.reason], [1006, ""])
      assert.include(error.message, "the connection broke without a word")
      assert.strictEqual(yield* Effect.flip(connection.close), error)
    }))

  it.effect("knows its request by the handshake, where that can be seen", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(
        transport,
        {},
        (dial) => dial.accept({ "dg-request-id": requestId })
      )
      assert.strictEqual(yield* connection.requestId, transport.isWs ? requestId : undefined)
      yield* peer.close(1011)
      const error = yield* failing("ConnectionClosed", connection.close)
      assert.strictEqual(error.requestId, transport.isWs ? requestId : undefined)
    }))

  it.effect("says nothing of what the server repeats of its credential", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport)
      yield* peer.close(1008, `not with ${apiKey}\n!`)
      const error = yield* failing("ConnectionClosed", connection.close)
      assert.strictEqual(error.reason, "not with <redacted> !")
      assertDiscreet(error, apiKey)
    }))
})

describe.each(transports)("a session of Flux over $name", (transport) => {
  const complaint = {
    type: "Error",
    sequence_id: 1,
    code: "UNPARSABLE_CLIENT_MESSAGE",
    description: "what is this"
  }

  it.effect.each([1005, 1011, 1000])(
    "that says an Error fails with it behind it, closed with %i",
    (code) =>
      Effect.gen(function*() {
        const { connection, peer } = yield* openV2(transport)
        const configuring = yield* begin(Effect.flip(connection.configure({ numerals: true })))
        yield* peer.message
        yield* peer.send(connected, complaint)
        yield* peer.close(code === 1005 ? undefined : code)
        const { error, messages } = yield* hear(connection.messages)
        assert.deepStrictEqual(messages as ReadonlyArray<unknown>, [connected, complaint])
        if (error?._tag !== "ConnectionClosed") return assert.fail(String(error))
        assert.deepStrictEqual([error.code, error.errorCode, error.detail, error.requestId], [
          code,
          complaint.code,
          complaint.description,
          requestId
        ])
        assert.include(error.message, "(UNPARSABLE_CLIENT_MESSAGE: what is this)")
        assert.strictEqual(yield* Fiber.join(configuring), error)
      })
  )

  it.effect.each([1005, 1000])(
    "that says an Error after it was closed here fails all the same, with %i",
    (code) =>
      Effect.gen(function*() {
        const { connection, peer } = yield* openV2(transport)
        const closing = yield* begin(Effect.flip(connection.close))
        yield* peer.message
        yield* peer.send(connected, complaint)
        yield* peer.close(code === 1005 ? undefined : code)
        const { error, messages } = yield* hear(connection.messages)
        assert.strictEqual(messages.length, 2)
        if (error?._tag !== "ConnectionClosed") return assert.fail(String(error))
        assert.deepStrictEqual([error.code, error.errorCode, error.detail], [
          code,
          complaint.code,
          complaint.description
        ])
        assert.strictEqual(yield* Fiber.join(closing), error)
      })
  )

  it.effect("that says NET-0001 in an Error is idle", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV2(transport)
      yield* peer.send({ ...complaint, code: "NET-0001" })
      yield* peer.close(1011)
      assert.strictEqual((yield* hear(connection.messages)).error?._tag, "IdleTimeout")
    }))

  it.effect("that the server closes without our close did not end well", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV2(transport)
      yield* peer.send(connected, turn("Update"))
      yield* peer.close()
      const { error, messages } = yield* hear(connection.messages)
      assert.strictEqual(error?._tag, "ConnectionClosed")
      assert.strictEqual(messages.length, 2)
      const failures = [
        yield* Effect.flip(connection.configure({ numerals: true })),
        yield* Effect.flip(connection.forceEndTurn)
      ]
      for (const failure of failures) assert.strictEqual(failure, error)
    }))
})

describe("errors of channels", () => {
  it.effect("go to other processes and come back", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transports[0]!)
      yield* peer.close(1011, "NET-0001")
      const exit = yield* Effect.exit(connection.close)
      assert.isTrue(Exit.isFailure(exit))
      const { error } = yield* hear(connection.messages)
      assert.isTrue(DeepgramError.isDeepgramError(error))
      assert.isFalse(DeepgramError.isRequestError(error))
    }))
})
