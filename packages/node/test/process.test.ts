import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { fileOf } from "./support/files.ts"
import { run } from "./support/process.ts"
import { install, kill, stay } from "./support/programs.ts"
import { proxy } from "./support/proxy.ts"
import { receipt, serve } from "./support/server.ts"
import { echo, serveSockets } from "./support/webSocket.ts"

describe("a process", () => {
  it.live("has nothing open after the layer, and ends by itself", () =>
    Effect.gen(function*() {
      const path = yield* fileOf(new Uint8Array(100_000))
      const server = yield* serve(receipt)
      const ended = yield* run("exit.ts", ["closed", server.url, path])
      assert.deepStrictEqual(ended, { code: 0, stdout: "open: \n", stderr: "" })
      assert.strictEqual(server.requests.length, 3)
    }), 30_000)

  it.live("ends by itself while connections are kept", () =>
    Effect.gen(function*() {
      const path = yield* fileOf(new Uint8Array(100_000))
      const server = yield* serve(receipt)
      const ended = yield* run("exit.ts", ["kept", server.url, path])
      assert.deepStrictEqual(ended, { code: 0, stdout: "", stderr: "" })
    }), 30_000)

  it.live("gives back the connection of an answer that nobody reads", () =>
    Effect.gen(function*() {
      const ended = yield* run("unread.ts", [], ["--expose-gc"])
      assert.deepStrictEqual(ended, { code: 0, stdout: "closed\n", stderr: "" })
    }), 30_000)

  it.live("ends by itself after its sockets, however far they were", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(echo)
      const through = yield* proxy()
      const silent = yield* proxy({ silent: true })
      const proxies = [through, silent].map(({ port }) => `http://127.0.0.1:${port}`)
      const ended = yield* run("sockets.ts", [server.url, ...proxies])
      assert.deepStrictEqual(ended, { code: 0, stdout: "", stderr: "" })
      assert.strictEqual(server.handshakes.length, 2)
    }), 30_000)

  it.live(
    "ends by itself after programs that record and play, whatever those have started",
    () =>
      Effect.gen(function*() {
        const { directory, env, read } = yield* install({
          // The other one has the pipes too.
          sox: `/bin/sleep 60 &\necho $! > other\nprintf abcd\n${stay}`,
          aplay: "/bin/cat > /dev/null"
        })
        yield* Effect.addFinalizer(() => Effect.sync(() => kill(read("other"))))
        const ended = yield* run("devices.ts", [env.PATH, directory])
        assert.deepStrictEqual(ended, { code: 0, stdout: "0 timers\n", stderr: "" })
      }),
    30_000
  )

  it.live("loads a transport when a layer is built that uses it", () =>
    Effect.gen(function*() {
      const { stderr, stdout } = yield* run("imports.ts")
      assert.strictEqual(stderr, "")
      assert.deepStrictEqual(stdout.trim().split("\n"), [
        "import: ",
        "sockets: ws",
        "requests: undici ws"
      ])
    }), 30_000)
})
