/** What `listen.v1` needs besides its contract: traps of its options. */
import { models, type TranscribeQuery } from "./contract/listenV1.ts"
import { count, refusedInsights } from "./insights.ts"

const isNova3 = (model: string | undefined): boolean => model?.startsWith("nova-3") === true

/** Models before Nova-3; custom ones are not known. */
const isEarlier = (model: string | undefined): boolean =>
  model !== undefined && !isNova3(model) && models.some((known) => known === model)

/**
 * Why these options are not sent: because Deepgram would refuse them, as far as it can be known beforehand (inventory
 * 1.2), or because the answer would not be what the operation promises.
 */
export const refusedOptions = (
  query: Partial<typeof TranscribeQuery.Type>,
  submitted: boolean
): string | undefined => {
  if (submitted && (query.callback === undefined || query.callback === "")) return "callback is missing"
  if (!submitted && query.callback !== undefined) return "with a callback use submitUrl or submitFile"
  if (query.diarize !== undefined && query.diarize_model !== undefined) {
    return "diarize and diarize_model exclude each other: leave diarize out"
  }
  if (isNova3(query.model) && count(query.keywords) > 0) {
    return "keywords are not supported by Nova-3: use keyterm, without weights"
  }
  if (isEarlier(query.model) && count(query.keyterm) > 0) {
    return `keyterm is only supported by Nova-3: with ${query.model} use keywords`
  }
  return refusedInsights(query)
}
