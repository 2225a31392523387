/** What `listen.v1` needs besides its contract: traps of its options. */
import { refusedFormat } from "./audioFormat.ts"
import type { TranscribeQuery } from "./contract/listenV1.ts"
import type { LiveQuery } from "./contract/listenV1Live.ts"
import { models } from "./contract/recognition.ts"
import { count, refusedInsights } from "./insights.ts"

const isNova3 = (model: string | undefined): boolean => model?.startsWith("nova-3") === true

/** Models before Nova-3; custom ones are not known. */
const isEarlier = (model: string | undefined): boolean =>
  model !== undefined && !isNova3(model) && models.some((known) => known === model)

/** What recordings and live audio have in common. */
const refusedFeatures = (
  query: Pick<Partial<typeof TranscribeQuery.Type>, "diarize" | "diarize_model" | "keyterm" | "keywords" | "model">
): string | undefined => {
  if (query.diarize !== undefined && query.diarize_model !== undefined) {
    return "diarize and diarize_model exclude each other: leave diarize out"
  }
  if (isNova3(query.model) && count(query.keywords) > 0) {
    return "keywords are not supported by Nova-3: use keyterm, without weights"
  }
  return isEarlier(query.model) && count(query.keyterm) > 0
    ? `keyterm is only supported by Nova-3: with ${query.model} use keywords`
    : undefined
}

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
  return refusedFeatures(query) ?? refusedInsights(query)
}

/** The same for live audio (inventory 2.1). */
export const refusedLiveOptions = (query: Partial<typeof LiveQuery.Type>): string | undefined => {
  if (query.diarize_model === "v2") return "diarize_model v2 is for recordings: use latest or v1"
  if (query.utterance_end_ms !== undefined && query.interim_results !== true) {
    return "utterance_end_ms needs interim_results: true"
  }
  return refusedFeatures(query) ?? refusedFormat(query)
}
