/** Which calls go wrong, and how that is known afterwards. */
import { Emulator, Faults } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Cause, Context, Effect, Exit, Layer, Logger, Option, References } from "effect"
import { ServeError } from "effect/http/HttpServerError"
import { TestClock } from "effect/testing"
import { IncomingMessage } from "node:http"
import { Socket } from "node:net"
import { draw } from "../../src/internal/faults/chance.ts"
import * as Injector from "../../src/internal/faults/injector.ts"
import { begin } from "../../src/internal/server/exchange.ts"
import { call, eventually, happened, lengthOf, logged, partsOf, raw, settled } from "./support.ts"

const teapot = { type: "Answer", status: 418 } satisfies Faults.Fault
const gone = { type: "Answer", status: 410 } satisfies Faults.Fault

/** What calls of these paths are answered, one after the other. */
const outcomes = (...paths: ReadonlyArray<string>) =>
  Effect.forEach(paths, (path) => Effect.map(call(path), ({ status }) => status))

const times = (count: number, path = "/v1/projects") => Array.from({ length: count }, () => path)

const onItsOwn = (...rules: Parameters<typeof Faults.plan>) =>
  Effect.provide(Emulator.layer({ faults: Faults.plan(...rules) }))

describe("a rule", () => {
  it.effect("lets calls pass, then means so many", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* outcomes(...times(6)), [200, 200, 418, 418, 418, 200])
    }).pipe(onItsOwn([{ faults: [teapot], skip: 2, times: 3 }])))

  it.effect("means the calls that its conditions fit, all of them", () =>
    Effect.gen(function*() {
      const { url } = yield* Emulator.Emulator
      assert.deepStrictEqual(
        yield* outcomes("/v1/projects", "/v1/projects/a/keys?limit=3", "/v1/models/x", "/v1/%70rojects/b/keys"),
        [200, 418, 404, 418]
      )
      assert.strictEqual((yield* call("/v1/projects/a/keys", { method: "DELETE" })).status, 405)
      const preflight = { origin: url, "access-control-request-method": "GET" }
      assert.strictEqual((yield* call("/v1/models", { method: "OPTIONS", headers: preflight })).status, 204)
    }).pipe(
      onItsOwn([
        { when: { method: "GET", path: "/v1/projects/*/keys", transport: "http" }, faults: [teapot] },
        { when: { transport: "websocket" }, faults: [gone] },
        { when: { path: "/v1/models" }, faults: [gone] }
      ])
    ))

  it.effect("means paths by their parts", () =>
    Effect.gen(function*() {
      const { faults } = yield* Emulator.Emulator
      const paths: ReadonlyArray<readonly [pattern: string, path: string, isMeant: boolean]> = [
        ["*", "/v1/x", true],
        ["/v1/*", "/v1/", true],
        ["/v1/*", "/v1", false],
        ["/v1/*/b", "/v1/b", false],
        ["/v1/*/b", "/v1//b", true],
        ["/v1/*/b", "/v1/a/b/c", false],
        ["*a*a*", "/v1/a", false],
        ["*a*b*c", "/v1/cabac", true],
        ["/v1/.", "/v1/x", false],
        ["*a".repeat(50), `/v1/${"a".repeat(2000)}b`, false]
      ]
      for (const [path, target, isMeant] of paths) {
        yield* faults.set(Faults.plan([{ when: { path }, faults: [teapot] }]))
        assert.strictEqual((yield* call(target)).status === 418, isMeant, `${path} ${target}`)
      }
    }).pipe(Effect.provide(Emulator.layer())))

  it.effect("does not mean what is about the emulator itself", () =>
    Effect.gen(function*() {
      assert.notStrictEqual((yield* call("/")).status, 418)
      assert.notStrictEqual((yield* call("/_emulator/none")).status, 418)
      assert.strictEqual((yield* call("/v1/projects")).status, 418)
    }).pipe(onItsOwn([teapot])))

  it.effect("that comes first counts, where two exclude each other; others happen together", () =>
    Effect.gen(function*() {
      const client = yield* raw("GET /v1/projects", {})
      const { text } = yield* client.ended
      assert.match(text, /^HTTP\/1.1 410 /)
      assert.strictEqual(partsOf(text).body, `{"e`)
      const { faults } = yield* Emulator.Emulator
      assert.deepStrictEqual((yield* faults.injected).map(({ fault: { type }, rule }) => [rule, type]), [
        ["answers", "Answer"],
        ["2", "Truncate"]
      ])
    }).pipe(onItsOwn([{ name: "answers", faults: [gone] }, teapot, { type: "Truncate", after: 3 }])))
})

