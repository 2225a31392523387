import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, type Scope, Stream } from "effect"
import { type DeepgramError, SpeakV1, type SpeakV2 } from "effect-deepgram"
import { pass } from "../support/clock.ts"
import { begin, failing, hear, openWatched, settled, type Transport, transports } from "../support/live.ts"
import {
  aura,
  cleared,
  ending,
  flushed,
  interrupted,
  openAura,
  openFlux,
  outline,
  over,
  sound,
  total,
  warning
} from "../support/liveSpeech.ts"
import type { Peer } from "../support/sockets.ts"

type Message = SpeakV1.ServerMessage | SpeakV2.ServerMessage

/** A session of either generation, as far as both are alike. */
interface Speaking {
  readonly messages: Stream.Stream<Message, DeepgramError.LiveError>
  readonly speak: (text: string) => Effect.Effect<void, DeepgramError.LiveError>
  readonly flush: Effect.Effect<unknown, DeepgramError.LiveError>
  readonly drop: Effect.Effect<unknown, DeepgramError.LiveError>
  readonly close: Effect.Effect<void, DeepgramError.LiveError>
  readonly peer: Peer
}

interface Generation {
  readonly name: string
  readonly open: (transport: Transport) => Effect.Effect<Speaking, DeepgramError.LiveError, Scope.Scope>
  /** What is asked, and what is said then, each time anew. */
  readonly asked: object
  readonly answer: (index: number) => { readonly type: string }
  readonly last: ReadonlyArray<object>
}

const generations: ReadonlyArray<Generation> = [
  {
    name: "clear of Aura",
    open: (transport) =>
      Effect.map(openAura(transport), ({ connection, peer }) => ({ ...connection, peer, drop: connection.clear })),
    asked: { type: "Clear" },
    answer: cleared,
    last: []
  },
  {
    name: "interrupt of Flux",
    open: (transport) =>
      Effect.map(
        openFlux(transport),
        ({ connection, peer }) => ({ ...connection, peer, drop: connection.interrupt() })
      ),
    asked: { type: "Interrupt" },
    answer: interrupted,
    last: [total]
  }
]

const cases = transports.flatMap((transport) =>
  generations.map((generation) => ({ name: `${generation.name} over ${transport.name}`, transport, generation }))
)

