/** `speak.v1`: speech by Aura. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { Receipt } from "./receipt.ts"
import { openEnum } from "./schemas.ts"
import { speechParameters, SpokenText } from "./speech.ts"
import { auraVoices } from "./voices.ts"

export const SpeakQuery = Schema.Struct({
  ...speechParameters,
  model: Schema.optional(openEnum(auraVoices))
})

export const generate = HttpApiEndpoint.post("generate", "/v1/speak", {
  query: SpeakQuery,
  payload: SpokenText,
  success: [HttpApiSchema.StreamUint8Array(), Receipt]
})

export const group = HttpApiGroup.make("SpeakV1").add(generate)
