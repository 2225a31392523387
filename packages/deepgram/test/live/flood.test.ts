import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { results, settled } from "../support/live.ts"
import { run } from "../support/process.ts"
import { serveSockets } from "../support/sockets.ts"

const message = JSON.stringify(results("x".repeat(65_536)))

/** How many messages 200 MB are. */
const count = Math.ceil(200_000_000 / message.length)

/** What a reader that does not read may cost, in bytes. */
const allowed = 50_000_000

describe("a flood of messages that nobody reads", () => {
  it.live("makes the server wait, at flat memory, and is read in full afterwards", () =>
    Effect.gen(function*() {
      let sent = 0
      const server = yield* serveSockets(
        (dial) =>
          Effect.map(dial.accept(), ({ socket }) => {
            const next = (): void => {
              if (sent === count) return socket.close(1001)
              sent++
              // When it has left this process; what waits here is no more than one message.
              socket.send(message, next)
            }
            next()
          }),
        (dial) => Effect.andThen(settled(() => sent), dial.accept())
      )
      const child = yield* Effect.forkChild(run("flood.ts", [server.url], ["--expose-gc"]))
      yield* server.dial(1)
      const held = yield* settled(() => sent)
      assert.isBelow(held, count)
      const { code, stderr, stdout } = yield* Fiber.join(child)
      assert.strictEqual(stderr, "")
      assert.strictEqual(code, 0)
      const { growth, messages } = JSON.parse(stdout)
      assert.strictEqual(messages, count)
      assert.isBelow(growth, allowed)
    }), 60_000)
})
