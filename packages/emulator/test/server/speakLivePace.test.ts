/** Live speech while it is made: its pace, its end, and what it costs. */
import { Emulator, Synthesizer } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Layer, Stream } from "effect"
import { Billing, Requests } from "effect-deepgram"
import { TestClock } from "effect/testing"
import { inProject } from "./management.ts"
import { connect, type Json, last, stable, typesOf } from "./socket.ts"
import { speaking } from "./speech.ts"
import { audioOf, only, textOf, until } from "./spoken.ts"

const mebibyte = 1_048_576

const aura = "/v1/speak?model=aura-2-thalia-en&sample_rate=48000"
const flux = "/v2/speak?model=flux-haley-en&sample_rate=48000"

const second = new Float32Array(48_000).fill(0.25)

const speak = (text: string) => ({ type: "Speak", text })

const flush = { type: "Flush" }
const close = { type: "Close" }

for (const path of [aura, flux]) {
  describe(`live speech of ${path}`, () => {
    it.live("is made as fast as it is taken, and stops being made when nobody takes it", () =>
      Effect.gen(function*() {
        let made = 0
        const emulator = speaking(() =>
          Stream.forever(Stream.sync(() => {
            made += 96_000
            return second
          }))
        )
        yield* Effect.gen(function*() {
          const { say, socket } = yield* connect(path)
          let taken = 0
          const enough = yield* Deferred.make<void>()
          const more = yield* Deferred.make<void>()
          socket.on("message", (data: Buffer) => {
            taken += data.length
            if (taken > 40 * mebibyte) Deferred.doneUnsafe(enough, Effect.void)
            if (taken > 80 * mebibyte) Deferred.doneUnsafe(more, Effect.void)
          })
          yield* say(speak("Hello."))
          yield* say(flush)
          yield* Deferred.await(enough)
          socket.pause()
          for (let quiet = 0, before = made; quiet < 200; quiet = made === before ? quiet + 1 : 0) {
            before = made
            yield* Effect.yieldNow
            // Both ends of the connection have buffers.
            assert.isBelow(made - taken, 24 * mebibyte)
          }
          socket.resume()
          yield* Deferred.await(more)
        }).pipe(Effect.scoped, Effect.provide(emulator))
      }), 30_000)

    it.live("of a client that does not read can be cut off", () =>
      Effect.gen(function*() {
        const stopped = yield* Deferred.make<void>()
        const emulator = speaking((text) =>
          text === "Endless."
            ? Stream.ensuring(Stream.forever(Stream.make(second)), Deferred.succeed(stopped, undefined))
            : Stream.make(Synthesizer.speak(text, { sampleRate: 48_000 }))
        )
        yield* Effect.gen(function*() {
          const { end, next, say, socket } = yield* connect(path)
          yield* say(speak("Endless."))
          yield* say(flush)
          yield* until(next, "Audio")
          socket.pause()
          yield* say({ type: path === aura ? "Clear" : "Interrupt" })
          yield* Deferred.await(stopped)
          yield* say(speak("And now this."))
          yield* say(close)
          socket.resume()
          yield* until(next, path === aura ? "Cleared" : "SpeechInterrupted")
          const { code, messages } = yield* end
          assert.strictEqual(code, 1000)
          assert.strictEqual(textOf(messages, { encoding: "linear16", sampleRate: 48_000 }), "And now this.")
        }).pipe(Effect.scoped, Effect.provide(emulator))
      }))

    it.live("is not made any more when the client has gone, be it that the voice is waited for or the client", () =>
      Effect.gen(function*() {
        for (const rest of [Stream.never, Stream.forever(Stream.sync(() => second))]) {
          for (const last of [flush, close]) {
            const stopped = yield* Deferred.make<void>()
            const emulator = speaking(() =>
              Stream.concat(Stream.make(second), rest).pipe(Stream.ensuring(Deferred.succeed(stopped, undefined)))
            )
            yield* Effect.gen(function*() {
              yield* Effect.scoped(Effect.gen(function*() {
                const { next, say } = yield* connect(path)
                yield* say(speak("Hello."))
                yield* say(last)
                yield* until(next, "Audio")
              }))
              yield* Deferred.await(stopped)
            }).pipe(Effect.provide(emulator))
          }
        }
      }))

    it.live("begins before all of it is made", () =>
      Effect.gen(function*() {
        const rest = yield* Deferred.make<void>()
        const emulator = speaking(() =>
          Stream.concat(Stream.make(second), Stream.fromEffect(Effect.as(Deferred.await(rest), second)))
        )
        yield* Effect.gen(function*() {
          const { end, next, say } = yield* connect(path)
          yield* say(speak("Hello."))
          yield* say(close)
          let taken = 0
          while (taken < 96_000) taken += audioOf([yield* next]).length
          yield* Deferred.succeed(rest, undefined)
          assert.strictEqual(audioOf((yield* end).messages).length, 96_000)
        }).pipe(Effect.scoped, Effect.provide(emulator))
      }))

    it.live("does not hold up other sessions", () =>
      Effect.gen(function*() {
        const emulator = speaking((text) =>
          text === "Endless." ? Stream.forever(Stream.sync(() => second)) : Stream.make(second)
        )
        yield* Effect.gen(function*() {
          const endless = yield* connect(path)
          yield* endless.say(speak("Endless."))
          yield* endless.say(flush)
          const other = yield* connect(path)
          yield* other.say(speak("Hello."))
          yield* other.say(close)
          assert.strictEqual((yield* other.end).code, 1000)
        }).pipe(Effect.scoped, Effect.provide(emulator))
      }))

    it.live("that breaks off ends the session", () =>
      Effect.gen(function*() {
        for (
          const [reason, code, name] of [["EngineFailure", 1011, "NET-0000"], [
            "InvalidText",
            1008,
            "DATA-0000"
          ]] as const
        ) {
          const error = new Synthesizer.SynthesisError({ reason, message: "The voice says no." })
          const emulator = speaking(() => Stream.concat(Stream.make(second), Stream.fail(error)))
          yield* Effect.gen(function*() {
            const { end, say } = yield* connect(path)
            yield* say(speak("Hello."))
            yield* say(flush)
            const ended = yield* end
            assert.strictEqual(ended.code, code)
            assert.match(ended.reason, new RegExp(`${name.replace("-", "")}$`, "i"))
            if (path === flux) {
              assert.deepInclude(last(ended.messages), { type: "Error", code: name, description: ended.reason })
            }
          }).pipe(Effect.scoped, Effect.provide(emulator))
        }
      }))

    it.live("ends the session when the voice breaks or gives up by itself", () =>
      Effect.gen(function*() {
        for (const broken of [Effect.die(new Error("It broke")), Effect.interrupt]) {
          yield* Effect.gen(function*() {
            const { end, say } = yield* connect(path)
            yield* say(speak("Hello."))
            yield* say(flush)
            const ended = yield* end
            assert.strictEqual(ended.code, 1011)
            assert.match(ended.reason, /net0000$/)
            if (path === flux) {
              assert.deepInclude(last(ended.messages), {
                type: "Error",
                code: "NET-0000",
                description: ended.reason
              })
            }
          }).pipe(Effect.scoped, Effect.provide(speaking(() => Stream.fromEffect(broken))))
        }
      }))

    it.effect("is over when its time is, also if the client does not read", () =>
      Effect.gen(function*() {
        let made = 0
        const endless = Stream.forever(Stream.sync(() => {
          made++
          return second
        }))
        const emulator = speaking(() => endless, { idleTimeout: "3 hours" })
        yield* Effect.gen(function*() {
          const { next, say, socket } = yield* connect(path)
          yield* say(speak("Hello."))
          yield* say(flush)
          yield* until(next, "Audio")
          socket.pause()
          yield* stable(() => made)
          yield* TestClock.adjust("1 hour")
          // Before anything is read.
          assert.strictEqual((yield* logged).code, 200)
        }).pipe(Effect.scoped, Effect.provide(Layer.provideMerge(Emulator.layerClient, emulator)))
      }))

    it.effect("keeps the session open however long the client listens", () =>
      Effect.gen(function*() {
        const rest = yield* Deferred.make<void>()
        const emulator = speaking(
          () => Stream.concat(Stream.make(second), Stream.fromEffect(Effect.as(Deferred.await(rest), second))),
          {
            // Aura has no limit of its own.
            idleTimeout: "60 seconds"
          }
        )
        yield* Effect.gen(function*() {
          const { end, next, say, socket } = yield* connect(path)
          yield* say(speak("Hello."))
          yield* say(flush)
          yield* until(next, "Audio")
          for (let seconds = 0; seconds < 200; seconds += 50) yield* TestClock.adjust("50 seconds")
          assert.strictEqual(socket.readyState, socket.OPEN)
          yield* Deferred.succeed(rest, undefined)
          yield* say(close)
          assert.strictEqual((yield* end).code, 1000)
        }).pipe(Effect.scoped, Effect.provide(emulator))
      }))
  })
}

