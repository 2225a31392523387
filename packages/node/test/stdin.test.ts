import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { closeSync, openSync } from "node:fs"
import type { Writable } from "node:stream"
import { fileOf } from "./support/files.ts"
import { type Input, run } from "./support/process.ts"

const read = (mode: string, input: Input) => run("stdin.ts", [mode], [], input)

const open = (path: string, flags: string) =>
  Effect.acquireRelease(
    Effect.sync(() => openSync(path, flags)),
    (descriptor) => Effect.sync(() => closeSync(descriptor))
  )

/** Writes, and is there as long as it is wanted. */
const leftOpen = (text: string) => (stdin: Writable) => {
  stdin.on("error", () => {})
  stdin.write(text)
}

describe("NodeAudio.stdin", () => {
  it.live("reads what is piped in, to its end", () =>
    Effect.gen(function*() {
      const ended = yield* read("all", (stdin) => {
        for (let i = 0; i < 30; i++) stdin.write(new Uint8Array(100_000))
        stdin.end()
      })
      assert.deepStrictEqual(ended, { code: 0, stdout: "3000000 bytes\n", stderr: "" })
      assert.strictEqual((yield* read("all", (stdin) => stdin.end())).stdout, "0 bytes\n")
    }), 30_000)

  it.live("reads a file", () =>
    Effect.gen(function*() {
      const descriptor = yield* open(yield* fileOf(new Uint8Array(200_000)), "r")
      const ended = yield* read("all", descriptor)
      assert.deepStrictEqual(ended, { code: 0, stdout: "200000 bytes\n", stderr: "" })
    }), 30_000)

  it.live("can be read once", () =>
    Effect.gen(function*() {
      const ended = yield* read("twice", (stdin) => stdin.end("hello"))
      assert.deepStrictEqual(ended, {
        code: 0,
        stdout: "5 bytes\nAlreadyRead: NodeAudio.stdin: standard input can be read only once\n",
        stderr: ""
      })
    }), 30_000)

  it.live("cannot be read when something else has read of it", () =>
    Effect.gen(function*() {
      const refused = "AlreadyRead: NodeAudio.stdin: standard input can be read only once\n"
      const wholly = yield* read("elsewhere", (stdin) => stdin.end("hello"))
      assert.deepStrictEqual(wholly, { code: 0, stdout: `hello\n${refused}`, stderr: "" })
      const partly = yield* read("partly", leftOpen("hello"))
      assert.deepStrictEqual(partly, { code: 0, stdout: refused, stderr: "" })
      // Its end counts, too, where there was nothing.
      const nothing = yield* read("elsewhere", (stdin) => stdin.end())
      assert.deepStrictEqual(nothing, { code: 0, stdout: `\n${refused}`, stderr: "" })
    }), 30_000)

  it.live("makes whoever writes wait", () =>
    Effect.gen(function*() {
      const ended = yield* read("slow", leftOpen("x".repeat(5_000_000)))
      assert.strictEqual(ended.stderr, "")
      // All that was taken in meanwhile comes at once.
      assert.isAtMost(Number(ended.stdout), 131_072)
    }), 30_000)

  it.live("keeps the process no longer than its reader does, and closes", () =>
    Effect.gen(function*() {
      const ended = yield* read("some", leftOpen("hello"))
      assert.deepStrictEqual(ended, { code: 0, stdout: "hello\n", stderr: "" })
      const interrupted = yield* read("interrupted", leftOpen("hello"))
      assert.deepStrictEqual(interrupted, { code: 0, stdout: "interrupted\n", stderr: "" })
    }), 30_000)

  it.live("refuses a terminal", () =>
    Effect.gen(function*() {
      const terminal = yield* open("/dev/ptmx", "r+")
      const ended = yield* read("all", terminal)
      assert.deepStrictEqual(ended, {
        code: 0,
        stdout: "Terminal: NodeAudio.stdin: standard input is a terminal: pipe audio into this program, or redirect " +
          "it from a file\n",
        stderr: ""
      })
    }), 30_000)

  it.live("says what cannot be read", () =>
    Effect.gen(function*() {
      const ended = yield* read("all", yield* open(yield* fileOf("x"), "a"))
      assert.match(
        ended.stdout,
        /^Unreadable: NodeAudio\.stdin: standard input cannot be read: .*EBADF.* with a cause\n$/
      )
    }), 30_000)
})
