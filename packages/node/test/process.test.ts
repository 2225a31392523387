import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { fileOf } from "./support/files.ts"
import { run } from "./support/process.ts"
import { receipt, serve } from "./support/server.ts"

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
})
