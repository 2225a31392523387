import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Queue, Stream } from "effect"
import type { ListenV1 } from "effect-deepgram"
import { apiKey } from "../support/client.ts"
import {
  begin,
  connected,
  ending,
  failing,
  globalSocket,
  hear,
  metadata,
  openV1,
  openV2,
  requestId,
  results,
  textOf,
  transports,
  turn
} from "../support/live.ts"
import { assertDiscreet } from "../support/secrets.ts"

const word = { word: "hello", start: 0, end: 0.5, confidence: 0.9, punctuated_word: "Hello.", speaker: 0 }

/** One of each, with what the types do not know. */
const messagesV1: ReadonlyArray<object> = [
  { type: "SpeechStarted", channel: [0, 2], timestamp: 0.25, more: 1 },
  {
    ...results("hello"),
    is_final: true,
    speech_final: false,
    from_finalize: false,
    channel: { alternatives: [{ transcript: "hello", confidence: 1, words: [{ ...word, more: [1] }] }], more: {} },
    metadata: {
      request_id: requestId,
      model_info: { name: "general-nova-3", version: "1", arch: "nova-3" },
      model_uuid: "1",
      diarize_info: { model_uuid: "2", arch: "x" }
    },
    entities: [{ label: "NAME", value: "x", confidence: 1, start_word: 0, end_word: 1 }],
    more: null
  },
  { type: "UtteranceEnd", channel: [0, 1], last_word_end: -1 },
  { ...metadata, transaction_key: "deprecated", created: "2026-11-21T00:00:00Z", models: ["1"], more: "more" }
]

const messagesV2: ReadonlyArray<object> = [
  { ...connected, more: 1 },
  { ...turn("StartOfTurn"), request_id: requestId, sequence_id: 1, more: 1 },
  turn("EagerEndOfTurn", { end_of_turn_confidence: 0.4, words: [{ word: "hi", confidence: 1 }] }),
  turn("TurnResumed"),
  turn("SomethingNew"),
  turn("EndOfTurn", { trigger: "model", languages: ["en"], languages_hinted: ["en"] }),
  { type: "ConfigureSuccess", request_id: requestId, thresholds: { eot_threshold: 0.8 }, keyterms: [], sequence_id: 5 },
  { type: "ConfigureFailure", request_id: requestId, code: "X", description: "y" },
  { type: "Warning", code: "W", description: "w" }
]

const unrecognized: ReadonlyArray<readonly [sent: object | string, name: string | undefined]> = [
  [{ type: "SomethingNew", a: [1] }, "SomethingNew"],
  [{ a: 1 }, undefined],
  [{ type: 7 }, undefined],
  [{ type: "constructor" }, "constructor"],
  [{ type: "__proto__" }, "__proto__"],
  [{ type: "Unrecognized", a: 1 }, "Unrecognized"],
  [`[{"type":"Results"}]`, undefined],
  [`"text"`, undefined],
  ["null", undefined],
  ["no JSON at all", undefined],
  [`{"type":"Results"`, undefined],
  ["", undefined]
]

