/** Sessions on `/v2/listen`: frames, messages, and ways to end. */
import { Emulator, Recognizer, Recording, Synthesizer, Thinker } from "@effect-deepgram/emulator"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Layer, Schema } from "effect"
import { DeepgramChannels } from "effect-deepgram"
import { FetchHttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { connect, type Json, last, typesOf } from "./socket.ts"

const path = "/v2/listen?model=flux-general-en"
const raw = `${path}&encoding=linear16&sample_rate=8000`
const recording = Recording.wav("Good morning.", { sampleRate: 8_000 })
const samples = recording.subarray(44)

const Server = Schema.Union(Object.values(DeepgramChannels.listenV2.server))

/** Messages are numbered without gaps, and fit the contract. */
const assertSound = (messages: ReadonlyArray<Json>) => {
  assert.deepStrictEqual(messages.map(({ sequence_id }) => sequence_id), messages.map((_, i) => i))
  messages.forEach((message) => assert.isTrue(Schema.is(Server)(message), JSON.stringify(message)))
}

layer(Emulator.layer())("a session", (it) => {
  it.effect("says that it is open, what was heard, and closes without a code", () =>
    Effect.gen(function*() {
      const { end, headers, next, say, send } = yield* connect(path)
      const connected = yield* next
      assert.deepStrictEqual(connected, { type: "Connected", request_id: headers["dg-request-id"], sequence_id: 0 })
      for (let at = 0; at < recording.length; at += 1280) yield* send(recording.subarray(at, at + 1280))
      yield* say({ type: "CloseStream" })
      const { messages, ...closed } = yield* end
      assert.deepStrictEqual(closed, { code: 1005, reason: "" })
      assertSound([connected, ...messages])
      assert.include(messages.map(({ transcript }) => transcript), "Good morning.")
    }))

  it.effect("does what it is told, in order", () =>
    Effect.gen(function*() {
      const { end, say, send } = yield* connect(raw)
      yield* Effect.all([
        say({ type: "ForceEndTurn" }),
        say({ type: "Configure", thresholds: { eot_threshold: 0.9 }, keyterms: ["Deepgram"], language_hints: null }),
        say({ type: "Configure", thresholds: { eot_threshold: 2 } }),
        // An empty frame is no end here.
        send(new Uint8Array(0)),
        send(samples),
        say({ type: "ForceEndTurn" }),
        say({ type: "CloseStream" }),
        say({ type: "ForceEndTurn" })
      ], { concurrency: "unbounded", discard: true })
      const { code, messages } = yield* end
      assert.strictEqual(code, 1005)
      assertSound(messages)
      assert.deepStrictEqual(typesOf(messages).slice(0, 4), [
        "Connected",
        "Warning",
        "ConfigureSuccess",
        "ConfigureFailure"
      ])
      assert.deepInclude(messages[1], { code: "FORCE_END_TURN_NO_ACTIVE_TURN" })
      assert.deepInclude(messages[2], { keyterms: ["Deepgram"] })
      const turn = messages.filter(({ event }) => event === "EndOfTurn")
      assert.strictEqual(turn.length, 1)
      assert.deepInclude(turn[0], { transcript: "Good morning.", trigger: "manual" })
      assert.deepStrictEqual(typesOf(messages.slice(4)).filter((type) => type !== "TurnInfo"), [])
    }))

  for (
    const text of [
      "",
      "hello",
      "{\"type\":\"KeepAlive\"}",
      "{\"type\":\"Finalize\"}",
      "{\"type\":\"Configure\",\"numerals\":\"true\"}",
      "{\"type\":\"Configure\",\"features\":{\"numerals\":true}}",
      "{\"type\":\"Configure\",\"thresholds\":{\"eot_threshold\":\"0.7\"}}"
    ]
  ) {
    it.effect(`is closed by ${text === "" ? "an empty text" : text}, which it cannot read`, () =>
      Effect.gen(function*() {
        const { end, send } = yield* connect(path)
        yield* send(text)
        // Nobody hears that.
        yield* send(recording)
        const { messages, ...closed } = yield* end
        assert.deepStrictEqual(closed, { code: 1005, reason: "" })
        assertSound(messages)
        assert.deepStrictEqual(typesOf(messages), ["Connected", "Error"])
        assert.deepInclude(messages[1], {
          code: "UNPARSABLE_CLIENT_MESSAGE",
          description: "Could not deserialize last text message."
        })
      }))
  }

  it.effect("is closed with 1008 by what is no audio", () =>
    Effect.gen(function*() {
      const { end, send } = yield* connect(path)
      yield* send(new TextEncoder().encode("<html>".padEnd(1000)))
      yield* send(new Uint8Array(200_000).fill(0x20))
      const { code, messages } = yield* end
      assert.strictEqual(code, 1008)
      assertSound(messages)
      assert.deepStrictEqual(typesOf(messages), ["Connected", "Error"])
      assert.deepInclude(last(messages), { code: "DATA-0000" })
    }))
})

describe("a client that is silent", () => {
  it.effect("is let go after a minute, in which pings count", () =>
    Effect.gen(function*() {
      const { end, settled, socket } = yield* connect(path)
      yield* TestClock.adjust("59 seconds")
      yield* settled
      yield* TestClock.adjust("59 seconds")
      assert.strictEqual(socket.readyState, socket.OPEN)
      yield* TestClock.adjust("1 seconds")
      const { code, messages, reason } = yield* end
      assert.strictEqual(code, 1011)
      assert.match(reason, /net0001$/)
      assertSound(messages)
      assert.deepInclude(last(messages), { type: "Error", code: "NET-0001" })
    }).pipe(Effect.provide(Emulator.layer())))

  it.effect("after too few bytes to be audio is let go as one that sent none", () =>
    Effect.gen(function*() {
      const { end, send, settled } = yield* connect(path)
      yield* send(new TextEncoder().encode("hello"))
      yield* settled
      yield* TestClock.adjust("1 minute")
      const { code, messages } = yield* end
      assert.strictEqual(code, 1008)
      assertSound(messages)
      assert.deepInclude(last(messages), { type: "Error", code: "DATA-0000" })
    }).pipe(Effect.provide(Emulator.layer())))

  it.effect("is kept by audio and messages", () =>
    Effect.gen(function*() {
      const { closed, next, say, send } = yield* connect(raw)
      assert.strictEqual((yield* next)["type"], "Connected")
      yield* TestClock.adjust("900 millis")
      yield* send(samples)
      while ((yield* next)["audio_window_end"] as number < 0.7) { /* until most of it was heard */ }
      yield* TestClock.adjust("900 millis")
      yield* say({ type: "Configure" })
      while ((yield* next)["type"] !== "ConfigureSuccess") { /* what was said before */ }
      yield* TestClock.adjust("900 millis")
      yield* say({ type: "CloseStream" })
      assert.strictEqual((yield* closed).code, 1005)
    }).pipe(Effect.provide(Emulator.layer({ idleTimeout: "1 second" }))))
})

describe("a recogniser that breaks", () => {
  it.effect("closes the session with an error and 1011", () =>
    Effect.gen(function*() {
      const { end, send } = yield* connect(raw)
      yield* send(samples)
      const { code, messages } = yield* end
      assert.strictEqual(code, 1011)
      assert.deepStrictEqual(typesOf(messages), ["Connected", "Error"])
      assert.deepInclude(last(messages), { code: "INTERNAL_SERVER_ERROR" })
    }).pipe(Effect.provide(Layer.provide(Emulator.layerNoDeps(), [
      FetchHttpClient.layer,
      Thinker.layer,
      Synthesizer.layer,
      Layer.succeed(Recognizer.Recognizer, {
        open: () =>
          Effect.succeed({
            push: () => Effect.fail(new Recognizer.RecognitionError({ reason: "EngineFailure", message: "It broke" })),
            finish: Effect.succeed([])
          })
      })
    ]))))
})
