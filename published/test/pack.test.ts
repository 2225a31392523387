/** What is packed is the same wherever it is packed, what is published is what was packed, and versions move. */
import { createHash } from "node:crypto"
import { once } from "node:events"
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { dirname, join } from "node:path"
import { pathToFileURL } from "node:url"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { packages } from "../../scripts/packages.mjs"
import { attempt, emptyFolder, root, run, tarball } from "../support/commands.ts"
import { entryOf } from "../support/files.ts"

/** For what hangs: compiling all packages anew takes a while on a busy machine. */
const timeout = 300_000

const integrity = (file: string): string => `sha512-${createHash("sha512").update(readFileSync(file)).digest("base64")}`

const sources = [
  ".changeset/README.md",
  ".changeset/config.json",
  ".gitignore",
  "package.json",
  "package-lock.json",
  "scripts",
  "tsconfig.base.json",
  ...packages.flatMap(({ folder }) =>
    ["src", "package.json", "tsconfig.json", "README.md", "CHANGELOG.md", "LICENSE"].map((name) =>
      `packages/${folder}/${name}`
    )
  ),
  // Workspaces too, which ask for versions of the packages.
  "examples/package.json",
  "benchmarks/package.json"
]

/** The repository as it is cloned, in a folder that was not there; what is installed is that of the repository. */
const clone = (folder: string): void => {
  for (const name of sources) cpSync(join(root, name), join(folder, name), { recursive: true })
  const modules = join(folder, "node_modules")
  const ours = new Map(packages.map((one) => [one.name, join(folder, "packages", one.folder)]))
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (name === "effect-deepgram" || name === "@effect-deepgram") continue
    mkdirSync(modules, { recursive: true })
    symlinkSync(join(root, "node_modules", name), join(modules, name))
  }
  for (const [name, target] of ours) {
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    symlinkSync(target, join(modules, name))
  }
}

/** A clone that has packed itself; programs in it have no npm script around them. */
let folder = ""
const env: NodeJS.ProcessEnv = {
  GIT_AUTHOR_NAME: "t",
  GIT_AUTHOR_EMAIL: "t@localhost",
  GIT_COMMITTER_NAME: "t",
  GIT_COMMITTER_EMAIL: "t@localhost"
}
const read = (file: string): string => readFileSync(join(folder, file), "utf8")
const packed = (one: typeof packages[number]): string => join(folder, "published/.packed", `${one.folder}.tgz`)

/** What npm says of the first package, which it has packed before anything was compiled. */
let byNpm = ""

beforeAll(async () => {
  folder = join(await emptyFolder(), "ein anderer Ordner")
  env.PATH = `${join(folder, "node_modules/.bin")}:${process.env.PATH}`
  clone(folder)
  const elsewhere = { ...env, LC_ALL: "C", LANG: "tr_TR.UTF-8", TZ: "Pacific/Kiritimati" }
  await run(["chmod", "-R", "go-rwx", "packages"], folder)
  const strictly = (command: string) => run(["sh", "-c", `umask 077 && ${command}`], folder, elsewhere)
  byNpm = await strictly(`npm pack --json --workspace packages/${packages[0]?.folder}`)
  await strictly("node scripts/pack.mjs")
  await run(["git", "init", "-q", "-b", "main", "."], folder)
  await run(["git", "add", "-A"], folder)
  await run(["git", "commit", "-q", "-m", "t"], folder, env)
}, timeout)

afterAll(() => rmSync(dirname(folder), { recursive: true, force: true }))

describe("a tarball", () => {
  it("is the same to the byte, in whatever folder, language, time zone and umask it is packed", () => {
    expect(packages.map((one) => integrity(packed(one))))
      .toStrictEqual(packages.map((one) => integrity(tarball(one.folder))))
  })

  it("is what npm pack makes of a clone, whose packages build themselves", () => {
    const [first] = packages
    expect(JSON.parse(byNpm)).toMatchObject([{
      name: first?.name,
      integrity: integrity(tarball(first?.folder ?? ""))
    }])
  })

  it("is made by one process at a time, and those that were killed do not count", async () => {
    const at = await emptyFolder()
    try {
      writeFileSync(join(at, "count"), "0")
      writeFileSync(
        join(at, "main.mjs"),
        `import { readFileSync, writeFileSync } from "node:fs"
import { alone } from ${JSON.stringify(pathToFileURL(join(root, "scripts/alone.mjs")).href)}

const count = () => writeFileSync("count", String(Number(readFileSync("count", "utf8")) + 1))
for (let time = 0; time < 100; time++) alone("lock", count)
console.log(process.pid)
`
      )
      const main = () => run(["node", "main.mjs"], at)
      const [ended = ""] = await Promise.all([main(), main(), main()])
      writeFileSync(join(at, "lock"), ended.trim())
      await main()
      expect(readFileSync(join(at, "count"), "utf8")).toBe("400")
      expect(readdirSync(at)).not.toContain("lock")
    } finally {
      rmSync(at, { recursive: true })
    }
  }, timeout)
})

