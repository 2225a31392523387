import { Effect, Result } from "effect"
import type { VendorError } from "../../src/internal/vendorError.ts"

/** The success, or a failed test. */
export const success = <A>(result: Result.Result<A, VendorError>): A => Effect.runSync(Effect.fromResult(result))

/** The code of a refusal, and what it says; a success in its place. */
export const refusal = <A>(result: Result.Result<A, VendorError>): readonly [string, string] | A =>
  Result.isFailure(result) ? [result.failure.err_code, result.failure.err_msg] : result.success
