/** One session, in which the server says results as fast as they are taken. */
import { setTimeout } from "node:timers/promises"
import { isResult, type Open, stopwatch, urlOf } from "../live.ts"
import type { Load } from "../roundProcess.ts"

interface Peer {
  readonly open: Open
}

export const measure: Load<Peer>["measure"] = async (peer, question) => {
  const { duration = 0, warmUp = 0 } = question.size
  let results = 0
  let others = 0
  await peer.open(urlOf(question, "liveFlood"), question.variant, (message) => {
    if (isResult(message)) results++
    else others++
  })
  await setTimeout(warmUp)
  const stop = stopwatch()
  const before = results
  await setTimeout(duration)
  const { cpu, wall } = stop()
  const heard = results - before
  if (heard === 0 || others > 0) throw new Error(`heard ${heard} results and ${others} other messages`)
  return { "messages per second": (1000 * heard) / wall, "CPU per message": (1000 * cpu) / heard }
}