describe.each(cases)("$name", ({ generation: { answer, asked, last, open }, transport }) => {
  /** What comes until the session has been closed. */
  const rest = ({ close, messages, peer }: Speaking) =>
    Effect.gen(function*() {
      const closing = yield* begin(close)
      yield* ending(last)(peer)
      yield* Fiber.join(closing)
      const { error, messages: heard } = yield* hear(messages)
      assert.isUndefined(error)
      return outline(heard).filter((message) => message !== "SessionMetadata")
    })

  /** Hands over a text that is open from now on: there is something to drop. */
  const speaking = ({ peer, speak }: Speaking, text: string) =>
    Effect.gen(function*() {
      yield* speak(text)
      assert.deepStrictEqual(yield* peer.message, { type: "Speak", text })
    })

  /** Has the text spoken that is open, and does not wait. */
  const flushing = ({ flush, peer }: Speaking) =>
    Effect.gen(function*() {
      const fiber = yield* begin(flush)
      assert.deepStrictEqual(yield* peer.message, { type: "Flush" })
      return fiber
    })

  /** Has the server say something, and waits until it has come, although nobody reads. */
  const saying = (session: Speaking, ...said: ReadonlyArray<object>) =>
    Effect.gen(function*() {
      const { peer } = session
      yield* speaking(session, "one")
      const fiber = yield* flushing(session)
      yield* peer.send(...said, "type" in asked && asked.type === "Clear" ? flushed(0) : over("a"))
      yield* Fiber.join(fiber)
    })

  it.effect("drops exactly the audio before the answer, when nobody reads", () =>
    Effect.gen(function*() {
      const session = yield* open(transport)
      yield* saying(session, sound(1), sound(2))
      yield* speaking(session, "two")
      const dropping = yield* begin(session.drop)
      assert.deepStrictEqual(yield* session.peer.message, asked)
      yield* session.peer.send(sound(3), warning("W"), sound(4), answer(1), sound(5), sound(6))
      yield* Fiber.join(dropping)
      const [end, ...others] = yield* rest(session)
      assert.include(["Flushed", "SpeechMetadata"], end)
      assert.deepStrictEqual(others, ["Warning", answer(1).type, 5, 6])
    }))

  it.effect("drops exactly the audio before the answer, while somebody reads", () =>
    Effect.gen(function*() {
      const session = yield* open(transport)
      const { messages, peer } = session
      yield* speaking(session, "one")
      const reading = yield* begin(hear(Stream.take(messages, 4)))
      yield* peer.send(sound(1))
      const dropping = yield* begin(session.drop)
      assert.deepStrictEqual(yield* peer.message, asked)
      yield* peer.send(sound(2))
      yield* peer.send(sound(3), answer(1), sound(4))
      yield* Fiber.join(dropping)
      yield* peer.send(sound(5), sound(6))
      const heard = outline((yield* Fiber.join(reading)).messages)
      // The first may have come before it was dropped, or after.
      assert.deepStrictEqual(heard.filter((message) => message !== 1 && message !== 6), [answer(1).type, 4, 5])
    }))

  it.effect("is answered although more is unread than makes the server wait", () =>
    Effect.gen(function*() {
      const session = yield* open(transport)
      yield* speaking(session, "one")
      const frame = sound(1, 65_536)
      yield* session.peer.send(...Array.from({ length: 64 }, () => frame))
      // Until nothing more is read.
      yield* settled(() => session.peer.socket.bufferedAmount)
      const dropping = yield* begin(session.drop)
      assert.deepStrictEqual(yield* session.peer.message, asked)
      yield* session.peer.send(frame, answer(0), sound(2))
      yield* Fiber.join(dropping)
      assert.deepStrictEqual(yield* rest(session), [answer(0).type, 2])
    }))

  it.effect("is not over before each of two that ask at once has its answer", () =>
    Effect.gen(function*() {
      const session = yield* open(transport)
      const { peer } = session
      for (const text of ["one", "two"]) {
        yield* speaking(session, text)
        yield* flushing(session)
      }
      const dropping = yield* Effect.all([begin(session.drop), begin(session.drop)])
      assert.deepStrictEqual(yield* peer.message, asked)
      // Flux is not asked twice at a time: its answers could not be told apart.
      const isTwice = answer === cleared
      if (isTwice) assert.deepStrictEqual(yield* peer.message, asked)
      else assert.strictEqual(peer.frames.length, 5)
      yield* peer.send(sound(1), answer(1))
      if (!isTwice) assert.deepStrictEqual(yield* peer.message, asked)
      yield* peer.send(sound(2), answer(2), sound(3))
      yield* Effect.forEach(dropping, Fiber.join)
      assert.deepStrictEqual(yield* rest(session), [answer(1).type, answer(2).type, 3])
    }))

  it.effect("drops up to the answer although who asked has gone", () =>
    Effect.gen(function*() {
      const session = yield* open(transport)
      yield* speaking(session, "one")
      const dropping = yield* begin(session.drop)
      assert.deepStrictEqual(yield* session.peer.message, asked)
      yield* Fiber.interrupt(dropping)
      yield* session.peer.send(sound(1), answer(1), sound(2))
      assert.deepStrictEqual(yield* rest(session), [answer(1).type, 2])
    }))

  it.effect("says nothing more when the session is being closed, and lets nothing be heard", () =>
    Effect.gen(function*() {
      const session = yield* open(transport)
      const { close, drop, messages, peer } = session
      yield* speaking(session, "one")
      const closing = yield* begin(close)
      assert.deepStrictEqual(yield* peer.message, { type: "Close" })
      assert.isUndefined(yield* drop)
      yield* peer.send(sound(1), warning("W"), sound(2), ...last)
      yield* peer.close(1000)
      yield* Fiber.join(closing)
      const { error, messages: heard } = yield* hear(messages)
      assert.isUndefined(error)
      assert.deepStrictEqual(outline(heard), ["Warning", ...outline(last as ReadonlyArray<Message>)])
      assert.strictEqual(peer.frames.length, 2)
    }))
})

