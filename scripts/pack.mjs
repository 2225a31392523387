// Packs what would be published into `published/.packed/`.
import { spawnSync } from "node:child_process"
import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { annotatePureCalls } from "./annotate-pure-calls.mjs"
import { packages } from "./packages.mjs"

const root = fileURLToPath(new URL("..", import.meta.url))
const packed = `${root}published/.packed`

const run = (command) => {
  const { status, stdout, stderr } = spawnSync(command, { cwd: root, shell: true, encoding: "utf8" })
  if (status !== 0) throw new Error(`${command} failed:\n${stdout}${stderr}`)
}

run(`tsc -b ${packages.map(({ folder }) => `packages/${folder}`).join(" ")}`)
rmSync(packed, { recursive: true, force: true })
for (const { folder } of packages) {
  annotatePureCalls(`${root}packages/${folder}/dist`)
  const destination = `${packed}/${folder}`
  mkdirSync(destination, { recursive: true })
  run(`npm pack --silent --ignore-scripts --workspace packages/${folder} --pack-destination ${destination}`)
  // Without the version, so that what installs it need not know it.
  for (const file of readdirSync(destination)) renameSync(`${destination}/${file}`, `${packed}/${folder}.tgz`)
  rmSync(destination, { recursive: true })
}
