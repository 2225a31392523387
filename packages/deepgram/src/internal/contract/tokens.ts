/** `auth.v1.tokens`: short-lived access tokens. */
import * as Schema from "effect/Schema"
import * as Endpoint from "./endpoint.ts"

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

export const grant = Endpoint.post("grant", "/v1/auth/grant", {
  payload: [Schema.Struct({ ttl_seconds: Schema.optional(Schema.Finite) })],
  success: [GrantedToken]
})