const newest = Effect.map(inProject((id) => Requests.list(id, { limit: 1 })), ({ requests: [request] }) => request!)

/** The newest request, as soon as there is one. */
const logged = Effect.flatMap(
  inProject((id) => Requests.list(id)),
  ({ requests: [request] }) => Effect.fromNullishOr(request)
).pipe(Effect.retry({ while: () => true }))

const dollars = (lineItem: string) =>
  Effect.map(inProject((id) => Billing.breakdown(id, { line_item: lineItem })), ({ results: [cost] }) => cost?.dollars)

const session = Effect.fnUntraced(function*(path: string, ...messages: ReadonlyArray<Json>) {
  const { end, say } = yield* connect(path)
  yield* Effect.forEach(messages, say, { discard: true })
  return yield* end
}, Effect.scoped)

describe("the log", () => {
  it.effect("has what was spoken, as characters of a streaming request", () =>
    Effect.gen(function*() {
      yield* session(aura, speak("Forgotten."), { type: "Clear" }, speak("Hello, "), speak("you."), close)
      assert.deepInclude(yield* newest, { path: aura, code: 200 })
      const details = Object(Object((yield* newest)["response"])["details"])
      assert.deepInclude(details, { method: "streaming", usd: 11 * 30 / 1_000_000 })
      assert.strictEqual(yield* dollars("tts::aura-2"), 11 * 30 / 1_000_000)

      const { messages } = yield* session(
        `${flux}&tag=turns`,
        speak("One \\{\"word\":\"two\",\"pronounce\":\"t\"\\}."),
        close
      )
      assert.strictEqual(only(messages, "SessionMetadata")["total_billable_character_count"], 8)
      assert.deepInclude(Object(Object((yield* newest)["response"])["details"]), {
        method: "streaming",
        tags: ["turns"]
      })
      assert.strictEqual(yield* dollars("tts::flux"), 8 * 40 / 1_000_000)
    }).pipe(Effect.provide(Emulator.layerSdk())))

  it.effect("has what went wrong, without a charge", () =>
    Effect.gen(function*() {
      yield* session(aura, speak("Hello."), flush, speak("x".repeat(2001)))
      assert.deepInclude(yield* newest, { code: 400 })
      assert.match(JSON.stringify(yield* newest), /BIG-0001: The text is longer/)
      const { messages } = yield* session(flux, speak("Hello."), { type: "Speech" })
      assert.include(typesOf(messages), "Error")
      assert.match(JSON.stringify(yield* newest), /DATA-0000: The message contains an invalid command/)
      const { results } = yield* inProject((id) => Billing.breakdown(id))
      assert.deepStrictEqual(results.map((result) => result.dollars).filter((amount) => amount !== 0), [])
    }).pipe(Effect.provide(Emulator.layerSdk())))

  it.live("has what a client was told before it left", () =>
    Effect.gen(function*() {
      const emulator = speaking(() => Stream.concat(Stream.make(second), Stream.never))
      yield* Effect.gen(function*() {
        yield* Effect.scoped(Effect.gen(function*() {
          const { next, say, socket } = yield* connect(aura)
          yield* say(speak("Hello."))
          yield* say(flush)
          yield* until(next, "Audio")
          socket.close()
          yield* Effect.callback<void>((resume) => {
            socket.once("close", () => resume(Effect.void))
          })
        }))
        assert.strictEqual((yield* logged).code, 200)
        assert.strictEqual(yield* dollars("tts::aura-2"), 6 * 30 / 1_000_000)
      }).pipe(Effect.provide(Layer.provideMerge(Emulator.layerClient, emulator)))
    }))
})
