// Installs the dependencies when they are missing or older than package-lock.json, and does nothing otherwise: those of
// the repository, or of the folder that is named. Runs on whatever Node the machine has; everything after it runs on the Node of the devDependencies.
import { spawnSync } from "node:child_process"
import { existsSync, readFileSync, statSync } from "node:fs"

const folder = process.argv[2]
const base = new URL(folder === undefined ? "../" : `../${folder}/`, import.meta.url)
const path = (file) => new URL(file, base)
const modified = (file) => statSync(path(file), { throwIfNoEntry: false })?.mtimeMs

// Also after an installation that left something out, or was tidied by hand.
const isComplete = () =>
  Object.keys(JSON.parse(readFileSync(path("package.json"), "utf8")).devDependencies)
    .every((name) => existsSync(path(`node_modules/${name}/package.json`)))

const installed = modified("node_modules/.package-lock.json")
const locked = modified("package-lock.json")

if (installed === undefined || locked === undefined || locked > installed || !isComplete()) {
  // Not `npm ci`: it refuses a lock file that lacks another platform's optional packages. The development dependencies
  // hold the Node that runs all of this, also where NODE_ENV says production. On an older Node npm warns of each
  // package that would not run on it; none has to.
  const { status } = spawnSync("npm install --include=dev --no-audit --no-fund --loglevel=error", {
    cwd: path(""),
    shell: true,
    stdio: "inherit"
  })
  process.exit(status ?? 1)
}
