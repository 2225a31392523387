/** `speak.v2`: speech by Flux. */
import * as Schema from "effect/Schema"
import * as Endpoint from "./endpoint.ts"
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

export const generate = Endpoint.post("generate", "/v2/speak", {
  query: SpeakQuery.fields,
  payload: [SpokenText],
  success: [Endpoint.bytes, Receipt]
})
