/**
 * `manage.v1.models` and `manage.v1.projects.models`: what can be asked for by name. The public models are on the host of
 * the region; those of a project on the main host, whatever the region, and with an API key.
 *
 * @see https://developers.deepgram.com/reference/manage/models/list
 */
import type * as Effect from "effect/Effect"
import { flow } from "effect/Function"
import type { Deepgram } from "./Deepgram.ts"
import type { RequestError } from "./DeepgramError.ts"
import * as Contract from "./internal/contract/models.ts"
import { withList } from "./internal/normalize.ts"
import { jsonFunction } from "./internal/operation.ts"

export { Model, ModelList, SpeechToTextModel, TextToSpeechModel, VoiceMetadata } from "./internal/contract/models.ts"

/** Which models to list. */
export interface ListOptions {
  /** Earlier versions too. Default `false`. */
  readonly include_outdated?: boolean | undefined
}

const withLists = flow(withList("stt"), withList("tts"))

/**
 * Lists the public models: those that listen (`stt`) and those that speak (`tts`). Flux models and some earlier ones are
 * not among them, though they can be asked for.
 *
 * @see https://developers.deepgram.com/reference/manage/models/list
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Models } from "effect-deepgram"
 *
 * export const voices = Models.list().pipe(
 *   Effect.map(({ tts }) => tts.filter(({ languages }) => languages?.includes("de")).map((voice) => voice.canonical_name))
 * )
 * ```
 */
export const list: (options?: ListOptions) => Effect.Effect<Contract.ModelList, RequestError, Deepgram> = jsonFunction(
  "Models.list",
  Contract.list,
  Contract.ModelList,
  (query: ListOptions = {}) => ({ query }),
  withLists
)

/**
 * Looks a public model up, by its `uuid`. A voice has `metadata`, a model that listens has `batch` and `streaming`.
 *
 * @see https://developers.deepgram.com/reference/manage/models/get
 */
export const get: (modelId: string) => Effect.Effect<Contract.Model, RequestError, Deepgram> = jsonFunction(
  "Models.get",
  Contract.get,
  Contract.Model,
  (model_id: string) => ({ params: { model_id } })
)

/**
 * Lists the models that a project has access to: the public ones and its own.
 *
 * @see https://developers.deepgram.com/reference/manage/projects/models/list
 */
export const listForProject: (
  projectId: string,
  options?: ListOptions
) => Effect.Effect<Contract.ModelList, RequestError, Deepgram> = jsonFunction(
  "Models.listForProject",
  Contract.listForProject,
  Contract.ModelList,
  (project_id: string, query: ListOptions = {}) => ({ params: { project_id }, query }),
  withLists
)

/**
 * Looks a model up that a project has access to, by its `uuid`.
 *
 * @see https://developers.deepgram.com/reference/manage/projects/models/get
 */
export const getForProject: (
  projectId: string,
  modelId: string
) => Effect.Effect<Contract.Model, RequestError, Deepgram> = jsonFunction(
  "Models.getForProject",
  Contract.getForProject,
  Contract.Model,
  (project_id: string, model_id: string) => ({ params: { project_id, model_id } })
)
