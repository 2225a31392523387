/** What fails before there are tests fails the run, and says so. */
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { attempt, emptyFolder, root } from "../support/commands.ts"
import { installConsumer } from "../support/consumer.ts"

let folder = ""

beforeEach(async () => {
  folder = await emptyFolder()
})

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

const urlOf = (file: string): string => JSON.stringify(pathToFileURL(join(root, file)).href)

/** Runs Vitest in a workspace of two projects, one of which has a set-up; each has a test, which succeeds. */
const runWith = async (globalSetup: string): Promise<{ readonly output: string; readonly last: string }> => {
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"))
  const test = `import { it } from "vitest"\nit("succeeds", () => undefined)\n`
  for (const name of ["one", "two"]) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, "some.test.mjs"), test)
  }
  writeFileSync(join(folder, "globalSetup.mjs"), globalSetup)
  const projects = [
    { test: { name: "one", root: "one" } },
    { test: { name: "two", root: "two", globalSetup: [join(folder, "globalSetup.mjs")] } }
  ]
  const reporters = ["default", join(root, "scripts/closing-line-reporter.mjs")]
  writeFileSync(
    join(folder, "vitest.config.mjs"),
    `export default ${JSON.stringify({ test: { include: ["*.test.mjs"], reporters, projects } })}`
  )
  const { code, output } = await attempt(["node", join(root, "node_modules/vitest/vitest.mjs"), "run"], folder)
  expect(code).toBe(1)
  return { output, last: output.trimEnd().split("\n").at(-1) ?? "" }
}

describe("a set-up that fails", () => {
  it("fails the tests that it is for, with its reason, and no others", async () => {
    const { last, output } = await runWith(`import { provideConsumer } from ${urlOf("published/support/consumer.ts")}
export const setup = (project) => provideConsumer(project, () => Promise.reject(new Error("No tarballs.")))`)
    expect(output).toContain("No tarballs.")
    expect(last).toBe("1 passed, 1 failed, 0 skipped")
  })

  it("is counted even if it fails all", async () => {
    const { last, output } = await runWith(`export const setup = () => Promise.reject(new Error("No projects."))`)
    expect(output).toContain("No projects.")
    expect(last).toBe("0 passed, 1 failed, 0 skipped")
  })

  it("is counted if it cannot be undone", async () => {
    const { last } = await runWith(`export const setup = () => () => Promise.reject(new Error("Not undone."))`)
    expect(last).toBe("2 passed, 1 failed, 0 skipped")
  })
})

describe("a consumer", () => {
  it("leaves nothing behind when its packages cannot be installed", async () => {
    mkdirSync(join(folder, "temporary"))
    vi.stubEnv("TMPDIR", join(folder, "temporary"))
    vi.stubEnv("npm_config_cache", join(folder, "cache"))
    // Where nobody listens.
    vi.stubEnv("npm_config_registry", "http://127.0.0.1:1/")
    vi.stubEnv("npm_config_fetch_retries", "0")
    await expect(installConsumer()).rejects.toThrow("npm install")
    expect(readdirSync(join(folder, "temporary")).filter((name) => name.startsWith("effect-deepgram-"))).toStrictEqual(
      []
    )
  })
})
