import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, type Scope } from "effect"
import { Deepgram, type DeepgramError, ListenV1, ListenV2 } from "effect-deepgram"
import { apiKey, once } from "../support/client.ts"
import { pass, retrying, watchSleeps } from "../support/clock.ts"
import { failing, globalSocket, hear, openV1, openV2, transports, v1, v2, ws } from "../support/live.ts"
import { assertDiscreet } from "../support/secrets.ts"
import { refusingUrl, untilSeen } from "../support/server.ts"
import { accept, resetting, serveSockets, silent } from "../support/sockets.ts"
import { untyped } from "../support/untyped.ts"

describe.each(transports)("an opening over $name", ({ client, isWs }) => {
  it.effect("that takes too long is given up, and its connection closed", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(silent)
      const sleeps = yield* watchSleeps
      const fiber = yield* ListenV1.connect({ ...v1, openTimeout: "7 seconds" }).pipe(
        Effect.provide(client(server)),
        sleeps.watch,
        Effect.scoped,
        Effect.exit,
        Effect.forkChild
      )
      const dial = yield* untilSeen(server.dial(0), fiber)
      yield* sleeps.until(7000)
      yield* pass(6999)
      assert.isUndefined(fiber.pollUnsafe())
      yield* pass(1)
      const error = yield* failing("TimedOut", Effect.flatten(Fiber.join(fiber)))
      assert.strictEqual(
        error.message,
        "ListenV1.connect: the channel did not open within 7s (the option openTimeout allows more)"
      )
      yield* dial.gone
      assert.strictEqual(server.dials.length, 1)
    }))

  it.effect("takes 10 seconds at most, retries included", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(silent)
      const sleeps = yield* watchSleeps
      const fiber = yield* ListenV2.connect(v2).pipe(
        Effect.provide(client(server)),
        sleeps.watch,
        Effect.exit,
        Effect.forkChild
      )
      yield* untilSeen(server.dial(0), fiber)
      yield* sleeps.until(10_000)
      yield* pass(10_000)
      yield* failing("TimedOut", Effect.flatten(Fiber.join(fiber)))
    }))

  it.effect("that is interrupted closes its connection", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(silent)
      const fiber = yield* ListenV1.connect(v1).pipe(Effect.provide(client(server)), Effect.scoped, Effect.forkChild)
      const dial = yield* untilSeen(server.dial(0), fiber)
      yield* Fiber.interrupt(fiber)
      yield* dial.gone
    }))

  it.effect("fails where nobody listens", () =>
    Effect.gen(function*() {
      const url = yield* refusingUrl
      const { exit, waits } = yield* retrying(
        Effect.flip(ListenV1.connect(v1).pipe(Effect.provide(client({ url })))),
        10_000
      )
      const error = Exit.isSuccess(exit) ? exit.value : assert.fail("it opened")
      // The global WebSocket of Node 24 says nothing of anything.
      assert.strictEqual(error._tag, isWs ? "TransportError" : "HandshakeRejected")
      assert.strictEqual(waits.length, isWs ? 2 : 0)
      if (isWs) assert.include(error.message, "ECONNREFUSED")
      assertDiscreet(error, apiKey)
    }))

  it.effect("without waiting for it: the messages and what is sent say why it failed", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(resetting)
      const connection = yield* ListenV1.connect({ ...v1, waitForOpen: false }).pipe(
        Effect.provide(client(server, { retry: once }))
      )
      const tag = isWs ? "TransportError" : "HandshakeRejected"
      const { error, messages } = yield* hear(connection.messages)
      assert.strictEqual(error?._tag, tag)
      assert.deepStrictEqual(messages, [])
      const failures = yield* Effect.all([
        Effect.flip(connection.send(Uint8Array.of(1, 2))),
        Effect.flip(connection.finalize),
        Effect.flip(connection.close)
      ])
      for (const failure of failures) assert.strictEqual(failure, error)
    }))
})

type Dialling = Effect.Effect<unknown, DeepgramError.LiveError, Deepgram.Deepgram | Scope.Scope>

describe.each(transports)("a connection over $name", (transport) => {
  const ofAll = ["close", "messages", "onMessage", "position", "requestId", "send", "sendUnsafe"]

  it.effect("has the members that its type has, and no others", () =>
    Effect.gen(function*() {
      const { connection: one } = yield* openV1(transport)
      assert.sameMembers(Object.keys(one), [...ofAll, "finalize"])
      const { connection: two } = yield* openV2(transport)
      assert.sameMembers(Object.keys(two), [...ofAll, "configure", "forceEndTurn"])
    }))
})

