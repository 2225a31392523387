/** `POST /v2/speak`. */
import { DeepgramApi, fluxFormats, type SpeakV2Query } from "effect-deepgram/DeepgramApi"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { outputFormat } from "../speak/format.ts"
import { expressivityProblem, fluxSpeedProblem } from "../speak/manner.ts"
import { combinationProblem, readScript } from "../speak/script.ts"
import { fluxVoice } from "../speak/voices.ts"
import { invalidQueryParameter, unknownVariant, type VendorError } from "../vendorError.ts"
import * as Callbacks from "./callbacks.ts"
import { logged } from "./logging.ts"
import { refuseUnknown } from "./parameters.ts"
import { answering } from "./requestContext.ts"
import { Settings } from "./settings.ts"
import { speak } from "./speaking.ts"
import { textOf } from "./textSource.ts"

const priorityProblem = ({ callback, priority }: SpeakV2Query): VendorError | undefined =>
  priority === undefined
    ? undefined
    : priority !== "low"
    ? unknownVariant(priority, ["low"])
    : callback === undefined
    ? invalidQueryParameter("`priority` is only applicable when there is a `callback`.")
    : undefined

/** The implementation of the group `SpeakV2`. */
export const layer = HttpApiBuilder.group(
  DeepgramApi,
  "SpeakV2",
  Effect.fnUntraced(function*(handlers) {
    const scope = yield* Effect.scope
    return handlers.handleRaw("generate", ({ endpoint, query, request }) =>
      answering(
        logged({ endpoint: "speak", query })(Effect.fnUntraced(function*(report) {
          yield* refuseUnknown(endpoint, (names) => `Unknown query parameters: ${names}`)
          const { models } = yield* Settings
          const { expressivity, speed = 1 } = query
          const format = yield* Effect.fromResult(outputFormat(query, fluxFormats))
          const voice = yield* Effect.fromResult(fluxVoice(query.model, models))
          yield* report({ models: [voice.model] })
          const problem = fluxSpeedProblem(speed) ?? expressivityProblem(expressivity) ?? priorityProblem(query)
          if (problem !== undefined) return yield* problem
          const callback = yield* Callbacks.fromQuery(query)
          const script = yield* Effect.fromResult(
            readScript(yield* textOf(request), { pauses: true, pronunciations: true, stressBeforeVowel: false })
          )
          const clash = combinationProblem(script, speed)
          if (clash !== undefined) return yield* clash
          yield* report({ characters: script.characters })
          return yield* speak({ voice, format, script, speed }, callback, scope)
        }))
      ))
  })
)
