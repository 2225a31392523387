/** The process of the demo: what it says, serves and grants, and how it ends. */
import { Emulator } from "@effect-deepgram/emulator"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Redacted } from "effect"
import { Deepgram } from "effect-deepgram"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { env, execPath } from "node:process"
import { fileURLToPath } from "node:url"
import { serve } from "../browser/server.ts"

const root = fileURLToPath(new URL("../..", import.meta.url))

/** The process itself, with what it says. Nothing of the machine's own environment may reach it. */
const start = Effect.fnUntraced(function*(variables: Record<string, string>) {
  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(execPath, ["--conditions=@effect-deepgram/source", "examples/browser/main.ts"], {
        cwd: root,
        env: { PATH: env["PATH"] ?? "", PORT: "0", ...variables }
      })
    ),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )
  const said = { out: "", err: "" }
  const url = yield* Deferred.make<string>()
  child.stdout.on("data", (data) => {
    said.out += String(data)
    const [, found] = /^Open (\S+)\n/m.exec(said.out) ?? []
    if (found !== undefined) Deferred.doneUnsafe(url, Effect.succeed(found))
  })
  child.stderr.on("data", (data) => (said.err += String(data)))
  const closed = once(child, "close").then(([code]: Array<unknown>) => code)
  return {
    said,
    url: Deferred.await(url),
    kill: (signal: NodeJS.Signals) => Effect.sync(() => child.kill(signal)),
    code: Effect.promise(() => closed)
  }
})

/** An answer, with its body. */
const get = (url: string, init: RequestInit = {}) =>
  Effect.promise(() => fetch(url, init).then((response) => response.text().then((text) => ({ response, text }))))

const grant = (url: string, origin: string) => get(`${url}/token`, { method: "POST", headers: { origin } })

/** Everything that a browser is told to let the page do; with the media type. */
const rulesFor = (deepgram: string, type: string) => ({
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; " +
    `connect-src 'self' ${deepgram}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  "content-type": type,
  "permissions-policy": "microphone=(self)",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff"
})

/** All headers but those of the connection. */
const rulesOf = ({ headers }: Response) =>
  Object.fromEntries([...headers].filter(([name]) => !/^(connection|content-length|date|keep-alive)$/.test(name)))

describe("the server of live captions", () => {
  it.live("starts an emulator where there is no key, and ends with a signal", () =>
    Effect.gen(function*() {
      const { code, kill, said, url: address } = yield* start({})
      const url = yield* address
      assert.match(said.out, /^No key is set: an emulator listens, which understands its own test voice only\./)

      const { response, text } = yield* get(url)
      assert.strictEqual(response.status, 200)
      const [, deepgram = ""] = /data-deepgram="(ws:\/\/127\.0\.0\.1:\d+)\/" data-voice="true"/.exec(text) ?? []
      assert.deepStrictEqual(rulesOf(response), rulesFor(deepgram, "text/html; charset=utf-8"))
      const types = {
        "/style.css": "text/css; charset=utf-8",
        "/page.js": "text/javascript; charset=utf-8",
        "/worklet.js": "text/javascript; charset=utf-8",
        "/voice.wav": "audio/wav"
      }
      for (const [path, type] of Object.entries(types)) {
        const { response, text } = yield* get(`${url}${path}`)
        assert.strictEqual(response.status, 200, path)
        assert.deepStrictEqual(rulesOf(response), rulesFor(deepgram, type))
        if (type === "audio/wav") assert.strictEqual(text.slice(0, 4), "RIFF")
      }
      assert.strictEqual((yield* get(`${url}/main.ts`)).response.status, 404)
      for (const [origin, answer] of [[url, /^\{"token":"[^"]+"\}$/], ["null", /^\{"message":/]] as const) {
        const { response, text } = yield* grant(url, origin)
        assert.match(text, answer)
        assert.deepStrictEqual(rulesOf(response), rulesFor(deepgram, "application/json"))
      }

      yield* kill("SIGTERM")
      assert.strictEqual(yield* code, 0)
      assert.strictEqual(said.err, "")
    }).pipe(Effect.scoped))

  it.live("goes to Deepgram with a key, and grants tokens to its own page alone", () =>
    Effect.gen(function*() {
      const emulator = yield* Emulator.Emulator
      const { code, kill, said, url: address } = yield* start({
        DEEPGRAM_API_KEY: Redacted.value(emulator.apiKey),
        // It could not grant others.
        DEEPGRAM_TOKEN: "an-access-token",
        DEEPGRAM_BASE_URL: emulator.url
      })
      const url = yield* address
      assert.match(said.out, /^Deepgram listens\.\n/)
      const { text } = yield* get(url)
      assert.include(text, `data-deepgram="${emulator.url.replace("http", "ws")}/" data-voice="false"`)
      assert.strictEqual((yield* get(`${url}/voice.wav`)).response.status, 404)

      for (const origin of [url, url.replace("127.0.0.1", "localhost")]) {
        const { response, text } = yield* grant(url, origin)
        assert.strictEqual(response.status, 200, text)
        assert.strictEqual(response.headers.get("cache-control"), "no-store")
      }
      for (const origin of ["https://elsewhere.test", "null", url.replace("127.0.0.1", "captions.test")]) {
        const { response, text } = yield* grant(url, origin)
        assert.strictEqual(response.status, 403)
        assert.strictEqual(text, "{\"message\":\"tokens are for the page of this server\"}")
      }
      assert.strictEqual((yield* get(`${url}/token`, { method: "POST" })).response.status, 403)

      yield* kill("SIGINT")
      assert.strictEqual(yield* code, 0)
      assert.strictEqual(said.err, "")
    }).pipe(Effect.scoped, Effect.provide(Emulator.layer())))

  it.live("tells the page no password of an address", () =>
    Effect.gen(function*() {
      const { response, text } = yield* get(yield* serve({ notice: "<b>\"&" }))
      assert.include(text, "data-deepgram=\"wss://dg.internal/api\"")
      assert.include(text, "<p id=\"notice\">&lt;b>&quot;&amp;</p>")
      assert.include(response.headers.get("content-security-policy"), "connect-src 'self' wss://dg.internal;")
      assert.notInclude(text, "secret")
    }).pipe(
      Effect.scoped,
      Effect.provide([
        Deepgram.layer({ credential: "none", baseUrl: "https://somebody:secret@dg.internal/api" }),
        NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })
      ])
    ))

  it.live("says in one line that it cannot begin", () =>
    Effect.gen(function*() {
      const taken = yield* Effect.acquireRelease(
        Effect.promise(() => {
          const server = createServer().listen(0, "127.0.0.1")
          return once(server, "listening").then(() => server)
        }),
        (server) => Effect.sync(() => server.close())
      )
      const port = String((taken.address() as AddressInfo).port)
      for (const [PORT, words] of [[port, /^✗ .*EADDRINUSE.*\n$/], ["none", /^✗ .*PORT/s]] as const) {
        const { code, said } = yield* start({ PORT })
        assert.strictEqual(yield* code, 1)
        assert.match(said.err, words)
        assert.notInclude(said.out, "Open")
      }
    }).pipe(Effect.scoped))
})
