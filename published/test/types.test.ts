/** Programs of users type-check, the declarations of the packages included, whatever their compiler and options. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, inject, it } from "vitest"
import { packages } from "../../scripts/packages.mjs"
import { attempt, compilers } from "../support/commands.ts"
import { entryPoints } from "../support/files.ts"

const consumer = inject("consumer")

/** For what hangs, in milliseconds: a compiler takes seconds, and much longer on a busy machine. */
const timeout = 300_000

interface Setting {
  readonly compiler: keyof typeof compilers
  readonly moduleResolution: "nodenext" | "bundler"
  readonly dom: boolean
  readonly node: boolean
  readonly exactOptionalPropertyTypes: boolean
}

const settings: ReadonlyArray<Setting> = [
  {
    compiler: "5.9",
    moduleResolution: "nodenext",
    dom: true,
    node: true,
    exactOptionalPropertyTypes: true
  },
  {
    compiler: "5.9",
    moduleResolution: "bundler",
    dom: false,
    node: true,
    exactOptionalPropertyTypes: false
  },
  {
    compiler: "7",
    moduleResolution: "nodenext",
    dom: true,
    node: true,
    exactOptionalPropertyTypes: false
  },
  {
    compiler: "7",
    moduleResolution: "nodenext",
    dom: false,
    node: true,
    exactOptionalPropertyTypes: true
  },
  {
    compiler: "7",
    moduleResolution: "bundler",
    dom: false,
    node: true,
    exactOptionalPropertyTypes: true
  },
  {
    compiler: "7",
    moduleResolution: "bundler",
    dom: true,
    node: false,
    exactOptionalPropertyTypes: false
  }
]

/** What a program does with the packages: all of their modules, and a use of each. */
const specifiers = packages.flatMap(({ name }) => entryPoints(join(consumer, "node_modules", name), name))
const imports = specifiers.map((specifier, index) => `import * as module${index} from "${specifier}"`)
const program = `${imports.join("\n")}
import { Deepgram, ListenV1, Transcript } from "effect-deepgram"
import * as Effect from "effect/Effect"
import type { Layer, Stream } from "effect"

export const modules = [${specifiers.map((_, index) => `module${index}`).join(", ")}]

export const text: Effect.Effect<string, { readonly _tag: string }> = ListenV1.transcribeUrl("https://dpgr.am/spacewalk.wav", {
  model: "nova-3",
  smart_format: true
}).pipe(Effect.map((transcription) => Transcript.toText(transcription)), Effect.provide(Deepgram.layerConfig()))

export const live = (audio: Stream.Stream<Uint8Array>): Stream.Stream<ListenV1.ServerMessage, unknown, Deepgram.Deepgram> =>
  audio.pipe(ListenV1.transcribeStream({ model: "nova-3" }))

export const layer: Layer.Layer<Deepgram.Deepgram, unknown> = Deepgram.layerConfig()

// @ts-expect-error: the model is missing.
export const wrong = ListenV1.transcribeUrl("https://dpgr.am/spacewalk.wav", {})
`

/**
 * Effect's own: it names a type of the DOM that the types of Node do not have. Everything else of the DOM that Effect and
 * the packages name, the types of Node have too.
 */
const ofEffect =
  /^node_modules\/effect\/dist\/crypto\/KeyFormat\.d\.ts\(\d+,\d+\): error TS2304: Cannot find name 'JsonWebKey'\.$/

const check = async (setting: Setting): Promise<ReadonlyArray<string>> => {
  const folder = mkdtempSync(join(consumer, "types-"))
  try {
    writeFileSync(join(folder, "program.ts"), program)
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: {
          noEmit: true,
          strict: true,
          skipLibCheck: false,
          target: "es2022",
          module: setting.moduleResolution === "nodenext" ? "nodenext" : "esnext",
          moduleResolution: setting.moduleResolution,
          lib: ["es2024", ...(setting.dom ? ["dom", "dom.iterable", "dom.asynciterable"] : [])],
          types: setting.node ? ["node"] : [],
          exactOptionalPropertyTypes: setting.exactOptionalPropertyTypes,
          noUncheckedIndexedAccess: setting.exactOptionalPropertyTypes,
          noPropertyAccessFromIndexSignature: setting.exactOptionalPropertyTypes
        },
        files: ["program.ts"]
      })
    )
    const { code, output } = await attempt(
      ["node", compilers[setting.compiler], "--pretty", "false", "-p", folder],
      consumer
    )
    const errors = output.split("\n").filter((line) => line !== "")
    expect(code === 0).toBe(errors.length === 0)
    return errors
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe("with skipLibCheck: false", () => {
  for (const setting of settings) {
    const { compiler, dom, exactOptionalPropertyTypes, moduleResolution, node } = setting
    const types = [dom ? "DOM" : "", node ? "Node" : ""].filter((name) => name !== "").join(" and ")
    const exact = exactOptionalPropertyTypes ? "exact" : "inexact"
    it(`TypeScript ${compiler} takes them: ${moduleResolution}, types of ${types}, ${exact} options`, async () => {
      const errors = await check(setting)
      expect(dom ? errors : errors.filter((error) => !ofEffect.test(error))).toStrictEqual([])
    }, timeout)
  }
})
