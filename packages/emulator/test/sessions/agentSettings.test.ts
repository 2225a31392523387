/** Every variant of the settings that is documented (inventory 3), from the SDK to an agent that is opened by them. */
import { assert, layer } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { AgentConfigurations, AgentV1 } from "effect-deepgram"
import { settingsVariants } from "../../../deepgram/test/support/agentSettings.ts"
import { inProject } from "../server/management.ts"
import { patiently, served, ws } from "./support.ts"

layer(served(ws))("an agent", (it) => {
  it.effect.each(Object.entries(settingsVariants))(
    "is opened, and says so: %s",
    ([, variant]) =>
      Effect.gen(function*() {
        const { type: _, ...settings } = variant
        const kept = inProject((id) => AgentConfigurations.create(id, { config: {} }))
        const agent = typeof settings.agent === "string" ? (yield* kept).agent_id : settings.agent
        const { messages } = yield* AgentV1.connect({ ...settings, agent }, patiently)
        const first = yield* Stream.runCollect(Stream.take(messages, 2))
        assert.deepStrictEqual(first.map(({ type }) => type), ["Welcome", "SettingsApplied"])
      }).pipe(Effect.scoped)
  )
})
