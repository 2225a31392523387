import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Exit, Layer, Schema, Stream } from "effect"
import { AgentV1 } from "effect-deepgram"
import { Tool, Toolkit } from "effect/ai"
import { greet, greeting, openConversation, settings, think } from "../support/agent.ts"
import { begin, globalSocket, ws } from "../support/live.ts"
import { serveSockets } from "../support/sockets.ts"
import { untyped } from "../support/untyped.ts"

const weather = Tool.make("get_weather", {
  description: "The weather at a place",
  parameters: Schema.Struct({
    place: Schema.String.annotate({ description: "A town" }),
    fast: Schema.optionalKey(Schema.Boolean)
  }),
  success: Schema.Struct({ celsius: Schema.Number })
})
const transfer = Tool.make("transfer", { description: "Transfers money" }).annotate(AgentV1.DeferUntilEndOfTurn, true)
const plain = Tool.make("plain")

const tools = Toolkit.make(weather, transfer, plain)
const handlers = tools.toLayer({
  get_weather: () => Effect.succeed({ celsius: 21 }),
  transfer: () => Effect.void,
  plain: () => Effect.void
})

const object = { type: "object", properties: {}, additionalProperties: false }
const definitions = [
  {
    name: "get_weather",
    description: "The weather at a place",
    parameters: {
      type: "object",
      properties: { place: { type: "string", description: "A town" }, fast: { type: "boolean" } },
      required: ["place"],
      additionalProperties: true
    }
  },
  { name: "transfer", description: "Transfers money", parameters: object, defer_until_eot: true },
  { name: "plain", parameters: object }
]

/** What an agent is told of the functions that it may call. */
const told = (given: AgentV1.Settings) =>
  Effect.gen(function*() {
    const { peer } = yield* openConversation(ws, { settings: given, options: { tools } })
    const said = JSON.parse(String(peer.frames[0]))
    assert.strictEqual(peer.frames.length, 1)
    return said
  }).pipe(Effect.provide(handlers))

describe("an agent is told of tools", () => {
  it.effect("by name, description and a JSON schema of the parameters", () =>
    Effect.gen(function*() {
      const said = yield* told(settings)
      const { agent, ...rest } = settings
      assert.deepStrictEqual(said, {
        type: "Settings",
        ...rest,
        agent: { ...agent as object, think: { ...think, functions: definitions } }
      })
    }))

  it.effect("behind the functions of the settings, for each of several that think", () =>
    Effect.gen(function*() {
      const other = { name: "server", endpoint: { url: "https://functions.example", method: "POST" } }
      const said = yield* told({ agent: { think: [{ ...think, functions: [other] }, think] } })
      assert.deepStrictEqual(said.agent.think, [
        { ...think, functions: [other, ...definitions] },
        { ...think, functions: definitions }
      ])
      const one = yield* told({ agent: { think: [think] } })
      assert.deepStrictEqual(one.agent.think, [{ ...think, functions: definitions }])
    }))

  it.effect("not in the settings where Deepgram keeps the agent, with its functions", () =>
    Effect.gen(function*() {
      const agent = "b4f2c1de-9a57-4c11-8f0e-2f6a3c1d5e70"
      assert.deepStrictEqual(yield* told({ agent }), { type: "Settings", audio: {}, agent })
    }))

  it.effect("again when what it thinks with is changed", () =>
    Effect.gen(function*() {
      const { conversation, peer } = yield* openConversation(ws, { options: { tools } })
      const other = { name: "other", description: "Something else" }
      for (const change of [think, { ...think, functions: [other] }, [think, { ...think, prompt: "Be long." }]]) {
        const update = yield* begin(conversation.updateThink(change))
        const expected = [change].flat().map((one) =>
          Object.assign({}, one, { functions: [..."functions" in one ? one.functions : [], ...definitions] })
        )
        assert.deepStrictEqual(yield* peer.message, {
          type: "UpdateThink",
          think: Array.isArray(change) ? expected : expected[0]
        })
        assert.isUndefined(update.pollUnsafe())
        yield* peer.send({ type: "ThinkUpdated" })
      }
      const twice = yield* Effect.flip(conversation.updateThink({ ...think, functions: [{ name: "plain" }] }))
      assert.deepInclude({ ...twice }, { _tag: "BadRequest", operation: "AgentV1.updateThink" })
    }).pipe(Effect.provide(handlers)))

  it.effect("never, where there are none", () =>
    Effect.gen(function*() {
      const { peer } = yield* openConversation(globalSocket)
      assert.deepStrictEqual(JSON.parse(String(peer.frames[0])), { type: "Settings", ...settings })
      const empty = yield* openConversation(globalSocket, { options: { tools: Toolkit.empty } })
      assert.deepStrictEqual(empty.peer.frames, peer.frames)
    }))
})

