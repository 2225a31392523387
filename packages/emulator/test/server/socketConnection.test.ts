/** One socket, whatever is said on it: order, backpressure, ways to end. */
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Duration, Effect, Exit, Fiber, Scope } from "effect"
import { TestClock } from "effect/testing"
import { once } from "node:events"
import { createServer } from "node:http"
import { type AddressInfo, connect as connectTo, Socket } from "node:net"
import { WebSocket } from "ws"
import { type Connection, type Patience } from "../../src/internal/server/socketConnection.ts"
import { accept, type Handshake } from "../../src/internal/server/socketHandshake.ts"
import { stable } from "./socket.ts"

const patient: Patience = { idle: Duration.infinity, pings: false }

/** A server that waits for one socket. */
const listening = Effect.gen(function*() {
  const handshake = yield* Deferred.make<Handshake>()
  const server = createServer()
  server.on(
    "upgrade",
    (request, stream, head) => Deferred.doneUnsafe(handshake, Effect.succeed({ request, stream, head }))
  )
  yield* Effect.acquireRelease(
    Effect.promise(() => once(server.listen(0, "127.0.0.1"), "listening")),
    () => Effect.sync(() => server.close())
  )
  const { port } = server.address() as AddressInfo
  return { port, handshake: Deferred.await(handshake) }
})

const accepting = (handshake: Effect.Effect<Handshake>, patience: Patience) =>
  Effect.gen(function*() {
    const asked = yield* handshake
    const counts = { received: { messages: 0, bytes: 0 }, sent: { messages: 0, bytes: 0 } }
    const connection = yield* accept(asked, { headers: {}, protocol: undefined, patience, counts })
    assert.instanceOf(asked.stream, Socket)
    return { connection, stream: asked.stream }
  })

/** Both ends of a socket. */
const pair = Effect.fnUntraced(function*(patience: Patience = patient) {
  const { handshake, port } = yield* listening
  const client = yield* Effect.acquireRelease(
    Effect.sync(() => new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false })),
    (client) => Effect.sync(() => client.on("error", () => undefined).terminate())
  )
  const opened = once(client, "open")
  const { connection, stream } = yield* accepting(handshake, patience)
  yield* Effect.promise(() => opened)
  return { client, connection, stream }
})

/** A client that speaks TCP only. */
const dialRaw = Effect.fnUntraced(function*(port: number) {
  const client = yield* Effect.acquireRelease(
    Effect.sync(() => connectTo(port, "127.0.0.1").on("error", () => undefined)),
    (client) => Effect.sync(() => client.destroy())
  )
  const lines = [
    "GET / HTTP/1.1",
    "host: x",
    "connection: Upgrade",
    "upgrade: websocket",
    "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==",
    "sec-websocket-version: 13"
  ]
  client.write([...lines, "", ""].join("\r\n"))
  return client
})

const rawPair = Effect.gen(function*() {
  const { handshake, port } = yield* listening
  const client = yield* dialRaw(port)
  const answered = once(client, "data")
  const { connection } = yield* accepting(handshake, patient)
  yield* Effect.promise(() => answered)
  return { client, connection }
})

/** The server has looked at the clock. */
const looked = Effect.replicateEffect(
  Effect.callback<void>((resume) => {
    setImmediate(() => resume(Effect.void))
  }),
  2,
  { discard: true }
)

const received = (connection: Connection, count: number) =>
  Effect.forEach(Array.from({ length: count }), () => connection.receive)

const numberOf = (bytes: Uint8Array): number => new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)

const numbered = (number: number, length: number): Uint8Array => {
  const bytes = new Uint8Array(length)
  new DataView(bytes.buffer).setUint32(0, number)
  return bytes
}

const megabyte = 1_000_000

describe("a socket", () => {
  it.live("gives frames in order and by their kind", () =>
    Effect.gen(function*() {
      const { client, connection } = yield* pair()
      client.send("text")
      client.send(new Uint8Array([1, 2]))
      client.send("")
      client.send(new Uint8Array(0))
      // In pieces.
      client.send("é", { fin: false })
      client.send("è", { fin: true })
      client.close()
      const frames = yield* received(connection, 6)
      assert.deepStrictEqual(
        frames.map((frame) =>
          frame._tag === "Binary" ? Array.from(frame.bytes) : frame._tag === "Text" ? frame.text : frame._tag
        ),
        ["text", [1, 2], "", [], "éè", "Gone"]
      )
    }))

  it.live("sends text and bytes", () =>
    Effect.gen(function*() {
      const { client, connection } = yield* pair()
      const messages: Array<unknown> = []
      client.on("message", (data, isBinary) => messages.push([String(data), isBinary]))
      yield* connection.send("é")
      yield* connection.send(new Uint8Array([65]))
      const closed = once(client, "close")
      yield* connection.close({ code: 1000 })
      assert.deepStrictEqual((yield* Effect.promise(() => closed))[0], 1000)
      assert.deepStrictEqual(messages, [["é", false], ["A", true]])
      // Nobody hears that, and nothing waits for it.
      yield* connection.send("late")
      yield* connection.close({ code: 1000 })
    }))

  it.live("answers pings, unless the client does not read", () =>
    Effect.gen(function*() {
      const { client, connection, stream } = yield* pair()
      const pong = once(client, "pong")
      client.ping("a")
      assert.strictEqual(String((yield* Effect.promise(() => pong))[0]), "a")
      client.pause()
      const payload = new Uint8Array(125)
      for (let i = 0; i < 200_000; i++) client.ping(payload)
      client.send("end")
      yield* connection.receive
      assert.isBelow(stream.writableLength, megabyte)
    }))
})

