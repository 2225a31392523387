/** One session after the other: how long it takes until it is open. */
import { setTimeout } from "node:timers/promises"
import { quantile } from "../../result.ts"
import { urlOf } from "../live.ts"
import type { Load } from "../roundProcess.ts"

/** Is told of each session. */
export interface Timing {
  readonly dialling: () => void
  readonly opened: () => void
  /** Time to close; another one may be dialled when it has passed. */
  readonly rest: () => Promise<void>
}

interface Peer {
  /** Opens so many sessions, and closes each before the next one. */
  readonly openEach: (url: string, times: number, timing: Timing) => Promise<void>
}

/** Milliseconds in which both sides forget the session before. */
const pause = 10

export const measure: Load<Peer>["measure"] = async (peer, question) => {
  const { sessions = 0, warmUp = 0 } = question.size
  const took: Array<number> = []
  let begin = 0
  const timing: Timing = {
    dialling: () => {
      begin = performance.now()
    },
    opened: () => {
      took.push(performance.now() - begin)
    },
    rest: () => setTimeout(pause)
  }
  await peer.openEach(urlOf(question, "live"), warmUp + sessions, timing)
  if (took.length !== warmUp + sessions) throw new Error(`${took.length} sessions were opened`)
  return { "connect to open p50": 1000 * quantile(took.slice(warmUp), 0.5) }
}
