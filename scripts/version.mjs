// Makes of the changesets the next version: changelogs, package.json files, and wherever else the version is written.
import { spawnSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { packages } from "./packages.mjs"

const root = fileURLToPath(new URL("..", import.meta.url))

const run = (command) => {
  const { status } = spawnSync(command, { cwd: root, shell: true, stdio: ["ignore", "inherit", "inherit"] })
  if (status !== 0) throw new Error(`${command} failed`)
}

const edit = (path, change) => writeFileSync(`${root}${path}`, change(readFileSync(`${root}${path}`, "utf8")))

const manifestOf = ({ folder }) => `packages/${folder}/package.json`

const requireSdk = (range) => {
  for (const one of packages.slice(1)) {
    edit(manifestOf(one), (text) => text.replace(/("effect-deepgram": )"[^"]+"/, `$1"${range}"`))
  }
}

const versionOf = () => JSON.parse(readFileSync(`${root}${manifestOf(packages[0])}`, "utf8")).version

const before = versionOf()
// To Changesets a new minor of a peer below 1.0 is outside its range, and so a major change of whoever asks for it. Here
// all move together: the range takes every version meanwhile, and is the new one afterwards.
requireSdk(">=0")
run("changeset version")
const after = versionOf()
requireSdk(`^${after}`)
if (after !== before) {
  // Changesets has nothing to say of a package that moves with the others.
  const entry = new RegExp(`(?<=^## ${after.replaceAll(".", "\\.")}\n)[^]*?(?=^## |$(?![^]))`, "m")
  const changelogOf = ({ folder }) => `packages/${folder}/CHANGELOG.md`
  const hasNews = (one) => /^[^#\s]/m.test(entry.exec(readFileSync(`${root}${changelogOf(one)}`, "utf8"))?.[0] ?? "")
  const { name } = packages.find(hasNews) ?? packages[0]
  for (const one of packages.filter((one) => !hasNews(one))) {
    edit(changelogOf(one), (text) => text.replace(entry, `\nReleased together with \`${name}\` ${after}.\n\n`))
  }
  for (const file of ["packages/deepgram/src/internal/version.ts", "packages/emulator/src/internal/version.ts"]) {
    edit(file, (text) => text.replace(`"${before}"`, `"${after}"`))
  }
  edit("packages/emulator/README.md", (text) => text.replace(`emulator ${before} is at`, `emulator ${after} is at`))
  run("npm install --package-lock-only --ignore-scripts --no-audit --no-fund --loglevel=error")
}
