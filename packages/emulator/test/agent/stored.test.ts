/** Agents that the project keeps, and what is known of sessions afterwards. */
import { Emulator } from "@effect-deepgram/emulator"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import { AgentConfigurations, AgentVariables, Billing, Requests, Usage } from "effect-deepgram"
import { TestClock } from "effect/testing"
import { epoch, sumOf } from "../server/calls.ts"
import { inProject } from "../server/management.ts"
import { audioOf, brief, converse, heardIn, open } from "./support.ts"

const kept = (config: string | object) =>
  Effect.map(inProject((id) => AgentConfigurations.create(id, { config })), ({ agent_id }) => agent_id)

const fails = Effect.fnUntraced(function*(agent: string) {
  const client = yield* open
  yield* client.say({ type: "Settings", audio: {}, agent })
  const { code, messages } = yield* client.end
  assert.strictEqual(code, 1008)
  return [brief(messages)[1], String(messages[1]?.["description"])]
})

layer(Emulator.layerSdk())("an agent that is kept", (it) => {
  it.effect("is taken by its id", () =>
    Effect.gen(function*() {
      const client = yield* converse(yield* kept({ greeting: "I was kept." }))
      assert.strictEqual(heardIn(audioOf(yield* client.until("AgentAudioDone"))), "I was kept.")
    }))

  it.effect("has the values that its variables have when the session begins", () =>
    Effect.gen(function*() {
      const { variable_id } = yield* inProject((id) =>
        AgentVariables.create(id, { key: "DG_GREETING", value: "Good \"morning\"." })
      )
      yield* inProject((id) => AgentVariables.create(id, { key: "DG_SPEAK", value: [] }))
      const agent = yield* kept(
        "{\"greeting\": DG_GREETING, \"think\": {\"provider\": " +
          "{\"type\": \"open_ai\", \"model\": \"gpt-4o\"}, \"prompt\": \"DG_NOTHING\"}}"
      )
      const greeting = Effect.gen(function*() {
        const client = yield* converse(agent)
        return heardIn(audioOf(yield* client.until("AgentAudioDone")))
      })
      assert.strictEqual(yield* greeting, "Good \"morning\".")
      yield* inProject((id) => AgentVariables.update(id, variable_id, { value: "Good evening." }))
      assert.strictEqual(yield* greeting, "Good evening.")
      // A value need not be text, but what comes of it has to be an agent.
      const [code, description] = yield* fails(yield* kept("{\"speak\": DG_SPEAK}"))
      assert.strictEqual(code, "Error INVALID_SETTINGS")
      assert.match(description!, /speak is empty/)
    }))

  it.effect("cannot be had without the values of its variables", () =>
    Effect.gen(function*() {
      const [code, description] = yield* fails(yield* kept("{\"greeting\": DG_MISSING}"))
      assert.strictEqual(code, "Error INVALID_SETTINGS")
      assert.match(description!, /DG_MISSING/)
    }))

  it.effect("has to be an agent", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* fails(yield* kept({ grating: "Hello." })))[0], "Error INVALID_SETTINGS")
    }))

  it.effect("has to be one that there is", () =>
    Effect.gen(function*() {
      const agent = yield* kept({})
      yield* inProject((id) => AgentConfigurations.delete(id, agent))
      assert.strictEqual((yield* fails(agent))[0], "Error INVALID_AGENT_ID")
      assert.strictEqual((yield* fails("Kit"))[0], "Error INVALID_AGENT_ID")
    }))
})

describe("a session", () => {
  it.effect("is charged by the time that it lasted, with its tags and models", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(epoch)
      const client = yield* converse({ speak: { provider: { type: "deepgram", model: "aura-2-thalia-en" } } }, {
        tags: ["spoken"]
      })
      yield* TestClock.adjust("30 minutes")
      client.socket.close(1000)
      yield* client.closed
      // The session is logged when it is over, which the client does not see.
      const { requests: [request] } = yield* inProject((id) => Requests.list(id)).pipe(
        Effect.repeat({ until: ({ requests }) => requests.length > 0 })
      )
      assert.deepInclude(request, { path: "/v1/agent/converse", code: 200, deployment: "hosted" })
      const { results } = yield* inProject((id) => Usage.breakdown(id, { endpoint: "agent", tag: "spoken" }))
      assert.deepStrictEqual(
        [sumOf(results, "agent_hours"), sumOf(results, "hours"), sumOf(results, "total_hours")],
        [0.5, 0, 0]
      )
      const { models } = yield* inProject((id) => Usage.fields(id))
      assert.includeMembers(models!.map(({ name }) => name), ["general-nova-3", "aura-2-thalia-en"])
      const costs = yield* inProject((id) => Billing.breakdown(id, { grouping: "line_item" }))
      assert.deepInclude(costs.results[0], { dollars: 2.4 })
    }).pipe(Effect.provide(Emulator.layerSdk({ idleTimeout: "1 hour" }))))

  it.effect("that fails is logged as a failure", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(epoch)
      const client = yield* open
      yield* client.say({ type: "KeepAlive" })
      yield* client.end
      const { requests: [request] } = yield* inProject((id) => Requests.list(id)).pipe(
        Effect.repeat({ until: ({ requests }) => requests.length > 0 })
      )
      assert.deepInclude(request, { code: 400 })
    }).pipe(Effect.provide(Emulator.layerSdk())))
})