describe("chance", () => {
  const some = { probability: 0.3, faults: [teapot] } as const

  it.effect("means about as many calls as it says, the same ones with the same seed", () =>
    Effect.gen(function*() {
      const run = (seed: number) =>
        Effect.provide(outcomes(...times(60)), Emulator.layer({ faults: Faults.plan([some], { seed }) }))
      const one = yield* run(1)
      const count = one.filter((status) => status === 418).length
      assert.isAbove(count, 6)
      assert.isBelow(count, 36)
      assert.deepStrictEqual(yield* run(1), one)
      assert.notDeepEqual(yield* run(2), one)
    }))

  it.effect("does not depend on what happens to other calls", () =>
    Effect.gen(function*() {
      const others = { when: { path: "/v1/models" }, probability: 0.5, faults: [gone] } as const
      const mine = { ...some, when: { path: "/v1/projects" } }
      const run = (...paths: ReadonlyArray<string>) =>
        Effect.provide(outcomes(...paths), Emulator.layer({ faults: Faults.plan([mine, others], { seed: 3 }) }))
      const alone = yield* run(...times(20))
      const mixed = yield* run(...times(20).flatMap((path) => [path, "/v1/models", "/v1/models"]))
      assert.deepStrictEqual(mixed.filter((_, i) => i % 3 === 0), alone)
    }))

  it("is spread evenly, over calls and over seeds", () => {
    for (const values of [(n: number) => [7, 0, n], (n: number) => [n, 0, 0], (n: number) => [7, n, 3, 0, 1]]) {
      const tenths = Array.from({ length: 10 }, () => 0)
      for (let n = 0; n < 10_000; n++) tenths[Math.floor(draw(...values(n)) * 10)]! += 1
      for (const count of tenths) assert.closeTo(count, 1000, 150)
    }
    assert.notStrictEqual(draw(2 ** 40), draw(2 ** 41))
  })

  it.effect("says how late a call is: the same with the same seed", () =>
    Effect.gen(function*() {
      const delay = 1000 + 500 * draw(11, 0, 0, 0, 0)
      const client = yield* raw("GET /v1/projects")
      yield* logged(1)
      yield* TestClock.adjust(Math.floor(delay))
      yield* settled
      assert.strictEqual(client.received(), "")
      yield* TestClock.adjust(1)
      yield* client.until((text) => partsOf(text).body.length === lengthOf(text))
    }).pipe(onItsOwn([{ times: 1, faults: [{ type: "Latency", delay: "1 second", jitter: 500 }] }], { seed: 11 })))
})

