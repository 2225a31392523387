import { assert, describe, it } from "@effect/vitest"
import { Cause, Deferred, Effect, Exit, Fiber, Scope, Stream } from "effect"
import { type DeepgramError, ListenV1 } from "effect-deepgram"
import { getActiveResourcesInfo } from "node:process"
import {
  begin,
  ending,
  failing,
  hear,
  metadata,
  type Opened,
  openV1,
  results,
  settled,
  textOf,
  type Transport,
  transports,
  v1,
  ws
} from "../support/live.ts"
import { accept, type Frame, type Peer, refuse, type Script, serveSockets } from "../support/sockets.ts"

const control = { keepAlive: false } as const

const numbers = (count: number, from = 0): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, index) => String(from + index))

/** Final results, one for each text, that end one second after the other. */
const finals = (texts: ReadonlyArray<string>) =>
  texts.map((text) => results(text, { is_final: true, start: Number(text) }))

/** Waits until what was sent has come in, although nobody reads. */
const arrived = ({ connection }: Opened<ListenV1.Connection>) =>
  settled(() => Effect.runSync(connection.position).acknowledged)

/** A listener that keeps what it hears, and can be waited for. */
const makeEar = () => {
  const heard: Array<ListenV1.ServerMessage> = []
  const waiters = new Map<number, () => void>()
  return {
    heard,
    hear: (message: ListenV1.ServerMessage) => {
      heard.push(message)
      waiters.get(heard.length)?.()
    },
    /** Waits for so many messages. */
    count: (count: number) =>
      Effect.callback<void>((resume) => {
        if (heard.length >= count) return resume(Effect.void)
        waiters.set(count, () => resume(Effect.void))
      })
  }
}

const refusal = <A, R>(effect: Effect.Effect<A, DeepgramError.LiveError, R>) =>
  Effect.map(failing("BadRequest", effect), ({ message }) => message)

const readTwice = "ListenV1.connect: the messages of this connection are being read already"

// Node's own keeps timers of its own for a while.
describe("a session over ws that ends while it opens", () => {
  const timers = () => getActiveResourcesInfo().filter((name) => name === "Timeout").length

  it.live("leaves no timer behind", () =>
    Effect.gen(function*() {
      const before = timers()
      yield* Effect.scoped(Effect.gen(function*() {
        const { connection } = yield* openV1(ws, { watchdog: 0, keepAlive: true })
        const { error } = yield* hear(connection.messages)
        assert.strictEqual(error?._tag, "TimedOut")
      }))
      assert.isAtMost(timers(), before)
    }))
})

