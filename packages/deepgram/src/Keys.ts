/**
 * `manage.v1.projects.keys`: the API keys of a project. On the main host, whatever the region, and with an API key: access
 * tokens are for speech and text.
 *
 * @see https://developers.deepgram.com/reference/manage/keys/list
 */
import type * as Effect from "effect/Effect"
import type { Deepgram } from "./Deepgram.ts"
import type { RequestError } from "./DeepgramError.ts"
import * as Contract from "./internal/contract/keys.ts"
import { Message } from "./internal/contract/projects.ts"
import { isJson, orEmpty, withList, withSecret } from "./internal/normalize.ts"
import { jsonFunction } from "./internal/operation.ts"
import type { DateInput } from "./Requests.ts"

export { ApiKey, CreatedKey, KeyList, KeyMember, ProjectKey } from "./internal/contract/keys.ts"
export { Message } from "./internal/contract/projects.ts"
export type { DateInput } from "./Requests.ts"

/** Which keys to list. */
export interface ListOptions {
  /** Default: all. */
  readonly status?: "active" | "expired" | (string & {}) | undefined
}

/** What a new key may do, and for how long. */
export type CreateOptions =
  & {
    /** What the key is for, as the console shows it. */
    readonly comment: string
    /** A role (`member`, `admin`, `owner`) or single permissions (`usage:write`, `keys:read`, …). */
    readonly scopes: ReadonlyArray<string>
    /** Labels of the key. */
    readonly tags?: ReadonlyArray<string> | undefined
  }
  & ({
    /** When it expires: a moment, for example `2027-01-31T00:00:00Z`, or a day. Default: never. */
    readonly expiration_date?: DateInput | undefined
    readonly time_to_live_in_seconds?: never
  } | {
    /** How long it lives, in whole seconds, at least 1, instead of a date. Default: for ever. */
    readonly time_to_live_in_seconds?: number | undefined
    readonly expiration_date?: never
  })

/**
 * Lists the API keys of a project, with their owners.
 *
 * @see https://developers.deepgram.com/reference/manage/keys/list
 */
export const list: (
  projectId: string,
  options?: ListOptions
) => Effect.Effect<Contract.KeyList, RequestError, Deepgram> = jsonFunction(
  "Keys.list",
  Contract.list,
  Contract.KeyList,
  (project_id: string, query: ListOptions = {}) => ({ params: { project_id }, query }),
  withList("api_keys")
)

/**
 * Creates an API key. The key itself is in the answer and nowhere else: Deepgram does not show it again. It is
 * redacted, so it can be logged by accident without harm and passed to `DeepgramAuth.layer` as it is.
 *
 * Fails with `PermissionDenied` when the credential may not create keys, or not with these scopes.
 *
 * @see https://developers.deepgram.com/reference/manage/keys/create
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Keys, Projects } from "effect-deepgram"
 *
 * export const program = Effect.gen(function*() {
 *   const { projects: [project] } = yield* Projects.list()
 *   const { key } = yield* Keys.create(project!.project_id, {
 *     comment: "batch jobs",
 *     scopes: ["usage:write"],
 *     time_to_live_in_seconds: 3600
 *   })
 *   yield* Effect.log("a new key", key)
 * })
 * ```
 */
export const create: (
  projectId: string,
  options: CreateOptions
) => Effect.Effect<Contract.CreatedKey, RequestError, Deepgram> = jsonFunction(
  "Keys.create",
  Contract.create,
  Contract.CreatedKey,
  (project_id: string, json: CreateOptions) => ({ params: { project_id }, body: { json } }),
  withSecret("key")
)

// The specification has the key within the member, older answers have it alone (inventory 1.12).
const unnested = (json: unknown): unknown => {
  if (!isJson(json)) return json
  const { item, ...beside } = json
  if (typeof (isJson(item) ? item : json)["api_key_id"] === "string") {
    return isJson(item) ? { ...beside, api_key: item } : { api_key: json }
  }
  const key = isJson(item) ? { ...beside, ...item } : json
  const { member } = key
  return isJson(member) && isJson(member["api_key"])
    ? { ...key, api_key: key["api_key"] ?? member["api_key"] }
    : key
}

/**
 * Looks an API key up.
 *
 * @see https://developers.deepgram.com/reference/manage/keys/get
 */
export const get: (projectId: string, keyId: string) => Effect.Effect<Contract.ProjectKey, RequestError, Deepgram> =
  jsonFunction(
    "Keys.get",
    Contract.get,
    Contract.ProjectKey,
    (project_id: string, key_id: string) => ({ params: { project_id, key_id } }),
    unnested
  )

const remove: (projectId: string, keyId: string) => Effect.Effect<Message, RequestError, Deepgram> = jsonFunction(
  "Keys.delete",
  Contract.remove,
  Message,
  (project_id: string, key_id: string) => ({ params: { project_id, key_id } }),
  orEmpty
)

export {
  /**
   * Deletes an API key: whoever uses it is refused from then on.
   *
   * @see https://developers.deepgram.com/reference/manage/keys/delete
   */
  remove as delete
}
