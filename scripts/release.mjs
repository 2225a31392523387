// Publishes the tarballs that the tests have packed and tested, those that are not on the registry yet, and tags the
// version. `npm run release` runs the tests before; arguments go to `npm publish`.
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { packages } from "./packages.mjs"

const root = fileURLToPath(new URL("..", import.meta.url))
const options = process.argv.slice(2)

const run = (command, stdout = "inherit") =>
  spawnSync(command, { cwd: root, shell: true, encoding: "utf8", stdio: ["inherit", stdout, "inherit"] })

const succeed = (command, stdout) => {
  const result = run(command, stdout)
  if (result.status !== 0) throw new Error(`${command} failed`)
  return result.stdout
}

const tarballOf = ({ folder }) => `published/.packed/${folder}.tgz`

// A tag is of a commit, and a tarball of files.
if (succeed("git status --porcelain", "pipe") !== "") throw new Error("There are changes that are not committed.")
succeed("node scripts/build.mjs")
for (const one of packages) {
  // The same bytes, or the tests were about something else. Without scripts: each package would be built again.
  const packing = `npm pack --dry-run --json --ignore-scripts --workspace packages/${one.folder}`
  const [now] = JSON.parse(succeed(packing, "pipe"))
  const tested = createHash("sha512").update(readFileSync(`${root}${tarballOf(one)}`)).digest("base64")
  if (now.integrity !== `sha512-${tested}`) throw new Error(`${one.name} is not what was tested: npm test packs anew`)
}
for (const one of packages) {
  const { version } = JSON.parse(readFileSync(`${root}packages/${one.folder}/package.json`, "utf8"))
  const known = spawnSync(`npm view ${one.name}@${version} version`, { cwd: root, shell: true, encoding: "utf8" })
  if (known.status === 0 && known.stdout.trim() === version) console.log(`${one.name}@${version} is published already.`)
  else succeed(["npm publish", `./${tarballOf(one)}`, "--access public", ...options].join(" "))
}
if (!options.includes("--dry-run")) succeed("changeset tag")
