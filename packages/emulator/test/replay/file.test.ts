/** Files of recorded calls: what stands in them, and those that are damaged. */
import { Emulator, Sessions } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Stream } from "effect"
import { Projects } from "effect-deepgram"
import { appendFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs"
import { recorded, sessions, temporary } from "./support.ts"

const lineOf = (line: unknown): string => `${JSON.stringify(line)}\n`

const header = { type: "Header", format: "deepgram-emulator-sessions", version: 1, emulator: "0.1.0", time: 0 }
const call = { type: "Call", id: "a", time: 0, transport: "http", method: "GET", target: "/v1/projects", headers: [] }
const end = { type: "End", time: 1 }

/** What reading such a file fails with. */
const failureOf = (text: string) =>
  Effect.gen(function*() {
    const path = yield* temporary
    writeFileSync(path, text)
    const error = yield* Effect.flip(Sessions.read(path))
    assert.instanceOf(error, Sessions.SessionsError)
    assert.strictEqual(error.path, path)
    assert.include(error.message, path)
    return { line: error.line, problem: error.problem }
  })

describe("a file", () => {
  it.live("has calls with their parts, in order", () =>
    Effect.gen(function*() {
      const path = yield* temporary
      yield* recorded(path, Effect.andThen(Projects.list(), sessions.listenV1))
      const { calls, complete, header } = yield* Sessions.read(path)
      assert.isTrue(complete)
      assert.strictEqual(header.version, 1)
      assert.deepStrictEqual(calls.map(({ method, transport }) => [transport, method]), [
        ["http", "GET"],
        ["websocket", "GET"]
      ])
      const [list, session] = calls
      // A request without a body may be answered before Node says that it is over.
      assert.sameMembers((list?.parts ?? []).map(({ type }) => type), [
        "RequestEnd",
        "Answer",
        "AnswerBody",
        "CallEnd"
      ])
      assert.deepStrictEqual(list?.headers.filter(([name]) => name === "authorization"), [
        ["authorization", "Token hidden-secret-1"]
      ])
      const types = session?.parts.map((part) => part.type === "Closed" ? `${part.by} ${part.code}` : part.type) ?? []
      assert.deepStrictEqual([types[0], ...types.slice(-2)], ["Answer", "server 1000", "CallEnd"])
      assert.includeMembers(types, ["Received", "Sent"])
      const times = session?.parts.map(({ at }) => at) ?? []
      assert.deepStrictEqual(times, times.toSorted((a, b) => a - b))
      const lines = yield* Stream.runCollect(Sessions.lines(path))
      assert.strictEqual(lines.length, readFileSync(path, "utf8").trimEnd().split("\n").length)
    }))

  it.live("that is cut off gives everything before, wherever it is cut", () =>
    Effect.gen(function*() {
      const path = yield* temporary
      const answer = { type: "Answer", id: "a", at: 1, status: 200, headers: [["x", "Grüße"]] }
      const whole = [header, call, answer, end].map(lineOf)
      const before = (whole[0] ?? "").length + (whole[1] ?? "").length
      const bytes = Buffer.from(whole.join(""))
      for (let length = bytes.length; length >= before; length--) {
        writeFileSync(path, bytes)
        truncateSync(path, length)
        const { calls, complete } = yield* Sessions.read(path)
        // A line end may be missing.
        const isAnswered = length >= bytes.length - (whole[3] ?? "").length - 1
        assert.strictEqual(calls[0]?.parts.length, isAnswered ? 1 : 0, `${length} bytes`)
        assert.strictEqual(complete, length >= bytes.length - 1)
      }
    }))

  it.live("that is damaged says where", () =>
    Effect.gen(function*() {
      for (const damaged of ["{\"type\":", "{}", lineOf({ ...call, target: 5 }).trim()]) {
        const { line } = yield* failureOf(`${lineOf(header)}${lineOf(call)}${damaged}\n${lineOf(end)}`)
        assert.strictEqual(line, 3)
      }
      // Its last line is a whole one.
      assert.strictEqual((yield* failureOf(`${lineOf(header)}{"type":\n`)).line, 2)
      const part = { type: "RequestEnd", id: "b", at: 1 }
      assert.deepStrictEqual(yield* failureOf([header, call, part, end].map(lineOf).join("")), {
        line: 3,
        problem: "call b did not begin"
      })
      assert.strictEqual((yield* failureOf([header, call, call].map(lineOf).join(""))).line, 3)
      assert.strictEqual((yield* failureOf([header, header].map(lineOf).join(""))).line, 2)
      assert.strictEqual((yield* failureOf([header, end, call].map(lineOf).join(""))).line, 3)
    }))

  it.live("of something else is none", () =>
    Effect.gen(function*() {
      for (const text of ["", "\n", "{}\n", "RIFF", lineOf(call), lineOf(header).slice(0, 40)]) {
        assert.strictEqual((yield* failureOf(text)).line, 1)
      }
      const { line, problem } = yield* failureOf(lineOf({ ...header, version: 2, emulator: "9.9.9" }))
      assert.strictEqual(line, 1)
      assert.include(problem, "format 2, of emulator 9.9.9")
    }))

  it.live("that is not there cannot be read", () =>
    Effect.gen(function*() {
      const path = yield* temporary
      const error = yield* Effect.flip(Sessions.read(path))
      assert.isUndefined(error.line)
      assert.include(error.problem, "ENOENT")
      const options = { url: "http://127.0.0.1:1", apiKey: "a" }
      assert.strictEqual((yield* Effect.flip(Sessions.replay(path, options)))._tag, "SessionsError")
    }))

  it.live("that cannot be written fails the emulator", () =>
    Effect.gen(function*() {
      const path = yield* temporary
      mkdirSync(path)
      const exit = yield* Effect.exit(Effect.void.pipe(Effect.provide(Emulator.layer({ record: path }))))
      assert.isTrue(Exit.isFailure(exit))
      const error = yield* Effect.flip(Effect.void.pipe(Effect.provide(Emulator.layer({ record: path }))))
      assert.strictEqual(error._tag, "ServeError")
    }))

  it.live("that exists is written anew", () =>
    Effect.gen(function*() {
      const path = yield* temporary
      appendFileSync(path, "something that was there before\n")
      yield* recorded(path, Projects.list())
      assert.strictEqual((yield* Sessions.read(path)).calls.length, 1)
    }))
})
