import type { Fault } from "@effect-deepgram/emulator/Faults"
import * as Deepgram from "effect-deepgram/Deepgram"

/** Has these faults happen to the calls within: by the query, because sockets of browsers have no headers. */
export const meeting = (...faults: ReadonlyArray<Fault>) =>
  Deepgram.withOptions({ query: { emulator_faults: JSON.stringify(faults) } })