describe("a release", () => {
  interface Published {
    readonly _attachments: Readonly<Record<string, { readonly data: string }>>
  }

  const received = new Map<string, string>()
  const known = new Set<string>()
  let version = ""

  // A registry, as far as npm asks one.
  const registry = createServer((request, response) => {
    const name = decodeURIComponent((request.url ?? "").slice(1)).split("?")[0] ?? ""
    if (request.method !== "PUT") {
      const body = { name, "dist-tags": { latest: version }, versions: { [version]: { name, version } } }
      response.writeHead(known.has(name) ? 200 : 404).end(JSON.stringify(known.has(name) ? body : {}))
      return
    }
    let text = ""
    request.setEncoding("utf8").on("data", (chunk: string) => (text += chunk)).on("end", () => {
      const { _attachments }: Published = JSON.parse(text)
      const sent = Object.entries(_attachments).find(([file]) => file.endsWith(".tgz"))
      const bytes = Buffer.from(sent?.[1].data ?? "", "base64")
      received.set(name, `sha512-${createHash("sha512").update(bytes).digest("base64")}`)
      response.writeHead(201).end("{}")
    })
  })

  const release = async (): Promise<Awaited<ReturnType<typeof attempt>>> => {
    const { port } = registry.address() as AddressInfo
    const settings = join(dirname(folder), "npmrc")
    writeFileSync(settings, `registry=http://127.0.0.1:${port}/\n//127.0.0.1:${port}/:_authToken=none\n`)
    return attempt(["node", "scripts/release.mjs"], folder, {
      ...env,
      npm_config_registry: `http://127.0.0.1:${port}/`,
      npm_config_userconfig: settings
    })
  }

  beforeAll(async () => {
    version = JSON.parse(read("packages/deepgram/package.json")).version
    registry.listen(0, "127.0.0.1")
    await once(registry, "listening")
  })

  beforeEach(async () => {
    received.clear()
    await run(["git", "reset", "-q", "--hard", "main"], folder)
    await run(["git", "clean", "-f", "-d", "-q"], folder)
  })

  afterAll(() => registry.close())

  it("publishes what was tested, byte for byte, and what is there already not again", async () => {
    known.add("effect-deepgram")
    const { code, output } = await release()
    expect(output).toContain(`effect-deepgram@${version} is published already.`)
    expect(code, output).toBe(0)
    expect(Object.fromEntries(received)).toStrictEqual(
      Object.fromEntries(packages.slice(1).map((one) => [one.name, integrity(packed(one))]))
    )
    expect((await run(["git", "tag"], folder)).split("\n")).toContain(`@effect-deepgram/node@${version}`)
  }, timeout)

  it("refuses what is not committed", async () => {
    writeFileSync(join(folder, "packages/node/README.md"), "# Something else\n")
    const { code, output } = await release()
    expect(output).toContain("There are changes that are not committed.")
    expect(code).not.toBe(0)
    expect(received.size).toBe(0)
  }, timeout)

  it("refuses what was not tested", async () => {
    await run(["git", "checkout", "-q", "--detach"], folder)
    writeFileSync(join(folder, "packages/node/README.md"), "# Something else\n")
    await run(["git", "commit", "-q", "-a", "-m", "t"], folder, env)
    const { code, output } = await release()
    expect(output).toContain("@effect-deepgram/node is not what was tested")
    expect(code).not.toBe(0)
    expect(received.size).toBe(0)
    await run(["git", "checkout", "-q", "main"], folder)
  }, timeout)

  it(
    "takes a version that changesets make: of all packages at once, with changelogs, and no major before its time",
    async () => {
      const [major, minor] = version.split(".")
      const next = `${major}.${Number(minor) + 1}.0`
      writeFileSync(join(folder, ".changeset/one.md"), `---\n"effect-deepgram": minor\n---\n\nSomething new.\n`)
      await run(["node", "scripts/version.mjs"], folder, { ...env, npm_config_offline: "true" })
      for (const one of packages) {
        const manifest = JSON.parse(read(`packages/${one.folder}/package.json`))
        expect(manifest.version).toBe(next)
        const changelog = read(`packages/${one.folder}/CHANGELOG.md`)
        expect(entryOf(changelog, version)).not.toBe("")
        if (one.name === "effect-deepgram") {
          expect(entryOf(changelog, next)).toContain("Something new.")
        } else {
          expect(manifest.peerDependencies["effect-deepgram"]).toBe(`^${next}`)
          expect(entryOf(changelog, next)).toBe(`\n\nReleased together with \`effect-deepgram\` ${next}.\n\n`)
        }
      }
      expect(read("packages/deepgram/src/internal/version.ts")).toContain(`"${next}"`)
      expect(read("packages/emulator/src/internal/version.ts")).toContain(`"${next}"`)
      expect(JSON.parse(read("package-lock.json")).packages["packages/node"].version).toBe(next)
      expect(readdirSync(join(folder, ".changeset")).toSorted()).toStrictEqual(["README.md", "config.json"])
    },
    timeout
  )
})
