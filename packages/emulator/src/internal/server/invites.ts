/** `manage.v1.projects.members.invites`. */
import { DeepgramApi } from "effect-deepgram/DeepgramApi"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Schema from "effect/Schema"
import { Directory, type Invite } from "../state/directory.ts"
import { isRole } from "../state/scopes.ts"
import { conflict, forbidden, notFound, unacceptable } from "../vendorError.ts"
import { type Account, inProject } from "./accounts.ts"
import { allowedTo, allowedToSome, mayGive } from "./membership.ts"
import { payloadOf } from "./payload.ts"
import { answering } from "./requestContext.ts"

/** An invitation is withdrawn by its address: one that can be no part of a path is none. */
const isWithdrawable = Schema.is(
  DeepgramApi.groups.Invites.endpoints.delete.params as Schema.Codec<{ readonly project_id: string }, unknown>
)

const invite = Effect.fnUntraced(function*(account: Account, { email, scope }: Invite) {
  if (!isWithdrawable({ project_id: account.projectId, email })) return yield* unacceptable("Invalid e-mail address.")
  if (!isRole(scope)) return yield* unacceptable("Invalid scope.", "It must be one of member, admin and owner.")
  yield* allowedTo("write:invites", [scope])
  const directory = yield* Directory
  if (!mayGive(account, directory, [scope])) return yield* forbidden
  const { invites, members } = directory
  const address = email.toLowerCase()
  if ([...members.values()].some((member) => member.email.toLowerCase() === address)) {
    return yield* conflict("This person is a member already.")
  }
  if (invites.has(address)) return yield* conflict("This person was invited already.")
  invites.set(address, { email, scope })
  return { message: `Invite successfully generated and sent to ${email}` }
})

/** The implementation of the group `Invites`. */
export const layer = HttpApiBuilder.group(DeepgramApi, "Invites", (handlers) =>
  handlers
    .handle("list", ({ params }) =>
      answering(Effect.gen(function*() {
        yield* inProject(params.project_id, "members:read:invites")
        return { invites: [...(yield* Directory).invites.values()] }
      })))
    .handleRaw("create", (input) =>
      answering(Effect.gen(function*() {
        const account = yield* inProject(input.params.project_id)
        yield* allowedToSome("write:invites")
        return yield* invite(account, yield* payloadOf(input))
      })))
    .handle("delete", ({ params }) =>
      answering(Effect.gen(function*() {
        yield* inProject(params.project_id)
        yield* allowedToSome("write:invites")
        const { invites } = yield* Directory
        const found = invites.get(params.email.toLowerCase())
        if (found === undefined) return yield* notFound("Invite not found.")
        yield* allowedTo("write:invites", [found.scope])
        invites.delete(found.email.toLowerCase())
        return { message: "Successfully deleted project invite." }
      }))))
