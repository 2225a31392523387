import { Emulator, Recording } from "@effect-deepgram/emulator"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { Deepgram, ListenV1, Transcript } from "effect-deepgram"
import { HttpServer } from "effect/http"
import { createServer } from "node:http"
import { begin, forEmulator, run } from "./program.ts"

const app = "https://app.test"
const shop = "http://shop.test:8080"

const start = Effect.fnUntraced(function*(variables: Record<string, string>) {
  const server = yield* begin("tokens", [app, shop, "--port", "0"], variables)
  const [, url = ""] = yield* server.says(/tokens are at (\S+), for https:\/\/app\.test and http:\/\/shop\.test:8080\n/)
  return { ...server, url }
})

const ask = (url: string, origin: string | undefined, method = "POST") =>
  Effect.promise(() =>
    fetch(url, { method, headers: origin === undefined ? {} : { origin } }).then(async (response) => ({
      status: response.status,
      readableBy: response.headers.get("access-control-allow-origin"),
      cache: response.headers.get("cache-control"),
      retryAfter: response.headers.get("retry-after"),
      text: await response.text()
    }))
  )

describe("tokens.ts", () => {
  it.live("grants tokens to its pages, some each minute, and never shows the key", () =>
    Effect.gen(function*() {
      const env = yield* forEmulator
      // What is no key could not grant anything.
      const server = yield* start({ ...env, DEEPGRAM_TOKEN: "an-access-token" })
      const seen: Array<string> = []

      for (const origin of [undefined, "null", "https://elsewhere.test", `${app}.elsewhere.test`, "http://app.test"]) {
        const { readableBy, status, text } = yield* ask(server.url, origin)
        assert.strictEqual(status, 403)
        assert.isNull(readableBy)
        assert.notInclude(text, "access_token")
      }
      assert.strictEqual((yield* ask(server.url, app, "GET")).status, 404)
      const preflight = yield* ask(server.url, shop, "OPTIONS")
      assert.strictEqual(preflight.status, 204)
      assert.strictEqual(preflight.readableBy, shop)

      for (let asked = 0; asked < 10; asked++) {
        const origin = asked % 2 === 0 ? app : shop
        const { cache, readableBy, status, text } = yield* ask(server.url, origin)
        assert.strictEqual(status, 200, text)
        assert.strictEqual(readableBy, origin)
        assert.strictEqual(cache, "no-store")
        seen.push(text)
      }
      const { retryAfter, status } = yield* ask(server.url, app)
      assert.strictEqual(status, 429)
      assert.isAtLeast(Number(retryAfter), 1)
      assert.isAtMost(Number(retryAfter), 60)

      const { access_token, expires_in } = JSON.parse(seen[0] ?? "")
      assert.strictEqual(expires_in, 30)
      // It is as good as the page needs it.
      const transcription = yield* ListenV1.transcribeFile(Recording.wav("From a page."), { model: "nova-3" }).pipe(
        Effect.provide(Deepgram.layer({ accessToken: Redacted.make(access_token), baseUrl: env.DEEPGRAM_BASE_URL }))
      )
      assert.strictEqual(Transcript.toText(transcription), "from a page")

      yield* server.kill("SIGTERM")
      assert.strictEqual(yield* server.code, 0)
      assert.strictEqual(server.said.err, "")
      assert.notInclude(`${seen.join("")}${server.said.out}`, env.DEEPGRAM_API_KEY)
    }).pipe(Effect.scoped, Effect.provide(Emulator.layer())))

  it.live("keeps to itself why there are none", () =>
    Effect.gen(function*() {
      const env = { ...yield* forEmulator, DEEPGRAM_API_KEY: "a-key-that-is-wrong" }
      const server = yield* start(env)
      const { cache, readableBy, status, text } = yield* ask(server.url, app)
      assert.strictEqual(status, 502)
      assert.strictEqual(readableBy, app)
      assert.strictEqual(cache, "no-store")
      assert.deepStrictEqual(JSON.parse(text), { message: "no tokens at present" })
      yield* server.says(/Tokens\.grant: 401 Unauthorized/)
      assert.notInclude(server.said.out, env.DEEPGRAM_API_KEY)
    }).pipe(Effect.scoped, Effect.provide(Emulator.layer())))

  it.live("says what is missing or wrong", () =>
    Effect.gen(function*() {
      for (const args of [[], [app, `${shop}/`]]) {
        const { code, err, out } = yield* run("tokens", args)
        assert.strictEqual(code, 2)
        assert.strictEqual(out, "")
        assert.match(err, /^✗ [^]*tokens \[flags\] <origin\.\.\.>/)
      }
      const taken = yield* HttpServer.HttpServer
      const [, port = ""] = /:(\d+)$/.exec(HttpServer.formatAddress(taken.address)) ?? []
      const second = yield* run("tokens", [app, "--port", port], { DEEPGRAM_API_KEY: "a-key" })
      assert.strictEqual(second.code, 1)
      assert.match(second.err, /^✗ .*EADDRINUSE.*\n$/)
      const without = yield* run("tokens", [app, "--port", "0"])
      assert.strictEqual(without.code, 1)
      assert.match(without.err, /^✗ .*DEEPGRAM_API_KEY is not set: .*\n$/)
    }).pipe(Effect.provide(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" }))))
})