describe("tools that an agent cannot have", () => {
  const approved = Toolkit.make(Tool.make("approved", { needsApproval: true }))
  const perhaps = Toolkit.make(Tool.make("perhaps", { needsApproval: () => Effect.succeed(false) }))
  const never = Toolkit.make(Tool.make("never", { needsApproval: false }))
  const provided = Toolkit.make(
    Tool.providerDefined({ id: "open_ai.search", customName: "Search", providerName: "search" })()
  )
  const everything = Layer.mergeAll(
    handlers,
    approved.toLayer({ approved: () => Effect.void }),
    perhaps.toLayer({ perhaps: () => Effect.void }),
    never.toLayer({ never: () => Effect.void })
  )

  const refusals: ReadonlyArray<readonly [what: string, settings: unknown, tools: unknown, reason: string]> = [
    ["needs an approval", settings, approved, "the tool approved needs an approval"],
    ["may need an approval", settings, perhaps, "the tool perhaps needs an approval"],
    ["is one of the provider", settings, provided, "the tool Search is one of its provider"],
    [
      "has the name of a function of the settings",
      { agent: { think: [think, { ...think, functions: [{ name: "plain" }] }] } },
      tools,
      "there are two functions with the name plain"
    ],
    ["has nobody who thinks", { agent: { greeting: "Hello" } }, tools, "tools need agent.think"],
    ["has settings that are none", undefined, tools, "agent"],
    ["has no agent", {}, tools, "agent"],
    ["has an agent that is none", { agent: null }, tools, "agent"],
    ["has a misspelled setting", { agent: { ...settings.agent as object, greting: "Hello" } }, tools, "greting"]
  ]

  it.effect.each(refusals)(
    "are refused before anything is dialled: one that %s",
    ([, given, tools, reason]) =>
      Effect.gen(function*() {
        const server = yield* serveSockets(greeting)
        const exit = yield* Stream.never.pipe(
          AgentV1.converse(untyped(given), { tools: untyped<typeof approved>(tools) }),
          Effect.provide([everything, ws.client(server)]),
          Effect.exit
        )
        const error = Exit.isFailure(exit) ? Cause.squash(exit.cause) : assert.fail("it was opened")
        assert.deepInclude({ ...error as object }, {
          _tag: "BadRequest",
          operation: "AgentV1.converse",
          origin: "client"
        })
        assert.include((error as Error).message, reason)
        assert.strictEqual(server.dials.length, 0)
      })
  )

  it.effect("are not those that need no approval", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets((dial) =>
        Effect.gen(function*() {
          const said = yield* greet(yield* dial.accept())
          const { think } = said["agent"] as { readonly think: { readonly functions: ReadonlyArray<object> } }
          assert.deepStrictEqual(think.functions, [{ name: "never", parameters: object }])
        })
      )
      yield* Stream.never.pipe(AgentV1.converse(settings, { tools: never }), Effect.provide(ws.client(server)))
    }).pipe(Effect.provide(everything)))
})
