/** `manage.v1.models` and `manage.v1.projects.models`. */
import { DeepgramApi } from "effect-deepgram/DeepgramApi"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { catalogue } from "../catalogue.ts"
import { notFound } from "../vendorError.ts"
import { inProject } from "./accounts.ts"
import { answering } from "./requestContext.ts"
import { Settings } from "./settings.ts"

const find = Effect.fnUntraced(function*(id: string, custom: ReadonlyArray<string>) {
  const { stt, tts } = catalogue({ custom, includeOutdated: true })
  return [...stt, ...tts].find(({ uuid }) => uuid === id) ?? (yield* notFound("Model not found."))
})

/** Custom models are seen in projects only. */
const customOf = Effect.fnUntraced(function*(projectId: string) {
  yield* inProject(projectId, "project:read")
  return (yield* Settings).models
})

/** The implementation of the group `Models`. */
export const layer = HttpApiBuilder.group(DeepgramApi, "Models", (handlers) =>
  handlers
    .handle("list", ({ query: { include_outdated: includeOutdated = false } }) =>
      Effect.sync(() =>
        catalogue({ custom: [], includeOutdated })
      ))
    .handle("get", ({ params }) => answering(find(params.model_id, [])))
    .handle("listForProject", ({ params, query: { include_outdated: includeOutdated = false } }) =>
      answering(
        Effect.map(customOf(params.project_id), (custom) => catalogue({ custom, includeOutdated }))
      ))
    .handle("getForProject", ({ params }) =>
      answering(
        Effect.flatMap(customOf(params.project_id), (custom) => find(params.model_id, custom))
      )))
