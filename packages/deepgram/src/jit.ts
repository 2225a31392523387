/**
 * Validation at the speed of code that was written for it: of a long transcript, 1.2 times the time of its `JSON.parse`
 * in all, instead of 2.6 times (`docs/performance.md` of the repository).
 * The client of `@effect-deepgram/node` does this by itself; elsewhere it is up to the program, because it weighs 7 kB
 * and generates code.
 */
import * as Schema from "effect/Schema"
import * as SchemaJITCompiler from "effect/schema/SchemaJITCompiler"
import { compileWith } from "./internal/decode.ts"

/**
 * Compiles what validates Deepgram's answers and messages, each when it is first needed, in a few milliseconds. To be
 * called before the first operation; the schemas of other libraries stay as they are. Where generating code is forbidden,
 * by a content security policy or in Cloudflare's workers, everything goes on as without it.
 *
 * @example
 * ```ts
 * import { enable } from "effect-deepgram/jit"
 *
 * enable()
 * ```
 */
export const enable = (): void => compileWith((schema) => SchemaJITCompiler.enable(Schema.toType(schema).ast))