describe.each(transports)("a function that hears what comes over $name", (transport) => {
  it.effect("hears everything in order, what waited before it included", () =>
    Effect.gen(function*() {
      const opened = yield* openV1(transport)
      const { connection, peer } = opened
      yield* peer.send(...finals(numbers(500)))
      yield* arrived(opened)
      const { heard, hear } = makeEar()
      const reader = yield* begin(connection.onMessage(hear))
      // It has not waited for anything.
      assert.deepStrictEqual(textOf(heard), numbers(500))
      for (let from = 500; from < 3000; from += 500) yield* peer.send(...finals(numbers(500, from)))
      yield* begin(ending()(peer))
      yield* connection.close
      yield* Fiber.join(reader)
      assert.deepStrictEqual(textOf(heard), numbers(3000))
      assert.deepStrictEqual(heard.at(-1), metadata)
    }))

  it.effect("makes room by hearing: more comes than may wait", () =>
    Effect.gen(function*() {
      const opened = yield* openV1(transport)
      const { connection, peer } = opened
      const long = "x".repeat(65_536)
      const texts = numbers(60)
      yield* peer.send(...finals(texts).map((result) => Object.assign(result, { long })))
      yield* arrived(opened)
      const { count, heard, hear } = makeEar()
      yield* begin(connection.onMessage(hear))
      yield* count(60)
      assert.deepStrictEqual(textOf(heard), texts)
    }))

  it.effect("may send, close, and read on elsewhere while it hears", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport, control)
      const { count, heard, hear } = makeEar()
      let answered = false
      const reader = yield* begin(connection.onMessage((message) => {
        hear(message)
        if (heard.length === 1) answered = connection.sendUnsafe(Uint8Array.of(7))
        if (heard.length === 2) Effect.runFork(connection.close)
      }))
      yield* peer.send(results("one"))
      assert.deepStrictEqual(yield* peer.next, Buffer.of(7))
      assert.isTrue(answered)
      yield* begin(ending()(peer))
      yield* peer.send(results("two"))
      yield* count(3)
      yield* Fiber.join(reader)
      assert.deepStrictEqual(heard.map(({ type }) => type), ["Results", "Results", "Metadata"])
    }))

  it.effect("is the one reader, and nothing else is beside it", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport)
      const { count, heard, hear: listen } = makeEar()
      const listening = yield* begin(connection.onMessage(listen))
      assert.include(yield* refusal(Stream.runHead(connection.messages)), readTwice)
      assert.include(yield* refusal(connection.onMessage(() => assert.fail("a second one"))), readTwice)
      yield* peer.send(results("one"))
      yield* count(1)
      yield* Fiber.interrupt(listening)
      const reading = yield* begin(hear(connection.messages))
      assert.include(yield* refusal(connection.onMessage(() => assert.fail("beside a stream"))), readTwice)
      yield* peer.send(results("two"))
      yield* begin(ending([])(peer))
      yield* connection.close.pipe(Effect.ignore)
      assert.deepStrictEqual(textOf(heard), ["one"])
      assert.deepStrictEqual(textOf((yield* Fiber.join(reading)).messages), ["two"])
    }))

  it.effect("leaves later messages to the next reader when it is interrupted", () =>
    Effect.gen(function*() {
      const opened = yield* openV1(transport)
      const { connection, peer } = opened
      const { count, heard, hear: listen } = makeEar()
      for (let index = 0; index < 30; index += 3) {
        yield* Fiber.interrupt(yield* begin(Stream.runHead(connection.messages)))
        const reader = yield* begin(connection.onMessage(listen))
        yield* peer.send(...finals(numbers(1, index)))
        yield* count(index + 1)
        yield* Fiber.interrupt(reader)
        yield* peer.send(...finals(numbers(2, index + 1)))
        yield* arrived(opened)
        assert.strictEqual(heard.length, index + 1)
        // By a stream, and by the function that comes next.
        heard.push(...yield* Stream.runCollect(Stream.take(connection.messages, 1)))
        const other = yield* begin(connection.onMessage(listen))
        yield* count(index + 3)
        yield* Fiber.interrupt(other)
      }
      assert.deepStrictEqual(textOf(heard), numbers(30))
    }))

  it.effect.each(["what waited", "what comes"])(
    "dies of what it throws at %s, and the session goes on with the next message",
    (what) =>
      Effect.gen(function*() {
        const opened = yield* openV1(transport, control)
        const { connection, peer } = opened
        const defect = new Error("thrown")
        const { heard, hear: listen } = makeEar()
        const reading = connection.onMessage((message) => {
          listen(message)
          if (heard.length === 2) throw defect
        })
        const early = what === "what waited" ? undefined : yield* begin(reading)
        yield* peer.send(...finals(numbers(4)))
        if (early === undefined) yield* arrived(opened)
        const exit = yield* Fiber.await(early ?? (yield* begin(reading)))
        assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause) && !Cause.hasFails(exit.cause))
        assert.strictEqual(Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined, defect)
        assert.deepStrictEqual(textOf(heard), ["0", "1"])
        yield* connection.send(Uint8Array.of(1))
        assert.deepStrictEqual(yield* peer.next, Buffer.of(1))
        yield* begin(ending()(peer))
        yield* connection.close
        const rest = yield* hear(connection.messages)
        assert.deepStrictEqual([textOf(rest.messages), rest.error], [["2", "3"], undefined])
      })
  )

  it.effect("fails as the messages do, behind the last one, whenever it began", () =>
    Effect.gen(function*() {
      const opened = yield* openV1(transport)
      const { connection, peer } = opened
      const before = makeEar()
      const early = yield* begin(connection.onMessage(before.hear))
      yield* peer.send(...finals(numbers(3)))
      yield* before.count(3)
      yield* Fiber.interrupt(early)
      const { count, heard, hear: listen } = makeEar()
      const atOnce = yield* begin(connection.onMessage(listen))
      yield* peer.send(...finals(numbers(2, 3)))
      yield* count(2)
      yield* Fiber.interrupt(atOnce)
      yield* peer.send(...finals(numbers(2, 5)))
      yield* peer.close(1011, "NET-0000")
      yield* peer.closed
      yield* Effect.flip(Effect.exit(connection.close).pipe(Effect.flatten))
      // What waited, and then the failure.
      const error = yield* failing("ConnectionClosed", connection.onMessage(listen))
      assert.strictEqual(error.code, 1011)
      assert.deepStrictEqual(textOf(heard), numbers(4, 3))
      // And again, and for a stream.
      assert.strictEqual(yield* Effect.flip(connection.onMessage(() => assert.fail("nothing comes"))), error)
      assert.strictEqual((yield* hear(connection.messages)).error, error)
    }))

  it.effect("hears all that waited, also when it ends the session meanwhile", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const opened = yield* Scope.provide(openV1(transport), scope)
      const { connection, peer } = opened
      yield* peer.send(...finals(numbers(5)))
      yield* arrived(opened)
      const { heard, hear: listen } = makeEar()
      const error = yield* failing(
        "SendAfterClose",
        connection.onMessage((message) => {
          listen(message)
          if (heard.length === 2) Effect.runFork(Scope.close(scope, Exit.void))
        })
      )
      assert.deepStrictEqual(textOf(heard), numbers(5))
      assert.strictEqual(yield* Effect.flip(connection.onMessage(listen)), error)
    }))

  it.effect("fails while it listens, behind what came before", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport)
      const { heard, hear: listen } = makeEar()
      const reader = yield* begin(connection.onMessage(listen))
      yield* peer.send(...finals(numbers(100)))
      yield* peer.close(1011)
      const error = yield* failing("ConnectionClosed", Fiber.join(reader))
      assert.strictEqual(error.code, 1011)
      assert.deepStrictEqual(textOf(heard), numbers(100))
    }))

  it.effect("ends well where a stream would, also when all is over", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport)
      yield* begin(ending()(peer))
      yield* connection.close
      const { heard, hear: listen } = makeEar()
      yield* connection.onMessage(listen)
      assert.deepStrictEqual(heard, [metadata])
      yield* connection.onMessage(() => assert.fail("nothing comes"))
    }))
})

