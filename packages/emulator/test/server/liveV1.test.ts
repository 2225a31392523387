/** Sessions on `/v1/listen`: frames, messages, and ways to end. */
import { Emulator, Recognizer, Recording, Synthesizer, Thinker } from "@effect-deepgram/emulator"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Layer, Schema } from "effect"
import { DeepgramChannels } from "effect-deepgram"
import { FetchHttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { createHash } from "node:crypto"
import * as Inbox from "./inbox.ts"
import { connect, finalText, type Json, last, typesOf } from "./socket.ts"

const path = "/v1/listen?model=nova-3&punctuate=true"
const raw = `${path}&encoding=linear16&sample_rate=8000`
const recording = Recording.wav("Good morning. How are you?", { sampleRate: 8_000 })
/** The same without its head. */
const samples = recording.subarray(44)
/** What is over is not known before something follows. */
const silence = new Uint8Array(16_000)

const netError = {
  code: 1011,
  reason: "Deepgram did not receive audio data or a text message within the timeout window. See https://dpgr.am/net0001"
}

const sha256 = (...parts: ReadonlyArray<Uint8Array>) =>
  parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest("hex")

const Server = Schema.Union(Object.values(DeepgramChannels.listenV1.server))

/** A final result with something in it. */
const isSaid = ({ is_final }: Json) => is_final === true

layer(Emulator.layer())("a session", (it) => {
  it.effect("says what was heard, what it was, and closes with 1000", () =>
    Effect.gen(function*() {
      const { end, headers, say, send } = yield* connect(path)
      for (let at = 0; at < recording.length; at += 1000) yield* send(recording.subarray(at, at + 1000))
      yield* say({ type: "CloseStream" })
      const { messages, ...closed } = yield* end
      assert.deepStrictEqual(closed, { code: 1000, reason: "" })
      assert.strictEqual(finalText(messages), "Good morning. How are you?")
      messages.forEach((message) => assert.isTrue(Schema.is(Server)(message), JSON.stringify(message)))
      assert.deepStrictEqual(typesOf(messages.slice(0, -1)).filter((type) => type !== "Results"), [])
      assert.deepInclude(last(messages), {
        type: "Metadata",
        sha256: sha256(recording),
        request_id: headers["dg-request-id"],
        channels: 1
      })
    }))

  it.effect("that heard nothing says so", () =>
    Effect.gen(function*() {
      const { end, say } = yield* connect(path)
      yield* say({ type: "CloseStream" })
      const { code, messages } = yield* end
      assert.strictEqual(code, 1000)
      assert.strictEqual(messages.length, 1)
      assert.deepInclude(messages[0], { type: "Metadata", channels: 0, duration: 0, sha256: sha256() })
    }))

  it.effect("is over with an empty frame", () =>
    Effect.gen(function*() {
      const { end, send } = yield* connect(path)
      yield* send(recording)
      yield* send(new Uint8Array(0))
      // Nobody hears that.
      yield* send(recording)
      const { code, messages } = yield* end
      assert.strictEqual(code, 1000)
      assert.deepInclude(last(messages), { type: "Metadata", sha256: sha256(recording) })
    }))

  it.effect("goes on after an empty text, and what is sent as bytes is audio", () =>
    Effect.gen(function*() {
      const { end, say, send } = yield* connect(raw)
      const message = new TextEncoder().encode("{\"type\":\"CloseStream\"}    ")
      yield* send("")
      yield* send(message)
      yield* send(samples)
      yield* say({ type: "CloseStream", reason: "tired" })
      const { messages } = yield* end
      assert.strictEqual(finalText(messages), "Good morning. How are you?")
      assert.deepInclude(last(messages), { sha256: sha256(message, samples) })
    }))

  it.effect("takes its frames in order, whatever they are", () =>
    Effect.gen(function*() {
      const half = 2 * Math.floor(samples.length / 4)
      const { end, say, send } = yield* connect(raw)
      // Everything at once: `Finalize` answers for what was before it.
      yield* Effect.all([
        send(samples.subarray(0, half)),
        say({ type: "Finalize" }),
        send(samples.subarray(half)),
        say({ type: "KeepAlive" }),
        say({ type: "Finalize" }),
        // Nothing is left to be flushed.
        say({ type: "Finalize" }),
        say({ type: "CloseStream" })
      ], { concurrency: "unbounded", discard: true })
      const { messages: all } = yield* end
      const finalized = all.filter(({ from_finalize }) => from_finalize === true)
      assert.strictEqual(finalized.length, 2)
      // A word that was cut comes with the next one.
      const [first = 0, second = 0] = finalized.map(({ duration, start }) => Number(start) + Number(duration))
      assert.isAtMost(first, half / 16_000)
      assert.isAbove(first, 0.5)
      assert.closeTo(second, samples.length / 16_000, 1e-6)
      assert.strictEqual(finalText(all), "Good morning. How are you?")
    }))

  it.effect("says what is no message of it, and goes on", () =>
    Effect.gen(function*() {
      const { end, next, say, send } = yield* connect(path)
      const expected = "expected one of `Finalize`, `CloseStream`, `KeepAlive`"
      for (
        const [text, problem] of [
          ["hello", "expected JSON"],
          ["{}", "missing field `type`"],
          ["null", "missing field `type`"],
          ["[{\"type\":\"KeepAlive\"}]", "missing field `type`"],
          ["{\"type\":1}", "missing field `type`"],
          ["{\"type\":\"keepalive\"}", `unknown variant \`keepalive\`, ${expected}`],
          ["{\"type\":\"toString\"}", `unknown variant \`toString\`, ${expected}`]
        ] as const
      ) {
        yield* send(text)
        assert.deepStrictEqual(yield* next, {
          type: "Error",
          variant: "SchemaError",
          description: `Could not deserialize last text message: ${problem}`,
          message: text
        })
      }
      yield* send(`"${"x".repeat(1_000_000)}"`)
      assert.isBelow(String((yield* next)["message"]).length, 300)
      yield* send(recording)
      yield* say({ type: "CloseStream" })
      assert.strictEqual(finalText((yield* end).messages), "Good morning. How are you?")
    }))

  it.effect("is closed with 1008 by what is no audio", () =>
    Effect.gen(function*() {
      for (
        const noise of [
          "{\"url\": \"http://example.com/call.wav\"}",
          "<html>".padEnd(100),
          "RIFF\0\0\0\0WAVEfmt \x10".padEnd(60, "\0")
        ]
      ) {
        const { end, send } = yield* connect(path)
        yield* send(new TextEncoder().encode(noise))
        // Some of it is only known by its length.
        yield* send(new Uint8Array(200_000).fill(0x20))
        const { messages, ...closed } = yield* end
        assert.deepStrictEqual(closed, {
          code: 1008,
          reason: "The payload cannot be decoded as audio. See https://dpgr.am/data0000"
        })
        assert.deepStrictEqual(messages, [])
      }
    }))

  it.effect("is closed with 1008 at a rate that nobody hears", () =>
    Effect.gen(function*() {
      const { closed, send } = yield* connect("/v1/listen?model=nova-3&encoding=linear16&sample_rate=100")
      yield* send(silence)
      assert.strictEqual((yield* closed).code, 1008)
    }))

  it.effect("does not mind what comes after the end", () =>
    Effect.gen(function*() {
      const { end, say, send } = yield* connect(path)
      yield* send(recording)
      yield* say({ type: "CloseStream" })
      for (let i = 0; i < 50; i++) yield* Effect.all([send(recording), say({ type: "KeepAlive" }), send("hello")])
      const { code, messages } = yield* end
      assert.strictEqual(code, 1000)
      assert.strictEqual(typesOf(messages).filter((type) => type === "Metadata").length, 1)
    }))
})

describe("a client that is silent", () => {
  const emulator = Emulator.layer()

  it.effect("is let go after ten seconds, with what was heard", () =>
    Effect.gen(function*() {
      const { end, next, send, socket } = yield* connect(raw)
      yield* send(samples)
      yield* send(silence)
      const heard: Array<Json> = []
      while (heard.filter(isSaid).length < 2) heard.push(yield* next)
      yield* TestClock.adjust("9999 millis")
      assert.strictEqual(socket.readyState, socket.OPEN)
      yield* TestClock.adjust("1 millis")
      const { messages, ...closed } = yield* end
      assert.deepStrictEqual(closed, netError)
      assert.deepInclude(last(messages), {
        type: "Metadata",
        sha256: "incomplete",
        duration: (samples.length + silence.length) / 16_000,
        channels: 1
      })
    }).pipe(Effect.provide(emulator)))

  it.effect("from the start is let go without a model, whatever it says", () =>
    Effect.gen(function*() {
      const { end, next, say, send, settled } = yield* connect(path)
      yield* TestClock.adjust("9 seconds")
      yield* say({ type: "KeepAlive" })
      yield* say({ type: "Finalize" })
      yield* send("hello")
      assert.strictEqual((yield* next)["type"], "Error")
      // Pings do not count either.
      yield* settled
      yield* TestClock.adjust("1 seconds")
      const { messages, ...closed } = yield* end
      assert.deepStrictEqual(closed, netError)
      assert.strictEqual(messages.length, 1)
      assert.deepInclude(messages[0], { type: "Metadata", sha256: "incomplete", channels: 0 })
      assert.notProperty(messages[0], "models")
    }).pipe(Effect.provide(emulator)))

  it.effect("after too few bytes to be audio is let go as one that sent none", () =>
    Effect.gen(function*() {
      for (const bytes of [new TextEncoder().encode("hello"), new Uint8Array(640)]) {
        const { end, send, settled } = yield* connect(path)
        yield* send(bytes)
        yield* settled
        yield* TestClock.adjust("10 seconds")
        assert.deepStrictEqual(yield* end, {
          code: 1008,
          reason: "The payload cannot be decoded as audio. See https://dpgr.am/data0000",
          messages: []
        })
      }
    }).pipe(Effect.provide(emulator)))

  it.effect("is kept by KeepAlive once it has sent audio", () =>
    Effect.gen(function*() {
      const { closed, say, send, settled } = yield* connect(raw)
      yield* send(samples)
      yield* settled
      for (let i = 0; i < 5; i++) {
        yield* TestClock.adjust("9 seconds")
        yield* say({ type: "KeepAlive" })
        yield* settled
      }
      yield* TestClock.adjust("9 seconds")
      yield* send(silence)
      yield* settled
      yield* TestClock.adjust("9 seconds")
      yield* say({ type: "CloseStream" })
      assert.strictEqual((yield* closed).code, 1000)
    }).pipe(Effect.provide(emulator)))

  it.effect("may be so for as long as the emulator is told", () =>
    Effect.gen(function*() {
      const { closed } = yield* connect(path)
      yield* TestClock.adjust("2 minutes")
      assert.deepStrictEqual(yield* closed, netError)
    }).pipe(Effect.provide(Emulator.layer({ idleTimeout: "2 minutes" }))))

  it.effect("may be so for ever", () =>
    Effect.gen(function*() {
      const { closed, say, settled } = yield* connect(path)
      yield* TestClock.adjust("400 days")
      yield* settled
      yield* say({ type: "CloseStream" })
      assert.strictEqual((yield* closed).code, 1000)
    }).pipe(Effect.provide(Emulator.layer({ idleTimeout: "Infinity" }))))

  it.effect("cannot be so for no duration", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(Layer.build(Emulator.layer({ idleTimeout: -1 })))
      assert.include(String(error.cause), "The client of a socket cannot be silent for -1")
    }))
})

