import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Option } from "effect"
import { DeepgramError, ListenV1 } from "effect-deepgram"
import { json, reply } from "./support/answers.ts"
import { client, ok, once, transcribe } from "./support/client.ts"
import { assertDiscreet } from "./support/secrets.ts"
import { type Answer, serve } from "./support/server.ts"

const id = "0198c0de-0000-7000-8000-00000000000e"
const headerId = "0198c0de-0000-7000-8000-00000000000f"

/** The error that the single answer of a server becomes. */
const failure = Effect.fnUntraced(function*(answer: Answer) {
  const server = yield* serve(answer)
  const error = yield* transcribe().pipe(Effect.provide(client(server, { retry: once })), Effect.flip)
  assert.strictEqual(server.requests.length, 1)
  return error
})

/** The members that only some errors have. */
const parts = (error: DeepgramError.RequestError) => ({
  status: "status" in error ? error.status : undefined,
  code: "code" in error ? error.code : undefined,
  detail: "detail" in error ? error.detail : undefined,
  requestId: error.requestId
})

const statuses: ReadonlyArray<readonly [number, DeepgramError.RequestError["_tag"]]> = [
  [301, "UnexpectedStatus"],
  [400, "BadRequest"],
  [401, "Unauthorized"],
  [402, "PaymentRequired"],
  [403, "PermissionDenied"],
  [404, "NotFound"],
  [405, "UnexpectedStatus"],
  [408, "RequestTimeout"],
  [409, "Conflict"],
  [411, "UnexpectedStatus"],
  [413, "PayloadTooLarge"],
  [415, "UnsupportedMediaType"],
  [418, "UnexpectedStatus"],
  [422, "UnprocessableEntity"],
  [429, "RateLimited"],
  [500, "ServerError"],
  [502, "ServerError"],
  [503, "ServerError"],
  [504, "ServerError"],
  [599, "ServerError"]
]

const html = `<!DOCTYPE html>
<html><head><title> Bad
Gateway </title><style>p { color: red }</style></head><body><p>Ray ID: 12</p></body></html>`

const shapes: ReadonlyArray<{
  readonly name: string
  readonly body: string
  readonly code?: string
  readonly detail?: string
  readonly requestId?: string
}> = [
  {
    name: "err_code and err_msg",
    body: JSON.stringify({ err_code: "SOME_CODE", err_msg: "Some words.", request_id: id }),
    code: "SOME_CODE",
    detail: "Some words.",
    requestId: id
  },
  {
    name: "error_code",
    body: JSON.stringify({ error_code: "Service Unavailable", err_msg: "Try again." }),
    code: "Service Unavailable",
    detail: "Try again."
  },
  {
    name: "category, message and details",
    body: JSON.stringify({ category: "INVALID_JSON", message: "Invalid.", details: "At line 1.", request_id: id }),
    code: "INVALID_JSON",
    detail: "Invalid.: At line 1.",
    requestId: id
  },
  { name: "message alone", body: JSON.stringify({ message: "Nobody home." }), detail: "Nobody home." },
  { name: "a code alone", body: JSON.stringify({ err_code: "ALONE" }), code: "ALONE" },
  { name: "a JSON string", body: JSON.stringify("Just words."), detail: "Just words." },
  { name: "a JSON array", body: "[1, 2]", detail: "[1, 2]" },
  { name: "JSON null", body: "null", detail: "null" },
  { name: "another object", body: `{"error":{"code":7}}`, detail: `{"error":{"code":7}}` },
  {
    name: "members of other types",
    body: `{"err_code":7,"err_msg":["x"],"request_id":null}`,
    detail: `{"err_code":7,"err_msg":["x"],"request_id":null}`
  },
  { name: "plain text of many lines", body: "upstream\n connect\terror\r\n", detail: "upstream connect error" },
  { name: "HTML", body: html, detail: "Bad Gateway" },
  { name: "HTML without a title", body: "<html><body><h1>503</h1>\n<p>Sorry.</p></body></html>", detail: "503 Sorry." },
  { name: "JSON cut off", body: `{"err_code":"SOME_`, detail: `{"err_code":"SOME_` },
  { name: "nothing", body: "" },
  { name: "blanks", body: " \r\n " }
]

