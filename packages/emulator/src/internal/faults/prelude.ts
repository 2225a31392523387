/** What comes before a call is answered: a wait, and perhaps another answer than its own. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { type Concurrency, type ExpireTokens, header, queryParameter } from "../../Faults.ts"
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

const expired = Effect.fnUntraced(function*({ exchange }: Injection, { after = 0 }: ExpireTokens) {
  const { verify } = yield* AccessTokens
  const now = yield* Clock.currentTimeMillis
  const [, token] = bearer.exec(credentialOf(exchange.request).authorization?.trim() ?? "") ?? []
  if (token === undefined) return undefined
  const isOver = Option.exists(verify(token, now), ({ iat }) => iat * 1000 + millis(after) <= now)
  return isOver ? replyOfError(invalidCredentials, exchange.requestId) : undefined
})

/** Those whose credential is not accepted are of no project; they are refused anyway. */
const crowded = Effect.fnUntraced(function*(
  { exchange: { request, requestId }, held }: Injection,
  { most, retryAfter }: Concurrency,
  { key, ongoing }: { readonly key: string; readonly ongoing: Ongoing }
) {
  const { authenticate } = yield* Accounts
  const account = yield* Effect.option(authenticate(credentialOf(request).authorization))
  if (Option.isNone(account)) return undefined
  const place = `${key} ${account.value.projectId}`
  const count = () => ongoing.get(place) ?? 0
  if (count() >= most) {
    const limited = retryAfter === undefined ? undefined : { retryAfter }
    return replyOf({ type: "Answer", status: 429, ...limited }, requestId, yield* Clock.currentTimeMillis)
  }
  ongoing.set(place, count() + 1)
  held.push(() => {
    if (count() > 1) ongoing.set(place, count() - 1)
    else ongoing.delete(place)
  })
  return undefined
})

/** What the first of the plan answers that answers anything. */
const instead = Effect.fnUntraced(function*(injection: Injection, ongoing: Ongoing) {
  for (const happening of injection.of("ExpireTokens", "Concurrency", "Answer")) {
    const { fault, key } = happening
    const reply = fault.type === "ExpireTokens"
      ? yield* expired(injection, fault)
      : fault.type === "Concurrency"
      ? yield* crowded(injection, fault, { key, ongoing })
      : replyOf(fault, injection.exchange.requestId, yield* Clock.currentTimeMillis)
    if (reply === undefined) continue
    injection.happened(happening)
    return reply
  }
  return undefined
})

/** Whether there is anything of it. */
export const isPreluded = ({ mistake, of }: Injection): boolean =>
  mistake !== undefined || of("Latency", "ExpireTokens", "Concurrency", "Answer").length > 0

/** What is answered instead, if anything is; waits as long as it is late. A call has its place while it waits. */
export const prelude = Effect.fnUntraced(
  function*(
    injection: Injection,
    ongoing: Ongoing
  ): Effect.fn.Return<Reply | undefined, never, Accounts | AccessTokens> {
    if (injection.mistake !== undefined) return replyOfError(mistaken(injection), injection.exchange.requestId)
    const reply = yield* instead(injection, ongoing)
    yield* late(injection)
    return reply
  }
)
