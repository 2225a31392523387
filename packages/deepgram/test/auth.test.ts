import { assert, describe, it } from "@effect/vitest"
import { Config, Effect, Fiber, Layer, Redacted, Ref } from "effect"
import { Deepgram, DeepgramAuth, DeepgramError } from "effect-deepgram"
import { json } from "./support/answers.ts"
import { client, ok, transcribe, withEnvironment } from "./support/client.ts"
import { limits, pass, retrying, watchSleeps } from "./support/clock.ts"
import { assertDiscreet } from "./support/secrets.ts"
import { serve } from "./support/server.ts"

const secret = (text: string) => Redacted.make(text)

describe("where the credential comes from", () => {
  const both = { DEEPGRAM_TOKEN: "env-token", DEEPGRAM_API_KEY: "env-key" }
  const cases: ReadonlyArray<{
    readonly name: string
    readonly given?: DeepgramAuth.ConfigOptions
    readonly env?: Record<string, string>
    readonly sent: string | undefined
  }> = [
    {
      name: "an explicit access token wins over everything",
      given: { accessToken: secret("my-token"), apiKey: secret("my-key") },
      env: both,
      sent: "Bearer my-token"
    },
    {
      name: "an explicit key wins over the environment",
      given: { apiKey: secret("my-key") },
      env: both,
      sent: "Token my-key"
    },
    { name: "DEEPGRAM_TOKEN wins over DEEPGRAM_API_KEY", env: both, sent: "Bearer env-token" },
    { name: "DEEPGRAM_API_KEY alone", env: { DEEPGRAM_API_KEY: "env-key" }, sent: "Token env-key" },
    { name: "an empty token counts as missing", env: { ...both, DEEPGRAM_TOKEN: "" }, sent: "Token env-key" },
    { name: "a blank token counts as missing", env: { ...both, DEEPGRAM_TOKEN: " \t\n" }, sent: "Token env-key" },
    { name: "a variable is trimmed", env: { DEEPGRAM_API_KEY: " env-key\r\n" }, sent: "Token env-key" },
    { name: "a token is trimmed", env: { DEEPGRAM_TOKEN: "\tenv-token\n" }, sent: "Bearer env-token" },
    { name: "an explicit key is trimmed", given: { apiKey: secret(" my-key\n") }, sent: "Token my-key" },
    {
      name: "a key that looks like a token is still a key",
      given: { apiKey: secret("eyJhbGciOiJIUzI1NiJ9.e30.c2ln") },
      sent: "Token eyJhbGciOiJIUzI1NiJ9.e30.c2ln"
    },
    { name: "none at all, if that is said", given: { credential: "none" }, env: both, sent: undefined },
    {
      name: "a Config for the key",
      given: { apiKey: Config.Redacted("SPEECH_KEY") },
      env: { ...both, SPEECH_KEY: "other-key" },
      sent: "Token other-key"
    },
    {
      name: "a Config for the token",
      given: { accessToken: Config.Redacted("SPEECH_TOKEN") },
      env: { ...both, SPEECH_TOKEN: "other-token" },
      sent: "Bearer other-token"
    }
  ]

  it.effect.each(cases)("$name", ({ env = {}, given, sent }) =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      yield* transcribe().pipe(
        Effect.provide(Deepgram.layerConfig({ ...given, baseUrl: server.url })),
        withEnvironment(env)
      )
      const { rawHeaders } = server.requests[0]!
      const names = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase())
      assert.strictEqual(server.requests[0]!.headers.authorization, sent)
      assert.strictEqual(names.filter((name) => name === "authorization").length, sent === undefined ? 0 : 1)
    }))

  it.effect.each([{}, { DEEPGRAM_API_KEY: "" }, { DEEPGRAM_TOKEN: "  ", DEEPGRAM_API_KEY: "\n" }])(
    "a missing one is a ConfigError that names both variables: %j",
    (env) =>
      Effect.gen(function*() {
        const error = yield* Layer.build(Deepgram.layerConfig()).pipe(withEnvironment(env), Effect.flip)
        assert.instanceOf(error, Config.ConfigError)
        assert.include(error.message, "DEEPGRAM_API_KEY")
        assert.include(error.message, "DEEPGRAM_TOKEN")
        assert.include(error.message, `credential: "none"`)
      })
  )

  it.effect("a Config that finds nothing fails with its own name, not with the environment's value", () =>
    Effect.gen(function*() {
      const error = yield* Layer.build(Deepgram.layerConfig({ apiKey: Config.Redacted("SPEECH_KEY") })).pipe(
        withEnvironment({ DEEPGRAM_API_KEY: "env-key" }),
        Effect.flip
      )
      assert.include(error.message, "SPEECH_KEY")
      assert.notInclude(error.message, "env-key")
    }))
})

