// Everything that CI runs: the checks, then the tests. Arguments go to Vitest.
import { spawnSync } from "node:child_process"

const run = (command) => spawnSync(command, { shell: true, stdio: "inherit" }).status ?? 1

const checked = run("npm run --silent check")
if (checked !== 0) {
  console.log("The checks failed, so the tests were not run.\n0 passed, 1 failed, 0 skipped")
  process.exit(checked)
}
process.exit(run(["vitest run --config vitest.workspace.ts", ...process.argv.slice(2)].join(" ")))
