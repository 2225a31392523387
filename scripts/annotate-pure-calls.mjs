// Marks what modules do when they are loaded as free of effects, in compiled code: schemas, operations and layers that a
// program does not use are then dropped by its bundler. TypeScript writes no such marks.
import { transformFileSync } from "@babel/core"
import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"

/** Writes a file in one step: whoever reads it meanwhile finds the one before, and never half of one. */
const replace = (file, text) => {
  const written = `${file}.${process.pid}`
  writeFileSync(written, text)
  renameSync(written, file)
}

/** Annotates the modules of a folder in place, their source maps included; those that were annotated stay as they are. */
export const annotatePureCalls = (folder) => {
  for (const name of readdirSync(folder, { recursive: true })) {
    if (!name.endsWith(".js")) continue
    const file = `${folder}/${name}`
    const before = JSON.parse(readFileSync(`${file}.map`, "utf8"))
    if (before.x_annotated) continue
    const { code, map } = transformFileSync(file, {
      babelrc: false,
      compact: false,
      configFile: false,
      inputSourceMap: before,
      plugins: ["annotate-pure-calls"],
      sourceMaps: true
    })
    const { names, sources, mappings } = map
    replace(file, `${code}\n`)
    replace(`${file}.map`, JSON.stringify({ ...before, names, sources, mappings, x_annotated: true }))
  }
}
