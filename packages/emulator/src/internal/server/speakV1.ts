/** `POST /v1/speak`. */
import { auraFormats, DeepgramApi } from "effect-deepgram/DeepgramApi"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { outputFormat } from "../speak/format.ts"
import { auraSpeedProblem } from "../speak/manner.ts"
import { readScript } from "../speak/script.ts"
import { auraVoice, isControllable } from "../speak/voices.ts"
import * as Callbacks from "./callbacks.ts"
import { logged } from "./logging.ts"
import { answering } from "./requestContext.ts"
import { Settings } from "./settings.ts"
import { speak } from "./speaking.ts"
import { textOf } from "./textSource.ts"

/** The implementation of the group `SpeakV1`. */
export const layer = HttpApiBuilder.group(
  DeepgramApi,
  "SpeakV1",
  Effect.fnUntraced(function*(handlers) {
    const scope = yield* Effect.scope
    return handlers.handleRaw("generate", ({ query, request }) =>
      answering(
        logged({ endpoint: "speak", query })(Effect.fnUntraced(function*(report) {
          const { models } = yield* Settings
          const format = yield* Effect.fromResult(outputFormat(query, auraFormats))
          const voice = yield* Effect.fromResult(auraVoice(query.model, models))
          yield* report({ models: [voice.model] })
          const controllable = isControllable(voice)
          const problem = auraSpeedProblem(query.speed, controllable)
          if (problem !== undefined) return yield* problem
          const callback = yield* Callbacks.fromQuery(query)
          const script = yield* Effect.fromResult(
            readScript(yield* textOf(request), {
              pauses: false,
              pronunciations: controllable,
              stressBeforeVowel: true
            })
          )
          yield* report({ characters: script.characters })
          return yield* speak({ voice, format, script, speed: query.speed ?? 1 }, callback, scope)
        }))
      ))
  })
)
