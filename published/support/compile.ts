/** What runs in a consumer of the packages is compiled into its folder; the packages are those that it has installed. */
import { Effect } from "effect"
import { build } from "esbuild"
import { mkdtempSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { inject } from "vitest"

/** Compiles a file of `runners/` with what it imports of ours, and says where it is. Packages stay imports. */
export const compile = (name: string): Effect.Effect<string> =>
  Effect.promise(async () => {
    const folder = mkdtempSync(join(inject("consumer"), "compiled-"))
    await build({
      entryPoints: [fileURLToPath(new URL(`../runners/${name}.ts`, import.meta.url))],
      bundle: true,
      packages: "external",
      format: "esm",
      platform: "neutral",
      target: "es2022",
      outdir: folder,
      logLevel: "silent"
    })
    return join(folder, `${name}.js`)
  })
