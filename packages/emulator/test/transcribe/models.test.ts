import { assert, describe, it } from "@effect/vitest"
import { catalogue } from "../../src/internal/catalogue.ts"
import { modelNamed, parseModel } from "../../src/internal/transcribe/models.ts"

describe("models", () => {
  const cases: ReadonlyArray<readonly [model: string, arch: string, variant: string, name: string]> = [
    ["nova-3", "nova-3", "general", "general-nova-3"],
    ["nova-3-general", "nova-3", "general", "general-nova-3"],
    ["nova-2-meeting", "nova-2", "meeting", "meeting-nova-2"],
    ["nova-phonecall", "nova", "phonecall", "phonecall-nova"],
    ["enhanced", "enhanced", "general", "general-enhanced"],
    ["meeting", "base", "meeting", "meeting"],
    ["nova-3-ours", "nova-3", "ours", "ours-nova-3"],
    ["my-model", "other", "my-model", "my-model"],
    ["my-other", "other", "my-other", "my-other"],
    ["basement", "other", "basement", "basement"]
  ]
  for (const [model, arch, variant, name] of cases) {
    it(`${model} is ${name}, of ${arch}`, () => {
      assert.deepStrictEqual(parseModel(model), { arch, variant, name })
      assert.deepInclude(modelNamed(model), { arch, name, version: "latest" })
      const { stt } = catalogue({ custom: [model], includeOutdated: true })
      const listed = stt.find(({ uuid }) => uuid === modelNamed(model).uuid)
      assert.deepInclude(listed, { architecture: arch, name: variant })
    })
  }

  it("are of the oldest architecture where none is named", () => {
    assert.deepInclude(modelNamed(), { arch: "base", name: "general-base" })
  })
})