describe("answers that are no success", () => {
  it.effect.each(statuses)("%i is %s, whatever its body", ([status, tag]) =>
    Effect.gen(function*() {
      const server = yield* serve((exchange) => reply({ status, body: shapes[exchange.index]!.body })(exchange))
      for (const { body, code, detail, name, requestId } of shapes) {
        const error = yield* transcribe().pipe(Effect.provide(client(server, { retry: once })), Effect.flip)
        assert.strictEqual(error._tag, tag, name)
        assert.deepStrictEqual(parts(error), { status, code, detail, requestId }, name)
        assert.strictEqual("origin" in error && error.origin, "server")
        assert.isTrue(error.message.startsWith(`ListenV1.transcribeUrl: ${status} `), error.message)
        if (code !== undefined) assert.include(error.message, code)
        if (detail !== undefined) assert.include(error.message, detail)
        assert.isTrue(DeepgramError.isDeepgramError(error), body)
        assertDiscreet(error)
      }
    }))

  it.effect("the request id of the header wins over that of the body", () =>
    Effect.gen(function*() {
      const error = yield* failure(json({ err_msg: "x", request_id: id }, {
        status: 400,
        headers: { "DG-Request-Id": headerId }
      }))
      assert.strictEqual(error.requestId, headerId)
    }))

  it.effect("the reason may stand in the header dg-error", () =>
    Effect.gen(function*() {
      const headers = { "dg-error": "Model is not available." }
      const empty = yield* failure(reply({ status: 400, headers }))
      assert.strictEqual(parts(empty).detail, "Model is not available.")
      assert.include(empty.message, "Model is not available.")
      const coded = yield* failure(json({ err_code: "X" }, { status: 400, headers }))
      assert.deepStrictEqual([parts(coded).code, parts(coded).detail], ["X", "Model is not available."])
      const both = yield* failure(json({ err_code: "X", err_msg: "Body." }, { status: 400, headers }))
      assert.strictEqual(parts(both).detail, "Body.")
    }))

  it.effect("a code may hold spaces, and is not said twice where it is the title", () =>
    Effect.gen(function*() {
      const error = yield* failure(json({ err_code: "Bad Request", err_msg: "Invalid query string." }, { status: 400 }))
      assert.strictEqual(parts(error).code, "Bad Request")
      assert.strictEqual(error.message, "ListenV1.transcribeUrl: 400 Bad Request: Invalid query string.")
      const twice = yield* failure(
        json({ err_code: "Bad Request", err_msg: "Bad Request: No model." }, { status: 400 })
      )
      assert.strictEqual(parts(twice).detail, "Bad Request: No model.")
      assert.strictEqual(twice.message, "ListenV1.transcribeUrl: 400 Bad Request: No model.")
    }))

  it.effect("very long words are cut", () =>
    Effect.gen(function*() {
      const error = yield* failure(json({ err_msg: "x".repeat(100_000) }, { status: 400 }))
      assert.isBelow(error.message.length, 700)
      assert.isBelow(parts(error).detail!.length, 700)
    }))

  it.effect.each([401, 402, 403, 408, 413, 429])("%i says what to do", (status) =>
    Effect.gen(function*() {
      const error = yield* failure(json({ err_msg: "No." }, { status }))
      assert.match(error.message, /No\. \(.+\.\)$/)
    }))

  it.effect("a body that breaks off does not hide the status", () =>
    Effect.gen(function*() {
      const error = yield* failure(({ received, response, socket }) =>
        Effect.flatMap(received, () =>
          Effect.sync(() => {
            response.writeHead(403, { "content-length": 100, "dg-request-id": headerId })
            response.write(`{"err_code":`, () => socket.destroy())
          }))
      )
      assert.strictEqual(error._tag, "PermissionDenied")
      assert.strictEqual(error.requestId, headerId)
    }))
})

