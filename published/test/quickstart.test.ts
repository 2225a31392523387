/** What the READMEs tell newcomers to do works, in an empty folder, with npm and Node alone. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { packages } from "../../scripts/packages.mjs"
import { type Command, compilers, emptyFolder, installable, quickly, root, run, tarball } from "../support/commands.ts"

/** For what hangs, in milliseconds: the registry may be slow. */
const timeout = 300_000

const recording = join(root, "examples/audio/announcement.wav")

const fencesOf = (readme: string, language: string): ReadonlyArray<string> =>
  Array.from(
    readFileSync(join(root, readme), "utf8").matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "gm")),
    ([, code = ""]) => code
  )

const first = (readme: string, language: string): string => {
  const [code] = fencesOf(readme, language)
  if (code === undefined) throw new Error(`${readme} has no example`)
  return code
}

const installation = (line: string): Command => {
  const [program = "", ...words] = line.replace(/#.*/, "").trimEnd().split(" ")
  return [program, ...words.map(installable), ...quickly]
}

/** The commands that install, with the tarballs in place of what is not on the registry yet. */
const installations = (readme: string): ReadonlyArray<Command> =>
  first(readme, "sh").split("\n").filter((line) => line !== "").map(installation)

/** Installs as a README says, and gives the folder. */
const install = async (readme: string): Promise<string> => {
  const folder = await emptyFolder()
  // What `npm init` makes of "type": a module.
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "newcomer", private: true, type: "module" }))
  for (const command of installations(readme)) {
    expect(command.join(" ")).toMatch(/^npm install .*\.tgz/)
    await run(command, folder)
  }
  return folder
}

/** Runs the effect that a README's first example exports, on Node, which strips the types itself. */
const runExample = async (folder: string, code: string, env: NodeJS.ProcessEnv = {}): Promise<string> => {
  writeFileSync(join(folder, "example.ts"), code)
  writeFileSync(
    join(folder, "main.ts"),
    `import { Effect } from "effect"
import { program } from "./example.ts"

console.log(JSON.stringify(await Effect.runPromise(program)))
`
  )
  return run(["node", "main.ts"], folder, { NODE_OPTIONS: "", ...env })
}

describe("the first example", () => {
  let folder = ""
  let stop = (): void => undefined
  const address: NodeJS.ProcessEnv = {}

  beforeAll(async () => {
    folder = await install("README.md")
    const child = spawn("npx deepgram-emulator --port 0 --key newcomer --log json", {
      cwd: folder,
      shell: true,
      detached: true,
      stdio: ["ignore", "pipe", "ignore"]
    })
    const ended = once(child, "close")
    stop = () => child.pid !== undefined && process.kill(-child.pid, "SIGTERM")
    const [line] = await Promise.race([once(createInterface(child.stdout), "line"), ended])
    address.DEEPGRAM_BASE_URL = JSON.parse(String(line)).url
    address.DEEPGRAM_API_KEY = "newcomer"
  }, timeout)

  afterAll(() => {
    stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it("of the README runs, against the emulator that npx starts", async () => {
    const server = createServer((_, response) => response.end(readFileSync(recording))).listen(0, "127.0.0.1")
    await once(server, "listening")
    const { port } = server.address() as AddressInfo
    const example = first("README.md", "ts")
    // The one thing that is not the reader's: the recording is at this machine.
    const here = example.replace("https://dpgr.am/spacewalk.wav", `http://127.0.0.1:${port}/announcement.wav`)
    expect(here).not.toBe(example)
    const output = await runExample(folder, here, address)
    server.close()
    expect(output).toContain("Welcome to the museum of flight.")
  })

  it("of the package for Node runs", async () => {
    copyFileSync(recording, join(folder, "call.wav"))
    expect(await runExample(folder, first("packages/node/README.md", "ts"), address)).toContain(
      "Welcome to the museum of flight."
    )
  })

  it("of the emulator's README runs, and answers what it says", async () => {
    const example = first("packages/emulator/README.md", "ts")
    const [, promised = ""] = /^\/\/ => (.*)$/m.exec(example) ?? []
    expect(JSON.parse(await runExample(folder, example))).toStrictEqual(JSON.parse(promised))
  })

  it.each(["5.9", "7"] as const)("of each type-checks with TypeScript %s", async (version) => {
    const readmes = ["README.md", ...packages.map((one) => `packages/${one.folder}/README.md`)]
    const files = readmes.map((readme, index) => {
      writeFileSync(join(folder, `readme${index}.ts`), first(readme, "ts"))
      return `readme${index}.ts`
    })
    const options = "--noEmit --strict --skipLibCheck false --target es2022 --module nodenext --types node".split(" ")
    expect(await run(["node", compilers[version], ...options, ...files], folder)).toBe("")
  }, timeout)

  it("is installed in good order", async () => {
    const tree: { readonly problems?: unknown } = JSON.parse(await run(["npm", "ls", "--all", "--json"], folder))
    expect(tree.problems).toBeUndefined()
  })
})

for (const { folder, name } of packages) {
  it(`${name} alone is installed as its README says`, async () => {
    const [[program, ...args] = [""]] = installations(`packages/${folder}/README.md`)
    expect(args).toContain(tarball(folder))
    const at = await emptyFolder()
    try {
      await run([program, ...args, "--dry-run"], at)
    } finally {
      rmSync(at, { recursive: true })
    }
  }, timeout)
}
