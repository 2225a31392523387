import { Emulator } from "@effect-deepgram/emulator"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { AgentV1, Deepgram } from "effect-deepgram"
import { send } from "./management.ts"

layer(Emulator.layer())("the models that think", (it) => {
  it.effect("are known to everybody", () =>
    Effect.gen(function*() {
      const { url } = yield* Emulator.Emulator
      const { models } = yield* Effect.provide(
        AgentV1.listThinkModels(),
        Deepgram.layer({ credential: "none", baseUrl: url })
      )
      assert.deepInclude(models, { id: "gpt-5-mini", name: "GPT-5 mini", provider: "open_ai" })
      assert.sameMembers([...new Set(models.map(({ provider }) => provider))], [
        "open_ai",
        "anthropic",
        "google",
        "groq"
      ])
      for (const authorization of ["", "Token wrong", "Bearer wrong"]) {
        const { headers, json, status } = yield* send("GET", "/v1/agent/settings/think/models?a=b", { authorization })
        assert.strictEqual(status, 200)
        assert.deepStrictEqual(json, { models })
        assert.isNotNull(headers.get("dg-request-id"))
      }
    }))
})
