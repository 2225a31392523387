import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Schedule, Stream } from "effect"
import { Deepgram, type DeepgramConfig, type DeepgramError, Requests } from "effect-deepgram"
import { json, silence } from "../support/answers.ts"
import { client } from "../support/client.ts"
import { observed } from "../support/observed.ts"
import { type Answer, type Exchange, serve, type Server, untilSeen } from "../support/server.ts"
import { project } from "./cases/case.ts"

const list = `/v1/projects/${project}/requests`

const targets = ({ requests }: Server) => requests.map(({ target }) => target.replace(list, ""))

const logged = (...ids: ReadonlyArray<number>) => ids.map((id) => ({ request_id: `r${id}` }))

const page = (number: number, ids: ReadonlyArray<number>, limit = 2) =>
  json({ page: number, limit, requests: logged(...ids) })

const ids = <E, R>(requests: Stream.Stream<Requests.LoggedRequest, E, R>) =>
  Effect.map(Stream.runCollect(requests), (all) => all.map(({ request_id }) => request_id))

const collected = (
  server: Server,
  options?: Requests.StreamOptions,
  config?: Omit<DeepgramConfig.Options, "baseUrl">
) => Effect.provide(ids(Requests.stream(project, options)), client(server, config))

describe("every request of a project", () => {
  it.effect("page after page, until one is short", () =>
    Effect.gen(function*() {
      const server = yield* serve(page(0, [9, 8]), page(1, [7, 6]), page(2, [5]))
      assert.deepStrictEqual(yield* collected(server), ["r9", "r8", "r7", "r6", "r5"])
      assert.deepStrictEqual(targets(server), ["", "?page=1", "?page=2"])
    }))

  it.effect("until one is empty", () =>
    Effect.gen(function*() {
      const server = yield* serve(page(0, [9, 8]), page(1, [7, 6]), page(2, []))
      assert.deepStrictEqual(yield* collected(server), ["r9", "r8", "r7", "r6"])
      assert.deepStrictEqual(targets(server), ["", "?page=1", "?page=2"])
    }))

  it.effect("where there is none", () =>
    Effect.gen(function*() {
      const server = yield* serve(json({}))
      assert.deepStrictEqual(yield* collected(server), [])
      assert.strictEqual(server.requests.length, 1)
    }))

  it.effect("counts from where the server counts", () =>
    Effect.gen(function*() {
      const server = yield* serve(page(1, [9, 8]), page(2, [7, 6]), page(3, [5]))
      assert.strictEqual((yield* collected(server)).length, 5)
      assert.deepStrictEqual(targets(server), ["", "?page=2", "?page=3"])
    }))

  it.effect("counts for itself, whatever the server says later", () =>
    Effect.gen(function*() {
      const server = yield* serve(page(0, [9, 8]), page(0, [7, 6]), page(0, [5, 4]), page(0, []))
      assert.strictEqual((yield* collected(server)).length, 6)
      assert.deepStrictEqual(targets(server), ["", "?page=1", "?page=2", "?page=3"])
    }))

  it.effect("counts from 0 where the server says nothing, and needs no limit", () =>
    Effect.gen(function*() {
      const server = yield* serve(
        json({ requests: logged(9, 8) }),
        json({ requests: logged(7) }),
        json({ requests: [] })
      )
      assert.deepStrictEqual(yield* collected(server), ["r9", "r8", "r7"])
      assert.deepStrictEqual(targets(server), ["", "?page=1", "?page=2"])
    }))

  it.effect("takes the limit that was asked for where the server says none", () =>
    Effect.gen(function*() {
      const server = yield* serve(json({ page: 0, requests: logged(9, 8) }), json({ requests: logged(7) }))
      assert.deepStrictEqual(yield* collected(server, { limit: 2 }), ["r9", "r8", "r7"])
      assert.deepStrictEqual(targets(server), ["?limit=2", "?limit=2&page=1"])
    }))

  it.effect("takes the limit that the server keeps to, not the one that was asked for", () =>
    Effect.gen(function*() {
      const server = yield* serve(page(0, [9, 8]), page(1, [7]))
      assert.deepStrictEqual(yield* collected(server, { limit: 1000 }), ["r9", "r8", "r7"])
    }))

  it.effect("asks each page for the same", () =>
    Effect.gen(function*() {
      const server = yield* serve(page(0, [9, 8]), page(1, [7]))
      yield* collected(server, { limit: 2, start: "2026-01-01", endpoint: "listen", status: "failed" })
      assert.deepStrictEqual(server.requests.map(({ query }) => Object.fromEntries(query)), [
        { limit: "2", start: "2026-01-01", endpoint: "listen", status: "failed" },
        { limit: "2", page: "1", start: "2026-01-01", endpoint: "listen", status: "failed" }
      ])
    }))

  it.effect("does not go round in circles where the server has one page only", () =>
    Effect.gen(function*() {
      const server = yield* serve(page(0, [9, 8]))
      assert.deepStrictEqual(yield* collected(server), ["r9", "r8"])
      assert.deepStrictEqual(targets(server), ["", "?page=1"])
    }))

  it.effect("once each, while pages move", () =>
    Effect.gen(function*() {
      // Between the pages, one request is made.
      const server = yield* serve(page(0, [9, 8, 7], 3), page(1, [7, 6, 5], 3), page(2, [5, 4], 3))
      assert.deepStrictEqual(yield* collected(server), ["r9", "r8", "r7", "r6", "r5", "r4"])
    }))

  it.effect("once each, while pages move by more than half of themselves", () =>
    Effect.gen(function*() {
      const server = yield* serve(
        page(0, [9, 8, 7], 3),
        page(1, [11, 10, 9], 3),
        page(2, [8, 7, 6], 3),
        page(3, [5], 3)
      )
      assert.deepStrictEqual(yield* collected(server), ["r9", "r8", "r7", "r11", "r10", "r6", "r5"])
    }))

  it.effect("all of them, while pages move by the whole of themselves", () =>
    Effect.gen(function*() {
      const server = yield* serve(page(0, [9, 8]), page(1, [9, 8]), page(2, [7, 6]), page(3, [5]))
      assert.deepStrictEqual(yield* collected(server), ["r9", "r8", "r7", "r6", "r5"])
      assert.deepStrictEqual(targets(server), ["", "?page=1", "?page=2", "?page=3"])
    }))

  it.effect("all of them, while pages move by two of them, and again later", () =>
    Effect.gen(function*() {
      const server = yield* serve(
        page(0, [9, 8]),
        page(1, [9, 8]),
        page(2, [9, 8]),
        page(3, [7, 6]),
        page(4, [7, 6]),
        page(5, [7, 6]),
        page(6, [5])
      )
      assert.deepStrictEqual(yield* collected(server), ["r9", "r8", "r7", "r6", "r5"])
    }))

  it.effect("until three pages in a row have nothing new", () =>
    Effect.gen(function*() {
      const server = yield* serve((exchange: Exchange) =>
        page(Number(exchange.query.get("page") ?? 0), [9, 8])(exchange)
      )
      assert.deepStrictEqual(yield* collected(server), ["r9", "r8"])
      assert.deepStrictEqual(targets(server), ["", "?page=1", "?page=2", "?page=3"])
    }))

  it.effect("also where some are null: a page is as long as it was sent", () =>
    Effect.gen(function*() {
      const withNulls = (number: number, requests: ReadonlyArray<unknown>) => json({ page: number, limit: 3, requests })
      const server = yield* serve(
        withNulls(0, [null, null, null]),
        withNulls(1, [...logged(9, 8), null]),
        withNulls(2, [null, ...logged(7)])
      )
      assert.deepStrictEqual(yield* collected(server), ["r9", "r8", "r7"])
      assert.deepStrictEqual(targets(server), ["", "?page=1", "?page=2"])
    }))

  it.effect("from the start, each time", () =>
    Effect.gen(function*() {
      const server = yield* serve(page(0, [9]))
      const stream = Requests.stream(project)
      for (let i = 0; i < 2; i++) assert.deepStrictEqual(yield* Effect.provide(ids(stream), client(server)), ["r9"])
      assert.deepStrictEqual(targets(server), ["", ""])
    }))
})

