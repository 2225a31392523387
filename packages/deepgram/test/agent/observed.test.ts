import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Metric, Schema, Stream } from "effect"
import { AgentV1 } from "effect-deepgram"
import { Tool, Toolkit } from "effect/ai"
import { applied, calling, greet, openConversation, settings, welcome } from "../support/agent.ts"
import { apiKey } from "../support/client.ts"
import { pass } from "../support/clock.ts"
import { requestId, transports } from "../support/live.ts"
import { observed } from "../support/observed.ts"
import { serveSockets, serving } from "../support/sockets.ts"

const secret = "what-was-s4id"

const tools = Toolkit.make(
  Tool.make("succeeds", { parameters: Schema.Struct({ text: Schema.String }), success: Schema.String }),
  Tool.make("fails", { parameters: Schema.Struct({ text: Schema.String }), failure: Schema.String }),
  Tool.make("refuses", { parameters: Schema.Struct({ text: Schema.Number }) })
)

const handlers = tools.toLayer({
  succeeds: ({ text }) => Effect.succeed(text),
  fails: ({ text }) => Effect.fail(text),
  refuses: () => Effect.void
})

const countOf = (id: string) =>
  Effect.gen(function*() {
    const context = yield* Effect.context<never>()
    const registry = yield* Metric.MetricRegistry
    return [...registry.values()].filter((metric) => metric.id === id).map(({ attributes, hooks }) => {
      const { count } = hooks.get(context) as { readonly count: number }
      return [attributes, count] as const
    })
  })

describe.each(transports)("a conversation over $name", (transport) => {
  const { client } = transport
  it.effect("is observed as a session, without a word of what was said", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(
        serving((peer) =>
          Effect.gen(function*() {
            yield* pass(250)
            yield* greet(peer)
            // Settings that are applied again are no second opening.
            yield* peer.send(applied)
            yield* peer.next
            yield* pass(750)
            const text = JSON.stringify({ text: secret })
            yield* peer.send(
              { type: "ConversationText", role: "user", content: secret },
              calling(...["succeeds", "fails", "refuses"].map((name) => ({ name, arguments: text })))
            )
          })
        )
      )
      const { exit, seen } = yield* observed(
        Effect.gen(function*() {
          const { close, events } = yield* Stream.make(new Uint8Array(32_000)).pipe(
            Stream.concat(Stream.never),
            AgentV1.converse({ ...settings, agent: { ...settings.agent as object, greeting: secret } }, { tools })
          )
          yield* events.pipe(
            Stream.filter(({ type }) => type === "FunctionCallHandled"),
            Stream.take(3),
            Stream.runDrain
          )
          yield* close
        }).pipe(Effect.scoped, Effect.provide([handlers, client(server)]))
      )
      assert.isTrue(Exit.isSuccess(exit))
      const session = seen.spans.find(({ name }) => name === "AgentV1.session")
      assert.deepStrictEqual(Object.fromEntries(session?.attributes ?? []), {
        "deepgram.operation": "AgentV1.converse",
        "deepgram.model": "gpt-4o-mini",
        "deepgram.reconnects": 0,
        "deepgram.time_to_open_ms": 250,
        "deepgram.time_to_first_result_ms": 750,
        "deepgram.audio_seconds": 1,
        "deepgram.request_id": requestId,
        "deepgram.outcome": "closed"
      })
      const called = seen.spans.filter(({ name }) => name === "AgentV1.tool")
      assert.sameDeepMembers(
        called.map(({ attributes }) => Object.fromEntries(attributes)),
        ["succeeds", "fails", "refuses"].map((name) => ({
          "deepgram.function": name,
          "deepgram.function_call_id": `call-${name}`
        }))
      )
      assert.deepStrictEqual(called.map(({ status }) => status._tag), ["Ended", "Ended", "Ended"])
      for (const text of [secret, apiKey, "You are brief", server.url]) assert.notInclude(seen.text(), text)
      assert.deepStrictEqual(seen.logs, [])
      assert.deepStrictEqual(yield* countOf("deepgram_sessions_active"), [[{ channel: "AgentV1" }, 0]])
      assert.deepStrictEqual(yield* countOf("deepgram_sessions_ended"), [
        [{ channel: "AgentV1", outcome: "closed" }, 1]
      ])
      assert.deepStrictEqual(yield* countOf("deepgram_session_open_seconds"), [[{ channel: "AgentV1" }, 1]])
    }).pipe(Effect.provideService(Metric.MetricRegistry, new Map())))

  it.effect("is observed when it is not opened", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(
        serving((peer) =>
          Effect.gen(function*() {
            yield* peer.send(welcome)
            yield* peer.message
            yield* peer.close(1008)
          })
        )
      )
      const { seen } = yield* observed(
        AgentV1.connect(settings).pipe(Effect.scoped, Effect.provide(client(server)))
      )
      const session = seen.spans.find(({ name }) => name === "AgentV1.session")
      assert.deepStrictEqual(Object.fromEntries(session?.attributes ?? []), {
        "deepgram.operation": "AgentV1.connect",
        "deepgram.model": "gpt-4o-mini",
        "deepgram.reconnects": 0,
        "deepgram.audio_seconds": 0,
        "deepgram.request_id": requestId,
        "deepgram.outcome": "ConnectionClosed"
      })
      assert.deepStrictEqual(yield* countOf("deepgram_sessions_active"), [])
    }).pipe(Effect.provideService(Metric.MetricRegistry, new Map())))

  it.effect("knows its request id, and no model where Deepgram keeps the agent", () =>
    Effect.gen(function*() {
      const { seen } = yield* observed(
        Effect.gen(function*() {
          const { conversation } = yield* openConversation(
            transport,
            { settings: { agent: "b4f2c1de-9a57-4c11-8f0e-2f6a3c1d5e70" } }
          )
          assert.strictEqual(yield* conversation.requestId, requestId)
        }).pipe(Effect.scoped)
      )
      const session = seen.spans.find(({ name }) => name === "AgentV1.session")
      assert.isFalse(session?.attributes.has("deepgram.model"))
    }))
})
