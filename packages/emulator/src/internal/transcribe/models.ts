import { listenModels } from "effect-deepgram/DeepgramApi"
import { uuidOf } from "../uuid.ts"

/** A model that took part. */
export interface UsedModel {
  readonly uuid: string
  readonly name: string
  readonly version: string
  readonly arch: string
}

/** What Deepgram takes when no model is named. */
const defaultModel = "base-general"

/**
 * What the name of a model says: `nova-2-meeting` is a variant of an architecture. Of the models that Deepgram documents
 * those without an architecture in their names, like `meeting`, are of the oldest one; of custom models nobody knows.
 */
export const parseModel = (
  model: string
): { readonly arch: string; readonly variant: string; readonly name: string } => {
  const [, arch, variant = "general"] = /^(nova(?:-\d+)?|enhanced|base)(?:-(.+))?$/.exec(model) ?? []
  return arch === undefined
    ? { arch: listenModels.includes(model) ? "base" : "other", variant: model, name: model }
    : { arch, variant, name: `${variant}-${arch}` }
}

/**
 * The model behind the name that a request uses: `nova-3` is `general-nova-3`, as Deepgram calls it in its answers. The
 * UUID depends on that name only.
 */
export const modelNamed = (model: string = defaultModel, version: string = "latest"): UsedModel => {
  const { arch, name } = parseModel(model)
  return { uuid: uuidOf("model", name), name, version, arch }
}

/** The diarizer of a request: `diarize` means the first one, `latest` the second. */
export const diarizer = (requested: string | undefined): { readonly model_uuid: string; readonly arch: string } => {
  const arch = requested === undefined ? "v1" : requested === "latest" ? "v2" : requested
  return { model_uuid: uuidOf("diarizer", arch), arch }
}