describe("a page", () => {
  const endless: Answer = (exchange: Exchange) => {
    const number = Number(exchange.query.get("page") ?? 0)
    return page(number, [number * 2, number * 2 + 1])(exchange)
  }

  it.effect("is fetched when it is needed, and not before", () =>
    Effect.gen(function*() {
      const server = yield* serve(endless)
      const stream = Requests.stream(project).pipe(Stream.provide(client(server)))
      assert.strictEqual(server.connections(), 0)
      for (const [count, pages] of [[1, 1], [2, 1], [3, 2], [4, 2], [5, 3]] as const) {
        const before = server.requests.length
        assert.strictEqual((yield* Stream.runCollect(Stream.take(stream, count))).length, count)
        assert.strictEqual(server.requests.length - before, pages)
      }
    }))

  it.effect("waits for its reader", () =>
    Effect.gen(function*() {
      const server = yield* serve(endless)
      const fetched: Array<number> = []
      yield* Requests.stream(project).pipe(
        Stream.take(5),
        Stream.runForEach(() => Effect.sync(() => fetched.push(server.requests.length))),
        Effect.provide(client(server))
      )
      assert.deepStrictEqual(fetched, [1, 1, 2, 2, 3])
    }))

  it.effect("is an operation of its own", () =>
    Effect.gen(function*() {
      const server = yield* serve(page(0, [9, 8]), page(1, [7]))
      const { seen } = yield* observed(collected(server))
      assert.deepStrictEqual(seen.spans.map(({ name }) => name), ["test", "Requests.stream", "Requests.stream"])
    }))

  it.effect("that fails leaves what came before it", () =>
    Effect.gen(function*() {
      const server = yield* serve(page(0, [9, 8]), json({ err_code: "FORBIDDEN", err_msg: "No." }, { status: 403 }))
      const seen: Array<string> = []
      const error: DeepgramError.RequestError = yield* Requests.stream(project).pipe(
        Stream.runForEach(({ request_id }) => Effect.sync(() => seen.push(request_id))),
        Effect.provide(client(server)),
        Effect.flip
      )
      assert.strictEqual(error._tag, "PermissionDenied")
      assert.strictEqual(error.operation, "Requests.stream")
      assert.deepStrictEqual(seen, ["r9", "r8"])
    }))

  it.effect("that cannot be read does too", () =>
    Effect.gen(function*() {
      const server = yield* serve(page(0, [9, 8]), json({ page: 1, limit: 2, requests: [{ code: 200 }] }))
      const seen: Array<string> = []
      const error = yield* Requests.stream(project).pipe(
        Stream.runForEach(({ request_id }) => Effect.sync(() => seen.push(request_id))),
        Effect.provide(client(server)),
        Effect.flip
      )
      assert.strictEqual(error._tag, "DecodeError")
      assert.deepStrictEqual(seen, ["r9", "r8"])
    }))

  it.effect("is tried again by itself", () =>
    Effect.gen(function*() {
      const busy = json({ err_code: "Service Unavailable" }, { status: 503 })
      const server = yield* serve(page(0, [9, 8]), busy, page(1, [7]))
      assert.deepStrictEqual(yield* collected(server, {}, { retry: Schedule.recurs(1) }), ["r9", "r8", "r7"])
      assert.deepStrictEqual(targets(server), ["", "?page=1", "?page=1"])
    }))

  it.effect("that nobody waits for any more is given up", () =>
    Effect.gen(function*() {
      const server = yield* serve(page(0, [9, 8]), silence)
      const fiber = yield* Effect.forkChild(collected(server))
      const second = yield* untilSeen(server.request(1), fiber)
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(yield* second.over, "aborted")
      assert.strictEqual(server.requests.length, 2)
    }))

  it.effect("obeys the options of the call", () =>
    Effect.gen(function*() {
      const server = yield* serve(page(0, [9, 8]), page(1, [7]))
      yield* collected(server).pipe(Deepgram.withOptions({ headers: { "x-a": "1" }, query: { future: "yes" } }))
      assert.deepStrictEqual(server.requests.map(({ headers }) => headers["x-a"]), ["1", "1"])
      assert.deepStrictEqual(targets(server), ["?future=yes", "?page=1&future=yes"])
    }))
})
