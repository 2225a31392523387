import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { type AddressInfo, connect, createServer, type Socket } from "node:net"
import { join } from "node:path"
import { WebSocket } from "ws"
import { temporaryDirectory } from "./files.ts"
import { get, linesOf, start, startByNpm, startJson } from "./process.ts"

/** A session that waits. */
const session = (url: string) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.callback<WebSocket>((resume) => {
        const socket = new WebSocket(`${url.replace("http", "ws")}/v1/speak?model=aura-2-thalia-en`, ["token", "test"])
        socket.on("open", () => resume(Effect.succeed(socket)))
        socket.on("error", (error) => resume(Effect.die(error)))
      }),
      (socket) => Effect.sync(() => socket.terminate())
    ),
    (socket) => {
      const closed = new Promise<number>((resolve) => socket.on("close", resolve))
      return { socket, closed: Effect.promise(() => closed) }
    }
  )

/** A connection on which the test writes itself. */
const connection = (url: string) =>
  Effect.acquireRelease(
    Effect.callback<Socket, Error>((resume) => {
      const { hostname, port } = new URL(url)
      const socket = connect(Number(port), hostname, () => resume(Effect.succeed(socket)))
      socket.on("error", (error) => resume(Effect.fail(error)))
    }),
    (socket) => Effect.sync(() => socket.destroy())
  )

/** Everything that comes on a connection until it ends. */
const answer = (socket: Socket) =>
  Effect.callback<string>((resume) => {
    let text = ""
    socket.setEncoding("utf8").on("data", (chunk) => text += chunk).on("close", () => resume(Effect.succeed(text)))
  })

const body = `{"text":"Good morning."}`

const head = (url: string) =>
  `POST /v1/read?language=en&sentiment=true HTTP/1.1\r\nhost: ${new URL(url).host}\r\nauthorization: Token test\r\n` +
  `content-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n`

/** Until nobody listens any more. */
const refused = (url: string): Effect.Effect<void> =>
  Effect.matchEffect(Effect.scoped(connection(url)), {
    onFailure: () => Effect.void,
    onSuccess: () => Effect.andThen(Effect.sleep(5), Effect.suspend(() => refused(url)))
  })

/** A server that answers nothing, and when it is asked something. */
const silent = Effect.gen(function*() {
  const server = createServer()
  const asked = new Promise<void>((resolve) =>
    server.on("connection", (socket) => socket.on("error", () => undefined).once("data", () => resolve()))
  )
  yield* Effect.acquireRelease(
    Effect.callback<void>((resume) => {
      server.listen(0, "127.0.0.1", () => resume(Effect.void))
    }),
    () => Effect.sync(() => server.close())
  )
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, asked: Effect.promise(() => asked) }
})

describe("a signal", () => {
  it.live("lets calls that are going on finish, takes no others, and closes sockets with 1001", () =>
    Effect.gen(function*() {
      const emulator = yield* startJson("--key", "test", "--shutdown-timeout", "1m")
      const upload = yield* connection(emulator.url)
      const { closed, socket } = yield* session(emulator.url)
      upload.write(head(emulator.url) + body.slice(0, 5))
      yield* emulator.signal("SIGTERM")
      yield* emulator.says("stderr", "Stopping")
      yield* refused(emulator.url)
      upload.write(body.slice(5))
      assert.match(yield* answer(upload), /^HTTP\/1.1 200 .*"sentiments"/s)
      // The last one that was going on.
      socket.close(1000)
      assert.strictEqual(yield* closed, 1000)
      assert.strictEqual((yield* emulator.ended).code, 0)
    }))

  it.live("closes what does not end in time; those that come at once are one", () =>
    Effect.gen(function*() {
      const emulator = yield* startJson("--key", "test", "--shutdown-timeout", "100ms")
      const { closed } = yield* session(emulator.url)
      // As npx does, which passes on what the terminal has already sent.
      yield* Effect.andThen(emulator.signal("SIGINT"), emulator.signal("SIGTERM"))
      assert.strictEqual(yield* closed, 1001)
      const { code, stderr } = yield* emulator.ended
      assert.strictEqual(code, 0)
      assert.strictEqual(linesOf(stderr).at(-1)?.message, "GET /v1/speak?model=aura-2-thalia-en 101")
    }))

  it.live("stops at once when it comes again", () =>
    Effect.gen(function*() {
      const emulator = yield* startJson("--key", "test", "--shutdown-timeout", "1m")
      const { closed } = yield* session(emulator.url)
      yield* emulator.signal("SIGINT")
      yield* emulator.says("stderr", "Stopping")
      // Longer than what counts as the same one.
      yield* Effect.sleep(400)
      yield* emulator.signal("SIGINT")
      assert.strictEqual((yield* emulator.ended).code, 130)
      assert.strictEqual(yield* closed, 1006)
    }))

  it.live("that a terminal sends when it is gone stops the emulator in good order", () =>
    Effect.gen(function*() {
      const emulator = yield* startJson("--key", "test")
      const { closed } = yield* session(emulator.url)
      yield* emulator.signal("SIGHUP")
      assert.strictEqual((yield* emulator.ended).code, 0)
      assert.strictEqual(yield* closed, 1001)
    }))

  it.live.each(
    [["SIGINT", 130], ["SIGTERM", 143]] as const
  )("leaves a replay unfinished: %s means the code %i", ([name, expected]) =>
    Effect.gen(function*() {
      const file = join(yield* temporaryDirectory, "calls.jsonl")
      const emulator = yield* startJson("--record", file)
      yield* get(`${emulator.url}/v1/projects`)
      yield* emulator.signal("SIGTERM")
      yield* emulator.ended
      const { asked, url } = yield* silent
      const replay = yield* start("replay", file, "--url", url)
      yield* asked
      yield* replay.signal(name)
      assert.deepStrictEqual(yield* replay.ended, { code: expected, stdout: "", stderr: "" })
    }))

  it.live.each(["exec", "run-script", "start"])(
    "that npm keeps to itself stops the emulator too: %s",
    (npmCommand) =>
      Effect.gen(function*() {
        const emulator = yield* startByNpm(npmCommand, "--port", "0", "--log", "json")
        yield* emulator.says("stdout", "\n")
        yield* emulator.signal("SIGTERM")
        const { stderr } = yield* emulator.ended
        assert.include(linesOf(stderr)[0]?.message, "Stopping")
      })
  )
})
