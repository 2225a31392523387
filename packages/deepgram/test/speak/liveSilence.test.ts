import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Stream } from "effect"
import { type DeepgramError, SpeakV1, SpeakV2 } from "effect-deepgram"
import { pass } from "../support/clock.ts"
import { begin, failing, openWatched, requestId, type Transport, transports } from "../support/live.ts"
import {
  aura,
  cleared,
  connected,
  flux,
  interrupted,
  metadata,
  openFlux,
  outline,
  over,
  sound,
  warning
} from "../support/liveSpeech.ts"
import { accept, serveSockets } from "../support/sockets.ts"

type Message = SpeakV1.ServerMessage | SpeakV2.ServerMessage

const options = { answerTimeout: "3 seconds", keepAlive: false } as const

/** Sessions that wait for an answer for 3 seconds, whose sleeps are watched. */
const generations = [
  {
    name: "clear of Aura",
    open: (transport: Transport) =>
      Effect.map(openWatched(SpeakV1.connect({ ...aura, ...options }), transport), (opened) => ({
        ...opened,
        messages: opened.connection.messages as Stream.Stream<Message, DeepgramError.LiveError>,
        drop: opened.connection.clear as Effect.Effect<unknown, DeepgramError.LiveError>
      })),
    operation: "SpeakV1.clear",
    first: metadata,
    asked: { type: "Clear" },
    answers: [cleared(0), cleared(1)]
  },
  {
    name: "interrupt of Flux",
    open: (transport: Transport) =>
      Effect.map(openWatched(SpeakV2.connect({ ...flux, ...options }), transport), (opened) => ({
        ...opened,
        messages: opened.connection.messages as Stream.Stream<Message, DeepgramError.LiveError>,
        drop: opened.connection.interrupt() as Effect.Effect<unknown, DeepgramError.LiveError>
      })),
    operation: "SpeakV2.interrupt",
    first: connected,
    asked: { type: "Interrupt" },
    answers: [interrupted(7), interrupted(8)]
  }
]

const cases = transports.flatMap((transport) =>
  generations.map((generation) => ({ name: `${generation.name} over ${transport.name}`, transport, generation }))
)

describe.each(cases)("$name", ({ generation: { answers, asked, first, open, operation }, transport }) => {
  /** A session that has asked for silence, once somebody waits and somebody watches, for 3 seconds each. */
  const dropping = Effect.gen(function*() {
    const session = yield* open(transport)
    const { connection, drop, messages, peer, sleeps } = session
    yield* peer.send(first)
    yield* Stream.runHead(messages)
    yield* connection.speak("one")
    yield* peer.message
    const fiber = yield* begin(sleeps.watch(drop))
    assert.deepStrictEqual(yield* peer.message, asked)
    yield* sleeps.until(3000)
    yield* sleeps.until(3000)
    return { ...session, fiber }
  })

  /** What comes up to the next warning. */
  const upToWarning = (messages: Stream.Stream<Message, DeepgramError.LiveError>) =>
    Effect.map(Stream.runCollect(Stream.takeUntil(messages, ({ type }) => type === "Warning")), outline)

  it.effect("fails as TimedOut without an answer, and audio comes again", () =>
    Effect.gen(function*() {
      const { fiber, messages, peer } = yield* dropping
      yield* pass(3000)
      const error = yield* failing("TimedOut", Fiber.join(fiber))
      assert.strictEqual(error.requestId, requestId)
      assert.include(error.message, `${operation}: there was no answer within 3s (the option answerTimeout`)
      yield* peer.send(sound(1), warning("W"))
      assert.deepStrictEqual(yield* upToWarning(messages), [1, "Warning"])
    }))

  it.effect("drops no longer than answerTimeout although who asked has gone", () =>
    Effect.gen(function*() {
      const { fiber, messages, peer, sleeps } = yield* dropping
      yield* Fiber.interrupt(fiber)
      yield* pass(2999)
      // The server says something: it is waited for again.
      yield* peer.send(sound(1), warning("W"))
      assert.deepStrictEqual(yield* upToWarning(messages), ["Warning"])
      yield* pass(1)
      yield* sleeps.until(2999)
      yield* pass(2998)
      yield* peer.send(sound(2), warning("W"))
      assert.deepStrictEqual(yield* upToWarning(messages), ["Warning"])
      yield* pass(1)
      yield* sleeps.until(2999)
      yield* pass(2999)
      yield* peer.send(sound(3), warning("W"), sound(4), warning("W"))
      assert.deepStrictEqual(yield* upToWarning(messages), [3, "Warning"])
      assert.deepStrictEqual(yield* upToWarning(messages), [4, "Warning"])
    }))

  it.effect("has its own answer after one for which nobody waits any more", () =>
    Effect.gen(function*() {
      const { connection, drop, fiber, messages, peer } = yield* dropping
      yield* Fiber.interrupt(fiber)
      yield* connection.speak("two")
      yield* peer.message
      const again = yield* begin(drop)
      assert.deepStrictEqual(yield* peer.message, asked)
      yield* peer.send(answers[0]!, sound(1), warning("W"))
      assert.deepStrictEqual(yield* upToWarning(messages), [answers[0]!.type, "Warning"])
      assert.isUndefined(again.pollUnsafe())
      yield* peer.send(answers[1]!, sound(2), warning("W"))
      yield* Fiber.join(again)
      assert.deepStrictEqual(yield* upToWarning(messages), [answers[1]!.type, 2, "Warning"])
    }))
})

