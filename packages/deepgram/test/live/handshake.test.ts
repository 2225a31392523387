import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Schedule } from "effect"
import { Deepgram, DeepgramError, ListenV1, ListenV2 } from "effect-deepgram"
import { apiKey, once } from "../support/client.ts"
import { retrying } from "../support/clock.ts"
import { failing, type Transport, transports, v1, v2, ws } from "../support/live.ts"
import { assertDiscreet } from "../support/secrets.ts"
import { accept, refuse, resetting, type Script, serveSockets } from "../support/sockets.ts"

const id = "0198c0de-0000-7000-8000-00000000000e"
const bodyId = "0198c0de-0000-7000-8000-00000000000f"

/** Why a session of listen v1 is not opened by a server with this script; nothing is tried twice. */
const refusal = Effect.fnUntraced(function*({ client }: Transport, script: Script) {
  const server = yield* serveSockets(script)
  const error = yield* failing(
    "HandshakeRejected",
    ListenV1.connect(v1).pipe(Effect.provide(client(server, { retry: once })))
  )
  assert.strictEqual(server.dials.length, 1)
  assertDiscreet(error, apiKey)
  return error
})

/** What is known of a refusal. */
const parts = ({ body, code, detail, requestId, status }: DeepgramError.HandshakeRejected) => ({
  status,
  code,
  detail,
  requestId,
  body
})

const finalStatuses = [302, 400, 401, 402, 403, 404, 405, 409, 413, 415, 418, 422] as const
const passingStatuses = [408, 429, 500, 502, 503, 504, 599] as const

const json = JSON.stringify

const shapes: ReadonlyArray<{
  readonly name: string
  readonly body: string
  readonly headers?: Record<string, string>
  readonly code?: string
  readonly detail?: string
  readonly requestId?: string
}> = [
  {
    name: "the vendor's own",
    headers: { "dg-error": "Invalid credentials.", "dg-request-id": id },
    body: json({ err_code: "INVALID_AUTH", err_msg: "Invalid credentials.", request_id: id }),
    code: "INVALID_AUTH",
    detail: "Invalid credentials.",
    requestId: id
  },
  { name: "the header alone", headers: { "dg-error": "Unknown query parameters: channels" }, body: "" },
  {
    name: "err_code and err_msg",
    body: json({ err_code: "SOME_CODE", err_msg: "Some words.", request_id: bodyId }),
    code: "SOME_CODE",
    detail: "Some words.",
    requestId: bodyId
  },
  {
    name: "error_code",
    body: json({ error_code: "Service Unavailable", err_msg: "Try again." }),
    code: "Service Unavailable",
    detail: "Try again."
  },
  {
    name: "category, message and details",
    headers: { "dg-request-id": id },
    body: json({ category: "INVALID_JSON", message: "Invalid.", details: "At line 1.", request_id: bodyId }),
    code: "INVALID_JSON",
    detail: "Invalid.: At line 1.",
    requestId: id
  },
  { name: "message alone", body: json({ message: "Nobody home." }), detail: "Nobody home." },
  { name: "HTML", body: "<html><head><title>Bad\nGateway</title></head></html>", detail: "Bad Gateway" },
  { name: "text", body: "upstream\nerror", detail: "upstream error" }
]

