/** `speak.v1`: speech by Aura. */
import * as Schema from "effect/Schema"
import * as Endpoint from "./endpoint.ts"
import { Receipt } from "./receipt.ts"
import { openEnum } from "./schemas.ts"
import { speechParameters, SpokenText } from "./speech.ts"
import { auraVoices } from "./voices.ts"

export const SpeakQuery = Schema.Struct({
  ...speechParameters,
  model: Schema.optional(openEnum(auraVoices))
})

export const generate = Endpoint.post("generate", "/v1/speak", {
  query: SpeakQuery.fields,
  payload: [SpokenText],
  success: [Endpoint.bytes, Receipt]
})