describe("a recogniser that breaks", () => {
  const broken = (failure: Effect.Effect<never, Recognizer.RecognitionError>) =>
    Layer.provide(Emulator.layerNoDeps(), [
      FetchHttpClient.layer,
      Thinker.layer,
      Synthesizer.layer,
      Layer.succeed(Recognizer.Recognizer, {
        open: () => Effect.succeed({ push: () => failure, finish: Effect.succeed([]) })
      })
    ])

  it.effect("closes the session with 1011", () =>
    Effect.gen(function*() {
      const { closed, send } = yield* connect(raw)
      yield* send(samples)
      assert.deepStrictEqual(yield* closed, {
        code: 1011,
        reason: "Deepgram did not provide a response message within the timeout window. See https://dpgr.am/net0000"
      })
    }).pipe(Effect.provide(
      broken(Effect.fail(new Recognizer.RecognitionError({ reason: "EngineFailure", message: "It broke" })))
    )))

  it.effect("in a way that nobody foresaw does so too", () =>
    Effect.gen(function*() {
      const { closed, send } = yield* connect(raw)
      yield* send(samples)
      assert.deepStrictEqual(yield* closed, { code: 1011, reason: "The emulator failed; its log says why." })
    }).pipe(Effect.provide(broken(Effect.die(new Error("secret"))))))
})