describe.each(transports)("what comes in over $name", (transport) => {
  it.effect("is every message of listen v1, as it was sent", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport)
      yield* begin(ending(messagesV1)(peer))
      yield* connection.close
      const { error, messages } = yield* hear(connection.messages)
      assert.isUndefined(error)
      assert.deepStrictEqual(messages as ReadonlyArray<unknown>, messagesV1)
      assert.strictEqual(yield* connection.requestId, requestId)
    }))

  it.effect("is every message of Flux, as it was sent", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV2(transport)
      yield* begin(ending(messagesV2, undefined)(peer))
      yield* connection.close
      const { error, messages } = yield* hear(connection.messages)
      assert.isUndefined(error)
      assert.deepStrictEqual(messages as ReadonlyArray<unknown>, messagesV2)
    }))

  it.effect("is unrecognized if nobody knows it, and the stream goes on", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport)
      yield* peer.send(...unrecognized.map(([sent]) => sent), Uint8Array.of(1, 2, 3), results("after"))
      yield* begin(ending()(peer))
      yield* connection.close
      const { messages } = yield* hear(connection.messages)
      const parsed = (sent: object | string) => {
        if (typeof sent !== "string") return sent
        return ["null", `"text"`, `[{"type":"Results"}]`].includes(sent) ? JSON.parse(sent) : sent
      }
      assert.deepStrictEqual(
        messages.slice(0, unrecognized.length) as ReadonlyArray<unknown>,
        unrecognized.map(([sent, name]) => ({
          type: "Unrecognized",
          ...(name === undefined ? {} : { name }),
          raw: parsed(sent)
        }))
      )
      const [binary, after] = messages.slice(unrecognized.length)
      if (binary?.type !== "Unrecognized" || !(binary.raw instanceof Uint8Array)) return assert.fail("no bytes")
      assert.deepStrictEqual([...binary.raw], [1, 2, 3])
      assert.deepStrictEqual(after, results("after"))
    }))

  it.effect.each(
    [
      ["a missing member", { type: "Results", channel_index: [0, 1], start: 0, duration: 1 }, "channel"],
      ["a member of another type", { ...results("x"), start: "0" }, "start"],
      ["a null where there must be something", { ...results("x"), duration: null }, "duration"],
      ["a null in a list whose places count", { ...results("x"), channel: { alternatives: [null] } }, "alternatives"]
    ] as const
  )(
    "fails if it is known and malformed, behind everything before it: %s",
    ([, message, where]) =>
      Effect.gen(function*() {
        const { connection, peer } = yield* openV1(transport)
        const text = JSON.stringify(message)
        yield* peer.send(results("one"), results("two"), text, results("three"))
        const { error, messages } = yield* hear(connection.messages)
        assert.deepStrictEqual(textOf(messages), ["one", "two"])
        if (error?._tag !== "ProtocolError") return assert.fail(String(error))
        assert.deepStrictEqual([error.raw, error.requestId], [text, requestId])
        assert.include(error.issue, where)
        assert.strictEqual(yield* Effect.flip(connection.send(Uint8Array.of(1, 2))), error)
        assert.strictEqual((yield* peer.closed).code, 1000)
      })
  )

  it.effect("keeps nothing after a failure, although nobody has read", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport)
      yield* peer.send(results("one"), `{"type":"Results"}`, results("two"))
      yield* failing("ProtocolError", connection.close)
      yield* peer.closed
      assert.deepStrictEqual(textOf((yield* hear(connection.messages)).messages), ["one"])
    }))

  it.effect("tells no secret in what was malformed", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport)
      yield* peer.send({ type: "Metadata", duration: `${apiKey} ${"x".repeat(20_000)}` })
      const { error } = yield* hear(connection.messages)
      if (error?._tag !== "ProtocolError") return assert.fail(String(error))
      assert.strictEqual(error.raw.length, 16_384)
      assertDiscreet(error, apiKey)
    }))

  it.effect("may have nulls where something may be absent", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport)
      yield* peer.send({ ...results("one"), is_final: null, entities: null, metadata: null, more: null })
      yield* peer.send({ ...metadata, request_id: null, extra: null })
      const messages = yield* Stream.runCollect(Stream.take(connection.messages, 2))
      assert.deepStrictEqual(
        messages as ReadonlyArray<unknown>,
        [
          { ...results("one"), metadata: undefined, more: null },
          { ...metadata, request_id: undefined }
        ].map((message) => JSON.parse(JSON.stringify(message)))
      )
    }))

  it.effect("is not lost when a reader is interrupted", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport)
      const heard: Array<ListenV1.ServerMessage> = []
      const seen = yield* Queue.unbounded<void>()
      const read = Stream.runForEach(connection.messages, (message) =>
        Effect.suspend(() => {
          heard.push(message)
          return Queue.offer(seen, undefined)
        }))
      for (let index = 0; index < 50; index++) {
        const reader = yield* begin(read)
        yield* peer.send(results(String(index)))
        yield* Queue.take(seen)
        yield* Fiber.interrupt(reader)
      }
      assert.deepStrictEqual(textOf(heard), Array.from({ length: 50 }, (_, index) => String(index)))
    }))

  it.effect("is not taken along by a reader that wants less", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport)
      const first = yield* begin(Stream.runHead(connection.messages))
      yield* peer.send(...["1", "2", "3", "4", "5"].map((text) => results(text)))
      yield* Fiber.join(first)
      const two = yield* Stream.runCollect(Stream.take(connection.messages, 2))
      const stopped = Stream.runForEach(connection.messages, () => Effect.interrupt)
      yield* Effect.exit(stopped)
      yield* begin(ending()(peer))
      yield* connection.close
      assert.deepStrictEqual([textOf(two), textOf((yield* hear(connection.messages)).messages)], [["2", "3"], ["5"]])
    }))

  it.effect("comes in order, in whatever pieces it comes", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport)
      const reader = yield* begin(hear(connection.messages))
      const texts = Array.from({ length: 5000 }, (_, index) => String(index))
      for (let at = 0; at < texts.length; at += 100) {
        yield* peer.send(...texts.slice(at, at + 100).map((text) => results(text)))
      }
      yield* begin(ending()(peer))
      yield* connection.close
      assert.deepStrictEqual(textOf((yield* Fiber.join(reader)).messages), texts)
    }))
})

describe("a reader that is too slow for the global WebSocket", () => {
  it.effect("makes the session fail, behind what came until then", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(globalSocket)
      const text = "x".repeat(65_536)
      const message = JSON.stringify(results(text))
      for (let index = 0; index < 300; index++) yield* peer.send(message)
      yield* peer.closed
      const { error, messages } = yield* hear(connection.messages)
      if (error?._tag !== "SlowConsumer") return assert.fail(String(error))
      assert.isAtLeast(error.buffered, 16_777_216)
      assert.strictEqual(messages.length, Math.ceil(16_777_216 / message.length))
      assert.include(error.message, `${error.buffered} bytes are waiting`)
      assert.strictEqual(yield* Effect.flip(connection.send(Uint8Array.of(1, 2))), error)
    }))
})