const heldBack = 61_000

describe.each(transports)("texts that wait over $name", (transport) => {
  const open = openWatched(
    SpeakV1.connect({ ...aura, charactersPerMinute: 10, flushesPerMinute: 1, keepAlive: false }),
    transport
  )

  it.effect("are dropped with the audio, and the next one goes on", () =>
    Effect.gen(function*() {
      const { connection, peer, sleeps } = yield* open
      yield* connection.speak("12345678")
      const speaking = yield* begin(sleeps.watch(Effect.andThen(connection.speak("ABCDEFGH"), connection.speak("I"))))
      const other = yield* begin(sleeps.watch(connection.speak("JKL")))
      yield* sleeps.next(10_000)
      const clearing = yield* begin(connection.clear)
      yield* Fiber.join(other)
      yield* peer.message
      // The next one does not wait for the answer.
      assert.sameDeepMembers([yield* peer.message, yield* peer.message], [
        { type: "Clear" },
        { type: "Speak", text: "I" }
      ])
      yield* peer.send(cleared(0))
      yield* Fiber.join(clearing)
      yield* Fiber.join(speaking)
      yield* pass(heldBack)
      yield* connection.speak("new")
      assert.deepStrictEqual(yield* peer.message, { type: "Speak", text: "new" })
    }))

  it.effect("and flushes that wait, too", () =>
    Effect.gen(function*() {
      const { connection, peer, sleeps } = yield* open
      const first = yield* begin(connection.flush)
      yield* peer.message
      yield* peer.send(flushed(0))
      yield* Fiber.join(first)
      const second = yield* begin(sleeps.watch(connection.flush))
      yield* sleeps.next(10_000)
      const clearing = yield* begin(connection.clear)
      assert.isUndefined(yield* Fiber.join(second))
      assert.deepStrictEqual(yield* peer.message, { type: "Clear" })
      yield* peer.send(cleared(1))
      yield* Fiber.join(clearing)
    }))

  it.effect("are given up with who waits: the next one goes when it may", () =>
    Effect.gen(function*() {
      const { connection, peer, sleeps } = yield* open
      yield* connection.speak("12345678")
      const gone = yield* begin(sleeps.watch(connection.speak("ABCDEFGH")))
      yield* sleeps.next(10_000)
      yield* Fiber.interrupt(gone)
      yield* connection.speak("yz")
      yield* peer.message
      assert.deepStrictEqual(yield* peer.message, { type: "Speak", text: "yz" })
      const late = yield* begin(sleeps.watch(connection.speak("12345678")))
      const closing = yield* begin(connection.close)
      yield* sleeps.next(10_000)
      assert.strictEqual(peer.frames.length, 2)
      yield* pass(heldBack)
      yield* Fiber.join(late)
      assert.deepStrictEqual(yield* peer.message, { type: "Speak", text: "12345678" })
      assert.deepStrictEqual(yield* peer.message, { type: "Close" })
      yield* peer.close(1000)
      yield* Fiber.join(closing)
    }))

  it.effect("hear what ends the session", () =>
    Effect.gen(function*() {
      const { connection, peer, sleeps } = yield* open
      yield* connection.speak("12345678")
      const waiting = yield* Effect.forEach(
        [connection.speak("ABCDEFGH"), connection.flush, connection.speak("x"), connection.close],
        (waits) => begin(sleeps.watch(Effect.asVoid(waits)))
      )
      yield* sleeps.next(10_000)
      yield* peer.close(1011, "NET-0000")
      for (const fiber of waiting) yield* failing("ConnectionClosed", Fiber.join(fiber))
    }))
})
