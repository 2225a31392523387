/** `manage.v1.projects.keys`. */
import { DeepgramApi } from "effect-deepgram/DeepgramApi"
import type { ApiKey, CreateOptions, ProjectKey } from "effect-deepgram/Keys"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { isoOf } from "../iso.ts"
import { addKey, Directory, type Key } from "../state/directory.ts"
import { parseMoment } from "../state/ledgerTime.ts"
import { isScope, permits } from "../state/scopes.ts"
import { forbidden, invalidQueryParameter, notFound, unacceptable } from "../vendorError.ts"
import { type Account, allowed, inProject } from "./accounts.ts"
import { mayGive } from "./membership.ts"
import { payloadOf } from "./payload.ts"
import { answering } from "./requestContext.ts"

const toApiKey = (key: Key): ApiKey => ({
  api_key_id: key.api_key_id,
  comment: key.comment,
  scopes: key.scopes,
  ...(key.tags === undefined ? undefined : { tags: key.tags }),
  created: isoOf(key.created),
  ...(key.expires === undefined ? undefined : { expiration_date: isoOf(key.expires) })
})

const toProjectKey = (key: Key, { members }: Directory["Service"]): ProjectKey => {
  const { scopes: _, ...member } = members.get(key.member_id) ?? { scopes: [] }
  return { member, api_key: toApiKey(key) }
}

/** Who sees all members sees all keys, anybody else those of their own. */
const visibleTo = ({ memberId, scopes }: Account, { keys }: Directory["Service"]): ReadonlyArray<Key> => {
  const all = ["members:read", "admins:read", "owners:read"].every((permission) => permits(scopes, permission))
  return [...keys.values()].filter((key) => all || key.member_id === memberId)
}

const find = Effect.fnUntraced(function*(account: Account, id: string) {
  const key = visibleTo(account, yield* Directory).find((key) => key.api_key_id === id)
  return key ?? (yield* notFound("API key not found."))
})

/** A day, or a moment of it; the parser alone would take remarks in parentheses too. */
const isoDate = /^[\d-]{10}(T[\d:.]+(Z|[+-][\d:]+)?)?$/

const momentOf = (text: string): number | undefined => isoDate.test(text) ? parseMoment(text)?.first : undefined

/** When a key that is made now expires, in milliseconds since 1970. */
const expiryOf = Effect.fnUntraced(function*(options: CreateOptions, now: number) {
  const { expiration_date: date, time_to_live_in_seconds: ttl } = options
  if (date === undefined && ttl === undefined) return undefined
  const expires = date === undefined
    ? Option.getOrUndefined(Option.map(DateTime.make(now + (ttl ?? 0) * 1000), DateTime.toEpochMillis))
    // As it is decoded: text.
    : momentOf(String(date))
  if (expires === undefined) return yield* unacceptable("Invalid expiration.", "It must be a date that there is.")
  return expires > now ? expires : yield* unacceptable("Invalid expiration.", "It must be in the future.")
})

const create = Effect.fnUntraced(function*(account: Account, options: CreateOptions) {
  const { comment, tags } = options
  const scopes = [...new Set(options.scopes)]
  const unknown = scopes.filter((scope) => !isScope(scope))
  if (scopes.length === 0 || unknown.length > 0) {
    return yield* unacceptable(
      "Invalid scopes.",
      unknown.length > 0 ? `There is no scope ${unknown.join(", ")}.` : "A key needs a scope."
    )
  }
  const now = yield* Clock.currentTimeMillis
  const expires = yield* expiryOf(options, now)
  const directory = yield* Directory
  // No key may do more than the one that it was made with.
  if (!mayGive(account, directory, scopes)) return yield* forbidden
  const key = addKey(directory, { member_id: account.memberId, comment, scopes, tags, created: now, expires })
  return { ...toApiKey(key), key: Redacted.make(key.secret) }
})

/** The implementation of the group `Keys`. */
export const layer = HttpApiBuilder.group(DeepgramApi, "Keys", (handlers) =>
  handlers
    .handle("list", ({ params, query: { status } }) =>
      answering(Effect.gen(function*() {
        const account = yield* inProject(params.project_id, "keys:read")
        if (status !== undefined && status !== "active" && status !== "expired") {
          return yield* invalidQueryParameter(
            `unknown variant \`${status}\` of status, expected one of active, expired`
          )
        }
        const directory = yield* Directory
        const now = yield* Clock.currentTimeMillis
        const wanted = ({ expires = Infinity }: Key) =>
          status === undefined || (expires > now) === (status === "active")
        return {
          api_keys: visibleTo(account, directory).filter(wanted).map((key) => toProjectKey(key, directory))
        }
      })))
    .handleRaw("create", (input) =>
      answering(Effect.gen(function*() {
        const account = yield* inProject(input.params.project_id, "keys:write")
        return yield* create(account, (yield* payloadOf(input)) as CreateOptions)
      })))
    .handle("get", ({ params }) =>
      answering(Effect.gen(function*() {
        const account = yield* inProject(params.project_id, "keys:read")
        return toProjectKey(yield* find(account, params.key_id), yield* Directory)
      })))
    .handle("delete", ({ params }) =>
      answering(Effect.gen(function*() {
        const account = yield* inProject(params.project_id, "keys:write")
        const key = yield* find(account, params.key_id)
        // Only owners delete the keys of others (https://developers.deepgram.com/docs/working-with-roles).
        if (key.member_id !== account.memberId) yield* allowed("owners:write")
        const { keys } = yield* Directory
        keys.delete(key.secret)
        return { message: "Successfully deleted the API key." }
      }))))
