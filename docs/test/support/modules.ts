/** The modules that are made of examples, in a folder that git ignores. */
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, resolve } from "node:path"
import { root } from "./repository.ts"

export const folder = "docs/.generated"

/** As they are written, for the compiler (`types`), or with their assertions, to be run (`run`). */
export type Kind = "types" | "run"

export const pathOf = (kind: Kind, name: string): string => resolve(root, folder, kind, `${name}.ts`)

/** Leaves a file that is as it should be alone: a watching test runner would otherwise go on for ever. */
export const write = (path: string, text: string): void => {
  if (existsSync(path) && readFileSync(path, "utf8") === text) return
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

/** Removes the modules of examples that are no more. */
export const removeOthers = (kind: Kind, names: ReadonlySet<string>): void => {
  for (const file of globSync("*.ts", { cwd: resolve(root, folder, kind) })) {
    if (!names.has(file.slice(0, -".ts".length))) rmSync(resolve(root, folder, kind, file))
  }
}
