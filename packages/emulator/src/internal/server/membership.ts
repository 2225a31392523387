/**
 * Who may change what about members and invitations. The permissions are named after the role of whom they concern, and
 * a project never loses its last owner: as in Deepgram's console.
 */
import * as Effect from "effect/Effect"
import { Directory, dismiss, isLastOwner, type Member } from "../state/directory.ts"
import { isRole, permits, roleNames, roleOf } from "../state/scopes.ts"
import { conflict, forbidden, notFound, type VendorError } from "../vendorError.ts"
import { type Account, allowed, CurrentAccount } from "./accounts.ts"

type Action = "read:scopes" | "write:scopes" | "write:kick" | "write:invites"

/** Fails with 403 unless the credential may do something to those who have these scopes. */
export const allowedTo = (
  action: Action,
  scopes: ReadonlyArray<string>
): Effect.Effect<void, VendorError, CurrentAccount> => allowed(`${roleOf(scopes)}s:${action}`)

/**
 * Fails with 403 unless the credential may do something to those of some role: whoever may not do it to anybody does not
 * get to know who there is.
 */
export const allowedToSome = (action: Action): Effect.Effect<void, VendorError, CurrentAccount> =>
  Effect.flatMap(
    CurrentAccount,
    ({ scopes }) =>
      roleNames.some((role) => permits(scopes, `${role}s:${action}`)) ? Effect.void : Effect.fail(forbidden)
  )

/** Whether scopes may be given away: both the credential and, by now, its member have them. */
export const mayGive = (
  { memberId, scopes }: Account,
  { members }: Directory["Service"],
  given: ReadonlyArray<string>
): boolean => {
  const own = members.get(memberId)?.scopes ?? []
  return given.every((scope) => permits(scopes, scope) && permits(own, scope))
}

const missing = notFound("Member not found.")

/** A member; 404 if there is none. */
export const memberOf = (id: string): Effect.Effect<Member, VendorError, Directory> =>
  Effect.flatMap(Directory, ({ members }) => {
    const member = members.get(id)
    return member === undefined ? Effect.fail(missing) : Effect.succeed(member)
  })

const lastOwner = conflict("A project needs an owner.")

/** Takes a member and the member's keys out of the project; fails with 409 if that is its last owner. */
export const remove = (id: string): Effect.Effect<void, VendorError, Directory> =>
  Effect.gen(function*() {
    const directory = yield* Directory
    const member = directory.members.get(id)
    if (member === undefined) return yield* missing
    if (isLastOwner(directory, member)) return yield* lastOwner
    dismiss(directory, id)
  })

/** A role takes the place of the one before; any other scope is added to those that are there. */
const withScope = (scopes: ReadonlyArray<string>, scope: string): ReadonlyArray<string> => [
  ...scopes.filter((other) => other !== scope && !(isRole(scope) && isRole(other))),
  scope
]

/** Gives a member a scope; fails with 409 if the project would lose its last owner. */
export const promote = (id: string, scope: string): Effect.Effect<void, VendorError, Directory> =>
  Effect.gen(function*() {
    const directory = yield* Directory
    const member = directory.members.get(id)
    if (member === undefined) return yield* missing
    const scopes = withScope(member.scopes, scope)
    if (isLastOwner(directory, member) && !scopes.includes("owner")) return yield* lastOwner
    directory.members.set(id, { ...member, scopes })
  })
