/** The program of a user: a folder of its own, in which the packed packages are installed. */
import { rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { TestProject } from "vitest/node"
import { packages } from "../../scripts/packages.mjs"
import { emptyFolder, installable, quickly, run } from "./commands.ts"

declare module "vitest" {
  interface ProvidedContext {
    /** The folder of a program that has installed the packed packages. */
    readonly consumer: string
    /** Why there is none. */
    readonly failure: string
  }
}

/** Installs the packed packages like a user would, and gives the folder; nothing is left of it if that fails. */
export const installConsumer = async (): Promise<string> => {
  const folder = await emptyFolder()
  try {
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }))
    const names = ["effect", "@effect/platform-node", ...packages.map(({ name }) => name)]
    await run(["npm", "install", ...quickly, ...names.map(installable)], folder)
    return folder
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

/**
 * Provides a project with a consumer, and gives what removes it. If there can be none, each test file of the project
 * fails and says why: tests of other projects have nothing to do with it.
 */
export const provideConsumer = async (
  project: TestProject,
  consumer: () => Promise<string>
): Promise<() => void> => {
  try {
    const folder = await consumer()
    project.provide("consumer", folder)
    return () => rmSync(folder, { recursive: true, force: true })
  } catch (error) {
    project.provide("failure", error instanceof Error ? error.message : String(error))
    project.config.setupFiles.push(fileURLToPath(new URL("noConsumer.ts", import.meta.url)))
    return () => undefined
  }
}
