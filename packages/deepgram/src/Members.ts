/**
 * `manage.v1.projects.members`: who belongs to a project, and what they may do. On the main host, whatever the region,
 * and with an API key: access tokens are for speech and text.
 *
 * @see https://developers.deepgram.com/reference/manage/members/list
 */
import type * as Effect from "effect/Effect"
import type { Deepgram } from "./Deepgram.ts"
import type { RequestError } from "./DeepgramError.ts"
import * as Contract from "./internal/contract/members.ts"
import { Message } from "./internal/contract/projects.ts"
import { orEmpty, withList } from "./internal/normalize.ts"
import { jsonFunction } from "./internal/operation.ts"

export { Member, MemberList, MemberScopes } from "./internal/contract/members.ts"
export { Message } from "./internal/contract/projects.ts"

/** What a member may do from now on. */
export interface UpdateScopesOptions {
  /** One scope, usually a role. */
  readonly scope: "member" | "admin" | "owner" | (string & {})
}

/**
 * Lists the members of a project, with their scopes.
 *
 * @see https://developers.deepgram.com/reference/manage/members/list
 */
export const list: (projectId: string) => Effect.Effect<Contract.MemberList, RequestError, Deepgram> = jsonFunction(
  "Members.list",
  Contract.list,
  Contract.MemberList,
  (project_id: string) => ({ params: { project_id } }),
  withList("members")
)

const remove: (projectId: string, memberId: string) => Effect.Effect<Message, RequestError, Deepgram> = jsonFunction(
  "Members.delete",
  Contract.remove,
  Message,
  (project_id: string, member_id: string) => ({ params: { project_id, member_id } }),
  orEmpty
)

export {
  /**
   * Takes a member out of a project, and deletes the API keys that the member created in it.
   *
   * Fails with `PermissionDenied` when the credential may not remove members of that role.
   *
   * @see https://developers.deepgram.com/reference/manage/members/delete
   */
  remove as delete
}

/**
 * Lists what a member may do.
 *
 * @see https://developers.deepgram.com/reference/manage/members/scopes/list
 */
export const listScopes: (
  projectId: string,
  memberId: string
) => Effect.Effect<Contract.MemberScopes, RequestError, Deepgram> = jsonFunction(
  "Members.listScopes",
  Contract.listScopes,
  Contract.MemberScopes,
  (project_id: string, member_id: string) => ({ params: { project_id, member_id } }),
  withList("scopes")
)

/**
 * Changes what a member may do: one `scope` goes in, {@link listScopes} has the `scopes` that come of it.
 *
 * @see https://developers.deepgram.com/reference/manage/members/scopes/update
 */
export const updateScopes: (
  projectId: string,
  memberId: string,
  options: UpdateScopesOptions
) => Effect.Effect<Message, RequestError, Deepgram> = jsonFunction(
  "Members.updateScopes",
  Contract.updateScopes,
  Message,
  (project_id: string, member_id: string, json: UpdateScopesOptions) => ({
    params: { project_id, member_id },
    body: { json }
  }),
  orEmpty
)
