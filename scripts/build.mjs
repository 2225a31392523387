// Compiles what is published, into `packages/*/dist`. Each package does this before it is packed.
import { spawnSync } from "node:child_process"
import { chmodSync, existsSync, readdirSync, rmSync, statSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { annotatePureCalls } from "./annotate-pure-calls.mjs"
import { packages } from "./packages.mjs"

const root = fileURLToPath(new URL("..", import.meta.url))
const command = `tsc -b ${packages.map(({ folder }) => `packages/${folder}`).join(" ")}`

const { status } = spawnSync(command, { cwd: root, shell: true, stdio: ["ignore", "inherit", "inherit"] })
if (status !== 0) throw new Error(`${command} failed`)

const filesOf = (folder) =>
  readdirSync(folder, { recursive: true }).map((name) => `${folder}/${name}`).filter((path) => statSync(path).isFile())

for (const { folder } of packages) {
  const at = `${root}packages/${folder}`
  // What the compiler wrote of sources that are gone.
  for (const file of filesOf(`${at}/dist`)) {
    const source = file.replace(`${at}/dist/`, `${at}/src/`).replace(/(\.d\.ts|\.js)(\.map)?$/, ".ts")
    if (!existsSync(source)) rmSync(file)
  }
  annotatePureCalls(`${at}/dist`)
  // A tarball holds the modes of its files: they are not those of whoever's umask.
  const texts = ["package.json", "README.md", "CHANGELOG.md", "LICENSE"].map((name) => `${at}/${name}`)
  for (const file of [...filesOf(`${at}/src`), ...filesOf(`${at}/dist`), ...texts]) chmodSync(file, 0o644)
}
