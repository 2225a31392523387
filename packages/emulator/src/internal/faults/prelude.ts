/** What comes before a call is answered: a wait, and perhaps another answer than its own. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { header, queryParameter } from "../../Faults.ts"
import { Accounts } from "../server/accounts.ts"
import { credentialOf } from "../server/socketHandshake.ts"
import { AccessTokens } from "../state/accessTokens.ts"
import { badRequest, invalidCredentials } from "../vendorError.ts"
import { type Reply, replyOf, replyOfError } from "./answers.ts"
import type { Injection } from "./injection.ts"
import { type Injector, millis } from "./injector.ts"

type Ongoing = Injector["Service"]["ongoing"]

/** What the wishes of a call are refused with that are no faults. */
const mistaken = ({ exchange: { asked, request }, mistake }: Injection) =>
  badRequest(`Invalid '${request.headers[header] === asked ? header : queryParameter}': ${mistake}`)

const late = (injection: Injection): Effect.Effect<void> =>
  Effect.forEach(injection.of("Latency"), (happening) => {
    const { delay, each = "call", jitter = 0 } = happening.fault
    if (each === "frame") return Effect.void
    injection.happened(happening)
    return Effect.sleep(millis(delay) + happening.draw(0) * millis(jitter))
  }, { discard: true })

/** Without a scheme that is known, it is no token. */
const bearer = /^bearer\s+(.+)$/i

const expired = Effect.fnUntraced(function*(injection: Injection) {
  const { verify } = yield* AccessTokens
  const now = yield* Clock.currentTimeMillis
  const [, token] = bearer.exec(credentialOf(injection.exchange.request).authorization?.trim() ?? "") ?? []
  if (token === undefined) return undefined
  const claims = verify(token, now)
  const first = injection.of("ExpireTokens").find(({ fault: { after = 0 } }) =>
    Option.exists(claims, ({ iat }) => iat * 1000 + millis(after) <= now)
  )
  if (first === undefined) return undefined
  injection.happened(first)
  return replyOfError(invalidCredentials, injection.exchange.requestId)
})

/** Those whose credential is not accepted are of no project; they are refused anyway. */
const crowded = Effect.fnUntraced(function*(injection: Injection, ongoing: Ongoing) {
  const limits = injection.of("Concurrency")
  if (limits.length === 0) return undefined
  const { authenticate } = yield* Accounts
  const { exchange: { request, requestId }, held } = injection
  const account = yield* Effect.option(authenticate(credentialOf(request).authorization))
  if (Option.isNone(account)) return undefined
  const keyOf = (key: string) => `${key} ${account.value.projectId}`
  const count = (key: string) => ongoing.get(keyOf(key)) ?? 0
  const full = limits.find(({ fault, key }) => count(key) >= fault.most)
  if (full !== undefined) {
    injection.happened(full)
    const { retryAfter } = full.fault
    const limited = retryAfter === undefined ? undefined : { retryAfter }
    return replyOf({ type: "Answer", status: 429, ...limited }, requestId, yield* Clock.currentTimeMillis)
  }
  for (const { key } of limits) {
    ongoing.set(keyOf(key), count(key) + 1)
    held.push(() => {
      ongoing.set(keyOf(key), count(key) - 1)
    })
  }
  return undefined
})

const instead = Effect.fnUntraced(function*(injection: Injection) {
  const [answer] = injection.of("Answer")
  if (answer === undefined) return undefined
  injection.happened(answer)
  return replyOf(answer.fault, injection.exchange.requestId, yield* Clock.currentTimeMillis)
})

/** Whether there is anything of it. */
export const isPreluded = ({ mistake, of }: Injection): boolean =>
  mistake !== undefined || of("Latency", "ExpireTokens", "Concurrency", "Answer").length > 0

/** Waits as long as the answer is late; then says what is answered instead, if anything is. */
export const prelude = Effect.fnUntraced(
  function*(
    injection: Injection,
    ongoing: Ongoing
  ): Effect.fn.Return<Reply | undefined, never, Accounts | AccessTokens> {
    if (injection.mistake !== undefined) return replyOfError(mistaken(injection), injection.exchange.requestId)
    yield* late(injection)
    return (yield* expired(injection)) ?? (yield* crowded(injection, ongoing)) ?? (yield* instead(injection))
  }
)