/** A frame that says which one it is, and repeats it to its end. */
const numbered = (index: number, length = 8): Uint8Array =>
  new Uint8Array(new Uint16Array(length / 2).fill(index).buffer)

/** Which frames came, if each of them is whole. */
const order = (frames: ReadonlyArray<Frame>): ReadonlyArray<unknown> =>
  frames.map((frame) => {
    if (typeof frame === "string") return JSON.parse(frame).type
    const index = frame.readUInt16LE(0)
    return frame.equals(numbered(index, frame.byteLength)) ? index : "broken"
  })

/** More than the network takes in while nobody reads. */
const flood = 32 * 1024 * 1024

/** A server that opens when it is told to. */
const gated = Effect.map(Deferred.make<void>(), (gate) => ({
  open: Deferred.succeed(gate, undefined),
  script: ((dial) => Effect.andThen(Deferred.await(gate), dial.accept())) satisfies Script
}))

/** A session that is not waited for. */
const dialling = (transport: Transport, script: Script, options: Partial<ListenV1.LiveOptions> = {}) =>
  Effect.gen(function*() {
    const server = yield* serveSockets(script)
    const connection = yield* ListenV1.connect(
      { ...v1, ...control, waitForOpen: false, ...options } as ListenV1.LiveOptions
    ).pipe(Effect.provide(transport.client(server)))
    return { connection, server }
  })

/** Offers a frame again and again, until it is taken. */
const asSoonAsTaken = ({ sendUnsafe }: ListenV1.Connection, frame: Uint8Array): Effect.Effect<void> =>
  Effect.callback((resume) => {
    const offer = () => sendUnsafe(frame) ? resume(Effect.void) : void setImmediate(offer)
    offer()
  })