describe.each(transports)("a refused handshake over $name", (transport) => {
  const { client, isWs } = transport

  it.effect.each(shapes)("says all that the runtime shows: $name", (shape) =>
    Effect.gen(function*() {
      const { body, code, headers, requestId } = shape
      const detail = shape.detail ?? headers?.["dg-error"]
      const error = yield* refusal(transport, refuse({ status: 400, body, headers: headers ?? {} }))
      assert.strictEqual(error.operation, "ListenV1.connect")
      if (!isWs) {
        assert.deepStrictEqual(parts(error), {
          status: undefined,
          code: undefined,
          detail: undefined,
          requestId: undefined,
          body: undefined
        })
        assert.include(error.message, "this runtime does not show why")
        return
      }
      assert.deepStrictEqual(parts(error), { status: 400, code, detail, requestId, body })
      assert.isTrue(error.message.startsWith("ListenV1.connect: the server refused the handshake: 400 "), error.message)
      for (const said of [code, detail, requestId]) if (said !== undefined) assert.include(error.message, said)
    }))

  it.effect.each(finalStatuses)("%i is final", (status) =>
    Effect.gen(function*() {
      const server = yield* serveSockets(refuse({ status, headers: { location: "/elsewhere" } }))
      const { exit } = yield* retrying(
        failing("HandshakeRejected", ListenV1.connect(v1).pipe(Effect.provide(client(server)))),
        10_000
      )
      const error = exit._tag === "Success" ? exit.value : assert.fail(String(exit.cause))
      assert.strictEqual(error.status, isWs ? status : undefined)
      // Node's own WebSocket asks again by itself.
      assert.strictEqual(server.dials.length, status === 401 && !isWs ? 2 : 1)
      assert.isFalse(DeepgramError.isRetryable(error))
    }))

  it.effect.each(passingStatuses)("%i is tried again, where it can be seen", (status) =>
    Effect.gen(function*() {
      const server = yield* serveSockets(refuse({ status }), refuse({ status }), accept())
      const { exit, waits } = yield* retrying(ListenV2.connect(v2).pipe(Effect.provide(client(server))), 10_000)
      assert.strictEqual(exit._tag, isWs ? "Success" : "Failure")
      assert.strictEqual(server.dials.length, isWs ? 3 : 1)
      assert.strictEqual(waits.length, isWs ? 2 : 0)
    }))
})

describe("a refused handshake", () => {
  it.effect("is counted together with connections that break", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(resetting, refuse({ status: 503 }), resetting, accept())
      const { exit } = yield* retrying(
        failing("TransportError", ListenV1.connect(v1).pipe(Effect.provide(ws.client(server)))),
        10_000
      )
      assert.strictEqual(exit._tag, "Success")
      assert.strictEqual(server.dials.length, 3)
    }))

  it.effect("is tried again by the schedule of the call before that of the settings", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(refuse({ status: 503 }))
      const refused = Effect.flip(ListenV1.connect(v1))
      yield* refused.pipe(
        Deepgram.withOptions({ retry: Schedule.recurs(4) }),
        Effect.provide(ws.client(server, { retry: once }))
      )
      assert.strictEqual(server.dials.length, 5)
      yield* refused.pipe(Deepgram.withOptions({ retry: once }), Effect.provide(ws.client(server)))
      assert.strictEqual(server.dials.length, 6)
    }))

  it.effect("waits as long as the server asks", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(
        refuse({ status: 429, headers: { "retry-after": "7" } }),
        refuse({ status: 503, headers: { "Retry-After": "2.5" } }),
        accept()
      )
      const { exit, waits } = yield* retrying(ListenV1.connect(v1).pipe(Effect.provide(ws.client(server))), 10_000)
      assert.strictEqual(exit._tag, "Success")
      assert.deepStrictEqual(waits, [7000, 2500])
    }))

  it.effect("comes out at once where waiting would outlast the opening", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(refuse({ status: 429, headers: { "retry-after": "10" } }), accept())
      const error = yield* failing(
        "HandshakeRejected",
        ListenV1.connect(v1).pipe(Effect.provide(ws.client(server)))
      )
      assert.deepStrictEqual(error.retryAfter, Duration.seconds(10))
      assert.strictEqual(server.dials.length, 1)
    }))

  it.effect("keeps the beginning of a long body, and no secret of it", () =>
    Effect.gen(function*() {
      const body = `your key ${apiKey} is wrong ${"x".repeat(200_000)}`
      const error = yield* refusal(ws, refuse({ status: 401, body, headers: { "dg-error": `not ${apiKey}` } }))
      assert.strictEqual(error.body?.length, DeepgramError.maxBodyLength)
      assert.isTrue(error.body?.startsWith("your key <redacted> is wrong x"))
    }))

  it.effect("is said although its body never ends", () =>
    Effect.gen(function*() {
      const error = yield* refusal(ws, ({ connection }) =>
        Effect.sync(() => {
          connection.write("HTTP/1.1 400 Bad Request\r\ncontent-length: 1000\r\n\r\nthe beginning")
        }))
      assert.deepStrictEqual([error.status, error.body], [400, "the beginning"])
    }), 15_000)

  it.effect("lets go of the connection", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(({ connection }) =>
        Effect.sync(() => connection.write("HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\n{}"))
      )
      yield* Effect.flip(ListenV1.connect(v1).pipe(Effect.provide(ws.client(server))))
      yield* server.dials[0]!.gone
    }))
})
