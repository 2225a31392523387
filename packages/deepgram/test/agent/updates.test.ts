import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { AgentV1 } from "effect-deepgram"
import { greeting, type Message, openAgent, said, settings, think } from "../support/agent.ts"
import { pass } from "../support/clock.ts"
import { begin, failing, hear, openWatched, transports } from "../support/live.ts"

const listen = {
  provider: { type: "deepgram", version: "v2", model: "flux-general-en", keyterms: ["Effect"] }
} as const
const speak = { provider: { type: "deepgram", model: "aura-2-zeus-en" } } as const

type Update = readonly [
  name: string,
  update: (connection: AgentV1.Commands) => ReturnType<AgentV1.Commands["updatePrompt"]>,
  message: Message,
  confirmation: string
]

const updates: ReadonlyArray<Update> = [
  [
    "updateListen",
    (agent) => agent.updateListen(listen),
    { type: "UpdateListen", listen },
    "ListenUpdated"
  ],
  [
    "updateThink",
    (agent) => agent.updateThink([think, { ...think, prompt: undefined }]),
    { type: "UpdateThink", think: [think, { provider: think.provider }] },
    "ThinkUpdated"
  ],
  [
    "updateSpeak",
    (agent) => agent.updateSpeak(speak),
    { type: "UpdateSpeak", speak },
    "SpeakUpdated"
  ],
  [
    "updatePrompt",
    (agent) => agent.updatePrompt("Be loud."),
    { type: "UpdatePrompt", prompt: "Be loud." },
    "PromptUpdated"
  ]
]

const names = updates.map(([, , , confirmation]) => ({ type: confirmation }))

describe.each(transports)("updates of an agent over $name", (transport) => {
  it.effect.each(updates)(
    "%s waits for its confirmation, and for no other",
    ([, update, message, confirmation]) =>
      Effect.gen(function*() {
        const { connection, peer } = yield* openAgent(transport)
        const fiber = yield* begin(update(connection))
        assert.deepStrictEqual(yield* peer.message, message)
        yield* peer.send(...names.filter(({ type }) => type !== confirmation), { type: "EndOfThought" })
        yield* connection.messages.pipe(Stream.takeUntil(({ type }) => type === "EndOfThought"), Stream.runDrain)
        assert.isUndefined(fiber.pollUnsafe())
        yield* peer.send({ type: confirmation })
        yield* Fiber.join(fiber)
        // It is still one of the messages.
        assert.strictEqual((yield* Stream.runHead(connection.messages)).valueOrUndefined?.type, confirmation)
      })
  )

  it.effect("are confirmed in the order in which they were asked for", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openAgent(transport)
      const fibers = yield* Effect.forEach(["a", "b", "c"], (prompt) => begin(connection.updatePrompt(prompt)))
      for (const prompt of ["a", "b", "c"]) {
        assert.deepStrictEqual(yield* peer.message, { type: "UpdatePrompt", prompt })
      }
      for (const [index, fiber] of fibers.entries()) {
        yield* peer.send({ type: "PromptUpdated" })
        yield* Fiber.join(fiber)
        assert.deepStrictEqual(fibers.map((one) => one.pollUnsafe() !== undefined), [0, 1, 2].map((i) => i <= index))
      }
    }))

  it.effect("fail when they are not confirmed in time, and the confirmation that comes late is no other's", () =>
    Effect.gen(function*() {
      const { connection, peer, sleeps } = yield* openWatched(
        AgentV1.connect(settings, { answerTimeout: "3 seconds", keepAlive: false }),
        transport,
        greeting
      )
      const first = yield* begin(sleeps.watch(Effect.flip(connection.updatePrompt("a"))))
      yield* peer.message
      yield* sleeps.until(3000)
      yield* pass(2999)
      assert.isUndefined(first.pollUnsafe())
      yield* pass(1)
      const error = yield* Fiber.join(first)
      assert.deepInclude({ ...error }, { _tag: "TimedOut", operation: "AgentV1.updatePrompt" })
      assert.include(error.message, "there was no answer within 3s (the option answerTimeout allows more)")
      const second = yield* begin(connection.updatePrompt("b"))
      yield* peer.message
      yield* peer.send({ type: "PromptUpdated" }, { type: "EndOfThought" })
      yield* connection.messages.pipe(Stream.takeUntil(({ type }) => type === "EndOfThought"), Stream.runDrain)
      assert.isUndefined(second.pollUnsafe())
      yield* peer.send({ type: "PromptUpdated" })
      yield* Fiber.join(second)
    }))

  it.effect("wait 10 seconds by default", () =>
    Effect.gen(function*() {
      const { connection, sleeps } = yield* openWatched(
        AgentV1.connect(settings, { keepAlive: false }),
        transport,
        greeting
      )
      const fiber = yield* begin(sleeps.watch(Effect.flip(connection.updateSpeak(speak))))
      yield* sleeps.until(10_000)
      yield* sleeps.until(10_000)
      yield* pass(10_000)
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "TimedOut")
    }))

  it.effect("end with the session: with what ended it, and as sent too late where it was closed here", () =>
    Effect.gen(function*() {
      const one = yield* openAgent(transport)
      const refused = yield* begin(Effect.flip(one.connection.updateListen(listen)))
      yield* one.peer.message
      yield* one.peer.send({ type: "Error", code: "INVALID_SETTINGS" })
      yield* one.peer.close(1008)
      const error = yield* Fiber.join(refused)
      assert.deepInclude({ ...error }, { _tag: "ConnectionClosed", errorCode: "INVALID_SETTINGS" })
      assert.strictEqual((yield* hear(one.connection.messages)).error, error)

      const two = yield* openAgent(transport)
      const given = yield* begin(two.connection.updateListen(listen))
      yield* two.peer.message
      yield* two.connection.close
      yield* failing("SendAfterClose", Fiber.join(given))
      yield* failing("SendAfterClose", two.connection.updateListen(listen))
      assert.strictEqual(said(two.peer).length, 1)
    }))

  it.effect("that are interrupted leave the next one alone", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openAgent(transport)
      const first = yield* begin(connection.updatePrompt("a"))
      yield* peer.message
      yield* Fiber.interrupt(first)
      const second = yield* begin(connection.updatePrompt("b"))
      yield* peer.message
      yield* peer.send({ type: "PromptUpdated" }, { type: "PromptUpdated" })
      yield* Fiber.join(second)
    }))
})