describe("a callback", () => {
  const layers = Layer.mergeAll(Emulator.layer(), Inbox.layer)

  it.effect("gets the results, the client none", () =>
    Effect.gen(function*() {
      const { next, url } = yield* Inbox.inbox()
      const callback = encodeURIComponent(`${url}/results`)
      for (const method of ["POST", "PUT", "DELETE"]) {
        const { end, say, send } = yield* connect(`${path}&callback=${callback}&callback_method=${method}`)
        yield* send(recording)
        yield* say({ type: "CloseStream" })
        assert.deepStrictEqual(yield* end, { code: 1000, reason: "", messages: [] })
        const messages: Array<Json> = []
        while (messages.at(-1)?.["type"] !== "Metadata") {
          const received = yield* next
          assert.strictEqual(received.method, method)
          assert.strictEqual(received.url, "/results")
          assert.isDefined(received.headers["dg-token"])
          messages.push(JSON.parse(new TextDecoder().decode(received.bytes)))
        }
        assert.strictEqual(finalText(messages), "Good morning. How are you?")
      }
    }).pipe(Effect.provide(layers)))

  it.effect("gets what was heard of a client that has gone", () =>
    Effect.gen(function*() {
      const { next, url } = yield* Inbox.inbox()
      const { send, settled, socket } = yield* connect(`${path}&callback=${encodeURIComponent(url)}`)
      yield* send(recording)
      yield* settled
      socket.terminate()
      const messages: Array<Json> = []
      while (messages.at(-1)?.["type"] !== "Metadata") {
        messages.push(JSON.parse(new TextDecoder().decode((yield* next).bytes)))
      }
      assert.strictEqual(finalText(messages), "Good morning. How are you?")
    }).pipe(Effect.provide(layers)))

  it.effect("that nobody takes does not hold up the session", () =>
    Effect.gen(function*() {
      const { url } = yield* Inbox.inbox(...Array.from({ length: 100 }, () => 503))
      const { closed, say, send } = yield* connect(`${raw}&callback=${encodeURIComponent(url)}`)
      // Many results, while the clock stands and no attempt is repeated.
      for (let i = 0; i < 300; i++) {
        yield* send(silence.subarray(0, 320))
        yield* say({ type: "Finalize" })
      }
      yield* say({ type: "CloseStream" })
      assert.strictEqual((yield* closed).code, 1000)
    }).pipe(Effect.provide(layers)))

  it.effect("by GET says only that there is a result", () =>
    Effect.gen(function*() {
      const { next, url } = yield* Inbox.inbox()
      const { say } = yield* connect(`${path}&callback=${encodeURIComponent(url)}&callback_method=GET`)
      yield* say({ type: "CloseStream" })
      const { bytes, method } = yield* next
      assert.strictEqual(`${method} ${bytes.length}`, "GET 0")
    }).pipe(Effect.provide(layers)))
})
