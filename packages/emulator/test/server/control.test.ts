import { Emulator, Faults } from "@effect-deepgram/emulator"
import { assert, describe, it, layer } from "@effect/vitest"
import { Duration, Effect, Layer, Redacted, Schema } from "effect"
import { IncomingMessage, request } from "node:http"
import { Socket } from "node:net"
import * as Injector from "../../src/internal/faults/injector.ts"
import { begin } from "../../src/internal/server/exchange.ts"
import * as Monitor from "../../src/internal/server/monitor.ts"
import { settingsOf } from "../../src/internal/server/options.ts"
import { Settings } from "../../src/internal/server/settings.ts"
import { make as statusOf } from "../../src/internal/server/status.ts"
import { connect } from "./socket.ts"

interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** A request by Node itself: `fetch` would not let a test say `Host` or `Sec-Fetch-Site`. */
const ask = Effect.fnUntraced(function*(path: string, { body, headers = {}, method = "GET" }: Asked = {}) {
  const { url } = yield* Emulator.Emulator
  return yield* Effect.callback<{ readonly status: number; readonly headers: Headers; readonly text: string }>(
    (resume) => {
      const sent = request(`${url}${path}`, { method, headers, agent: false }, (response) => {
        let text = ""
        response.setEncoding("utf8").on("data", (chunk) => text += chunk).on("end", () => {
          const head = new Headers(
            Object.entries(response.headersDistinct).map(([name, values = []]) => [name, values.join()])
          )
          resume(Effect.succeed({ status: response.statusCode ?? 0, headers: head, text }))
        })
      })
      sent.on("error", (error) => resume(Effect.die(error)))
      sent.end(body)
    }
  )
})

const Call = Schema.Struct({
  requestId: Schema.String,
  transport: Schema.String,
  method: Schema.String,
  path: Schema.String,
  begun: Schema.Number,
  ended: Schema.optionalKey(Schema.Number),
  status: Schema.optionalKey(Schema.Number),
  received: Schema.Struct({ messages: Schema.Number, bytes: Schema.Number }),
  sent: Schema.Struct({ messages: Schema.Number, bytes: Schema.Number }),
  faults: Schema.Array(Schema.String)
})

const Status = Schema.Struct({
  version: Schema.String,
  url: Schema.String,
  started: Schema.Number,
  now: Schema.Number,
  options: Schema.Record(Schema.String, Schema.String),
  totals: Schema.Struct({ calls: Schema.Number, active: Schema.Number, faults: Schema.Number }),
  active: Schema.Array(Call),
  recent: Schema.Array(Call),
  plan: Faults.Plan,
  injected: Schema.Array(Faults.Injected)
})

const parse = <A, I>(schema: Schema.Codec<A, I>, text: string): A =>
  Schema.decodeUnknownSync(Schema.fromJsonString(schema))(text)

const status = Effect.map(ask("/_emulator/status"), ({ text }) => parse(Status, text))

const errorOf = ({ text }: { readonly text: string }): string =>
  parse(Schema.Struct({ error: Schema.String }), text).error

const withKey = { authorization: `Token ${Emulator.defaultApiKey}` }

/** Waits until that holds of the status: a connection ends on both sides, and here later. */
const until = (
  holds: (now: typeof Status.Type) => boolean
): Effect.Effect<typeof Status.Type, never, Emulator.Emulator> =>
  Effect.flatMap(
    status,
    (now) => holds(now) ? Effect.succeed(now) : Effect.andThen(Effect.sleep(5), Effect.suspend(() => until(holds)))
  )

const put = (plan: unknown) => ask("/_emulator/faults", { method: "PUT", body: JSON.stringify(plan) })

