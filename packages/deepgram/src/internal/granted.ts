/** A token that is minted when it is needed, used as long as it is good, and shared. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberSet from "effect/FiberSet"
import type * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type { Credential } from "../DeepgramAuth.ts"
import type { RequestError } from "../DeepgramError.ts"
import { CurrentCallOptions, CurrentResponseObserver } from "./options.ts"
import { settle } from "./retry.ts"

/** What a server minted. */
interface Granted {
  readonly access_token: Redacted.Redacted
  /** Seconds. */
  readonly expires_in?: number
}

/** Times are milliseconds of the clock. */
interface Held {
  readonly credential: Credential
  /** When it was asked for: its life began then or later. */
  readonly askedAt: number
  /** From then on another token is asked for. */
  readonly renewAt: number
  readonly expiresAt: number
}

/** A token is replaced when a fifth of its life is left, but not earlier than this many seconds before its end. */
const longestMargin = 30

/** After a renewal that failed, a token that is still good serves alone for this many milliseconds. */
const pauseMillis = 5000

const usableSeconds = (lifetime: number): number => lifetime - Math.min(lifetime / 5, longestMargin)

/** A token in hand. */
interface Holder {
  /** The token, or another: whoever comes while one is being minted waits for that one. */
  readonly credential: Effect.Effect<Credential, RequestError>
  /** Forgets the token, if it is the one in hand. */
  readonly invalidate: (credential: Credential) => Effect.Effect<void>
}

/**
 * Holds what `grant` mints. That runs in a fiber of the scope, without options and observer, so that neither those of
 * whoever builds the layer reach it, nor those and the interruption of whoever comes first. `ttl` is a token's life in
 * seconds, where the answer does not say.
 */
export const hold = Effect.fnUntraced(function*(
  grant: Effect.Effect<Granted, RequestError>,
  ttl: number
): Effect.fn.Return<Holder, never, Scope.Scope> {
  const run = yield* FiberSet.makeRuntime<never, Credential, RequestError>()
  let held: Held | undefined
  let pending: Fiber.Fiber<Credential, RequestError> | undefined

  /** The token, while it is good. A clock that was set back says nothing of its age. */
  const good = (now: number): Held | undefined =>
    held !== undefined && now >= held.askedAt && now < held.expiresAt ? held : undefined

  const renewal = Effect.flatMap(
    Clock.currentTimeMillis,
    (askedAt) =>
      Effect.map(grant, ({ access_token: token, expires_in = 0 }) => {
        const life = expires_in > 0 ? expires_in : ttl
        const credential: Credential = { _tag: "AccessToken", token }
        held = { credential, askedAt, renewAt: askedAt + usableSeconds(life) * 1000, expiresAt: askedAt + life * 1000 }
        return credential
      })
  ).pipe(
    Effect.catch((error) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const old = good(now)
        if (old === undefined) {
          settle(error)
          return Effect.fail(error)
        }
        held = { ...old, renewAt: now + pauseMillis }
        return Effect.succeed(old.credential)
      })
    ),
    Effect.provideService(CurrentCallOptions, {}),
    Effect.provideService(CurrentResponseObserver, undefined)
  )

  const renewed = Effect.suspend(() => {
    if (pending !== undefined) return Fiber.join(pending)
    const fiber = run(renewal)
    pending = fiber
    // It may have ended already.
    fiber.addObserver(() => (pending = undefined))
    return Fiber.join(fiber)
  })

  /** For half of what it has left, a token waits for the next one; then it serves, though another is on its way. */
  const renewedInTime = (old: Held, now: number) =>
    Effect.timeoutOrElse(renewed, {
      duration: (old.expiresAt - now) / 2,
      orElse: () => held === old ? Effect.succeed(old.credential) : renewed
    })

  return {
    credential: Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const current = good(now)
      if (current === undefined) return renewed
      return now < current.renewAt ? Effect.succeed(current.credential) : renewedInTime(current, now)
    }),
    invalidate: (credential) =>
      Effect.sync(() => {
        if (held?.credential === credential) held = undefined
      })
  }
})
