/** What Deepgram refuses of recordings and of live audio alike, although every parameter is well formed. */
import { listenModels } from "effect-deepgram/DeepgramApi"
import * as Effect from "effect/Effect"
import { ParsedSearchParams } from "effect/http/HttpServerRequest"
import { checkParameters } from "../audio/decode.ts"
import { isVoice } from "../speak/voices.ts"
import {
  badRequest,
  invalidQueryParameter,
  invalidValue,
  noAccessToModel,
  unknownVariant,
  type VendorError
} from "../vendorError.ts"
import { Settings } from "./settings.ts"

const has = (value: string | ReadonlyArray<string> | undefined): boolean => value !== undefined && value.length > 0

/** Fails with 400 when a parameter has a value that is none of those that it can have. */
export const checkVariant = (
  value: string | undefined,
  known: ReadonlyArray<string>
): Effect.Effect<void, VendorError> =>
  value === undefined || known.includes(value) ? Effect.void : Effect.fail(unknownVariant(value, known))

/** Features that exclude each other or the model. `diarizers` are the values that `diarize_model` can have. */
export const checkFeatures = Effect.fnUntraced(function*(
  query: {
    readonly diarize?: boolean | undefined
    readonly diarize_model?: string | undefined
    readonly keywords?: string | ReadonlyArray<string> | undefined
    readonly model?: string | undefined
  },
  diarizers: ReadonlyArray<string>
) {
  if (query.diarize !== undefined && query.diarize_model !== undefined) {
    return yield* badRequest("Bad Request: `diarize` and `diarize_model` cannot be used together.")
  }
  yield* checkVariant(query.diarize_model, diarizers)
  // A parameter of older clients, which the contract does not know.
  const { alternatives } = yield* ParsedSearchParams
  if (alternatives !== undefined && !/^[1-9]\d*$/.test(String(alternatives))) {
    return yield* invalidValue("alternatives", String(alternatives))
  }
  if (query.model?.startsWith("nova-3") === true && has(query.keywords)) {
    return yield* invalidQueryParameter("Keywords are not supported for Nova-3. Please use `keyterm` instead.")
  }
})

/** Fails with 400 when there cannot be such audio, whatever will be sent. */
export const checkAudio = Effect.fnUntraced(
  function*(query: {
    readonly encoding?: string | undefined
    readonly sample_rate?: number | undefined
    readonly channels?: number | undefined
  }): Effect.fn.Return<void, VendorError> {
    const { channels, encoding, sample_rate: sampleRate } = query
    const problem = checkParameters({ encoding, sampleRate, channels })
    if (problem !== undefined) return yield* invalidQueryParameter(problem.message)
    if (encoding !== undefined && sampleRate === undefined) {
      return yield* invalidQueryParameter("'sample_rate' is required with 'encoding'.")
    }
  }
)

/** Fails with 403 when there is no such model that listens (trap 25). */
export const checkModel = Effect.fnUntraced(function*(model: string | undefined) {
  const { models } = yield* Settings
  const listens = (model: string) => listenModels.includes(model) || models.includes(model) && !isVoice(model)
  if (model !== undefined && !listens(model)) return yield* noAccessToModel
})