describe("options that Deepgram would refuse", () => {
  const audio = { encoding: "linear16", sample_rate: 16_000 } as const
  const refusedV1: ReadonlyArray<readonly [options: unknown, reason: string]> = [
    [{ ...audio, model: "nova-3", diarize: true, diarize_model: "v1" }, "exclude each other"],
    [{ ...audio, model: "nova-3", diarize_model: "v2" }, "diarize_model v2 is for recordings"],
    [{ ...audio, model: "nova-3", keywords: "a" }, "keywords are not supported by Nova-3"],
    [{ ...audio, model: "nova-2", keyterm: "a" }, "keyterm is only supported by Nova-3"],
    [{ ...audio, model: "nova-3", utterance_end_ms: 1000 }, "utterance_end_ms needs interim_results"],
    [{ model: "nova-3", encoding: "linear16" }, "encoding needs sample_rate"],
    [{ ...audio, model: "nova-3", sample_rate: 1.5 }, "sample_rate"],
    [{ ...audio, model: "nova-3", punctuate: "yes" }, "punctuate"],
    [{ ...audio, model: "nova-3", paragraphs: true }, "there is no option paragraphs"],
    [{ ...audio, model: "nova-3", interim_result: true }, "there is no option interim_result"]
  ]
  const refusedV2: ReadonlyArray<readonly [options: unknown, reason: string]> = [
    [{ ...audio }, "model"],
    [{ ...v2, eager_eot_threshold: 0.8 }, "eager_eot_threshold (0.8) is above eot_threshold (0.7)"],
    [{ ...v2, eager_eot_threshold: 0.2 }, "eager_eot_threshold"],
    [{ ...v2, eot_threshold: 1.1 }, "eot_threshold"],
    [{ ...v2, eot_timeout_ms: 499 }, "eot_timeout_ms"],
    [{ ...v2, keyterm: Array.from({ length: 101 }, String) }, "more than 100 key terms"],
    [{ ...v2, language_hint: "en" }, "language_hint is for flux-general-multi only"],
    [{ model: "flux-general-en", encoding: "linear16" }, "encoding needs sample_rate"],
    [{ model: "flux-general-en", fillSilence: true }, "fillSilence needs encoding"],
    [{ model: "flux-general-en", encoding: "opus", sample_rate: 48_000, fillSilence: true }, "fillSilence needs"],
    [{ ...v2, channels: 2 }, "there is no option channels"]
  ]
  const cases = [
    ...refusedV1.map(([options, reason]) =>
      ["ListenV1", (): Dialling => ListenV1.connect(untyped<ListenV1.LiveOptions>(options)), reason] as const
    ),
    ...refusedV2.map(([options, reason]) =>
      ["ListenV2", (): Dialling => ListenV2.connect(untyped<ListenV2.LiveOptions>(options)), reason] as const
    )
  ]

  it.effect.each(cases)("are not sent: %s %s %s", ([module, connect, reason]) =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const error = yield* failing("BadRequest", connect().pipe(Effect.provide(globalSocket.client(server))))
      assert.isTrue(error.message.startsWith(`${module}.connect: not sent: `), error.message)
      assert.include(error.message, reason)
      assert.strictEqual(error.origin, "client")
      assert.strictEqual(server.dials.length, 0)
    }))

  const addresses = [
    ["ftp://host", "must begin with http://"],
    ["http://user:pass@host", "must not hold a user or a password"],
    ["http://host?a=b", "must not hold a query"],
    ["http://", "must name a host"],
    ["https:///", "must name a host"],
    ["wss:host", "must name a host"],
    ["nonsense", "it cannot be dialled: "],
    ["http://host:port", "it cannot be dialled: "]
  ] as const

  const dialled = transports.flatMap(({ client, name }) =>
    addresses.map(([url, reason]) => [url, name, reason, client] as const)
  )

  it.effect.each(dialled)(
    "an address is looked at before: %s over %s",
    ([url, , reason, client]) =>
      Effect.gen(function*() {
        const { exit, waits } = yield* retrying(
          failing("BadRequest", ListenV1.connect(v1).pipe(Effect.provide(client({ url })))),
          10_000
        )
        const error = Exit.isSuccess(exit) ? exit.value : assert.fail(String(exit.cause))
        assert.include(error.message, reason)
        assert.deepStrictEqual(waits, [])
        assertDiscreet(error, apiKey, "user:pass")
      })
  )

  it.effect("a header is looked at before", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const error = yield* failing(
        "BadRequest",
        ListenV1.connect(v1).pipe(
          Deepgram.withOptions({ headers: { "x-bad": "a\nb" } }),
          Effect.provide(ws.client(server))
        )
      )
      assert.include(error.message, "x-bad")
      assert.strictEqual(server.dials.length, 0)
    }))
})
