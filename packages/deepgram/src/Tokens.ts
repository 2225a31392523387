/**
 * `auth.v1.tokens`: short-lived access tokens, for those who must not have an API key, such as browsers.
 *
 * @see https://developers.deepgram.com/guides/fundamentals/token-based-authentication
 */
import * as Effect from "effect/Effect"
import type { Deepgram } from "./Deepgram.ts"
import { BadRequest, type RequestError } from "./DeepgramError.ts"
import * as Contract from "./internal/contract/tokens.ts"
import { refusedOptions } from "./internal/encode.ts"
import { refused } from "./internal/errors.ts"
import { isJson, withSecret } from "./internal/normalize.ts"
import { jsonOperation } from "./internal/operation.ts"

export { GrantedToken } from "./internal/contract/tokens.ts"

/** How long a token lives. */
export interface GrantOptions {
  /** Seconds, 1 to 3600. Default 30. */
  readonly ttl_seconds?: number | undefined
}

const send = jsonOperation(Contract.grant, Contract.GrantedToken, withSecret("access_token"))

/**
 * Mints an access token. It is good for speech and text, but not for management, nor for minting others. It is looked at
 * when a request or a connection begins: what has begun goes on after it has expired.
 *
 * Needs an API key with the role of a member or higher: fails with `PermissionDenied` otherwise. A lifetime outside of
 * 1 to 3600 seconds is a `BadRequest` that is not sent. For a client that mints its own tokens see
 * `DeepgramAuth.layerGranted`.
 *
 * @see https://developers.deepgram.com/reference/auth/tokens/grant
 *
 * @example
 * ```ts
 * import { Effect, Redacted } from "effect"
 * import { Tokens } from "effect-deepgram"
 *
 * // What a server answers to its own front end.
 * export const forBrowser = Tokens.grant({ ttl_seconds: 60 }).pipe(
 *   Effect.map(({ access_token, expires_in }) => ({ token: Redacted.value(access_token), expires_in }))
 * )
 * ```
 */
export const grant: (options?: GrantOptions) => Effect.Effect<Contract.GrantedToken, RequestError, Deepgram> = Effect
  .fn("Tokens.grant")(function*(options: GrantOptions = {}) {
    if (!isJson(options as unknown)) return yield* refusedOptions("Tokens.grant")
    const { ttl_seconds: ttl } = options
    if (ttl !== undefined && !(ttl >= Contract.minTtl && ttl <= Contract.maxTtl)) {
      return yield* refused(
        BadRequest,
        "Tokens.grant",
        `ttl_seconds must be ${Contract.minTtl} to ${Contract.maxTtl}, not ${ttl}`
      )
    }
    return yield* send<never, never>("Tokens.grant", { body: { json: options } })
  })
