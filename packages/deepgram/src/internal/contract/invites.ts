/** `manage.v1.projects.members.invites`: who was asked to join a project. */
import * as Schema from "effect/Schema"
import * as Endpoint from "./endpoint.ts"
import { Message } from "./projects.ts"
import { Email, InProject } from "./schemas.ts"

/** Somebody who was asked to join and has not answered. */
export class Invite extends Schema.Opaque<Invite>()(Schema.Struct({
  email: Schema.String,
  /** What the invitee will be allowed to do, for example `member`. */
  scope: Schema.optionalKey(Schema.String)
})) {}

/** The open invitations of a project. */
export class InviteList extends Schema.Opaque<InviteList>()(Schema.Struct({
  invites: Schema.Array(Invite)
})) {}

export const list = Endpoint.get("list", "/v1/projects/:project_id/invites", {
  params: InProject,
  success: [InviteList]
})

export const create = Endpoint.post("create", "/v1/projects/:project_id/invites", {
  params: InProject,
  payload: [Schema.Struct({ email: Schema.String, scope: Schema.String })],
  success: [Message]
})

export const remove = Endpoint.delete("delete", "/v1/projects/:project_id/invites/:email", {
  params: { ...InProject, email: Email },
  success: [Message]
})