describe("DEEPGRAM_BASE_URL", () => {
  it.effect("gives way to a region that is named in code", () =>
    Effect.gen(function*() {
      const { config } = yield* Deepgram.Deepgram.pipe(
        Effect.provide(Deepgram.layerConfig({ environment: "eu" })),
        withEnvironment({ DEEPGRAM_API_KEY: "env-key", DEEPGRAM_BASE_URL: "http://elsewhere:1" })
      )
      assert.strictEqual(config.hosts.api, "https://api.eu.deepgram.com")
    }))

  it.effect("says where the server is, whatever the kind of its scheme", () =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      for (const url of [server.url, server.url.replace("http:", "ws:"), `${server.url}/`]) {
        yield* transcribe().pipe(
          Effect.provide(Deepgram.layerConfig()),
          withEnvironment({ DEEPGRAM_API_KEY: "env-key", DEEPGRAM_BASE_URL: url })
        )
      }
      assert.deepStrictEqual(server.requests.map(({ target }) => target.split("?")[0]), Array(3).fill("/v1/listen"))
    }))

  it.effect("gives way to what is passed", () =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      const elsewhere = yield* serve(ok)
      for (const baseUrl of [server.url, new URL(server.url), Config.URL("OTHER_URL")]) {
        yield* transcribe().pipe(
          Effect.provide(Deepgram.layerConfig({ baseUrl })),
          withEnvironment({
            DEEPGRAM_API_KEY: "env-key",
            DEEPGRAM_BASE_URL: elsewhere.url,
            OTHER_URL: server.url
          })
        )
      }
      assert.strictEqual(server.requests.length, 3)
      assert.strictEqual(elsewhere.requests.length, 0)
    }))

  it.effect.each(["", "  "])("counts as missing when it is blank: %j", (url) =>
    Effect.gen(function*() {
      const { config } = yield* Deepgram.Deepgram.pipe(
        Effect.provide(Deepgram.layerConfig()),
        withEnvironment({ DEEPGRAM_API_KEY: "env-key", DEEPGRAM_BASE_URL: url })
      )
      assert.strictEqual(config.hosts.api, "https://api.deepgram.com")
    }))

  it.effect("is a ConfigError when it is no URL, which does not show a password", () =>
    Effect.gen(function*() {
      const error = yield* Layer.build(Deepgram.layerConfig()).pipe(
        withEnvironment({ DEEPGRAM_API_KEY: "env-key", DEEPGRAM_BASE_URL: "//user:pa55word@nowhere" }),
        Effect.flip
      )
      assert.include(error.message, "DEEPGRAM_BASE_URL")
      assert.notInclude(error.message, "pa55word")
    }))
})

describe("impossible credentials", () => {
  const kinds = {
    key: (text: string): DeepgramAuth.Options => ({ apiKey: secret(text) }),
    token: (text: string): DeepgramAuth.Options => ({ accessToken: secret(text) }),
    "token effect": (text: string): DeepgramAuth.Options => ({ accessToken: Effect.succeed(secret(text)) })
  }
  const texts = ["s3cret\r\nx-evil: 1", "s3cret s3cret", "s3cret-ключ", "s3cret\u0000", "s3cret\u007f", "", " \n"]
  const cases = Object.entries(kinds).flatMap(([kind, auth]) =>
    texts.map((text) => ({ name: `${kind} ${JSON.stringify(text)}`, text, auth }))
  )

  it.effect.each(cases)("$name is not sent and not shown", ({ auth, text }) =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      const error = yield* transcribe().pipe(Effect.provide(client(server, {}, auth(text))), Effect.flip)
      assert.strictEqual(error._tag, "Unauthorized")
      assert.strictEqual("origin" in error && error.origin, "client")
      assert.strictEqual(server.requests.length, 0)
      assertDiscreet(error, "s3cret")
    }))
})

