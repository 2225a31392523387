/** `manage.v1.projects.members`: who belongs to a project, and what they may do. */
import * as Schema from "effect/Schema"
import * as Endpoint from "./endpoint.ts"
import { Message } from "./projects.ts"
import { Id, InProject } from "./schemas.ts"

const optional = Schema.optionalKey

/** Somebody who belongs to a project. */
export class Member extends Schema.Opaque<Member>()(Schema.Struct({
  /** A UUID. */
  member_id: Schema.String,
  /** What the member may do, for example `member`, `admin` or `owner`. */
  scopes: optional(Schema.Array(Schema.String)),
  email: optional(Schema.String),
  first_name: optional(Schema.String),
  last_name: optional(Schema.String)
})) {}

/** The members of a project. */
export class MemberList extends Schema.Opaque<MemberList>()(Schema.Struct({
  members: Schema.Array(Member)
})) {}

/** What a member may do. */
export class MemberScopes extends Schema.Opaque<MemberScopes>()(Schema.Struct({
  scopes: Schema.Array(Schema.String)
})) {}

const OfMember = { ...InProject, member_id: Id }

export const list = Endpoint.get("list", "/v1/projects/:project_id/members", {
  params: InProject,
  success: [MemberList]
})

export const remove = Endpoint.delete("delete", "/v1/projects/:project_id/members/:member_id", {
  params: OfMember,
  success: [Message]
})

export const listScopes = Endpoint.get("listScopes", "/v1/projects/:project_id/members/:member_id/scopes", {
  params: OfMember,
  success: [MemberScopes]
})

// One `scope` goes in, several `scopes` come out (inventory 1.13).
export const updateScopes = Endpoint.put("updateScopes", "/v1/projects/:project_id/members/:member_id/scopes", {
  params: OfMember,
  payload: [Schema.Struct({ scope: Schema.String })],
  success: [Message]
})