describe.each(transports)("what is not asked over $name", (transport) => {
  it.effect("does not silence the session when who would have asked has gone", () =>
    Effect.gen(function*() {
      const gate = yield* Deferred.make<void>()
      const server = yield* serveSockets((dial) => Effect.andThen(Deferred.await(gate), dial.accept()))
      const connection = yield* SpeakV1.connect({ ...aura, waitForOpen: false }).pipe(
        Effect.provide(transport.client(server))
      )
      const gone = yield* begin(connection.clear)
      yield* server.dial(0)
      yield* Fiber.interrupt(gone)
      yield* Deferred.succeed(gate, undefined)
      const peer = yield* server.peer(0)
      yield* peer.send(sound(1))
      assert.deepStrictEqual(outline(yield* Stream.runCollect(Stream.take(connection.messages, 1))), [1])
      assert.strictEqual(peer.frames.length, 0)
    }))

  it.effect("is an interruption of nothing: it says nothing, and drops what was not taken", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openFlux(transport)
      const offset = { playback_offset: { type: "time_ms", value: 7 } } as const
      // Nothing was ever said.
      assert.isUndefined(yield* connection.interrupt(offset))
      yield* connection.speak("one")
      const flushing = yield* begin(connection.flush)
      yield* peer.send(sound(1), over("a"))
      yield* Fiber.join(flushing)
      assert.isUndefined(yield* connection.interrupt(offset))
      // What comes then is heard.
      yield* peer.send(sound(2), warning("W"))
      assert.deepStrictEqual(
        outline(yield* Stream.runCollect(Stream.take(connection.messages, 3))),
        ["SpeechMetadata", 2, "Warning"]
      )
      yield* connection.speak("two")
      const interrupting = yield* begin(connection.interrupt(offset))
      assert.deepStrictEqual(yield* Effect.forEach([1, 2, 3, 4], () => peer.message), [
        { type: "Speak", text: "one" },
        { type: "Flush" },
        { type: "Speak", text: "two" },
        // What was not sent does not count for what has been played.
        { type: "Interrupt", ...offset }
      ])
      yield* peer.send(interrupted(7))
      assert.deepStrictEqual<object | undefined>(yield* Fiber.join(interrupting), interrupted(7))
      assert.isUndefined(yield* connection.interrupt())
      assert.strictEqual(peer.frames.length, 4)
    }))

  it.effect("drops the texts that wait, too: they are not begun when the session opens", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const connection = yield* SpeakV2.connect({ ...flux, waitForOpen: false }).pipe(
        Effect.provide(transport.client(server))
      )
      const speaking = yield* begin(connection.speak("one"))
      const flushing = yield* begin(connection.flush)
      assert.isUndefined(yield* connection.interrupt())
      yield* Fiber.join(speaking)
      assert.isUndefined(yield* Fiber.join(flushing))
      const peer = yield* server.peer(0)
      yield* connection.speak("two")
      assert.deepStrictEqual(yield* peer.message, { type: "Speak", text: "two" })
    }))
})
