import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { execPath } from "node:process"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../..", import.meta.url))

/** What a program that ends like this says, and what it ends with. */
const ending = (effect: string) => {
  const code = `import { Effect } from "effect"\nimport { run } from "./examples/run.ts"\nrun(${effect})`
  const options = ["--conditions=@effect-deepgram/source", "--input-type=module", "--eval", code]
  const { status, stderr } = spawnSync(execPath, options, { cwd: root, encoding: "utf8" })
  return { status, stderr }
}

describe("an example", () => {
  it("that fails says so in one line", () => {
    assert.deepStrictEqual(ending(`Effect.fail(new Error("a failure"))`), { status: 1, stderr: "✗ a failure\n" })
  })

  it("with a mistake in it says where", () => {
    const { status, stderr } = ending(`Effect.die(new Error("a mistake"))`)
    assert.strictEqual(status, 1)
    assert.match(stderr, /^Error: a mistake\n {4}at /)
  })
})