describe("waits that the server asks for", () => {
  const millis = (duration: Duration.Duration | undefined) => duration && Duration.toMillis(duration)

  /** The clock of the test stands at 1970-01-01T00:00:00Z. */
  const cases: ReadonlyArray<{
    readonly headers: Record<string, string>
    readonly retryAfter?: number
    readonly rateLimitReset?: number
  }> = [
    { headers: {} },
    { headers: { "retry-after": "7" }, retryAfter: 7000 },
    { headers: { "retry-after": " 0.25 " }, retryAfter: 250 },
    { headers: { "retry-after": "Thu, 01 Jan 1970 00:00:30 GMT" }, retryAfter: 30_000 },
    { headers: { "retry-after": "Wed, 31 Dec 1969 23:59:30 GMT" } },
    { headers: { "retry-after": "0" } },
    { headers: { "retry-after": "-3" } },
    { headers: { "retry-after": "soon" } },
    { headers: { "retry-after": "" } },
    { headers: { "x-ratelimit-reset": "9" }, rateLimitReset: 9000 },
    { headers: { "x-ratelimit-reset": "0" } },
    { headers: { "x-ratelimit-reset": "never" } },
    { headers: { "retry-after": "7", "x-ratelimit-reset": "9" }, retryAfter: 7000, rateLimitReset: 9000 }
  ]

  it.effect.each([408, 429, 500, 503].flatMap((status) => cases.map((asked) => [status, asked] as const)))(
    "%i %j",
    ([status, { headers, rateLimitReset, retryAfter }]) =>
      Effect.gen(function*() {
        const error = yield* failure(json({}, { status, headers }))
        assert.isTrue(DeepgramError.isRetryable(error))
        assert.strictEqual("retryAfter" in error ? millis(error.retryAfter) : undefined, retryAfter)
        assert.strictEqual("rateLimitReset" in error ? millis(error.rateLimitReset) : undefined, rateLimitReset)
      })
  )

  it.effect("other statuses have none", () =>
    Effect.gen(function*() {
      const error = yield* failure(json({}, { status: 403, headers: { "retry-after": "7" } }))
      assert.isFalse("retryAfter" in error)
    }))
})

describe("redirects", () => {
  const operations: ReadonlyArray<readonly [string, typeof transcribe]> = [
    ["a request", transcribe],
    ["a small upload", () => ListenV1.transcribeFile(new Uint8Array(10), { model: "nova-3" })],
    ["a large upload", () => ListenV1.transcribeFile(new Uint8Array(100_000), { model: "nova-3" })],
    ["an upload of a Blob", () => ListenV1.transcribeFile(new Blob(["audio"]), { model: "nova-3" })]
  ]
  const codes = [301, 302, 303, 307, 308]

  it.effect.each(operations.flatMap(([what, run]) => codes.map((status) => ({ what, run, status }))))(
    "$status of $what is not followed, and not asked for again",
    ({ run, status }) =>
      Effect.gen(function*() {
        const target = yield* serve(ok)
        const server = yield* serve(reply({ status, headers: { location: `${target.url}/v1/listen` } }))
        const error = yield* run().pipe(Effect.provide(client(server)), Effect.flip)
        assert.strictEqual(error._tag, "UnexpectedStatus")
        assert.include(error.message, "Redirects are not followed")
        assert.strictEqual(server.requests.length, 1)
        assert.strictEqual(target.connections(), 0)
      })
  )
})

describe("successes", () => {
  it.effect.each([200, 201, 202, 203])("%i is one", (status) =>
    Effect.gen(function*() {
      const server = yield* serve((exchange) => {
        exchange.response.statusCode = status
        return ok(exchange)
      })
      const value = yield* Effect.option(transcribe().pipe(Effect.provide(client(server))))
      assert.isTrue(Option.isSome(value))
    }))
})
