/** Calls that were recorded are sent again, to another emulator. */
import { Emulator, Sessions } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { ListenV1, Projects } from "effect-deepgram"
import { readFileSync, writeFileSync } from "node:fs"
import { connect } from "../server/socket.ts"
import { assertSame, differing, recorded, requests, secrets, sessions, temporary, thinker, upload } from "./support.ts"

const replayed = (path: string, options: Omit<Emulator.LayerOptions, "apiKeys"> = {}, speed?: "recorded" | "fast") =>
  Effect.gen(function*() {
    const { apiKey, url } = yield* Emulator.Emulator
    return yield* Sessions.replay(path, { url, apiKey, speed })
  }).pipe(Effect.provide(Emulator.layer({ thinker: thinker(), ...options })))

describe("against a fresh emulator", () => {
  it.live("all requests are answered as they were, with ids and keys of their own", () =>
    Effect.gen(function*() {
      const path = yield* temporary
      const { keys } = yield* recorded(path, requests)
      const text = readFileSync(path, "utf8")
      for (const secret of [...keys, ...Object.values(secrets)]) assert.notInclude(text, secret)
      assertSame(yield* replayed(path))
    }))

  for (const [name, session] of Object.entries(sessions)) {
    it.live(`a session of ${name} is the same`, () =>
      Effect.gen(function*() {
        const path = yield* temporary
        yield* recorded(path, session)
        const text = readFileSync(path, "utf8")
        for (const secret of Object.values(secrets)) assert.notInclude(text, secret)
        assertSame(yield* replayed(path))
      }))
  }

  it.live("at the times at which everything was sent", () =>
    Effect.gen(function*() {
      const path = yield* temporary
      yield* recorded(path, Effect.all([requests, ...Object.values(sessions)], { concurrency: "unbounded" }))
      assertSame(yield* replayed(path, {}, "recorded"))
    }))
})

describe("against another emulator", () => {
  it.live("differences are named", () =>
    Effect.gen(function*() {
      const path = yield* temporary
      yield* recorded(path, sessions.agent)
      const result = yield* replayed(path, { thinker: thinker("Something else.") })
      assert.isFalse(result.same)
      const [one, ...others] = differing(result)
      assert.deepStrictEqual(others, [])
      assert.strictEqual(one?.call, "websocket GET /v1/agent/converse")
      assert.deepStrictEqual(one?.differences.map(({ path, recorded, replayed }) => ({ path, recorded, replayed })), [
        { path: "$.messages[7].content", recorded: "Hello! How can I help?", replayed: "Something else." },
        { path: "$.messages[8].content", recorded: "Hello! How can I help?", replayed: "Something else." },
        { path: "$.audio", ...one?.differences[2] }
      ])
    }))

  it.live("a model that it does not have is a difference, and so is everything that follows from it", () =>
    Effect.gen(function*() {
      const path = yield* temporary
      const model = "my-model"
      const transcribed = ListenV1.transcribeFile(upload, { model })
      yield* recorded(path, transcribed, { models: [model] })
      assertSame(yield* replayed(path, { models: [model] }))
      const [one] = differing(yield* replayed(path))
      const paths = one?.differences.map(({ path }) => path) ?? []
      assert.includeMembers(paths, ["$.status", "$.body.results", "$.body.err_msg"])
      assert.deepStrictEqual(one?.differences[0], { path: "$.status", recorded: 200, replayed: 403 })
    }))

  it.live("that is not there every call says so", () =>
    Effect.gen(function*() {
      const path = yield* temporary
      yield* recorded(path, Effect.andThen(Projects.list(), sessions.listenV1))
      const { calls, same } = yield* Sessions.replay(path, { url: "http://127.0.0.1:1", apiKey: "a" })
      assert.isFalse(same)
      assert.deepStrictEqual(calls.map(({ differences }) => differences.map(({ path }) => path)), [
        ["$.end"],
        ["$.status"]
      ])
    }))
})

