import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Exit, Fiber, Redacted } from "effect"
import { Deepgram, type DeepgramAuth, DeepgramError, ListenV1 } from "effect-deepgram"
import { cutAfter, json, reply, reset, silence } from "./support/answers.ts"
import { client, once } from "./support/client.ts"
import { limits, pass, watchSleeps } from "./support/clock.ts"
import { observed } from "./support/observed.ts"
import { assertDiscreet } from "./support/secrets.ts"
import { type Answer, type Exchange, refusingUrl, serve, untilSeen } from "./support/server.ts"

/** Every secret that a request can carry, each with a text of its own to look for. */
const secrets = {
  key: "k3y-secret-0123456789abcdef",
  token: "eyJhbGciOiJIUzI1NiJ9.t0ken-secret.c2lnbmF0dXJl",
  callback: "cb-p4ss-secret",
  encoded: "p4ss%2Fw%40rd",
  decoded: "p4ss/w@rd",
  encodedTwice: "p4ss%252Fw%2540rd",
  perCall: "per-call-secret",
  perClient: "per-client-secret",
  cookie: "cookie-secret",
  baseUrl: "base-url-secret",
  source: "source!p4ss(1)",
  signature: "5ignature",
  callbackToken: "cbT0ken~!'x",
  query: "query-s3cret",
  member: "member-s3cret",
  assertion: "jwt-assertion-s3cret",
  basic: "b4sic-p4ss"
}

const noSecret = (error: unknown) => assertDiscreet(error, ...Object.values(secrets))

interface Way {
  readonly name: string
  readonly auth?: DeepgramAuth.Options
  readonly headers?: Record<string, string>
  readonly callback?: string
  readonly query?: Record<string, string>
  readonly body?: Record<string, unknown>
  readonly source?: string
}

const ways: ReadonlyArray<Way> = [
  { name: "an API key", auth: { apiKey: Redacted.make(secrets.key) } },
  { name: "an access token", auth: { accessToken: Redacted.make(secrets.token) } },
  { name: "a header of the call", headers: { Authorization: `Bearer ${secrets.perCall}` } },
  { name: "a header of the call without a scheme", headers: { authorization: secrets.perCall } },
  { name: "headers for a proxy", headers: { "Proxy-Authorization": secrets.perCall, "X-Api-Key": secrets.perClient } },
  { name: "a cookie", headers: { cookie: `session=${secrets.cookie}` } },
  { name: "a callback's password", callback: `https://user:${secrets.callback}@example.com/done` },
  { name: "a callback's encoded password", callback: `https://user:${secrets.encoded}@example.com/done` },
  { name: "a source's password", source: `https://bob:${secrets.source}@example.com/a.wav` },
  { name: "a source's signature", source: `https://example.com/a.wav?X-Amz-Signature=${secrets.signature}&part=1` },
  { name: "a callback's token", callback: `https://example.com/done?token=${secrets.callbackToken}` },
  { name: "an extra parameter", query: { api_key: secrets.query } },
  {
    name: "a member of the body",
    body: { login: { token: secrets.member }, urls: [`https://u:${secrets.source}@h/`] }
  },
  { name: "an assertion", headers: { "x-goog-iap-jwt-assertion": secrets.assertion } },
  { name: "Basic authentication", headers: { authorization: `Basic ${btoa(`user:${secrets.basic}`)}` } },
  { name: "a callback as an extra parameter", query: { callback: `http://u:${secrets.callback}@example.com/` } }
]

const run = (
  url: string,
  { auth, body, callback = "https://example.com/done", headers, query, source = "https://example.com/a.wav" }: Way
) =>
  ListenV1.submitUrl(source, { model: "nova-3", callback }).pipe(
    Deepgram.withOptions({ ...(headers && { headers }), ...(query && { query }), ...(body && { body }) }),
    Effect.provide(client({ url }, { retry: once }, auth))
  )

/** User and password, as whoever checks them sees them. */
const plainBasic = (authorization: string): string =>
  authorization.startsWith("Basic ") ? atob(authorization.slice(6)) : ""

/** What a chatty proxy would repeat. */
const echo = ({ body, headers, rawHeaders, target }: Exchange): string =>
  `Refused: ${rawHeaders.join(" ")} ${plainBasic(headers["authorization"] ?? "")} ${target} ${
    decodeURIComponent(target)
  } ${decodeURIComponent(decodeURIComponent(target))} ${body()}`

const echoing = (answer: (text: string) => Answer): Answer => (exchange) =>
  Effect.flatMap(exchange.received, () => answer(echo(exchange))(exchange))

const header = (text: string) => text.replaceAll(/[^ -~]/g, " ")

