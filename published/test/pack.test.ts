/** What is packed is the same wherever it is packed, what is published is what was packed, and versions move. */
import { createHash } from "node:crypto"
import { once } from "node:events"
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { basename, dirname, join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { packages } from "../../scripts/packages.mjs"
import { attempt, emptyFolder, root, run, tarball } from "../support/commands.ts"

/** For what hangs: compiling all packages anew takes a while on a busy machine. */
const timeout = 300_000

const integrity = (file: string): string => `sha512-${createHash("sha512").update(readFileSync(file)).digest("base64")}`

const sources = [
  ".changeset",
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
const clone = async (at: string): Promise<string> => {
  const folder = join(await emptyFolder(), at)
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
  return folder
}

/** Programs of the clone, which has no npm script around them. */
const inClone = (folder: string): NodeJS.ProcessEnv => ({
  PATH: `${join(folder, "node_modules/.bin")}:${process.env.PATH}`
})

describe("a tarball", () => {
  const folders: Array<string> = []

  afterAll(() => folders.forEach((folder) => rmSync(dirname(folder), { recursive: true })))

  it("is the same to the byte, in whatever folder, language, time zone and umask it is packed", async () => {
    const folder = await clone("ein anderer Ordner")
    folders.push(folder)
    const env = { ...inClone(folder), LC_ALL: "C", LANG: "tr_TR.UTF-8", TZ: "Pacific/Kiritimati" }
    await run("umask 077 && chmod -R go-rwx packages && node scripts/pack.mjs", folder, env)
    expect(packages.map((one) => integrity(join(folder, "published/.packed", `${one.folder}.tgz`))))
      .toStrictEqual(packages.map((one) => integrity(tarball(one.folder))))
  }, timeout)

  it("is what npm pack makes of a clone, whose packages build themselves", async () => {
    const folder = await clone("clone")
    folders.push(folder)
    const [first] = packages
    const written = await run(`npm pack --json --workspace packages/${first?.folder}`, folder, inClone(folder))
    expect(JSON.parse(written)).toMatchObject([{
      name: first?.name,
      integrity: integrity(tarball(first?.folder ?? ""))
    }])
  }, timeout)
})

describe("a release", () => {
  interface Published {
    readonly _attachments: Readonly<Record<string, { readonly data: string }>>
  }

  const received = new Map<string, string>()
  const known = new Set<string>()
  let folder = ""

  // A registry, as far as npm asks one.
  const registry = createServer((request, response) => {
    const name = decodeURIComponent((request.url ?? "").slice(1)).split("?")[0] ?? ""
    if (request.method !== "PUT") {
      const version = "0.1.0"
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
    return attempt("node scripts/release.mjs", folder, {
      ...inClone(folder),
      npm_config_registry: `http://127.0.0.1:${port}/`,
      npm_config_userconfig: settings
    })
  }

  beforeAll(async () => {
    folder = await clone("release")
    mkdirSync(join(folder, "published/.packed"), { recursive: true })
    for (const one of packages) {
      cpSync(tarball(one.folder), join(folder, "published/.packed", basename(tarball(one.folder))))
    }
    await run("git init -q . && git -c user.name=t -c user.email=t@localhost commit -q --allow-empty -m t", folder)
    registry.listen(0, "127.0.0.1")
    await once(registry, "listening")
  }, timeout)

  afterAll(() => {
    registry.close()
    rmSync(dirname(folder), { recursive: true })
  })

  it("publishes what was tested, byte for byte, and what is there already not again", async () => {
    known.add("effect-deepgram")
    const { code, output } = await release()
    expect(output).toContain("effect-deepgram@0.1.0 is published already.")
    expect(code, output).toBe(0)
    expect(Object.fromEntries(received)).toStrictEqual(
      Object.fromEntries(packages.slice(1).map((one) => [one.name, integrity(tarball(one.folder))]))
    )
    expect((await run("git tag", folder)).split("\n")).toContain("@effect-deepgram/node@0.1.0")
  }, timeout)

  it("refuses what was not tested", async () => {
    received.clear()
    writeFileSync(join(folder, "packages/node/README.md"), "# Something else\n")
    const { code, output } = await release()
    expect(output).toContain("@effect-deepgram/node is not what was tested")
    expect(code).not.toBe(0)
    expect(received.size).toBe(0)
  }, timeout)

  it(
    "takes a version that changesets make: of all packages at once, with changelogs, and no major before its time",
    async () => {
      const at = await clone("version")
      writeFileSync(join(at, ".changeset/one.md"), `---\n"effect-deepgram": minor\n---\n\nSomething new.\n`)
      await run("git init -q -b main . && printf 'node_modules\\n' > .gitignore && git add -A", at)
      await run("git -c user.name=t -c user.email=t@localhost commit -q -m t", at)
      await run("node scripts/version.mjs", at, { ...inClone(at), npm_config_offline: "true" })
      const read = (file: string) => readFileSync(join(at, file), "utf8")
      for (const one of packages) {
        const { peerDependencies, version } = JSON.parse(read(`packages/${one.folder}/package.json`))
        expect(version).toBe("0.2.0")
        if (one.name !== "effect-deepgram") expect(peerDependencies["effect-deepgram"]).toBe("^0.2.0")
        expect(read(`packages/${one.folder}/CHANGELOG.md`)).toMatch(/^## 0\.2\.0$[^]*^## 0\.1\.0$/m)
      }
      expect(read("packages/deepgram/CHANGELOG.md")).toContain("Something new.")
      expect(read("packages/deepgram/src/internal/version.ts")).toContain(`"0.2.0"`)
      expect(read("packages/emulator/src/internal/version.ts")).toContain(`"0.2.0"`)
      expect(JSON.parse(read("package-lock.json")).packages["packages/node"].version).toBe("0.2.0")
      expect(await run("git status --short .changeset", at)).toBe(" D .changeset/one.md\n")
      rmSync(dirname(at), { recursive: true })
    },
    timeout
  )
})
