import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Exit, Fiber, Stream } from "effect"
import { AgentV1, Deepgram } from "effect-deepgram"
import { applied, greet, greeting, openAgent, said, settings, think, welcome } from "../support/agent.ts"
import { once } from "../support/client.ts"
import { pass, watchSleeps } from "../support/clock.ts"
import { begin, failing, hear, requestId, settled, transports } from "../support/live.ts"
import { accept, serveSockets, serving } from "../support/sockets.ts"
import { untyped } from "../support/untyped.ts"

const frame = (value: number) => new Uint8Array(640).fill(value)

const sentSettings = { type: "Settings", ...settings }

describe.each(transports)("opening a session with an agent over $name", (transport) => {
  const { client } = transport

  it.effect("says the settings once, when it is asked for them, and is open when they are applied", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const fiber = yield* begin(AgentV1.connect(settings).pipe(Effect.provide(client(server))))
      const peer = yield* server.peer(0)
      assert.strictEqual((yield* server.dial(0)).target, "/v1/agent/converse")
      // It would speak now, if it did not wait.
      yield* settled(() => peer.frames.length)
      assert.deepStrictEqual(peer.frames, [])
      yield* peer.send(welcome)
      assert.deepStrictEqual(yield* peer.message, sentSettings)
      yield* settled(() => peer.frames.length)
      assert.isUndefined(fiber.pollUnsafe())
      yield* peer.send(applied)
      const { messages, requestId: id } = yield* Fiber.join(fiber)
      assert.strictEqual(yield* id, requestId)
      const first = yield* messages.pipe(Stream.take(2), Stream.runCollect)
      assert.deepStrictEqual(first, [welcome as AgentV1.Welcome, applied as AgentV1.SettingsApplied])
      assert.strictEqual(peer.frames.length, 1)
    }).pipe(Effect.scoped))

  it.effect("hears a Welcome that comes together with the handshake, and says the settings once for several", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets((dial) =>
        Effect.gen(function*() {
          dial.connection.cork()
          const peer = yield* dial.accept()
          yield* peer.send(welcome, welcome)
          dial.connection.uncork()
          assert.deepStrictEqual(yield* peer.message, sentSettings)
          yield* peer.send(welcome, applied)
        })
      )
      const { send } = yield* AgentV1.connect(settings).pipe(Effect.provide(client(server)))
      yield* send(frame(1))
      const peer = yield* server.peer(0)
      yield* peer.next
      assert.deepStrictEqual(said(peer), [Buffer.from(frame(1))])
    }))

  it.effect("lets what is sent before wait, and sends it in order, all of it", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const connection = yield* AgentV1.connect(settings, { waitForOpen: false, capacity: 2000 }).pipe(
        Effect.provide(client(server))
      )
      const { injectUserMessage, send } = connection
      // Three frames fit; who sends the fourth waits.
      for (const value of [1, 2, 3]) yield* send(frame(value))
      const more = yield* begin(Effect.forEach([4, 5, 6], (value) => send(frame(value)), { discard: true }))
      const text = yield* begin(injectUserMessage("Good morning."))
      const peer = yield* server.peer(0)
      yield* peer.send(welcome)
      yield* peer.message
      yield* settled(() => peer.frames.length)
      assert.strictEqual(peer.frames.length, 1)
      assert.isUndefined(more.pollUnsafe())
      yield* peer.send(applied)
      yield* Effect.all([Fiber.join(more), Fiber.join(text)])
      yield* send(frame(7))
      for (let count = 0; count < 8; count++) yield* peer.next
      const all = said(peer)
      const audio = all.filter((one) => Buffer.isBuffer(one))
      assert.deepStrictEqual(audio, [1, 2, 3, 4, 5, 6, 7].map((value) => Buffer.from(frame(value))))
      assert.deepStrictEqual(all.filter((one) => !Buffer.isBuffer(one)), [
        { type: "InjectUserMessage", content: "Good morning." }
      ])
    }))

  it.effect("copies audio that waits: the caller may change it", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const { send } = yield* AgentV1.connect(settings, { waitForOpen: false }).pipe(Effect.provide(client(server)))
      const audio = frame(1)
      yield* send(audio)
      audio.fill(2)
      const peer = yield* server.peer(0)
      yield* greet(peer)
      yield* peer.next
      assert.deepStrictEqual(said(peer), [Buffer.from(frame(1))])
    }))

  it.effect.each(["Welcome", "SettingsApplied"])(
    "without %s fails when its time is over",
    (missing) =>
      Effect.gen(function*() {
        const server = yield* serveSockets(
          missing === "Welcome" ? accept() : serving((peer) => Effect.andThen(peer.send(welcome), peer.message))
        )
        const sleeps = yield* watchSleeps
        const fiber = yield* AgentV1.connect(settings, { openTimeout: "7 seconds" }).pipe(
          Effect.provide(client(server)),
          sleeps.watch,
          Effect.scoped,
          Effect.exit,
          Effect.forkChild
        )
        const peer = yield* server.peer(0)
        // The dialling, and what is left when it is over.
        yield* sleeps.until(7000)
        yield* sleeps.until(7000)
        yield* pass(6999)
        assert.isUndefined(fiber.pollUnsafe())
        yield* pass(1)
        const error = yield* failing("TimedOut", Effect.flatten(Fiber.join(fiber)))
        assert.include(
          error.message,
          "AgentV1.connect: the session could not be used within 7s (the option openTimeout"
        )
        yield* (yield* server.dial(0)).gone
        assert.strictEqual(peer.frames.length, missing === "Welcome" ? 0 : 1)
      })
  )

  it.effect("has only what dialling left of its time", () =>
    Effect.gen(function*() {
      const sleeps = yield* watchSleeps
      const server = yield* serveSockets((dial) => Effect.andThen(pass(6000), dial.accept()))
      const fiber = yield* AgentV1.connect(settings).pipe(
        Effect.provide(client(server)),
        sleeps.watch,
        Effect.scoped,
        Effect.exit,
        Effect.forkChild
      )
      yield* sleeps.until(4000)
      yield* pass(4000)
      yield* failing("TimedOut", Effect.flatten(Fiber.join(fiber)))
    }))

  it.effect("that is refused fails with what Deepgram says", () =>
    Effect.gen(function*() {
      const refusal = { type: "Error", code: "INVALID_SETTINGS", description: "There is no model x." }
      const server = yield* serveSockets(
        serving((peer) =>
          Effect.gen(function*() {
            yield* peer.send(welcome)
            yield* peer.message
            yield* peer.send(refusal)
            yield* peer.close(1008, "INVALID_SETTINGS")
          })
        )
      )
      const error = yield* failing("ConnectionClosed", AgentV1.connect(settings).pipe(Effect.provide(client(server))))
      assert.deepInclude({ ...error }, {
        operation: "AgentV1.connect",
        code: 1008,
        reason: "INVALID_SETTINGS",
        errorCode: "INVALID_SETTINGS",
        detail: "There is no model x.",
        requestId
      })
      // Without waiting, the messages say so, the refusal too.
      const { messages, send } = yield* AgentV1.connect(settings, { waitForOpen: false }).pipe(
        Effect.provide(client(server))
      )
      const heard = yield* hear(messages)
      assert.deepStrictEqual<ReadonlyArray<unknown>>(heard.messages, [welcome, refusal])
      assert.strictEqual(heard.error?._tag, "ConnectionClosed")
      yield* failing("ConnectionClosed", send(frame(1)))
    }))

  it.effect("that is interrupted, or whose scope ends, closes the socket", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const fiber = yield* begin(AgentV1.connect(settings).pipe(Effect.provide(client(server)), Effect.scoped))
      const peer = yield* server.peer(0)
      yield* peer.send(welcome)
      yield* peer.message
      yield* Fiber.interrupt(fiber)
      yield* peer.closed
      yield* Effect.scoped(
        AgentV1.connect(settings, { waitForOpen: false }).pipe(
          Effect.andThen(server.peer(1)),
          Effect.provide(client(server))
        )
      )
      yield* (yield* server.peer(1)).closed
    }))

  it.effect("takes what the types do not know through withOptions", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(
        serving((peer) =>
          Effect.gen(function*() {
            assert.deepStrictEqual(yield* greet(peer), { ...sentSettings, tomorrow: { a: [1] }, tags: ["b"] })
            assert.deepStrictEqual(yield* peer.message, { type: "UpdatePrompt", prompt: "Be brief.", next: true })
            yield* peer.send({ type: "PromptUpdated" })
          })
        )
      )
      yield* AgentV1.connect({ ...settings, tags: ["a"] }).pipe(
        Deepgram.withOptions({ body: { tomorrow: { a: [1] }, tags: ["b"] } }),
        Effect.flatMap(({ updatePrompt }) =>
          updatePrompt("Be brief.").pipe(Deepgram.withOptions({ body: { next: true } }))
        ),
        Effect.provide(client(server))
      )
    }))

  it.effect("is not opened twice by a server that applies the settings twice", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openAgent(transport)
      yield* connection.send(frame(1))
      yield* peer.next
      yield* peer.send(applied, { type: "ConversationText", role: "user", content: "Hello." })
      const messages = yield* connection.messages.pipe(Stream.take(4), Stream.runCollect)
      assert.deepStrictEqual(messages.map(({ type }) => type), [
        "Welcome",
        "SettingsApplied",
        "SettingsApplied",
        "ConversationText"
      ])
      assert.strictEqual(peer.frames.length, 2)
    }))
})

