import { assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { execPath } from "node:process"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../..", import.meta.url))

// Nothing of the machine's own environment: a key would send the recordings to Deepgram.
const node = (...args: ReadonlyArray<string>) => execFileSync(execPath, args, { cwd: root, encoding: "utf8", env: {} })

describe("what is published", { timeout: 120_000 }, () => {
  // What `npm run build` does, but without cleaning: other tests may be compiling.
  const build = () =>
    node("node_modules/typescript/bin/tsc", "-b", "packages/deepgram", "packages/node", "packages/emulator")

  it("is complete: every export of the packages has a module and declarations", () => {
    build()
    for (const name of ["deepgram", "node", "emulator"]) {
      const folder = `${root}packages/${name}/`
      const sources = readdirSync(`${folder}src`).filter((file) => file.endsWith(".ts"))
      for (const source of sources) {
        const module = `${folder}dist/${source.replace(/\.ts$/, "")}`
        assert.isTrue(existsSync(`${module}.js`), `${module}.js`)
        assert.isTrue(existsSync(`${module}.d.ts`), `${module}.d.ts`)
        assert.notMatch(readFileSync(`${module}.js`, "utf8"), /from "\.[^"]*\.ts"/)
      }
      for (const file of ["README.md", "LICENSE"]) assert.isTrue(existsSync(folder + file), folder + file)
    }
  })

  it("works: npm start without the sources", () => {
    build()
    const resolved = node("--input-type=module", "-e", `console.log(import.meta.resolve("effect-deepgram"))`)
    assert.match(resolved, /packages\/deepgram\/dist\/index\.js/)
    assert.match(node("examples/start/main.ts", "examples/audio/announcement.wav"), /Welcome to the museum of flight\./)
  })
})
