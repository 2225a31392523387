// Installs the dependencies when they are missing or older than package-lock.json, and does nothing otherwise.
// Runs on whatever Node the machine has; everything after it runs on the Node of the devDependencies.
import { spawnSync } from "node:child_process"
import { statSync } from "node:fs"

const modified = (file) => statSync(new URL(`../${file}`, import.meta.url), { throwIfNoEntry: false })?.mtimeMs
const installed = modified("node_modules/.package-lock.json")
const locked = modified("package-lock.json")

if (installed === undefined || locked === undefined || locked > installed) {
  // Not `npm ci`: it refuses a lock file that lacks another platform's optional packages.
  const { status } = spawnSync("npm install --no-audit --no-fund", {
    cwd: new URL("..", import.meta.url),
    shell: true,
    stdio: "inherit"
  })
  process.exit(status ?? 1)
}
