/** Many sessions in which nothing happens: the memory that each of them holds. */
import { memoryUsage } from "node:process"
import { setTimeout } from "node:timers/promises"
import { frame, isResult, type Open, urlOf } from "../live.ts"
import type { Load } from "../roundProcess.ts"
import { collectGarbage } from "./memory.ts"

interface Peer {
  readonly open: Open
}

/** What is held, in bytes; pages are given back to the system a while after they have become free. */
const settled = async (): Promise<{ readonly rss: number; readonly heap: number }> => {
  for (let i = 0; i < 5; i++) {
    collectGarbage()
    await setTimeout(100)
  }
  const { external, heapUsed, rss } = memoryUsage()
  return { rss, heap: heapUsed + external }
}

export const measure: Load<Peer>["measure"] = async (peer, question) => {
  const { sessions = 0, warmUp = 0 } = question.size
  const url = urlOf(question, "live")
  const heard = { results: 0, others: 0 }
  const open = async (count: number) => {
    const opened = []
    for (let i = 0; i < count; i++) {
      const session = await peer.open(url, question.variant, (message) => {
        if (isResult(message)) heard.results++
        else heard.others++
      })
      opened.push(session)
    }
    return opened
  }
  // What is loaded and compiled once belongs to no session.
  await open(warmUp)
  const before = await settled()
  const held = await open(sessions)
  const after = await settled()
  // They are still there.
  for (const session of held) session.send(frame)
  for (let wait = 0; heard.results < sessions && wait < 100; wait++) await setTimeout(20)
  if (heard.results !== sessions || heard.others > 0) {
    throw new Error(`heard ${heard.results} results in ${sessions} sessions, and ${heard.others} other messages`)
  }
  return {
    "RSS per session": (after.rss - before.rss) / sessions / 1000,
    "heap per session": (after.heap - before.heap) / sessions / 1000
  }
}
