/** What Deepgram refuses at the handshake of `/v1/listen` although every parameter is well formed (inventory 2.1). */
import { type listenV1, listenV1Encodings } from "effect-deepgram/DeepgramChannels"
import * as Effect from "effect/Effect"
import { ParsedSearchParams } from "effect/http/HttpServerRequest"
import { badRequest, invalidValue, unauthorizedFeatures } from "../vendorError.ts"
import { checkAudio, checkFeatures, checkModel, checkVariant } from "./listenChecks.ts"

const isAsked = (value: string | ReadonlyArray<string> | undefined): boolean =>
  value !== undefined && [value].flat().some((text) => text !== "" && text !== "false")

/** What is for recordings only, so that this channel does not know it (trap 25). `sentiment` is ignored. */
const checkInsights = Effect.gen(function*() {
  const { intents, summarize, topics } = yield* ParsedSearchParams
  if (isAsked(summarize)) return yield* badRequest("Bad Request: Summarization is not supported for streaming.")
  for (const [name, value] of Object.entries({ topics, intents })) {
    if (isAsked(value)) {
      return yield* unauthorizedFeatures(`Project does not have access to the requested feature: ${name}.`)
    }
  }
})

/** Fails with 400 or 403 when there cannot be such a session. */
export const checkQuery = Effect.fnUntraced(function*(query: typeof listenV1.query.Type) {
  yield* checkFeatures(query, ["latest", "v1"])
  yield* checkInsights
  yield* checkVariant(query.encoding, listenV1Encodings)
  yield* checkAudio(query)
  const { endpointing, interim_results, utterance_end_ms } = query
  for (const [name, value] of Object.entries({ endpointing, utterance_end_ms })) {
    if (typeof value === "number" && value < 0) return yield* invalidValue(name, String(value))
  }
  if (utterance_end_ms !== undefined && interim_results !== true) {
    return yield* badRequest("Bad Request: `utterance_end_ms` requires `interim_results=true`.")
  }
  yield* checkModel(query.model)
})
