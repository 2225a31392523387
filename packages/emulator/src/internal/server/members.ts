/** `manage.v1.projects.members`. */
import { DeepgramApi } from "effect-deepgram/DeepgramApi"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { Directory } from "../state/directory.ts"
import { isScope } from "../state/scopes.ts"
import { forbidden, unacceptable } from "../vendorError.ts"
import { type Account, allowed, inProject } from "./accounts.ts"
import { allowedTo, allowedToSome, mayGive, memberOf, promote, remove } from "./membership.ts"
import { payloadOf } from "./payload.ts"
import { answering } from "./requestContext.ts"

const updateScopes = Effect.fnUntraced(function*(account: Account, memberId: string, scope: string) {
  if (!isScope(scope)) return yield* unacceptable("Invalid scope.", `There is no scope ${scope}.`)
  yield* allowedTo("write:scopes", [scope])
  if (!mayGive(account, yield* Directory, [scope])) return yield* forbidden
  const member = yield* memberOf(memberId)
  yield* allowedTo("write:scopes", member.scopes)
  yield* promote(memberId, scope)
  return { message: "Successfully updated member scopes." }
})

/** The implementation of the group `Members`. */
export const layer = HttpApiBuilder.group(DeepgramApi, "Members", (handlers) =>
  handlers
    .handle("list", ({ params }) =>
      answering(Effect.gen(function*() {
        yield* inProject(params.project_id)
        for (const whom of ["project", "members", "admins", "owners"]) yield* allowed(`${whom}:read`)
        return { members: [...(yield* Directory).members.values()] }
      })))
    .handle("delete", ({ params }) =>
      answering(Effect.gen(function*() {
        yield* inProject(params.project_id, "project:write")
        yield* allowedToSome("write:kick")
        yield* allowedTo("write:kick", (yield* memberOf(params.member_id)).scopes)
        yield* remove(params.member_id)
        return { message: "Successfully removed member from project." }
      })))
    .handle("listScopes", ({ params }) =>
      answering(Effect.gen(function*() {
        const { memberId } = yield* inProject(params.project_id, "project:read")
        const isOwn = params.member_id === memberId
        if (!isOwn) yield* allowedToSome("read:scopes")
        const { scopes } = yield* memberOf(params.member_id)
        if (!isOwn) yield* allowedTo("read:scopes", scopes)
        return { scopes }
      })))
    .handleRaw("updateScopes", (input) =>
      answering(Effect.gen(function*() {
        const account = yield* inProject(input.params.project_id)
        yield* allowedToSome("write:scopes")
        const { scope } = yield* payloadOf(input)
        return yield* updateScopes(account, input.params.member_id, scope)
      }))))
