/** `selfHosted.v1.distributionCredentials`: for fetching Deepgram's own containers. */
import * as Schema from "effect/Schema"
import * as Endpoint from "./endpoint.ts"
import { Id, InProject, openEnum } from "./schemas.ts"

const optional = Schema.optionalKey

/** Whom credentials belong to. */
export class CredentialsMember extends Schema.Opaque<CredentialsMember>()(Schema.Struct({
  /** A UUID. */
  member_id: optional(Schema.String),
  email: optional(Schema.String)
})) {}

/** Credentials for the registry of Deepgram's containers. */
export class DistributionCredentials extends Schema.Opaque<DistributionCredentials>()(Schema.Struct({
  /** A UUID. */
  distribution_credentials_id: Schema.String,
  /** The registry, for example `quay`. */
  provider: optional(Schema.String),
  comment: optional(Schema.String),
  scopes: optional(Schema.Array(Schema.String)),
  /** ISO 8601. */
  created: optional(Schema.String)
})) {}

/** Credentials and their owner. */
export class OwnedCredentials extends Schema.Opaque<OwnedCredentials>()(Schema.Struct({
  member: optional(CredentialsMember),
  distribution_credentials: DistributionCredentials
})) {}

/** What was deleted, by the specification; older answers have a message. */
export class DeletedCredentials extends Schema.Opaque<DeletedCredentials>()(Schema.Struct({
  member: optional(CredentialsMember),
  distribution_credentials: optional(DistributionCredentials),
  message: optional(Schema.String)
})) {}

/** The credentials of a project. */
export class CredentialsList extends Schema.Opaque<CredentialsList>()(Schema.Struct({
  distribution_credentials: Schema.Array(OwnedCredentials)
})) {}

/** What credentials may be for. */
export const scopes = [
  "self-hosted:products",
  "self-hosted:product:api",
  "self-hosted:product:engine",
  "self-hosted:product:license-proxy",
  "self-hosted:product:dgtools",
  "self-hosted:product:billing",
  "self-hosted:product:hotpepper",
  "self-hosted:product:metrics-server"
] as const

export const Scope = openEnum(scopes)

const path = "/v1/projects/:project_id/self-hosted/distribution/credentials"

const OfCredentials = { ...InProject, distribution_credentials_id: Id }

export const list = Endpoint.get("list", path, { params: InProject, success: [CredentialsList] })

// Scopes and provider are query parameters, the comment is the body (trap 19).
export const create = Endpoint.post("create", path, {
  params: InProject,
  query: {
    scopes: Schema.optional(Schema.Union([Scope, Schema.Array(Scope)])),
    provider: Schema.optional(openEnum(["quay"]))
  },
  payload: [Schema.Struct({ comment: Schema.optional(Schema.String) })],
  success: [OwnedCredentials]
})

export const get = Endpoint.get("get", `${path}/:distribution_credentials_id`, {
  params: OfCredentials,
  success: [OwnedCredentials]
})

// Answers with what it has deleted (trap 19).
export const remove = Endpoint.delete("delete", `${path}/:distribution_credentials_id`, {
  params: OfCredentials,
  success: [DeletedCredentials]
})
