/** `speak.v2`: speech by Flux. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { Receipt } from "./receipt.ts"
import { openEnum } from "./schemas.ts"
import { speechParameters, SpokenText } from "./speech.ts"
import { fluxVoices } from "./voices.ts"

export const SpeakQuery = Schema.Struct({
  ...speechParameters,
  model: openEnum(fluxVoices),
  expressivity: Schema.optional(Schema.Finite),
  priority: Schema.optional(openEnum(["low"]))
})

export const generate = HttpApiEndpoint.post("generate", "/v2/speak", {
  query: SpeakQuery,
  payload: SpokenText,
  success: [HttpApiSchema.StreamUint8Array(), Receipt]
})

export const group = HttpApiGroup.make("SpeakV2").add(generate)
