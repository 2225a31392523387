/** Speech as an answer, or sent to a callback. */
import * as Effect from "effect/Effect"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type * as Scope from "effect/Scope"
import { type SynthesisError, Synthesizer } from "../../Synthesizer.ts"
import { encode, type EncodingError, mediaTypeOf, type OutputFormat } from "../audio/encode.ts"
import { begun } from "../begun.ts"
import { soundOf } from "../speak/audio.ts"
import { unprocessable } from "../speak/refusals.ts"
import type { Script } from "../speak/script.ts"
import type { Voice } from "../speak/voices.ts"
import { badRequest, internalError, type VendorError } from "../vendorError.ts"
import { CurrentAccount } from "./accounts.ts"
import * as Callbacks from "./callbacks.ts"
import { RequestId } from "./requestContext.ts"

/** Speech that can be made. */
export interface Order {
  readonly voice: Voice
  readonly format: OutputFormat
  readonly script: Script
  readonly speed: number
}

const headersOf = ({ script, voice: { model, sharedModels } }: Order): Readonly<Record<string, string>> => ({
  "dg-model-name": model.name,
  "dg-model-uuid": model.uuid,
  "dg-additional-model-uuids": sharedModels.join(","),
  "dg-char-count": String(script.characters),
  "dg-breaks-applied": String(script.breaks),
  "dg-pronunciations-applied": String(script.pronunciations),
  ...(script.warnings.length === 0
    ? undefined
    : { "dg-pronunciation-warnings": String(script.doubtful), "dg-warnings": script.warnings.join(",") })
})

/** A text that no engine takes is the client's mistake; an engine that breaks is not. */
const ofFailure = (error: SynthesisError | EncodingError): Effect.Effect<never, VendorError> =>
  error._tag === "EncodingError"
    ? Effect.andThen(Effect.logError(error), Effect.fail(internalError))
    : error.reason === "InvalidText"
    ? Effect.fail(badRequest(`Bad Request: ${error.message}`))
    : Effect.andThen(Effect.logError("The synthesizer failed.", error), Effect.fail(unprocessable))

/**
 * Answers with speech, as it is made and as fast as it is taken; or, with a callback, with a receipt, and sends the
 * speech there. `background`: the scope in which it is sent.
 */
export const speak = Effect.fnUntraced(function*(
  order: Order,
  callback: HttpClientRequest.HttpClientRequest | undefined,
  background: Scope.Scope
) {
  const { format, script, speed, voice } = order
  const synthesizer = yield* Synthesizer
  const sound = soundOf(synthesizer, script, { sampleRate: format.sampleRate, voice: voice.testVoice, speed })
  const contentType = mediaTypeOf(format)
  const headers = headersOf(order)
  if (callback === undefined) {
    // The first bytes may be no more than a header: the sound has to begin too.
    const audio = yield* begun(sound).pipe(
      Effect.flatMap((samples) => begun(encode(samples, format))),
      Effect.catch(ofFailure)
    )
    return HttpServerResponse.stream(audio, { contentType, headers })
  }
  const requestId = yield* RequestId
  const delivery = Callbacks.audio(encode(sound, format), {
    contentType,
    headers: { ...headers, "dg-request-id": requestId }
  })
  yield* Effect.forkIn(Callbacks.deliver(callback, yield* CurrentAccount, delivery), background)
  return HttpServerResponse.jsonUnsafe({ request_id: requestId })
})
