/** `auth.v1.tokens`: short-lived access tokens. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as Schema from "effect/Schema"

/** A short-lived access token. */
export class GrantedToken extends Schema.Opaque<GrantedToken>()(Schema.Struct({
  /** A JSON Web Token, sent as `Authorization: Bearer …`. */
  access_token: Schema.RedactedFromValue(Schema.String),
  /** Seconds until it expires. */
  expires_in: Schema.optionalKey(Schema.Finite)
})) {}

/** Shortest life of a token, in seconds. */
export const minTtl = 1

/** Longest life of a token, in seconds. */
export const maxTtl = 3600

export const grant = HttpApiEndpoint.post("grant", "/v1/auth/grant", {
  payload: Schema.Struct({ ttl_seconds: Schema.optional(Schema.Finite) }),
  success: GrantedToken
})

export const group = HttpApiGroup.make("Tokens").add(grant)