describe("a client that does not read", () => {
  it.live("makes the server wait, and gets everything when it does", () =>
    Effect.gen(function*() {
      const { client, connection, stream } = yield* pair()
      const count = 60
      let sent = 0
      const numbers: Array<number> = []
      client.on("message", (data: Buffer) => numbers.push(numberOf(data)))
      client.pause()
      const sending = yield* Effect.forkChild(
        Effect.forEach(Array.from({ length: count }), (_, i) =>
          Effect.tap(connection.send(numbered(i, megabyte)), () => Effect.sync(() => sent++)))
      )
      // What the system takes, and one message that waits.
      assert.isBelow(
        yield* stable(() =>
          sent
        ),
        40
      )
      assert.isBelow(stream.writableLength, 2 * megabyte)
      client.resume()
      yield* Fiber.join(sending)
      yield* connection.close({})
      assert.deepStrictEqual(numbers, Array.from({ length: count }, (_, i) => i))
    }))

  it.effect("gets what was sent before the socket is closed, however long it takes", () =>
    Effect.gen(function*() {
      const { client, connection } = yield* pair()
      const message = new Uint8Array(65_536)
      let sent = 0
      let received = 0
      client.on("message", () => {
        received++
      })
      client.pause()
      const closed = once(client, "close")
      const sending = yield* Effect.forkChild(Effect.forever(Effect.suspend(() => {
        sent++
        return connection.send(message)
      })))
      yield* stable(() => sent)
      yield* Fiber.interrupt(sending)
      const closing = yield* Effect.forkChild(connection.close({ code: 1000 }), { startImmediately: true })
      yield* TestClock.adjust("1 minute")
      client.resume()
      yield* Fiber.join(closing)
      assert.strictEqual((yield* Effect.promise(() => closed))[0], 1000)
      assert.strictEqual(received, sent)
    }))

  it.effect("and never will is left after five minutes, with what was to be said last", () =>
    Effect.gen(function*() {
      const { client, connection, stream } = yield* pair()
      const messages: Array<string> = []
      client.on("message", (data: Buffer) => messages.push(String(data)))
      yield* connection.send("first")
      const closing = yield* Effect.forkChild(connection.close({ code: 1011, last: "Error" }))
      yield* Effect.promise(() => once(client, "close"))
      yield* Fiber.join(closing)
      assert.deepStrictEqual(messages, ["first", "Error"])

      const deaf = yield* pair()
      deaf.client.pause()
      yield* Effect.forkChild(deaf.connection.send(new Uint8Array(20 * megabyte)))
      yield* stable(() => deaf.stream.writableLength)
      const leaving = yield* Effect.forkChild(deaf.connection.close({ code: 1011, last: "Error" }), {
        startImmediately: true
      })
      yield* TestClock.adjust("299 seconds")
      assert.isUndefined(leaving.pollUnsafe())
      yield* TestClock.adjust("1 seconds")
      yield* Fiber.join(leaving)
      assert.isTrue(deaf.stream.destroyed)
      assert.isTrue(stream.destroyed)
    }))

  it.effect("is not taken for one that is silent", () =>
    Effect.gen(function*() {
      const { client, connection, stream } = yield* pair({ idle: Duration.seconds(10), pings: false })
      client.pause()
      const sending = yield* Effect.forkChild(connection.send(new Uint8Array(20 * megabyte)))
      yield* stable(() => stream.writableLength)
      const heard = yield* Effect.forkChild(connection.receive, { startImmediately: true })
      for (const time of ["10 seconds", "10 seconds", "9 seconds"] as const) {
        yield* TestClock.adjust(time)
        yield* looked
        assert.isUndefined(heard.pollUnsafe())
      }
      client.resume()
      yield* Fiber.join(sending)
      // From then on it is.
      yield* TestClock.adjust("9 seconds")
      yield* looked
      assert.isUndefined(heard.pollUnsafe())
      yield* TestClock.adjust("1 seconds")
      assert.deepStrictEqual<unknown>(yield* Fiber.join(heard), { _tag: "Idle" })
    }))

  it.live("and goes away does not hold up the server", () =>
    Effect.gen(function*() {
      const { client, connection, stream } = yield* pair()
      client.pause()
      const sending = yield* Effect.forkChild(connection.send(new Uint8Array(20 * megabyte)))
      yield* stable(() => stream.writableLength)
      client.terminate()
      yield* Fiber.join(sending)
      assert.strictEqual((yield* connection.receive)._tag, "Gone")
      yield* connection.close({ code: 1000 })
    }))
})