describe.each(transports)("a frame that is sent without an effect over $name", (transport) => {
  it.effect("comes in line with the others, and as it was", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport, control)
      for (let index = 0; index < 1000; index += 2) {
        const frame = numbered(index, 640)
        assert.isTrue(connection.sendUnsafe(frame))
        frame.fill(255)
        yield* connection.send(numbered(index + 1))
      }
      const closing = yield* begin(connection.close)
      assert.deepStrictEqual(yield* peer.message, { type: "CloseStream" })
      yield* begin(ending()(peer))
      yield* peer.send(metadata)
      yield* peer.close(1000)
      yield* Fiber.join(closing)
      assert.deepStrictEqual(order(peer.frames), [...Array(1000).keys(), "CloseStream"])
    }))

  it.effect("is not taken while the network does not keep up, nor before those that wait", () =>
    Effect.gen(function*() {
      // Of what waits once the channel is open, capacity says nothing.
      const { connection, peer } = yield* openV1(transport, { ...control, capacity: 2 * flood })
      yield* peer.pause
      let taken = 0
      while (taken < 1000 && connection.sendUnsafe(numbered(taken, 65_536))) taken++
      assert.isAbove(taken, 1)
      assert.isBelow(taken * 65_536, flood)
      assert.isFalse(connection.sendUnsafe(numbered(taken)))
      const waiting = yield* begin(connection.send(numbered(taken)))
      assert.isUndefined(waiting.pollUnsafe())
      assert.isFalse(connection.sendUnsafe(numbered(taken + 1)))
      yield* peer.resume
      yield* asSoonAsTaken(connection, numbered(taken + 1))
      yield* Fiber.join(waiting)
      for (let index = 0; index < taken + 2; index++) yield* peer.next
      assert.deepStrictEqual(order(peer.frames), [...Array(taken + 2).keys()])
    }))

  it.effect("is taken before the opening as far as there is room, and copied", () =>
    Effect.gen(function*() {
      const { open, script } = yield* gated
      const { connection, server } = yield* dialling(transport, script, { capacity: 20 })
      const frame = numbered(0, 12)
      assert.isTrue(connection.sendUnsafe(frame))
      frame.fill(255)
      assert.isFalse(connection.sendUnsafe(numbered(9, 12)))
      assert.isTrue(connection.sendUnsafe(numbered(1, 8)))
      assert.isFalse(connection.sendUnsafe(numbered(9, 2)))
      const waiting = yield* begin(connection.send(numbered(2)))
      assert.isUndefined(waiting.pollUnsafe())
      yield* open
      const peer = yield* server.peer(0)
      yield* Fiber.join(waiting)
      assert.isTrue(connection.sendUnsafe(numbered(3)))
      for (let index = 0; index < 4; index++) yield* peer.next
      assert.deepStrictEqual(order(peer.frames), [0, 1, 2, 3])
    }))

  it.effect("is not taken behind one that waits for the opening, small as it is", () =>
    Effect.gen(function*() {
      const { open, script } = yield* gated
      const { connection, server } = yield* dialling(transport, script, { capacity: 20 })
      assert.isTrue(connection.sendUnsafe(numbered(0, 12)))
      const waiting = yield* begin(connection.send(numbered(1, 12)))
      assert.isFalse(connection.sendUnsafe(numbered(9, 2)))
      yield* open
      yield* Fiber.join(waiting)
      const peer = yield* server.peer(0)
      assert.deepStrictEqual(order([yield* peer.next, yield* peer.next]), [0, 1])
    }))

  it.effect("is not taken once the session is being closed, has ended, or could not be opened", () =>
    Effect.gen(function*() {
      const frame = numbered(1)
      const closed = yield* openV1(transport, control)
      yield* begin(closed.connection.close)
      assert.isFalse(closed.connection.sendUnsafe(frame))
      assert.isFalse(closed.connection.sendUnsafe(new Uint8Array(0)))
      const ended = yield* openV1(transport, control)
      yield* ended.peer.close(1011)
      assert.isDefined((yield* hear(ended.connection.messages)).error)
      assert.isFalse(ended.connection.sendUnsafe(frame))
      const scope = yield* Scope.make()
      const left = yield* Scope.provide(openV1(transport, control), scope)
      yield* Scope.close(scope, Exit.void)
      assert.isFalse(left.connection.sendUnsafe(frame))
      const { connection } = yield* dialling(transport, refuse({ status: 400 }))
      assert.isTrue(connection.sendUnsafe(frame))
      assert.isDefined((yield* hear(connection.messages)).error)
      assert.isFalse(connection.sendUnsafe(frame))
      assert.deepStrictEqual([closed.peer.frames.slice(1), ended.peer.frames], [[], []])
    }))

  it.effect("is not sent when it is empty, because that would end the audio", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openV1(transport, control)
      assert.isTrue(connection.sendUnsafe(new Uint8Array(0)))
      assert.isTrue(connection.sendUnsafe(numbered(1)))
      assert.isTrue(connection.sendUnsafe(numbered(2).subarray(4, 4)))
      assert.isTrue(connection.sendUnsafe(numbered(3)))
      assert.deepStrictEqual(order([yield* peer.next, yield* peer.next]), [1, 3])
    }))

  it.effect("counts as audio that was sent", () =>
    Effect.gen(function*() {
      const { connection } = yield* openV1(transport, control)
      connection.sendUnsafe(new Uint8Array(32_000))
      assert.strictEqual((yield* connection.position).sent, 1)
    }))
})

