/** One session, in which each frame is answered with a result; so many frames at most wait for theirs. */
import { setTimeout } from "node:timers/promises"
import { type Hear, isResult, stopwatch, urlOf } from "../live.ts"
import type { Load } from "../roundProcess.ts"

/** How many frames may be sent. */
export interface Window {
  /** So many at once; whoever takes them sends them. */
  readonly take: () => number
  /** Nothing more may be sent, ever. */
  readonly isOver: () => boolean
  /** Is told when half of the window has become free, and when nothing more may be sent. */
  onRoom: () => void
}

interface Peer {
  /** Sends what the window allows until it is over. */
  readonly exchange: (url: string, window: Window, hear: Hear) => Promise<void>
}

/** Milliseconds after which what has not come is lost. */
const patience = 5000

export const measure: Load<Peer>["measure"] = async (peer, question) => {
  const { duration = 0, inFlight = 0, warmUp = 0 } = question.size
  let sent = 0
  let results = 0
  let others = 0
  let over = false
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const window: Window = {
    take: () => {
      const room = over ? 0 : inFlight - (sent - results)
      sent += room
      return room
    },
    isOver: () => over,
    onRoom: () => undefined
  }
  const hear: Hear = (message) => {
    if (isResult(message)) results++
    else others++
    if (over && results === sent) end()
    else if (!over && sent - results <= inFlight / 2) window.onRoom()
  }
  const exchanged = peer.exchange(urlOf(question, "live"), window, hear)
  await setTimeout(warmUp)
  const stop = stopwatch()
  const before = results
  await setTimeout(duration)
  const { cpu, wall } = stop()
  const answered = results - before
  over = true
  window.onRoom()
  if (results === sent) end()
  const late = setTimeout(patience, undefined, { ref: false }).then(() => {
    throw new Error("results are missing")
  })
  await Promise.race([Promise.all([exchanged, ended]), late])
  // Whoever says goodbye is told the metadata of the session.
  if (answered === 0 || others > 1) throw new Error(`heard ${answered} results and ${others} other messages`)
  return { "frames per second": (1000 * answered) / wall, "CPU per 1000 frames": (1000 * cpu) / answered }
}
