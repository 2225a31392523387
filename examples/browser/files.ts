/** What the browser is sent: made when the server starts, and kept in memory. */
import { Effect, Schema } from "effect"
import { build } from "esbuild"
import { readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"

/** The page cannot be made; the message says what Node or esbuild says. */
export class PageError extends Schema.TaggedError<PageError>()("PageError", { message: Schema.String }) {}

const pathOf = (name: string): string => fileURLToPath(new URL(`page/${name}`, import.meta.url))

const failed = (error: unknown) => new PageError({ message: error instanceof Error ? error.message : String(error) })

/** A file of the page as it is. */
export const text = (name: string): Effect.Effect<string, PageError> =>
  Effect.tryPromise({ try: (signal) => readFile(pathOf(name), { encoding: "utf8", signal }), catch: failed })

/** A script with everything that it imports, for browsers: an import of Node's would fail here. */
export const script = Effect.fnUntraced(function*(name: string): Effect.fn.Return<string, PageError> {
  const { outputFiles: [file] } = yield* Effect.tryPromise({
    try: () =>
      build({
        entryPoints: [pathOf(name)],
        bundle: true,
        write: false,
        minify: true,
        format: "esm",
        platform: "browser",
        target: "es2022",
        // In this repository packages resolve to each other's sources.
        conditions: ["@effect-deepgram/source"],
        logLevel: "silent"
      }),
    catch: failed
  })
  return file === undefined ? yield* failed(`nothing came of ${name}`) : file.text
})
