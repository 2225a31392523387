/** `auth.v1.tokens`. */
import { DeepgramApi } from "effect-deepgram/DeepgramApi"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Redacted from "effect/Redacted"
import { randomUUID } from "node:crypto"
import { AccessTokens } from "../state/accessTokens.ts"
import { isRole } from "../state/scopes.ts"
import { forbidden, unacceptable } from "../vendorError.ts"
import { type Account, CurrentAccount } from "./accounts.ts"
import { payloadOf } from "./payload.ts"
import { answering } from "./requestContext.ts"

/** Seconds (inventory 1.6). */
const defaultTtl = 30
const maxTtl = 3600

const grant = Effect.fnUntraced(function*(account: Account, ttl: number) {
  if (ttl < 1 || ttl > maxTtl) return yield* unacceptable("Invalid ttl_seconds.", `It must be from 1 to ${maxTtl}.`)
  const { sign } = yield* AccessTokens
  const iat = (yield* Clock.currentTimeMillis) / 1000
  const token = sign({
    iat,
    exp: iat + ttl,
    jti: randomUUID(),
    project_id: account.projectId,
    api_key_id: account.apiKeyId,
    member_id: account.memberId,
    scopes: ["usage:write"],
    tags: account.tags
  })
  return { access_token: Redacted.make(token), expires_in: ttl }
})

/** The implementation of the group `Tokens`. */
export const layer = HttpApiBuilder.group(
  DeepgramApi,
  "Tokens",
  (handlers) =>
    handlers.handleRaw("grant", (input) =>
      answering(Effect.gen(function*() {
        const account = yield* CurrentAccount
        // Access tokens have no role, so they cannot grant others.
        if (!account.scopes.some(isRole)) return yield* forbidden
        const { ttl_seconds = defaultTtl } = yield* payloadOf(input)
        return yield* grant(account, ttl_seconds)
      })))
)