layer(Emulator.layer({ models: ["nova-3-mine"], idleTimeout: "2 minutes" }), { excludeTestServices: true })((it) => {
  describe("the status", () => {
    it.effect("tells of the emulator, without a key", () =>
      Effect.gen(function*() {
        const { url } = yield* Emulator.Emulator
        const now = yield* status
        assert.strictEqual(now.url, url)
        assert.isAtLeast(now.now, now.started)
        assert.deepInclude(now.options, {
          host: "127.0.0.1",
          port: new URL(url).port,
          authentication: "by key",
          credits: "200 US dollars",
          record: "nothing",
          logRequests: "no",
          models: "nova-3-mine",
          idleTimeout: "2m"
        })
      }))

    it.effect("tells of calls that are over, and of none that asks the emulator itself", () =>
      Effect.gen(function*() {
        const before = yield* status
        const { headers, text } = yield* ask("/v1/projects?limit=1", { headers: withKey })
        yield* ask("/_emulator/faults")
        const { active, recent: [call], totals } = yield* until(({ recent }) => recent.length > before.recent.length)
        assert.deepStrictEqual(active, [])
        assert.strictEqual(totals.calls, before.totals.calls + 1)
        assert.deepInclude(call, {
          requestId: headers.get("dg-request-id") ?? "",
          transport: "http",
          method: "GET",
          path: "/v1/projects?limit=1",
          status: 200
        })
        assert.isAbove(call?.sent.bytes ?? 0, text.length)
        assert.isBelow(call?.sent.bytes ?? 0, text.length + 1000)
        assert.isAbove(call?.received.bytes ?? 0, 50)
      }))

    it.effect("counts what a connection carries for each call anew", () =>
      Effect.gen(function*() {
        const { apiKey, url } = yield* Emulator.Emulator
        const { totals: { calls } } = yield* status
        const get = (path: string) =>
          Effect.promise(() =>
            fetch(`${url}${path}`, { headers: { authorization: `Token ${Redacted.value(apiKey)}` } })
              .then((response) => response.text())
          )
        yield* get("/v1/projects")
        yield* get("/_emulator/status")
        yield* get("/v1/projects")
        const { recent: [second, first] } = yield* until(({ active, totals }) =>
          totals.calls === calls + 2 && active.length === 0
        )
        assert.strictEqual(second?.received.bytes, first?.received.bytes)
        assert.closeTo(second?.sent.bytes ?? 0, first?.sent.bytes ?? 0, 20)
      }))

    it.effect("tells of sessions while they are open", () =>
      Effect.gen(function*() {
        const path = "/v1/listen?model=nova-3&encoding=linear16&sample_rate=16000"
        const { send, socket } = yield* connect(path)
        yield* send(new Uint8Array(640))
        const { active: [call] } = yield* until(({ active }) => active[0]?.received.messages === 1)
        assert.deepInclude(call, { transport: "websocket", path, status: 101, received: { messages: 1, bytes: 640 } })
        assert.isUndefined(call?.ended)
        socket.close()
        const { active, recent } = yield* until(({ active }) => active.length === 0)
        assert.deepStrictEqual(active, [])
        assert.strictEqual(recent[0]?.requestId, call?.requestId)
      }).pipe(Effect.scoped))

    it.effect("shows no secret of a callback", () =>
      Effect.gen(function*() {
        yield* ask(`/v1/none?callback=${encodeURIComponent("http://me:s3cret@localhost:9/?token=s3cret")}`)
        const { recent: [call] } = yield* until(({ recent }) => recent[0]?.path.startsWith("/v1/none") === true)
        assert.strictEqual(call?.path, `/v1/none?callback=${encodeURIComponent("http://localhost:9/")}`)
      }))
  })

  describe("the plan of faults", () => {
    it.effect("is set, told and cleared, and what happened is told", () =>
      Effect.gen(function*() {
        const plan = {
          seed: 7,
          rules: [{ name: "busy", when: { path: "/v1/projects" }, faults: [{ type: "Answer", status: 503 }] }]
        }
        const answer = yield* put(plan)
        assert.strictEqual(answer.status, 200)
        assert.deepStrictEqual(JSON.parse(answer.text), plan)
        const { headers, status: code } = yield* ask("/v1/projects", { headers: withKey })
        assert.strictEqual(code, 503)
        const injected = parse(Schema.Array(Faults.Injected), (yield* ask("/_emulator/faults/injected")).text)
        assert.deepInclude(injected.at(-1), {
          requestId: headers.get("dg-request-id") ?? "",
          rule: "busy",
          path: "/v1/projects"
        })
        const now = yield* until(({ recent }) => recent[0]?.status === 503)
        assert.deepStrictEqual(now.recent[0]?.faults, ["Answer"])
        assert.deepStrictEqual(now.injected[0], injected.at(-1))
        assert.strictEqual(now.totals.faults, injected.length)
        const cleared = yield* ask("/_emulator/faults", { method: "DELETE" })
        assert.deepStrictEqual(parse(Faults.Plan, cleared.text).rules, [])
        assert.strictEqual((yield* ask("/v1/projects", { headers: withKey })).status, 200)
      }))

    it.effect("is refused when it is none, and the one before holds on", () =>
      Effect.gen(function*() {
        yield* put({ rules: [{ faults: [{ type: "Latency", delay: 1 }] }] })
        const mistakes: ReadonlyArray<readonly [body: string, message: string]> = [
          ["{", "It is no JSON."],
          ["{}", "rules: Missing key"],
          [`{"rules":[],"sead":1}`, "sead: Expected no excess property"],
          [
            `{"rules":[{"faults":[{"type":"Close","code":1006}]}]}`,
            "rules[0].faults[0].code: Expected a close code that may be sent"
          ],
          [
            `{"rules":[{"faults":[{"type":"Latencies"}]}]}`,
            "rules[0].faults[0]: Expected a fault with one of the types that there are"
          ],
          [`{"rules":[${" ".repeat(1_048_576)}]}`, "A plan has at most 1048576 bytes"]
        ]
        for (const [body, message] of mistakes) {
          const answer = yield* ask("/_emulator/faults", { method: "PUT", body })
          assert.strictEqual(answer.status, 400)
          assert.strictEqual(errorOf(answer), message)
        }
        const { rules } = parse(Faults.Plan, (yield* ask("/_emulator/faults")).text)
        assert.strictEqual(rules.length, 1)
        yield* ask("/_emulator/faults", { method: "DELETE" })
      }))

    it.effect("is told as JSON that can be sent back, whatever durations it has", () =>
      Effect.gen(function*() {
        const { faults } = yield* Emulator.Emulator
        yield* faults.set(Faults.plan([
          { type: "Latency", delay: Duration.seconds(2), jitter: 5_000_000n },
          { type: "Stall", duration: Infinity }
        ]))
        const { text } = yield* ask("/_emulator/faults")
        assert.deepStrictEqual(JSON.parse(text), {
          seed: 0,
          rules: [
            { faults: [{ type: "Latency", delay: 2000, jitter: 5 }] },
            { faults: [{ type: "Stall", duration: "Infinity" }] }
          ]
        })
        assert.strictEqual((yield* ask("/_emulator/faults", { method: "PUT", body: text })).status, 200)
        yield* faults.clear
      }))

    it.effect("does not hold for the emulator's own endpoints", () =>
      Effect.gen(function*() {
        const { faults } = yield* Emulator.Emulator
        yield* faults.set(Faults.plan([{ type: "Reset" }]))
        assert.strictEqual((yield* ask("/")).status, 200)
        assert.strictEqual((yield* ask("/_emulator/faults", { method: "DELETE" })).status, 200)
      }))
  })

  describe("the emulator's own endpoints", () => {
    it.effect("say what there is, and what it takes", () =>
      Effect.gen(function*() {
        const none = yield* ask("/_emulator/none")
        assert.strictEqual(none.status, 404)
        assert.strictEqual(errorOf(none), "The emulator has nothing at /_emulator/none")
        const wrong = yield* ask("/_emulator/faults", { method: "POST", body: "{}" })
        assert.strictEqual(wrong.status, 405)
        assert.strictEqual(wrong.headers.get("allow"), "GET, PUT, DELETE")
        const head = yield* ask("/", { method: "HEAD" })
        assert.deepInclude(head, { status: 200, text: "" })
        assert.isAbove(Number(head.headers.get("content-length")), 1000)
      }))

    it.effect("are out of reach for pages of other origins", () =>
      Effect.gen(function*() {
        const { url } = yield* Emulator.Emulator
        const foreign: ReadonlyArray<Readonly<Record<string, string>>> = [
          { origin: "https://example.com" },
          { origin: "null" },
          { origin: "http://localhost:1" },
          { "sec-fetch-site": "cross-site" },
          { "sec-fetch-site": "same-site" },
          { host: "example.com" },
          { host: `example.com:${new URL(url).port}`, origin: `http://example.com:${new URL(url).port}` }
        ]
        for (const headers of foreign) {
          for (const method of ["GET", "PUT", "OPTIONS"]) {
            const answer = yield* ask("/_emulator/faults", {
              method,
              headers,
              body: method === "PUT" ? "{\"rules\":[]}" : ""
            })
            assert.strictEqual(answer.status, 403, `${method} ${JSON.stringify(headers)}`)
            assert.isNull(answer.headers.get("access-control-allow-origin"))
          }
        }
        assert.strictEqual((yield* ask("/", { headers: { host: "example.com" } })).status, 403)
      }))

    it.effect("answer the page itself, links to it, and programs, by every name of this machine", () =>
      Effect.gen(function*() {
        const { url } = yield* Emulator.Emulator
        const { host, port } = new URL(url)
        for (
          const headers of [
            { origin: url, host, "sec-fetch-site": "same-origin" },
            { "sec-fetch-site": "none" },
            { host: `localhost:${port}`, origin: `http://localhost:${port}` },
            { host: `deepgram.localhost:${port}` },
            { host: `[::1]:${port}` }
          ] as ReadonlyArray<Readonly<Record<string, string>>>
        ) {
          assert.strictEqual((yield* ask("/_emulator/status", { headers })).status, 200, JSON.stringify(headers))
        }
        const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }
        assert.strictEqual((yield* ask("/", { headers: link })).status, 200)
      }))
  })
})

