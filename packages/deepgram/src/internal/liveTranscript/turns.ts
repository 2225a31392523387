import type { ServerMessage } from "../../ListenV2.ts"
import type { TurnInfo } from "../contract/listenV2.ts"
import type { Turn } from "./model.ts"
import type { Reader } from "./stateful.ts"

/** What happened to a turn; `undefined` for an event that this SDK does not know. */
const turnOf = (info: TurnInfo): Turn | undefined => {
  const state = {
    index: info.turn_index,
    text: info.transcript,
    words: info.words,
    start: info.audio_window_start,
    end: info.audio_window_end,
    ...(info.end_of_turn_confidence === undefined ? undefined : { confidence: info.end_of_turn_confidence }),
    ...(info.languages === undefined ? undefined : { languages: info.languages })
  }
  switch (info.event) {
    case "StartOfTurn":
      return { _tag: "StartOfTurn", ...state }
    case "Update":
      return { _tag: "Update", ...state }
    case "EagerEndOfTurn":
      return { _tag: "EagerEndOfTurn", ...state }
    case "TurnResumed":
      return { _tag: "TurnResumed", ...state }
    case "EndOfTurn":
      return { _tag: "EndOfTurn", ...state, ...(info.trigger === undefined ? undefined : { trigger: info.trigger }) }
    default:
      return undefined
  }
}

/** Reads the messages of Flux. */
export const makeTurns = (): Reader<ServerMessage, Turn> => ({
  read(message) {
    const turn = message.type === "TurnInfo" ? turnOf(message) : undefined
    return turn === undefined ? [] : [turn]
  },
  end: () => []
})
