/** Type-checks all examples at once, under the options of the repository, and says where each error is written. */
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Context, Effect, Layer } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import { resolve } from "node:path"
import { execPath } from "node:process"
import { type Block, origin } from "./blocks.ts"
import { folder, pathOf, removeOthers, write } from "./modules.ts"
import { root } from "./repository.ts"

export interface Diagnostic {
  /** From the root of the repository; empty when the error has no place. */
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  readonly message: string
}

const placed = /^(.+?)\((\d+),(\d+)\): (error TS\d+: .*)$/

/** What the compiler printed; lines that continue a message are indented. */
export const parseDiagnostics = (output: string): Array<Diagnostic> => {
  const found: Array<Diagnostic> = []
  for (const line of output.split(/\r?\n/)) {
    const last = found.at(-1)
    const [, file, row, column, message] = placed.exec(line) ?? []
    if (file !== undefined && message !== undefined) {
      found.push({ file: file.replaceAll("\\", "/"), line: Number(row), column: Number(column), message })
    } else if (/^\s/.test(line) && last !== undefined) {
      found[found.length - 1] = { ...last, message: `${last.message}\n${line}` }
    } else if (line.trim() !== "") {
      found.push({ file: "", line: 0, column: 0, message: line })
    }
  }
  return found
}

const tsconfig = {
  extends: "../../tsconfig.base.json",
  include: ["types"],
  compilerOptions: {
    noEmit: true,
    composite: false,
    incremental: false,
    types: ["node"]
  }
}

/** What the compiler says of the examples. */
export class Compiler extends Context.Service<Compiler, {
  /** The errors of an example, where they are in the document. */
  readonly errorsOf: (block: Block) => ReadonlyArray<string>
  /** The errors that are in no example. */
  readonly otherErrors: ReadonlyArray<string>
}>()("docs/Compiler") {}

const print = (place: string, { message }: Diagnostic): string => `${place} ${message}`

/** Writes the modules and runs the compiler once. */
export const layer = (blocks: ReadonlyArray<Block>): Layer.Layer<Compiler> =>
  Layer.effect(
    Compiler,
    Effect.gen(function*() {
      write(resolve(root, folder, "tsconfig.json"), JSON.stringify(tsconfig))
      removeOthers("types", new Set(blocks.map(({ name }) => name)))
      for (const { name, text } of blocks) write(pathOf("types", name), text)
      const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
      const output = yield* spawner.string(
        ChildProcess.make(execPath, ["node_modules/typescript/bin/tsc", "--pretty", "false", "-p", folder], {
          cwd: root
        }),
        { includeStderr: true }
      )
      const diagnostics = parseDiagnostics(output)
      const fileOf = (block: Block) => `${folder}/types/${block.name}.ts`
      const examples = new Set(blocks.map(fileOf))
      return {
        errorsOf: (block) =>
          diagnostics.filter(({ file }) => file === fileOf(block)).map((diagnostic) =>
            print(`${origin(block, diagnostic.line)}:${diagnostic.column + block.indent}`, diagnostic)
          ),
        otherErrors: diagnostics.filter(({ file }) => !examples.has(file)).map((diagnostic) =>
          print(`${diagnostic.file}:${diagnostic.line}:${diagnostic.column}`, diagnostic)
        )
      }
    })
  ).pipe(Layer.provide(NodeServices.layer), Layer.orDie)