describe("the speed", () => {
  const at = (time: number, ...parts: ReadonlyArray<object>) => ({ time, parts })
  const file = (calls: ReadonlyArray<{ readonly time: number; readonly parts: ReadonlyArray<object> }>) => {
    const header = { type: "Header", format: "deepgram-emulator-sessions", version: 1, emulator: "0.1.0", time: 0 }
    const lines = calls.flatMap(({ parts, time }, i) => {
      const id = String(i)
      const call = {
        type: "Call",
        id,
        time,
        transport: "http",
        method: "POST",
        target: "/v1/listen?model=nova-3",
        headers: []
      }
      return [call, ...parts.map((part) => ({ id, ...part })), { type: "CallEnd", id, at: 250 }]
    })
    return [header, ...lines, { type: "End", time: 0 }].map((line) => `${JSON.stringify(line)}\n`).join("")
  }
  const two = file([
    at(1000, { type: "RequestBody", at: 0, text: "a" }, { type: "RequestBody", at: 200, text: "b" }, {
      type: "RequestEnd",
      at: 200
    }, { type: "Answer", at: 210, status: 400, headers: [] }),
    at(1300, { type: "RequestEnd", at: 0 }, { type: "Answer", at: 1, status: 400, headers: [] })
  ])
  const statuses = ({ calls }: Sessions.Replayed) =>
    calls.map(({ differences }) => differences.filter(({ path }) => path === "$.status"))

  it.live("is that of the recording", () =>
    Effect.gen(function*() {
      const path = yield* temporary
      writeFileSync(path, two)
      const copy = yield* temporary
      const result = yield* recorded(
        copy,
        Effect.gen(function*() {
          const { apiKey, url } = yield* Emulator.Emulator
          return yield* Sessions.replay(path, { url, apiKey, speed: "recorded" })
        })
      )
      assert.deepStrictEqual(statuses(result), [[], []])
      const { calls: [first, second] } = yield* Sessions.read(copy)
      const times = first?.parts.flatMap((part) => part.type === "RequestBody" ? [part.at] : []) ?? []
      // A timer of Node may be a millisecond early.
      assert.isAtLeast((times[1] ?? 0) - (times[0] ?? 0), 190)
      assert.isAtLeast((second?.time ?? 0) - (first?.time ?? 0), 290)
    }))

  it.effect("is as fast as can be unless it is asked for, by a clock that stands still", () =>
    Effect.gen(function*() {
      const path = yield* temporary
      writeFileSync(path, two)
      assert.deepStrictEqual(statuses(yield* replayed(path)), [[], []])
    }))
})

describe("calls", () => {
  it.live("that overlapped overlap, and those that followed others follow", () =>
    Effect.gen(function*() {
      const path = yield* temporary
      const copy = yield* temporary
      yield* recorded(
        path,
        Effect.gen(function*() {
          const both = yield* Effect.forEach([1, 2], () =>
            connect("/v1/listen?encoding=mulaw&sample_rate=8000", {
              headers: { authorization: `Token ${secrets.apiKey}` }
            }))
          yield* Projects.list()
          for (const { closed, say } of both) {
            yield* say({ type: "CloseStream" })
            yield* closed
          }
          yield* Projects.list()
        }).pipe(Effect.scoped)
      )
      yield* recorded(
        copy,
        Effect.gen(function*() {
          const { apiKey, url } = yield* Emulator.Emulator
          assertSame(yield* Sessions.replay(path, { url, apiKey }))
        })
      )
      const lines = yield* Stream.runCollect(Sessions.lines(copy))
      const order = lines.flatMap((line) => line.type === "Call" || line.type === "CallEnd" ? [line] : [])
      const [first, second, , last] = order.flatMap((line) => line.type === "Call" ? [line.id] : [])
      const place = (type: string, id: string | undefined) =>
        order.findIndex((line) => line.type === type && line.id === id)
      assert.isBelow(place("Call", second), place("CallEnd", first))
      assert.isAbove(place("Call", last), Math.max(place("CallEnd", first), place("CallEnd", second)))
    }))
})
