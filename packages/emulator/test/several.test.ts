import { Emulator } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Projects } from "effect-deepgram"

const rename = (name: string) =>
  Effect.gen(function*() {
    const { projects: [project] } = yield* Projects.list()
    yield* Projects.update(project!.project_id, { name })
  })

const nameOf = Effect.map(Projects.list(), ({ projects: [project] }) => project?.name)

describe("an emulator within another one", () => {
  it.live("has a state and a client of its own", () =>
    Effect.gen(function*() {
      const outer = yield* Emulator.Emulator
      yield* rename("outer")
      const inner = yield* Effect.provide(
        Effect.andThen(rename("inner"), Effect.zip(nameOf, Emulator.Emulator)),
        Emulator.layerSdk()
      )
      assert.strictEqual(inner[0], "inner")
      assert.notStrictEqual(inner[1].url, outer.url)
      assert.strictEqual(yield* nameOf, "outer")
    }).pipe(Effect.provide(Emulator.layerSdk())))

  it.live("has a state of its own beside another one, too", () =>
    Effect.gen(function*() {
      yield* Effect.provide(rename("first"), Emulator.layerSdk())
      assert.notStrictEqual(yield* Effect.provide(nameOf, Emulator.layerSdk()), "first")
    }))
})