const echoes: ReadonlyArray<readonly [name: string, answer: (text: string) => Answer]> = [
  ...[301, 400, 401, 402, 403, 404, 408, 409, 413, 415, 418, 422, 429, 500].flatMap((status) =>
    [
      [`${status} with JSON`, (text) => json({ err_code: text, err_msg: text, request_id: text }, { status })],
      [`${status} with text`, (text) => reply({ status, body: text })],
      [`${status} with headers`, (text) =>
        reply({ status, headers: { "dg-error": header(text), "dg-request-id": header(text), "retry-after": "1" } })]
    ] satisfies ReadonlyArray<readonly [string, (text: string) => Answer]>
  ),
  ["200 with text", (text) => reply({ body: text })],
  ["200 with other JSON", (text) => json({ request_id: [text], [text]: text })],
  ["200 with headers", (text) => reply({ body: "no JSON", headers: { "dg-request-id": header(text) } })],
  ["200 cut off", (text) => cutAfter(`HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n${text}`)],
  ["a broken head", (text) => cutAfter(`HTTP/1.1 2\u0000 ${header(text)}\r\n\r\n`)]
]

/** Runs an operation that must fail, and looks for secrets in all that it leaves behind. */
const expectSilence = Effect.fnUntraced(function*<A, E, R>(name: string, self: Effect.Effect<A, E, R>) {
  const { exit, seen } = yield* observed(self)
  if (Exit.isSuccess(exit)) return assert.fail(`${name} did not fail`)
  noSecret(Cause.squash(exit.cause))
  const text = seen.text()
  for (const secret of Object.values(secrets)) assert.notInclude(text, secret, name)
})

describe("a server that repeats what it was sent", () => {
  it.effect.each(ways)("tells nobody $name", (way) =>
    Effect.gen(function*() {
      const server = yield* serve((exchange) => echoing(echoes[exchange.index]![1])(exchange))
      for (const [name] of echoes) yield* expectSilence(name, run(server.url, way))
      assert.strictEqual(server.requests.length, echoes.length)
    }), 30_000)
})

it.effect("half a secret is not left where a body is cut", () =>
  Effect.gen(function*() {
    const body = `${"x".repeat(DeepgramError.maxBodyLength - 12)}${secrets.key}`
    const server = yield* serve(reply({ body }))
    const error = yield* Effect.flip(run(server.url, ways[0]!))
    assert.instanceOf(error, DeepgramError.DecodeError)
    assert.isAtMost(error.body.length, DeepgramError.maxBodyLength)
    assert.notInclude(error.body, secrets.key.slice(0, 8))
  }))

it.effect("half a secret is not left where the body of an error is cut", () =>
  Effect.gen(function*() {
    const server = yield* serve(
      reply({ status: 400, body: `<html>${" ".repeat(65_536 - 6 - 14)}${secrets.key}</html>` })
    )
    const error = yield* Effect.flip(run(server.url, ways[0]!))
    assert.notInclude(error.message, secrets.key.slice(0, 4))
  }))

describe("failures without an answer", () => {
  it.effect.each(ways)("show nothing of $name", (way) =>
    Effect.gen(function*() {
      const resets = yield* serve(reset)
      const urls = [
        yield* refusingUrl,
        resets.url,
        "http://nowhere.invalid",
        "localhost:1",
        "http://[",
        "ftp://example.com"
      ]
      for (const url of urls) {
        yield* expectSilence(url, run(url, way))
      }
    }))

  it.effect.each(ways)("a time-out shows nothing of $name", (way) =>
    Effect.gen(function*() {
      const server = yield* serve(silence)
      const sleeps = yield* watchSleeps
      const fiber = yield* Effect.forkChild(sleeps.watch(Effect.flip(run(server.url, way))))
      yield* untilSeen(server.request(0), fiber)
      yield* pass(limits.operation)
      const error = yield* Fiber.join(fiber)
      assert.strictEqual(error._tag, "TimedOut")
      noSecret(error)
    }))

  const urls = [
    "http://user:base-url-secret@",
    "http://base-url-secret@",
    "http://:base-url-secret@",
    "ws://u:base-url-secret@"
  ]

  it.effect.each(urls)("the password of a base URL is not shown: %s", (prefix) =>
    Effect.gen(function*() {
      const server = yield* serve(echoing((text) => reply({ status: 400, body: text })))
      yield* expectSilence(prefix, run(server.url.replace("http://", prefix), ways[0]!))
    }))

  it.effect.each(["bad\r\nheader-secret", "header-secret-ключ", "header-secret\u0000"])(
    "an impossible header value is not shown: %j",
    (value) =>
      Effect.gen(function*() {
        const server = yield* serve(silence)
        const error = yield* Effect.flip(run(server.url, { name: "", headers: { authorization: value } }))
        assert.instanceOf(error, DeepgramError.BadRequest)
        assert.strictEqual(error.origin, "client")
        assert.strictEqual(server.connections(), 0)
        assertDiscreet(error, "header-secret")
      })
  )
})
