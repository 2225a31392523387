/**
 * `manage.v1.projects.members.invites`: who was asked to join a project. On the main host, whatever the region, and with
 * an API key: access tokens are for speech and text.
 *
 * @see https://developers.deepgram.com/reference/manage/invites/list
 */
import type * as Effect from "effect/Effect"
import type { Deepgram } from "./Deepgram.ts"
import type { RequestError } from "./DeepgramError.ts"
import * as Contract from "./internal/contract/invites.ts"
import { Message } from "./internal/contract/projects.ts"
import { orEmpty, withList } from "./internal/normalize.ts"
import { jsonFunction } from "./internal/operation.ts"

export { Invite, InviteList } from "./internal/contract/invites.ts"
export { Message } from "./internal/contract/projects.ts"

/** Who is invited, and as what. */
export interface CreateOptions {
  readonly email: string
  /** What the invitee will be allowed to do, usually a role. */
  readonly scope: "member" | "admin" | "owner" | (string & {})
}

/**
 * Lists the open invitations of a project.
 *
 * @see https://developers.deepgram.com/reference/manage/invites/list
 */
export const list: (projectId: string) => Effect.Effect<Contract.InviteList, RequestError, Deepgram> = jsonFunction(
  "Invites.list",
  Contract.list,
  Contract.InviteList,
  (project_id: string) => ({ params: { project_id } }),
  withList("invites")
)

/**
 * Invites somebody: Deepgram sends the invitation by e-mail.
 *
 * @see https://developers.deepgram.com/reference/manage/invites/create
 */
export const create: (
  projectId: string,
  options: CreateOptions
) => Effect.Effect<Message, RequestError, Deepgram> = jsonFunction(
  "Invites.create",
  Contract.create,
  Message,
  (project_id: string, json: CreateOptions) => ({ params: { project_id }, body: { json } }),
  orEmpty
)

const remove: (projectId: string, email: string) => Effect.Effect<Message, RequestError, Deepgram> = jsonFunction(
  "Invites.delete",
  Contract.remove,
  Message,
  (project_id: string, email: string) => ({ params: { project_id, email } }),
  orEmpty
)

export {
  /**
   * Takes an invitation back, by the e-mail address it went to.
   *
   * @see https://developers.deepgram.com/reference/manage/invites/delete
   */
  remove as delete
}
