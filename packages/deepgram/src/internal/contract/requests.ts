/** `manage.v1.projects.requests`: what was asked of the API. */
import * as Schema from "effect/Schema"
import { Moment } from "./dates.ts"
import * as Endpoint from "./endpoint.ts"
import { Deployment, Id, InProject, JsonObject, Limit, Method, openEnum, UsedEndpoint } from "./schemas.ts"

const optional = Schema.optionalKey

/** A request that was made. */
export class LoggedRequest extends Schema.Opaque<LoggedRequest>()(Schema.Struct({
  /** A UUID. */
  request_id: Schema.String,
  /** The id of the project, a UUID. */
  project_uuid: optional(Schema.String),
  /** ISO 8601. */
  created: optional(Schema.String),
  /** With its query, for example `/v1/listen?model=nova-3`. */
  path: optional(Schema.String),
  /** The id of the API key, a UUID. */
  api_key_id: optional(Schema.String),
  /** What is kept of the answer: an open set; recorded ones have `details` (with `usd`, `duration`, `models`, …) and `code`. */
  response: optional(JsonObject),
  /** HTTP status. */
  code: optional(Schema.Finite),
  /** `hosted`, `beta`, `self-hosted`, … */
  deployment: optional(Schema.String),
  /** The id of what made the request; older answers. */
  accessor: optional(Schema.String),
  /** The callback URL; or what became of it, an open set: `attempts`, `code`, `completed`. */
  callback: optional(Schema.Union([Schema.String, JsonObject]))
})) {}

/** A page of requests, the newest first. */
export class RequestPage extends Schema.Opaque<RequestPage>()(Schema.Struct({
  /** Which page this is. */
  page: optional(Schema.Finite),
  /** Most requests of a page. */
  limit: optional(Schema.Finite),
  requests: Schema.Array(LoggedRequest)
})) {}

/** One request. */
export class RequestDetails extends Schema.Opaque<RequestDetails>()(Schema.Struct({
  request: LoggedRequest
})) {}

export const list = Endpoint.get("list", "/v1/projects/:project_id/requests", {
  params: InProject,
  query: {
    start: Schema.optional(Moment),
    end: Schema.optional(Moment),
    limit: Schema.optional(Limit),
    page: Schema.optional(Schema.Int),
    accessor: Schema.optional(Schema.String),
    request_id: Schema.optional(Schema.String),
    deployment: Schema.optional(Deployment),
    endpoint: Schema.optional(UsedEndpoint),
    method: Schema.optional(Method),
    status: Schema.optional(openEnum(["succeeded", "failed"]))
  },
  success: [RequestPage]
})

export const get = Endpoint.get("get", "/v1/projects/:project_id/requests/:request_id", {
  params: { ...InProject, request_id: Id },
  success: [RequestDetails]
})