describe("the log", () => {
  it.effect("says what happened to which call", () =>
    Effect.gen(function*() {
      yield* TestClock.adjust(5000)
      const { headers } = yield* call("/v1/projects?limit=1")
      const { faults } = yield* Emulator.Emulator
      assert.deepStrictEqual(yield* faults.injected, [{
        time: 5000,
        requestId: headers.get("dg-request-id") ?? "",
        method: "GET",
        path: "/v1/projects",
        rule: "tea",
        fault: teapot
      }])
    }).pipe(onItsOwn([{ name: "tea", faults: [teapot] }])))

  it.effect("is written too, for those who read that much", () => {
    const lines: Array<unknown> = []
    const logger = Logger.make(({ fiber, logLevel }) => {
      lines.push({ logLevel, ...fiber.getRef(References.CurrentLogAnnotations) })
    })
    return Effect.gen(function*() {
      const { headers } = yield* call("/v1/projects")
      const requestId = headers.get("dg-request-id")
      const line = { logLevel: "Debug", fault: "Answer", rule: "0", requestId, method: "GET", path: "/v1/projects" }
      yield* eventually(Effect.sync(() => lines.length > 0))
      assert.deepStrictEqual(lines, [line])
    }).pipe(
      onItsOwn([teapot]),
      Effect.provide(Logger.layer([logger])),
      Effect.provideService(References.MinimumLogLevel, "Debug")
    )
  })

  it.effect("keeps the last 10,000", () =>
    Effect.gen(function*() {
      const { controls, decide } = Context.get(
        yield* Layer.build(Injector.layer(Faults.plan([teapot]))),
        Injector.Injector
      )
      const request = new IncomingMessage(new Socket())
      const injection = decide(begin(request, request.socket, "http", 0))
      const [happening] = injection?.of("Answer") ?? []
      assert.isDefined(happening)
      for (let i = 0; i < 25_000; i++) injection?.happened({ ...happening, rule: String(i) })
      const injected = yield* controls.injected
      assert.deepStrictEqual([injected.length, injected[0]?.rule, injected.at(-1)?.rule], [10_000, "15000", "24999"])
    }))

  it.effect("does not have what did not happen", () =>
    Effect.gen(function*() {
      yield* outcomes(...times(2))
      assert.deepStrictEqual(yield* happened, [])
    }).pipe(onItsOwn([{ type: "Reset", at: "body", after: 1e6 }, { type: "Concurrency", most: 1 }])))
})

describe("a plan", () => {
  it.effect("takes the place of another one, counts anew, and can be taken away", () =>
    Effect.gen(function*() {
      const { faults } = yield* Emulator.Emulator
      assert.deepStrictEqual(yield* faults.plan, { seed: 0, rules: [] })
      const plan = Faults.plan([{ faults: [teapot], times: 1 }])
      yield* faults.set(plan)
      assert.deepStrictEqual(yield* faults.plan, plan)
      assert.deepStrictEqual(yield* outcomes(...times(2)), [418, 200])
      yield* faults.set(plan)
      assert.deepStrictEqual(yield* outcomes(...times(2)), [418, 200])
      yield* faults.set(Faults.plan([gone], { seed: 4 }))
      assert.deepStrictEqual(yield* outcomes(...times(1)), [410])
      yield* faults.clear
      assert.deepStrictEqual(yield* outcomes(...times(1)), [200])
      assert.deepStrictEqual(yield* faults.plan, { seed: 4, rules: [] })
      assert.strictEqual((yield* happened).length, 3)
    }).pipe(Effect.provide(Emulator.layer())))

  const wrong: ReadonlyArray<readonly [plan: unknown, message: string]> = [
    [
      { rules: [{ faults: [{ type: "Latency", delay: 1, jiter: 1 }] }] },
      "rules[0].faults[0].jiter: Expected no excess property"
    ],
    [
      { rules: [{ faults: [{ type: "Latenz" }] }] },
      "rules[0].faults[0]: Expected a fault with one of the types that there are"
    ],
    [{ rules: [{ faults: [{ type: "Latency", delay: -1 }] }] }, "rules[0].faults[0].delay: Expected a duration"],
    [
      { rules: [{ faults: [teapot, { type: "Close", code: 1006 }] }] },
      "rules[0].faults[1].code: Expected a close code"
    ],
    [{ rules: [{ faults: [{ ...teapot, headers: { "a b": "c" } }] }] }, "headers: Expected headers that can be sent"],
    ...["Trailer", "transfer-encoding", "content-length", "Upgrade"].map((name) =>
      [{ rules: [{ faults: [{ ...teapot, headers: { [name]: "1" } }] }] }, "headers: Expected headers that"] as const
    ),
    [{ rules: [{ when: { method: "get" }, faults: [teapot] }] }, "when.method: Expected a method in capitals"],
    [{ rules: [{ when: { path: "/v1/speak?model=*" }, faults: [teapot] }] }, "when.path: Expected a path without"],
    [{ rules: [{ faults: [] }] }, "rules[0].faults[0]: Missing key"],
    [{ rules: [], seeds: 1 }, "seeds: Expected no excess property"],
    [[], "Expected object"]
  ]
  it.effect("that cannot be carried out is refused, and the one there is stays", () =>
    Effect.gen(function*() {
      const { faults } = yield* Emulator.Emulator
      for (const [plan, message] of wrong) {
        const error = yield* Effect.flip(faults.set(plan as Faults.Plan))
        assert.instanceOf(error, Faults.PlanError)
        assert.include(error.message, message)
        assert.notInclude(error.message, "\n")
      }
      assert.deepStrictEqual(yield* outcomes("/v1/projects"), [418])
    }).pipe(onItsOwn([teapot])))

  it.effect("that cannot be carried out lets no emulator start", () =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit(
        Effect.scoped(Layer.build(Emulator.layer({ faults: Faults.plan([{ type: "Stall", after: -1 }]) })))
      )
      const error = Exit.isFailure(exit) ? Option.getOrThrow(Cause.findErrorOption(exit.cause)) : undefined
      assert.instanceOf(error, ServeError)
      assert.instanceOf(error?.cause, Faults.PlanError)
    }))
})

