/** What is in a package, as it is installed. */
import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"

/** The files below a folder, by their paths from there; nothing that was installed for it. */
export const filesOf = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => !name.startsWith("node_modules") && statSync(join(folder, name)).isFile())
    .toSorted()

interface Manifest {
  readonly version: string
  readonly sideEffects: ReadonlyArray<string>
  readonly exports: Readonly<Record<string, null | string | Readonly<Record<string, string>>>>
  readonly bin?: Readonly<Record<string, string>>
}

export const manifestOf = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))

/** What a changelog says of a version; nothing when it does not have it. */
export const entryOf = (changelog: string, version: string): string =>
  changelog.split(/^## /m).find((entry) => entry.startsWith(`${version}\n`))?.slice(version.length) ?? ""

/** The modules that can be imported from an installed package, by what programs write. */
export const entryPoints = (folder: string, name: string): ReadonlyArray<string> => {
  const { exports } = manifestOf(folder)
  return filesOf(join(folder, "dist"))
    .filter((file) => /^[^/]+\.d\.ts$/.test(file))
    .map((file) => file.slice(0, -".d.ts".length))
    .filter((module) => exports[`./${module}`] !== null || module === "index")
    .map((module) => (module === "index" ? name : `${name}/${module}`))
}
