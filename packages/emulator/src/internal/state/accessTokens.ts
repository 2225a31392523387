/** Short-lived access tokens: JSON Web Tokens, signed with a secret that no two emulators share. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto"

/** What a token says. Times are seconds since 1970. */
const Claims = Schema.Struct({
  iat: Schema.Finite,
  exp: Schema.Finite,
  jti: Schema.String,
  project_id: Schema.String,
  api_key_id: Schema.String,
  member_id: Schema.String,
  scopes: Schema.Array(Schema.String),
  tags: Schema.Array(Schema.String)
})

/** Makes and checks tokens. */
export class AccessTokens extends Context.Service<AccessTokens, {
  readonly sign: (claims: typeof Claims.Type) => string
  /** What a token of this emulator says, unless it has expired by `now`: milliseconds since 1970. */
  readonly verify: (token: string, now: number) => Option.Option<typeof Claims.Type>
}>()("@effect-deepgram/emulator/AccessTokens") {}

const base64url = (json: unknown): string => Buffer.from(JSON.stringify(json)).toString("base64url")

const decodeClaims = Schema.decodeUnknownOption(Schema.fromJsonString(Claims))

/** Tokens are signed with HMAC-SHA256. Build it afresh: no two emulators share a secret. */
export const layer: Layer.Layer<AccessTokens> = Layer.effect(
  AccessTokens,
  Effect.sync(() => {
    const secret = randomBytes(32)
    const head = base64url({ alg: "HS256", typ: "JWT" })
    const signatureOf = (signed: string) => createHmac("sha256", secret).update(signed).digest("base64url")
    return {
      sign: (claims) => {
        const signed = `${head}.${base64url(claims)}`
        return `${signed}.${signatureOf(signed)}`
      },
      verify: (token, now) => {
        const [, signed = "", payload = "", signature = ""] = /^([^.]*\.([^.]*))\.([^.]*)$/.exec(token) ?? []
        // As text: many texts decode to the same bytes.
        const given = Buffer.from(signature)
        const due = Buffer.from(signatureOf(signed))
        return given.length === due.length && timingSafeEqual(given, due)
          ? Option.filter(decodeClaims(Buffer.from(payload, "base64url").toString()), ({ exp }) => exp * 1000 > now)
          : Option.none()
      }
    }
  })
)
