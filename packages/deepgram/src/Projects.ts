/**
 * `manage.v1.projects`: the projects that a credential may see. Like everything below them they are on the main host,
 * whatever the region, and take an API key: access tokens are for speech and text.
 *
 * @see https://developers.deepgram.com/reference/manage/projects/list
 */
import type * as Effect from "effect/Effect"
import type { Deepgram } from "./Deepgram.ts"
import type { RequestError } from "./DeepgramError.ts"
import * as Contract from "./internal/contract/projects.ts"
import { orEmpty, withList } from "./internal/normalize.ts"
import { jsonFunction } from "./internal/operation.ts"

export { Message, Project, ProjectList } from "./internal/contract/projects.ts"

/** What to change of a project. */
export interface UpdateOptions {
  readonly name?: string | undefined
  /** Of older projects. */
  readonly company?: string | undefined
}

/**
 * Lists the projects of the credential.
 *
 * @see https://developers.deepgram.com/reference/manage/projects/list
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Projects } from "effect-deepgram"
 *
 * export const names = Projects.list().pipe(Effect.map(({ projects }) => projects.map(({ name }) => name)))
 * ```
 */
export const list: () => Effect.Effect<Contract.ProjectList, RequestError, Deepgram> = jsonFunction(
  "Projects.list",
  Contract.list,
  Contract.ProjectList,
  () => ({}),
  withList("projects")
)

/**
 * Looks a project up.
 *
 * @see https://developers.deepgram.com/reference/manage/projects/get
 */
export const get: (projectId: string) => Effect.Effect<Contract.Project, RequestError, Deepgram> = jsonFunction(
  "Projects.get",
  Contract.get,
  Contract.Project,
  (project_id: string) => ({ params: { project_id } })
)

/**
 * Renames a project.
 *
 * @see https://developers.deepgram.com/reference/manage/projects/update
 */
export const update: (
  projectId: string,
  options: UpdateOptions
) => Effect.Effect<Contract.Message, RequestError, Deepgram> = jsonFunction(
  "Projects.update",
  Contract.update,
  Contract.Message,
  (project_id: string, json: UpdateOptions) => ({ params: { project_id }, body: { json } }),
  orEmpty
)

const remove: (projectId: string) => Effect.Effect<Contract.Message, RequestError, Deepgram> = jsonFunction(
  "Projects.delete",
  Contract.remove,
  Contract.Message,
  (project_id: string) => ({ params: { project_id } }),
  orEmpty
)

export {
  /**
   * Deletes a project, and with it its keys, members and balances.
   *
   * @see https://developers.deepgram.com/reference/manage/projects/delete
   */
  remove as delete
}

/**
 * Takes the account that the credential belongs to out of a project, and deletes the API keys that it created there. Fails
 * when it is the only owner.
 *
 * @see https://developers.deepgram.com/reference/manage/projects/leave
 */
export const leave: (projectId: string) => Effect.Effect<Contract.Message, RequestError, Deepgram> = jsonFunction(
  "Projects.leave",
  Contract.leave,
  Contract.Message,
  (project_id: string) => ({ params: { project_id } }),
  orEmpty
)
