/** How long the emulator waits for the servers of others. */
import { Emulator, Thinker } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Layer, Option, Queue, Scope } from "effect"
import { FetchHttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { nobody } from "../../src/internal/server/accounts.ts"
import * as Callbacks from "../../src/internal/server/callbacks.ts"
import { settingsOf } from "../../src/internal/server/options.ts"
import { requestTo } from "../../src/internal/server/outbound.ts"
import { Settings } from "../../src/internal/server/settings.ts"
import { converse } from "../agent/support.ts"
import { ask } from "./speech.ts"
import { type Answer, refusalOf } from "./support.ts"

interface Call {
  readonly body: string
  readonly response: ServerResponse
  /** The connection was given up. */
  readonly closed: Effect.Effect<void>
}

/** A server that does with a call what `reply` does, and says nothing else; the calls that came whole, in order. */
const remote = Effect.fnUntraced(function*(reply: (response: ServerResponse, count: number) => void = () => undefined) {
  const calls = yield* Queue.unbounded<Call>()
  let count = 0
  const take = (request: IncomingMessage, response: ServerResponse) => {
    const closed = Deferred.makeUnsafe<void>()
    response.on("close", () => Deferred.doneUnsafe(closed, Exit.void))
    let body = ""
    request.on("data", (chunk) => body += String(chunk)).on("end", () => {
      Queue.offerUnsafe(calls, { body, response, closed: Deferred.await(closed) })
      reply(response, ++count)
    })
  }
  const server = yield* Effect.acquireRelease(
    Effect.callback<ReturnType<typeof createServer>>((resume) => {
      const server = createServer(take).listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.sync(() => server.close().closeAllConnections())
  )
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, next: Queue.take(calls) }
})

const assertSilent = (answer: Answer, duration: string) => {
  assert.strictEqual(answer.status, 400)
  const { err_code, err_msg } = refusalOf(answer)
  assert.strictEqual(err_code, "REMOTE_CONTENT_ERROR")
  assert.strictEqual(err_msg, `The remote server hosting the media has sent nothing for ${duration}.`)
}

const operations = ["/v1/listen?model=nova-3", "/v1/read?language=en&topics=true"]

for (const path of operations) {
  describe(`the server behind a URL: ${path}`, () => {
    it.effect("that does not answer is not waited for longer than half a minute", () =>
      Effect.gen(function*() {
        const { next, url } = yield* remote()
        const answer = yield* Effect.forkChild(ask(path, { url }))
        const { closed } = yield* next
        yield* TestClock.adjust("29 seconds")
        assert.isUndefined(answer.pollUnsafe())
        yield* TestClock.adjust("1 second")
        assertSilent(yield* Fiber.join(answer), "30s")
        yield* closed
      }).pipe(Effect.scoped, Effect.provide(Emulator.layer())))

    it.live("that stops in the middle of its answer is not waited for either", () =>
      Effect.gen(function*() {
        const { next, url } = yield* remote((response) => {
          const contentType = path.startsWith("/v1/read") ? "text/plain" : "audio/wav"
          response.writeHead(200, { "content-type": contentType, "content-length": 1000 }).write("RIFF")
        })
        const answer = yield* Effect.forkChild(ask(path, { url }))
        const { closed } = yield* next
        assertSilent(yield* Fiber.join(answer), "500ms")
        yield* closed
      }).pipe(Effect.scoped, Effect.provide(Emulator.layer({ remoteTimeout: "500 millis" }))))
  })
}

/** A server of which the body is as the emulator asks for it. */
const serving = (pull: UnderlyingDefaultSource<Uint8Array>["pull"], init: ResponseInit) =>
  Layer.succeed(
    FetchHttpClient.Fetch,
    () =>
      Promise.resolve(
        new Response(new ReadableStream<Uint8Array>(pull === undefined ? {} : { pull }, { highWaterMark: 0 }), init)
      )
  )

describe("the server behind a URL", () => {
  it.effect("may be slow, as long as something comes", () =>
    Effect.gen(function*() {
      const run = Effect.runPromiseWith(yield* Effect.context<never>())
      let left = 5
      const slowly = serving((controller) =>
        run(TestClock.adjust("20 seconds")).then(() => {
          controller.enqueue(Buffer.from("I like it. "))
          if (--left === 0) controller.close()
        }), { headers: { "content-type": "text/plain" } })
      const answer = yield* ask("/v1/read?language=en&sentiment=true", { url: "http://127.0.0.1/" }).pipe(
        Effect.provide(Layer.provide(Emulator.layer(), slowly))
      )
      assert.strictEqual(answer.status, 200)
      assert.strictEqual(left, 0)
    }))
})

describe("the server of a callback", () => {
  it.effect("that says nothing is tried again", () =>
    Effect.gen(function*() {
      const { next, url } = yield* remote((response, count) => count === 2 && response.end())
      yield* ask(`/v1/read?language=en&topics=true&callback=${encodeURIComponent(url)}`, { text: "Refund me." })
      const first = yield* next
      yield* TestClock.adjust("6 seconds")
      yield* first.closed
      const second = yield* next
      assert.strictEqual(second.body, first.body)
    }).pipe(
      Effect.scoped,
      Effect.provide(Emulator.layer({ remoteTimeout: "6 seconds", callbackRetryDelay: 0 }))
    ))

  it.effect("may be slow to take what is spoken, as long as it takes something", () =>
    Effect.gen(function*() {
      const taken = yield* Deferred.make<number>()
      const run = Effect.runPromiseWith(yield* Effect.context<never>())
      const slowly: typeof globalThis.fetch = async (_, init) => {
        let parts = 0
        for await (const _part of new Response(init?.body ?? null).body ?? []) {
          parts++
          await run(TestClock.adjust("12 seconds"))
        }
        Deferred.doneUnsafe(taken, Exit.succeed(parts))
        return new Response()
      }
      const text = "Some of it, and some more of it, and the rest of it. ".repeat(10)
      yield* Effect.gen(function*() {
        yield* ask("/v1/speak?callback=http%3A%2F%2F127.0.0.1", { text })
        assert.isAbove(yield* Deferred.await(taken), 4)
      }).pipe(
        Effect.provide(Layer.provide(Emulator.layer(), Layer.succeed(FetchHttpClient.Fetch, slowly)))
      )
    }))

  it.effect("that has taken one, and does not end its answer, gets the next one all the same", () =>
    Effect.gen(function*() {
      const bodies = yield* Queue.unbounded<string>()
      const reading = yield* Queue.unbounded<void>()
      const fetch: typeof globalThis.fetch = (_, init) => {
        Queue.offerUnsafe(bodies, new TextDecoder().decode(init?.body as Uint8Array))
        const endless = new ReadableStream({ pull: () => void Queue.offerUnsafe(reading, undefined) }, {
          highWaterMark: 0
        })
        return Promise.resolve(new Response(endless))
      }
      const send = yield* Callbacks.inOrder(
        Option.getOrThrow(requestTo("POST", "http://127.0.0.1/")),
        nobody,
        yield* Scope.Scope
      ).pipe(Effect.provide(Layer.provideMerge(
        FetchHttpClient.layer,
        Layer.mergeAll(
          Layer.succeed(FetchHttpClient.Fetch, fetch),
          Layer.orDie(Layer.effect(Settings, settingsOf({ callbackRetryDelay: 0 })))
        )
      )))
      yield* send(Callbacks.json(1))
      yield* send(Callbacks.json(2))
      assert.strictEqual(yield* Queue.take(bodies), "1")
      yield* Queue.take(reading)
      yield* TestClock.adjust("29 seconds")
      assert.strictEqual(yield* Queue.size(bodies), 0)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* Queue.take(bodies), "2")
    }).pipe(Effect.scoped))
})

describe("the server of a function", () => {
  const thinker = Thinker.rules([{ when: "weather", answer: { calls: [{ name: "get_weather" }] } }])

  it.effect("that says nothing has failed, as the agent is told", () =>
    Effect.gen(function*() {
      const { next, url } = yield* remote()
      const provider = { type: "open_ai", model: "gpt-4o-mini" }
      const client = yield* converse({
        think: { provider, functions: [{ name: "get_weather", endpoint: { url, method: "POST" } }] }
      })
      yield* client.say({ type: "InjectUserMessage", content: "How is the weather?" })
      const { closed } = yield* next
      yield* TestClock.adjust("6 seconds")
      const messages = yield* client.until("FunctionCallResponse")
      assert.match(String(messages.at(-1)?.["content"]), /^\{"error":"The function failed: .+"\}$/)
      yield* closed
    }).pipe(Effect.scoped, Effect.provide(Emulator.layer({ thinker, remoteTimeout: "6 seconds" }))))
})

describe("options", () => {
  for (const remoteTimeout of [0, -1, Number.NaN] as const) {
    it.live(`another server cannot be waited for ${remoteTimeout}`, () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(Effect.provide(Emulator.Emulator, Emulator.layer({ remoteTimeout })))
        assert.match(String(error.cause), new RegExp(`Another server cannot be waited for ${remoteTimeout}(:|$)`))
      }))
  }
})
