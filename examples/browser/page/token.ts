/** How the page proves who calls: by tokens that its server grants. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

/** There is no token to be had; the message says why. */
export class TokenError extends Schema.TaggedError<TokenError>()("TokenError", { message: Schema.String }) {}

const Answer = Schema.Union([
  Schema.Struct({ token: Schema.String }),
  Schema.Struct({ message: Schema.String })
])

const unreachable = () => new TokenError({ message: "the server of this page does not answer" })
const strange = () => new TokenError({ message: "the server of this page answers something else" })

/** Asks for a token that is good for half a minute: long enough to begin one session, which may then last. */
export const fetchToken: Effect.Effect<Redacted.Redacted, TokenError> = Effect.gen(function*() {
  const response = yield* Effect.tryPromise({
    try: (signal) => fetch("/token", { method: "POST", signal }),
    catch: unreachable
  })
  const body: unknown = yield* Effect.tryPromise({ try: () => response.json(), catch: strange })
  const answer = yield* Effect.mapError(Schema.decodeUnknownEffect(Answer)(body), strange)
  return "token" in answer ? Redacted.make(answer.token) : yield* new TokenError(answer)
})
