// Packs what would be published into `published/.packed/`: what is tested there is what `npm run release` publishes.
import { spawnSync } from "node:child_process"
import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { alone } from "./alone.mjs"
import { packages } from "./packages.mjs"

const root = fileURLToPath(new URL("..", import.meta.url))
// From the root, where commands run: no path of this machine is part of one.
const packed = "published/.packed"

const run = (command) => {
  const { status, stdout, stderr } = spawnSync(command, { cwd: root, shell: true, encoding: "utf8" })
  if (status !== 0) throw new Error(`${command} failed:\n${stdout}${stderr}`)
}

const pack = ({ folder }) => {
  // In a folder of its own, and then in one step to where somebody may be reading the one before.
  const destination = `${packed}/${folder}-${process.pid}`
  mkdirSync(`${root}${destination}`, { recursive: true })
  try {
    // Without scripts: each package would be built again.
    run(`npm pack --silent --ignore-scripts --workspace packages/${folder} --pack-destination ${destination}`)
    // Without the version, so that what installs it need not know it.
    for (const file of readdirSync(`${root}${destination}`)) {
      renameSync(`${root}${destination}/${file}`, `${root}${packed}/${folder}.tgz`)
    }
  } finally {
    rmSync(`${root}${destination}`, { recursive: true })
  }
}

// Two runs of the tests at once would compile into the same folders.
alone(`${root}${packed}/.lock`, () => {
  run("node scripts/build.mjs")
  packages.forEach(pack)
})
