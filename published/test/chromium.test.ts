import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer, Redacted } from "effect"
import { Deepgram, Tokens } from "effect-deepgram"
import { fileURLToPath } from "node:url"
import { inject } from "vitest"
import { suites } from "../programs/suites.ts"
import { traits } from "../programs/traits.ts"
import { bundle } from "../support/bundle.ts"
import { open, type Tab, version } from "../support/chromium.ts"
import { emulator } from "../support/emulator.ts"
import { expectRight } from "../support/outcomes.ts"

const runtime = `Chromium ${version}, core`

/** What the page exports. */
type Module = typeof import("../runners/page.ts")

class Runs extends Context.Service<
  Runs,
  Tab & {
    readonly apiKey: string
    /** What the page is given. */
    readonly access: Parameters<Module["run"]>[0]
  }
>()("published/Runs") {}

const runs = Layer.effect(
  Runs,
  Effect.gen(function*() {
    const { apiKey, url: baseUrl } = yield* emulator
    // The part of the server that the page belongs to.
    const { access_token: token } = yield* Tokens.grant({ ttl_seconds: 600 }).pipe(
      Effect.provide(Deepgram.layer({ baseUrl, apiKey: Redacted.make(apiKey) }))
    )
    const path = fileURLToPath(new URL("../runners/page.ts", import.meta.url))
    const { code } = yield* Effect.promise(() => bundle({ consumer: inject("consumer"), entry: { path } }))
    return { ...yield* open(code), apiKey, access: { baseUrl, token: Redacted.value(token) } }
  })
)

/** Calls what the page exports. As a text, because Vitest has an `import` of its own, which pages do not know. */
const call = <Name extends keyof Module>(
  name: Name,
  ...args: Parameters<Module[Name]>
): Effect.Effect<Awaited<ReturnType<Module[Name]>>, never, Runs> =>
  Effect.flatMap(Runs, ({ page }) =>
    Effect.promise(() =>
      page.evaluate<Awaited<ReturnType<Module[Name]>>>(
        `import("/module.js").then((module) => module.${name}(...${JSON.stringify(args)}))`
      )
    ))

/** Milliseconds until a suite hangs: a program that does so ends by itself within a minute, and is told of. */
const patience = 120_000

layer(runs, { excludeTestServices: true, timeout: "1 minute" })((it) => {
  for (const suite of suites) {
    it.effect(`${runtime}: ${suite.name}`, (context) =>
      Effect.gen(function*() {
        const { access, problems } = yield* Runs
        const before = problems.length
        const outcomes = yield* call("run", access, suite.name)
        const trouble = problems.slice(before)
        expectRight(context, { runtime, traits: traits.page, suite, outcomes, trouble: trouble.join("\n") })
        assert.deepStrictEqual(trouble, [], "errors that nobody takes: whoever watches over a page is told of them")
      }), patience)
  }

  it.effect(`${runtime}: sessions are opened with the granted token, as a subprotocol`, () =>
    Effect.gen(function*() {
      const { access, handshakes } = yield* Runs
      yield* call("run", access, "live transcription")
      assert.isAbove(handshakes.length, 2)
      for (const { answer, request } of handshakes) {
        assert.strictEqual(request["Sec-WebSocket-Protocol"], `bearer, ${access.token}`)
        assert.notProperty(request, "Authorization")
        assert.strictEqual(answer["Sec-WebSocket-Protocol"], "bearer")
      }
    }))

  it.effect(`${runtime}: a key is refused before anything is sent`, () =>
    Effect.gen(function*() {
      const { access, apiKey, handshakes, requests } = yield* Runs
      const sent = () => [handshakes.length, requests.filter((url) => url.startsWith(access.baseUrl)).length]
      const before = sent()
      const told = yield* call("withKey", access.baseUrl, apiKey)
      const message =
        "not sent: in a browser every visitor can read an API key: use a short-lived access token, or pass " +
        "allowInBrowser: true"
      assert.deepStrictEqual(told, [
        { _tag: "Unauthorized", message: `ReadV1.analyze: ${message}` },
        { _tag: "Unauthorized", message: `ListenV1.connect: ${message}` }
      ])
      assert.deepStrictEqual(sent(), before)
    }))
})