describe("settings that are none", () => {
  const circular: Record<string, unknown> = {}
  circular["self"] = circular
  const withParameters = (parameters: object) => ({ agent: { think: { ...think, functions: [{ parameters }] } } })
  const wrong: ReadonlyArray<readonly [what: string, settings: unknown, reason: string]> = [
    ["nothing", undefined, `Missing key`],
    ["no agent", {}, `["agent"]`],
    ["a misspelled member", { ...settings, tag: ["a"] }, "there is no option tag; to send it all the same"],
    ["one of the agent", { agent: { greting: "Hello" } }, `["agent"]["greting"]`],
    [
      "one of a provider",
      { agent: { listen: { provider: { type: "deepgram", version: "v2", model: "flux-general-en", eot: 1 } } } },
      `["agent"]["listen"]`
    ],
    [
      "one of an endpoint",
      { agent: { think: { provider: { type: "open_ai", model: "m" }, endpoint: { header: { a: "b" } } } } },
      `["agent"]["think"]["endpoint"]["header"]`
    ],
    ["null", { agent: null }, `["agent"]`],
    ["what is no JSON", withParameters({ most: 1n }), "no JSON"],
    ["what holds itself", withParameters(circular), "no JSON"]
  ]

  it.effect.each(wrong)("are refused before anything is dialled: %s", ([, given, reason]) =>
    Effect.gen(function*() {
      for (const { client } of transports) {
        const server = yield* serveSockets(greeting)
        for (const waitForOpen of [true, false]) {
          const exit = yield* AgentV1.connect(untyped(given), { waitForOpen }).pipe(
            Effect.provide(client(server, { retry: once })),
            Effect.exit
          )
          const error = Exit.isFailure(exit) ? Cause.squash(exit.cause) : assert.fail("it was opened")
          assert.deepInclude({ ...(error as object) }, { _tag: "BadRequest", origin: "client" })
          assert.include((error as Error).message, reason)
        }
        assert.strictEqual(server.dials.length, 0)
      }
    }))
})
