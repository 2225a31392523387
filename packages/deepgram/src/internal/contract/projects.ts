/** `manage.v1.projects`: the projects that a credential may see. */
import * as Schema from "effect/Schema"
import * as Endpoint from "./endpoint.ts"
import { InProject } from "./schemas.ts"

const optional = Schema.optionalKey

/** What Deepgram says when something was done. */
export class Message extends Schema.Opaque<Message>()(Schema.Struct({
  message: optional(Schema.String)
})) {}

/** A project. */
export class Project extends Schema.Opaque<Project>()(Schema.Struct({
  /** A UUID. */
  project_id: Schema.String,
  name: optional(Schema.String),
  /** Older projects. */
  company: optional(Schema.String),
  /** Whether the project takes no part in the Model Improvement Program. */
  mip_opt_out: optional(Schema.Boolean)
})) {}

/** The projects of a credential. */
export class ProjectList extends Schema.Opaque<ProjectList>()(Schema.Struct({
  projects: Schema.Array(Project)
})) {}

export const list = Endpoint.get("list", "/v1/projects", { success: [ProjectList] })

export const get = Endpoint.get("get", "/v1/projects/:project_id", {
  params: InProject,
  success: [Project]
})

export const update = Endpoint.patch("update", "/v1/projects/:project_id", {
  params: InProject,
  payload: [Schema.Struct({ name: Schema.optional(Schema.String), company: Schema.optional(Schema.String) })],
  success: [Message]
})

export const remove = Endpoint.delete("delete", "/v1/projects/:project_id", {
  params: InProject,
  success: [Message]
})

export const leave = Endpoint.delete("leave", "/v1/projects/:project_id/leave", {
  params: InProject,
  success: [Message]
})
