// Everything that CI runs: the checks, then the tests. Arguments go to Vitest.
import { spawnSync } from "node:child_process"
import { env } from "node:process"
import { chromiumPath } from "./chromium.mjs"

const run = (command) => spawnSync(command, { shell: true, stdio: "inherit" }).status ?? 1

const checked = run("npm run --silent check")
if (checked !== 0) {
  console.log("The checks failed, so the tests were not run.\n0 passed, 1 failed, 0 skipped")
  process.exit(checked)
}
// What needs a browser and has none says so itself.
run("node scripts/install-chromium.mjs")
env.CHROMIUM_PATH = chromiumPath() ?? ""
process.exit(run(["vitest run --config vitest.workspace.ts", ...process.argv.slice(2)].join(" ")))