describe("a server that does not receive", () => {
  it.live("makes the client wait, and gets everything when it does", () =>
    Effect.gen(function*() {
      const { client, connection, stream } = yield* pair()
      const count = 40
      for (let i = 0; i < count; i++) client.send(numbered(i, megabyte))
      assert.isBelow(yield* stable(() => stream.bytesRead), 4 * megabyte)
      const frames = yield* received(connection, count)
      assert.deepStrictEqual(
        frames.map((frame) => frame._tag === "Binary" ? numberOf(frame.bytes) : frame._tag),
        Array.from({ length: count }, (_, i) => i)
      )
    }))

  it.effect("hears that the client closes too, behind what it does not read", () =>
    Effect.gen(function*() {
      const { client, connection, stream } = yield* pair()
      for (let i = 0; i < 20; i++) client.send(new Uint8Array(megabyte))
      yield* stable(() => stream.bytesRead)
      const closed = once(client, "close")
      yield* connection.close({ code: 1000 })
      assert.strictEqual((yield* Effect.promise(() => closed))[0], 1000)
    }))

  it.live("does not collect empty frames either", () =>
    Effect.gen(function*() {
      const { client, connection, stream } = yield* pair()
      const count = 200_000
      const empty = new Uint8Array(0)
      for (let i = 0; i < count; i++) client.send(empty)
      // Six bytes each.
      assert.isBelow(yield* stable(() => stream.bytesRead), megabyte)
      assert.strictEqual((yield* received(connection, count)).length, count)
    }))
})

describe("the end", () => {
  it.effect("is said when the client is silent, as long as somebody listens", () =>
    Effect.gen(function*() {
      const { client, connection } = yield* pair({ idle: Duration.seconds(10), pings: false })
      // Nobody listens: the session is busy.
      yield* TestClock.adjust("1 minute")
      const heard = yield* Effect.forkChild(connection.receive, { startImmediately: true })
      yield* TestClock.adjust("9 seconds")
      yield* connection.alive
      yield* TestClock.adjust("9 seconds")
      assert.isUndefined(heard.pollUnsafe())
      yield* TestClock.adjust("1 seconds")
      assert.deepStrictEqual<unknown>(yield* Fiber.join(heard), { _tag: "Idle" })
      assert.strictEqual(client.readyState, client.OPEN)
    }))

  it.effect("comes five seconds after a closing that is not answered", () =>
    Effect.gen(function*() {
      const { client, connection } = yield* rawPair
      const frame = once(client, "data")
      const ended = once(client.resume(), "close")
      const closing = yield* Effect.forkChild(connection.close({ code: 1011, reason: "why" }), {
        startImmediately: true
      })
      const bytes = (yield* Effect.promise(() => frame))[0] as Buffer
      assert.deepStrictEqual([...bytes.subarray(0, 4)], [0x88, 5, 1011 >> 8, 1011 & 0xff])
      assert.strictEqual(bytes.subarray(4).toString(), "why")
      yield* TestClock.adjust("4999 millis")
      assert.isUndefined(closing.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      yield* Fiber.join(closing)
      yield* Effect.promise(() => ended)
    }))

  for (
    const [name, end, breach] of [
      ["a reset", (client: Socket) => client.resetAndDestroy(), undefined],
      ["half a close", (client: Socket) => client.end(), undefined],
      [
        // Frames of clients are masked.
        "a breach of the protocol",
        (client: Socket) => client.write(new Uint8Array([0x82, 0])),
        "Invalid WebSocket frame: MASK must be set"
      ],
      [
        "text that is none",
        (client: Socket) => client.write(new Uint8Array([0x81, 0x81, 0, 0, 0, 0, 0xff])),
        "Invalid WebSocket frame: invalid UTF-8 sequence"
      ],
      // The client's own verdict, masked with nothing.
      [
        "a closing because of the server's protocol",
        (client: Socket) => client.write(new Uint8Array([0x88, 0x82, 0, 0, 0, 0, 1002 >> 8, 1002 & 0xff])),
        undefined
      ]
    ] as const
  ) {
    it.live(`comes with ${name}`, () =>
      Effect.gen(function*() {
        const { client, connection } = yield* rawPair
        end(client.resume())
        assert.deepStrictEqual<unknown>(yield* connection.receive, { _tag: "Gone", breach })
      }))
  }

  it.live("of the scope ends everything at once, also a client that does not answer", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const { handshake, port } = yield* listening
      const client = yield* dialRaw(port)
      yield* Effect.provideService(accepting(handshake, patient), Scope.Scope, scope)
      const ended = once(client, "close")
      const frame = once(client, "data")
      yield* Scope.close(scope, Exit.void)
      const [bytes] = (yield* Effect.promise(() => frame)) as [Buffer]
      // The answer to the handshake, and then going away.
      assert.deepStrictEqual([...bytes.subarray(-4)], [0x88, 2, 1001 >> 8, 1001 & 0xff])
      yield* Effect.promise(() => ended)
    }))
})