describe("a call", () => {
  it.effect("asks for faults in a header or in its query, which nobody else gets to see", () =>
    Effect.gen(function*() {
      const asking = `${Faults.queryParameter}=${encodeURIComponent(JSON.stringify(teapot))}`
      assert.strictEqual((yield* call("/v1/projects", { faults: teapot })).status, 418)
      assert.strictEqual((yield* call("/v1/projects", { faults: [] })).status, 200)
      assert.deepStrictEqual(
        yield* outcomes(`/v1/projects?${asking}`, `/v1/projects?limit=1&${asking}&limit=2`),
        [418, 418]
      )
      // Browsers ask with the same query, and could not read such an answer.
      const preflight = { origin: "http://app.test", "access-control-request-method": "GET" }
      const asked = yield* call(`/v1/projects?${asking}`, { method: "OPTIONS", headers: preflight })
      assert.strictEqual(asked.status, 204)
      const { faults } = yield* Emulator.Emulator
      assert.deepStrictEqual((yield* faults.injected).map(({ path, rule }) => [rule, path]), [
        ["call", "/v1/projects"],
        ["call", "/v1/projects"],
        ["call", "/v1/projects"]
      ])
    }).pipe(Effect.provide(Emulator.layer())))

  it.effect("has its own faults before those of the plan", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* call("/v1/projects", { faults: teapot })).status, 418)
      assert.strictEqual((yield* call("/v1/projects")).status, 410)
    }).pipe(onItsOwn([gone])))

  it.effect("that asks for what is no fault is refused, in Deepgram's shape", () =>
    Effect.gen(function*() {
      const refusals: ReadonlyArray<readonly [asked: string, message: string]> = [
        ["soon", "It is no JSON."],
        [`{"type":"Late"}`, "[0]: Expected a fault with one of the types that there are"],
        [`[{"type":"Stall"},{"type":"Stall","after":"x"}]`, "[1].after: Expected"],
        [`{"type":"Stall","when":{}}`, "[0].when: Expected no excess property"]
      ]
      for (const [asked, message] of refusals) {
        const { headers, status, text } = yield* call("/v1/projects", { headers: { [Faults.header]: asked } })
        assert.strictEqual(status, 400)
        const body = JSON.parse(text)
        assert.include(body, { err_code: "Bad Request", request_id: headers.get("dg-request-id") })
        assert.include(body.err_msg, `Invalid '${Faults.header}': ${message}`)
      }
      assert.deepStrictEqual(yield* happened, [])
    }).pipe(Effect.provide(Emulator.layer())))
})
