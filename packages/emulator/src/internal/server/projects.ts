/** `manage.v1.projects`. */
import { DeepgramApi } from "effect-deepgram/DeepgramApi"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { destroy } from "../state/collections.ts"
import { Directory, type Project } from "../state/directory.ts"
import { projectNotFound, unacceptable } from "../vendorError.ts"
import { allowed, inProject } from "./accounts.ts"
import { remove } from "./membership.ts"
import { payloadOf } from "./payload.ts"
import { answering } from "./requestContext.ts"

/** The project that a request is about, if its credential may do something there. */
const project = Effect.fnUntraced(function*(id: string, permission: string) {
  const { projectId } = yield* inProject(id, permission)
  const found = (yield* Directory).projects.get(projectId)
  return found ?? (yield* projectNotFound)
})

const update = Effect.fnUntraced(function*(
  id: string,
  changes: { readonly name?: string | undefined; readonly company?: string | undefined }
) {
  const { projects } = yield* Directory
  // Not before the whole body is there: it must not bring back a project that was deleted meanwhile.
  const before = projects.get(id)
  if (before === undefined) return yield* projectNotFound
  if (changes.name?.trim() === "") return yield* unacceptable("A project needs a name.")
  const { company = before.company, name = before.name } = changes
  const after: Project = { ...before, name, ...(company === undefined ? undefined : { company }) }
  projects.set(id, after)
  return { message: "Successfully updated project info." }
})

/** The implementation of the group `Projects`. */
export const layer = HttpApiBuilder.group(DeepgramApi, "Projects", (handlers) =>
  handlers
    .handle("list", () =>
      answering(Effect.gen(function*() {
        yield* allowed("project:read")
        return { projects: [...(yield* Directory).projects.values()] }
      })))
    .handle("get", ({ params }) => answering(project(params.project_id, "project:read")))
    .handleRaw("update", (input) =>
      answering(Effect.gen(function*() {
        yield* inProject(input.params.project_id, "project:write")
        return yield* update(input.params.project_id, yield* payloadOf(input))
      })))
    .handle("delete", ({ params }) =>
      answering(Effect.gen(function*() {
        yield* project(params.project_id, "project:write:destroy")
        yield* destroy
        return { message: "Successfully deleted project." }
      })))
    .handle("leave", ({ params }) =>
      answering(Effect.gen(function*() {
        const { memberId } = yield* inProject(params.project_id, "project:write")
        yield* remove(memberId)
        return { message: "Successfully left project." }
      }))))
