/** Whose the file is that is recorded into, and when what it held is gone. */
import { Emulator, Sessions } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Layer, Scope } from "effect"
import { Projects } from "effect-deepgram"
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { recorded, temporary } from "./support.ts"

const reasonOf = (options: Emulator.Options) =>
  Layer.build(Emulator.layer(options)).pipe(
    Effect.scoped,
    Effect.flip,
    Effect.map(({ cause }) => cause instanceof Error ? cause.message : String(cause))
  )

/** The number of a process that was. */
const dead = Effect.sync(() => spawnSync(process.execPath, ["--version"]).pid)

describe("a file that is recorded into", () => {
  it.live("keeps what it holds when the emulator does not start", () =>
    Effect.gen(function*() {
      const path = yield* temporary
      yield* recorded(path, Projects.list())
      const before = readFileSync(path, "utf8")
      const { url } = yield* Emulator.Emulator
      assert.include(yield* reasonOf({ record: path, port: Number(new URL(url).port) }), "EADDRINUSE")
      assert.include(yield* reasonOf({ record: path, host: "192.0.2.1" }), "EADDRNOTAVAIL")
      assert.strictEqual(readFileSync(path, "utf8"), before)
      assert.isFalse(existsSync(`${path}.lock`))
    }).pipe(Effect.provide(Emulator.layer())))

  it.live("is written anew by one that does", () =>
    Effect.gen(function*() {
      const path = yield* temporary
      yield* recorded(path, Effect.andThen(Projects.list(), Projects.list()))
      yield* recorded(path, Projects.list())
      const { calls, complete } = yield* Sessions.read(path)
      assert.strictEqual(calls.length, 1)
      assert.isTrue(complete)
    }))

  it.live("is that of one emulator at a time, whatever its name", () =>
    Effect.gen(function*() {
      const path = yield* temporary
      const first = yield* Scope.make()
      yield* Layer.buildWithScope(Emulator.layer({ record: path }), first)
      symlinkSync(path, `${path}.other`)
      const before = readFileSync(path, "utf8")
      for (const name of [path, `${path}.other`]) {
        assert.include(yield* reasonOf({ record: name }), `process ${process.pid} records into it`)
      }
      assert.strictEqual(readFileSync(path, "utf8"), before)
      yield* Scope.close(first, Exit.void)
      assert.isFalse(existsSync(`${path}.lock`))
      yield* recorded(`${path}.other`, Projects.list())
    }))

  it.live("is not held by those that are gone", () =>
    Effect.gen(function*() {
      const path = yield* temporary
      // As in a container that was killed: the next process has the same number.
      for (const holder of [String(yield* dead), String(process.pid), ""]) {
        writeFileSync(`${path}.lock`, holder)
        yield* recorded(path, Projects.list())
        assert.strictEqual((yield* Sessions.read(path)).calls.length, 1)
      }
    }))

  it.live("is held by another process that runs", () =>
    Effect.gen(function*() {
      const path = yield* temporary
      writeFileSync(`${path}.lock`, String(process.ppid))
      assert.include(yield* reasonOf({ record: path }), `if that is not so, remove`)
      assert.strictEqual(readFileSync(`${path}.lock`, "utf8"), String(process.ppid))
    }))

  it.live.skipIf(process.platform === "win32")("is its owner's alone", () =>
    Effect.gen(function*() {
      const path = yield* temporary
      yield* recorded(path, Projects.list())
      assert.strictEqual(statSync(path).mode & 0o777, 0o600)
    }))

  it.live("is no folder", () =>
    Effect.gen(function*() {
      const path = yield* temporary
      mkdirSync(path)
      assert.match(yield* reasonOf({ record: path }), /^What is to be recorded cannot be written to \S+: EISDIR/)
    }))
})
