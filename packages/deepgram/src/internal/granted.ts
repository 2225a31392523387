/** A token that is minted when it is needed, used as long as it is good, and shared. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberSet from "effect/FiberSet"
import type * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type { Credential } from "../DeepgramAuth.ts"
import type { RequestError } from "../DeepgramError.ts"
import { settle } from "./retry.ts"

/** What a server minted. */
interface Granted {
  readonly access_token: Redacted.Redacted
  /** Seconds. */
  readonly expires_in?: number
}

interface Held {
  readonly credential: Credential
  /** Milliseconds of the clock: from then on another token is asked for. */
  readonly renewAt: number
}

/** A token is replaced when a fifth of its life is left, but not earlier than this many seconds before its end. */
const longestMargin = 30

const usableSeconds = (lifetime: number): number => lifetime - Math.min(lifetime / 5, longestMargin)

/** A token in hand. */
interface Holder {
  /** The token, or another: whoever comes while one is being minted waits for that one. */
  readonly credential: Effect.Effect<Credential, RequestError>
  /** Forgets the token, if it is the one in hand. */
  readonly invalidate: (credential: Credential) => Effect.Effect<void>
}

/**
 * Holds what `grant` mints. That runs in a fiber of the scope, so that the interruption and the options of whoever came
 * first do not reach those who came after. `ttl` is a token's life in seconds, where the answer does not say.
 */
export const hold = Effect.fnUntraced(function*(
  grant: Effect.Effect<Granted, RequestError>,
  ttl: number
): Effect.fn.Return<Holder, never, Scope.Scope> {
  const run = yield* FiberSet.makeRuntime<never, Credential, RequestError>()
  let held: Held | undefined
  let pending: Fiber.Fiber<Credential, RequestError> | undefined

  const renewal = grant.pipe(
    Effect.tapError((error) => Effect.sync(() => settle(error))),
    Effect.flatMap(({ access_token: token, expires_in = ttl }) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const credential: Credential = { _tag: "AccessToken", token }
        held = { credential, renewAt: now + usableSeconds(expires_in) * 1000 }
        return credential
      })
    )
  )

  const renewed = Effect.suspend(() => {
    if (pending !== undefined) return Fiber.join(pending)
    const fiber = run(renewal)
    pending = fiber
    // It may have ended already.
    fiber.addObserver(() => (pending = undefined))
    return Fiber.join(fiber)
  })

  return {
    credential: Effect.flatMap(
      Clock.currentTimeMillis,
      (now) => held !== undefined && now < held.renewAt ? Effect.succeed(held.credential) : renewed
    ),
    invalidate: (credential) =>
      Effect.sync(() => {
        if (held?.credential === credential) held = undefined
      })
  }
})