/** Tells that the session is open. */
const first = numbered(65_535)

describe.each(transports)("frames that come together, over $name", (transport) => {
  /** Hands frames to a pipe as one chunk, in a session that is open, and says what comes out of it. */
  const piped = (frames: ReadonlyArray<Uint8Array>, before: (peer: Peer) => Effect.Effect<void> = () => Effect.void) =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const isOpen = yield* Deferred.make<void>()
      const chunk = Stream.unwrap(Effect.as(Deferred.await(isOpen), Stream.fromArray(frames)))
      const heard = yield* begin(
        Stream.concat(Stream.make(first), chunk).pipe(
          ListenV1.transcribeStream({ ...v1, ...control }),
          hear,
          Effect.provide(transport.client(server))
        )
      )
      const peer = yield* server.peer(0)
      yield* peer.next
      yield* before(peer)
      yield* Deferred.succeed(isOpen, undefined)
      return { heard, peer }
    })

  it.effect("are sent in order, each of them whole, and no empty one", () =>
    Effect.gen(function*() {
      const frames = Array.from({ length: 3000 }, (_, index) => numbered(index, 2 * (1 + index % 700)))
      const withEmpty = frames.flatMap((frame, index) => index % 10 === 0 ? [new Uint8Array(0), frame] : [frame])
      const { heard, peer } = yield* piped(withEmpty)
      yield* begin(ending()(peer))
      assert.deepStrictEqual(yield* Fiber.join(heard), { messages: [metadata], error: undefined })
      assert.deepStrictEqual(order(peer.frames), [65_535, ...Array(3000).keys(), "CloseStream"])
    }))

  it.effect("wait where they do not fit, and leave in order when they do", () =>
    Effect.gen(function*() {
      const count = flood / 65_536
      const frames = Array.from({ length: count }, (_, index) => numbered(index, 65_536))
      const { heard, peer } = yield* piped(frames, ({ pause }) => pause)
      const came = yield* settled(() => peer.frames.length)
      assert.isBelow(came, count)
      yield* peer.resume
      yield* begin(ending()(peer))
      assert.deepStrictEqual(yield* Fiber.join(heard), { messages: [metadata], error: undefined })
      assert.deepStrictEqual(order(peer.frames), [65_535, ...Array(count).keys(), "CloseStream"])
    }))

  it.effect("are not sent any more when the session has ended, which the pipe says", () =>
    Effect.gen(function*() {
      const frames = Array.from({ length: flood / 65_536 }, (_, index) => numbered(index, 65_536))
      const { heard, peer } = yield* piped(frames, ({ pause }) => pause)
      yield* settled(() => peer.frames.length)
      yield* peer.reset
      const { error } = yield* Fiber.join(heard)
      assert.strictEqual(error?._tag, "ConnectionClosed")
    }))
})
