/** Programs as bundlers make them for browsers and workers, of the packages that a consumer has installed. */
import { build, type BuildOptions, type Metafile, type Plugin } from "esbuild"

export interface BundleOptions {
  /** The folder of a program that has installed the packages. */
  readonly consumer: string
  /** A file, or the text of a module. */
  readonly entry: { readonly path: string } | { readonly code: string }
  /** Default `false`. */
  readonly minify?: boolean
}

export interface Bundle {
  /** An ES module. */
  readonly code: string
  /** What is in it, how many bytes each module has, and what it imports. Paths begin at the consumer. */
  readonly metafile: Metafile
}

/** Files of this repository get their packages from the consumer, too: its own would be the sources. */
const packagesOf = (consumer: string): Plugin => ({
  name: "packages of the consumer",
  setup: ({ onResolve, resolve }) =>
    onResolve(
      { filter: /^[^./]/ },
      ({ kind, path, pluginData }) =>
        pluginData === "resolved" ? undefined : resolve(path, { kind, resolveDir: consumer, pluginData: "resolved" })
    )
})

const optionsFor = (consumer: string) => ({
  absWorkingDir: consumer,
  bundle: true,
  format: "esm",
  platform: "browser",
  target: "es2022",
  metafile: true,
  write: false,
  logLevel: "silent",
  // Those of this repository are not the consumer's.
  tsconfigRaw: {},
  plugins: [packagesOf(consumer)]
} as const satisfies BuildOptions)

/** Bundles for browsers. What is not there, like the modules of Node, is an error. */
export const bundle = async ({ consumer, entry, minify = false }: BundleOptions): Promise<Bundle> => {
  const { metafile, outputFiles } = await build({
    ...optionsFor(consumer),
    ...("path" in entry
      ? { entryPoints: [entry.path] }
      : { stdin: { contents: entry.code, resolveDir: consumer, sourcefile: "entry.js" } }),
    minify
  })
  return { code: outputFiles[0]?.text ?? "", metafile }
}

/** Bundles each of several modules alone, by the names that programs import. */
export const bundleEach = async (
  consumer: string,
  names: ReadonlyArray<string>
): Promise<{ readonly codes: ReadonlyArray<string>; readonly metafile: Metafile }> => {
  const { metafile, outputFiles } = await build({
    ...optionsFor(consumer),
    entryPoints: names.map((name, index) => ({ in: name, out: String(index) })),
    outdir: "bundles",
    minify: true
  })
  return { codes: outputFiles.map(({ text }) => text), metafile }
}
