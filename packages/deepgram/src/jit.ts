/**
 * Validation at the speed of code that was written for it: reading a long transcript takes a tenth longer than its
 * `JSON.parse`, instead of a third longer (`docs/performance.md` of the repository).
 * The client of `@effect-deepgram/node` does this by itself; elsewhere it is up to the program, because it generates
 * code.
 */
import { compileWith } from "./internal/decode.ts"
import { compiledGuard } from "./internal/guardCode.ts"

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
export const enable = (): void => compileWith(compiledGuard)
