/** `manage.v1.projects.keys`: the API keys of a project. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import { Moment } from "./dates.ts"
import * as Endpoint from "./endpoint.ts"
import { Message } from "./projects.ts"
import { Id, InProject, openEnum } from "./schemas.ts"

const optional = Schema.optionalKey

/** Whom a key belongs to. */
export class KeyMember extends Schema.Opaque<KeyMember>()(Schema.Struct({
  /** A UUID. */
  member_id: optional(Schema.String),
  email: optional(Schema.String),
  first_name: optional(Schema.String),
  last_name: optional(Schema.String)
})) {}

/** An API key, without the key itself: that is shown once, when it is created. */
export class ApiKey extends Schema.Opaque<ApiKey>()(Schema.Struct({
  /** A UUID. */
  api_key_id: Schema.String,
  comment: optional(Schema.String),
  /** What it may do, for example `member` or `usage:write`. */
  scopes: optional(Schema.Array(Schema.String)),
  tags: optional(Schema.Array(Schema.String)),
  /** ISO 8601. */
  created: optional(Schema.String),
  /** ISO 8601; absent when it does not expire. */
  expiration_date: optional(Schema.String)
})) {}

/** An API key and its owner. */
export class ProjectKey extends Schema.Opaque<ProjectKey>()(Schema.Struct({
  member: optional(KeyMember),
  api_key: ApiKey
})) {}

/** The API keys of a project. */
export class KeyList extends Schema.Opaque<KeyList>()(Schema.Struct({
  api_keys: Schema.Array(ProjectKey)
})) {}

/** A new API key. */
export class CreatedKey extends Schema.Opaque<CreatedKey>()(Schema.Struct({
  /** A UUID. */
  api_key_id: Schema.String,
  /** The key itself. Deepgram does not show it again. */
  key: Schema.RedactedFromValue(Schema.String),
  comment: optional(Schema.String),
  scopes: optional(Schema.Array(Schema.String)),
  tags: optional(Schema.Array(Schema.String)),
  /** ISO 8601. */
  created: optional(Schema.String),
  /** ISO 8601; absent when it does not expire. */
  expiration_date: optional(Schema.String)
})) {}

export const list = Endpoint.get("list", "/v1/projects/:project_id/keys", {
  params: InProject,
  query: { status: Schema.optional(openEnum(["active", "expired"])) },
  success: [KeyList]
})

/** Checked where it is sent, like dates. */
const Seconds = Schema.Finite.pipe(Schema.decodeTo(Schema.Finite, {
  decode: SchemaGetter.passthrough(),
  encode: SchemaGetter.checkEffect((seconds: number) =>
    Effect.succeed(
      (Number.isSafeInteger(seconds) && seconds >= 1) || `expected whole seconds, at least 1, got ${seconds}`
    )
  )
}))

export const create = Endpoint.post("create", "/v1/projects/:project_id/keys", {
  params: InProject,
  payload: [
    Schema.Struct({
      comment: Schema.String,
      scopes: Schema.Array(Schema.String),
      tags: Schema.optional(Schema.Array(Schema.String)),
      expiration_date: Schema.optional(Moment),
      time_to_live_in_seconds: Schema.optional(Seconds)
    }).check(
      Schema.makeFilter(({ expiration_date, time_to_live_in_seconds }) =>
        expiration_date === undefined || time_to_live_in_seconds === undefined ||
        "expiration_date and time_to_live_in_seconds exclude each other"
      )
    )
  ],
  success: [CreatedKey]
})

export const get = Endpoint.get("get", "/v1/projects/:project_id/keys/:key_id", {
  params: { ...InProject, key_id: Id },
  success: [ProjectKey]
})

export const remove = Endpoint.delete("delete", "/v1/projects/:project_id/keys/:key_id", {
  params: { ...InProject, key_id: Id },
  success: [Message]
})