describe("in a browser", () => {
  const browser = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"

  /** Pretends for the scope of a test to be another runtime. */
  const pretend = (userAgent: string, location: boolean) =>
    Effect.acquireRelease(
      Effect.sync(() => {
        const before = Object.getOwnPropertyDescriptor(globalThis, "navigator")
        Object.defineProperty(globalThis, "navigator", { configurable: true, value: { userAgent } })
        if (location) {
          Object.defineProperty(globalThis, "location", { configurable: true, value: { href: "https://x/" } })
        }
        return before
      }),
      (before) =>
        Effect.sync(() => {
          Reflect.deleteProperty(globalThis, "location")
          if (before === undefined) Reflect.deleteProperty(globalThis, "navigator")
          else Object.defineProperty(globalThis, "navigator", before)
        })
    )

  const key: DeepgramAuth.Options = { apiKey: secret("my-key") }
  const cases: ReadonlyArray<
    {
      readonly name: string
      readonly agent: string
      readonly location: boolean
      readonly auth: DeepgramAuth.Options
      readonly sent: boolean
    }
  > = [
    { name: "a key is refused", agent: browser, location: true, auth: key, sent: false },
    {
      name: "a key is sent if that is allowed",
      agent: browser,
      location: true,
      auth: { apiKey: secret("my-key"), allowInBrowser: true },
      sent: true
    },
    { name: "a token is sent", agent: browser, location: true, auth: { accessToken: secret("jwt") }, sent: true },
    { name: "no credential is fine", agent: browser, location: true, auth: { credential: "none" }, sent: true },
    {
      name: "Deno is not one, though it may have a location",
      agent: "Deno/2.9.6",
      location: true,
      auth: key,
      sent: true
    },
    { name: "Bun is not one", agent: "Bun/1.4.5", location: false, auth: key, sent: true },
    { name: "Cloudflare is not one", agent: "Cloudflare-Workers", location: true, auth: key, sent: true },
    { name: "Node is not one", agent: "Node.js/24", location: true, auth: key, sent: true },
    { name: "a runtime without a location is not one", agent: browser, location: false, auth: key, sent: true }
  ]

  it.effect.each(cases)("$name", ({ agent, auth, location, sent }) =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      yield* pretend(agent, location)
      const failure = yield* transcribe().pipe(Effect.provide(client(server, {}, auth)), Effect.flip, Effect.option)
      assert.strictEqual(server.requests.length, sent ? 1 : 0)
      assert.strictEqual(failure._tag, sent ? "None" : "Some")
      if (failure._tag === "Some") {
        assert.strictEqual(failure.value._tag, "Unauthorized")
        assert.include(failure.value.message, "allowInBrowser")
      }
    }))

  it.effect("a page can allow its key through layerConfig", () =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      yield* pretend(browser, true)
      yield* transcribe().pipe(
        Effect.provide(Deepgram.layerConfig({ apiKey: secret("my-key"), allowInBrowser: true, baseUrl: server.url })),
        withEnvironment({})
      )
      assert.strictEqual(server.requests[0]!.headers.authorization, "Token my-key")
    }))
})

describe("an access token that is an effect", () => {
  it.effect("runs again for each attempt", () =>
    Effect.gen(function*() {
      const server = yield* serve(json({}, { status: 503 }), json({}, { status: 503 }), ok)
      const issued = yield* Ref.make(0)
      const accessToken = Effect.map(Ref.updateAndGet(issued, (n) => n + 1), (n) => secret(`token-${n}`))
      yield* retrying(transcribe().pipe(Effect.provide(client(server, {}, { accessToken }))))
      assert.deepStrictEqual(
        server.requests.map(({ headers }) => headers.authorization),
        ["Bearer token-1", "Bearer token-2", "Bearer token-3"]
      )
    }))

  it.effect("surfaces its own failure", () =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      const failure = new DeepgramError.PermissionDenied({ operation: "mine", message: "no token", origin: "client" })
      const auth = { accessToken: Effect.fail(failure) }
      const error = yield* transcribe().pipe(Effect.provide(client(server, {}, auth)), Effect.flip)
      assert.strictEqual(error, failure)
      assert.strictEqual(server.requests.length, 0)
    }))

  it.effect("is retried when its failure may pass", () =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      const runs = yield* Ref.make(0)
      const failure = new DeepgramError.ServerError({ operation: "mine", message: "not now", origin: "server" })
      const accessToken = Effect.flatMap(
        Ref.updateAndGet(runs, (n) => n + 1),
        (n) => n < 3 ? Effect.fail(failure) : Effect.succeed(secret("late"))
      )
      yield* retrying(transcribe().pipe(Effect.provide(client(server, {}, { accessToken }))))
      assert.deepStrictEqual(server.requests.map(({ headers }) => headers.authorization), ["Bearer late"])
    }))

  it.effect("is under the time limit", () =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      const sleeps = yield* watchSleeps
      const fiber = yield* transcribe().pipe(
        Effect.provide(client(server, {}, { accessToken: Effect.never })),
        Effect.flip,
        sleeps.watch,
        Effect.forkChild
      )
      yield* sleeps.until(limits.operation)
      yield* pass(limits.operation)
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "TimedOut")
    }))
})

it.effect("a failure of the token's effect comes out as Unauthorized, and nothing is sent", () =>
  Effect.gen(function*() {
    const server = yield* serve(ok)
    const error = yield* transcribe().pipe(
      Effect.provide(client(server, {}, { accessToken: Effect.fail("the vault is closed") })),
      Effect.flip
    )
    assert.strictEqual(error._tag, "Unauthorized")
    assert.match(error.message, /no access token: the vault is closed/)
    assert.strictEqual(server.connections(), 0)
  }))