describe("the number of faults", () => {
  it.effect("goes on when the log is full", () =>
    Effect.gen(function*() {
      const { decide } = yield* Injector.Injector
      const call = new IncomingMessage(new Socket())
      const injection = decide(begin(call, call.socket, "http", 0))
      const [happening] = injection?.of("Reset") ?? []
      assert.isDefined(happening)
      for (let i = 0; i < 10_001; i++) injection?.happened(happening)
      const { injected, totals } = yield* yield* statusOf({ options: {}, url: "http://127.0.0.1:8080" })
      assert.deepStrictEqual([totals.faults, injected.length], [10_001, 100])
    }).pipe(Effect.provide([
      Injector.layer(Faults.plan([{ type: "Reset" }])),
      Monitor.layer({ logRequests: false }),
      Layer.effect(Settings, settingsOf({}))
    ])))
})

describe("an emulator that listens on every interface", () => {
  it.live("answers by any name, but not to the pages of others", () =>
    Effect.gen(function*() {
      const headers = { host: "deepgram.test:8080" }
      assert.strictEqual((yield* ask("/_emulator/status", { headers })).status, 200)
      const foreign = { ...headers, origin: "https://example.com" }
      assert.strictEqual((yield* ask("/_emulator/status", { headers: foreign })).status, 403)
    }).pipe(Effect.provide(Emulator.layer({ host: "0.0.0.0" }))))
})
