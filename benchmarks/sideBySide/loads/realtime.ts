/** Many sessions, in each of which somebody speaks: a frame every 20 milliseconds, answered at once. */
import { setTimeout } from "node:timers/promises"
import { quantile } from "../../result.ts"
import { frame, isResult, type Open, type Session, stopwatch, urlOf, type Used } from "../live.ts"
import type { Load } from "../roundProcess.ts"

interface Peer {
  readonly open: Open
}

/** Milliseconds of a frame. */
const frameMillis = 20

interface Speaker {
  readonly session: Session
  /** When each frame was handed over. */
  readonly sent: Float64Array
  next: number
}

/** Sends to a few speakers each millisecond, so that each has its turn once in a frame. */
const speak = (groups: ReadonlyArray<ReadonlyArray<Speaker>>, millis: number): Promise<void> =>
  new Promise((resolve) => {
    const begin = performance.now()
    let due = 0
    const tick = setInterval(() => {
      for (; due < millis && begin + due <= performance.now(); due++) {
        for (const speaker of groups[due % frameMillis] ?? []) {
          speaker.sent[speaker.next++] = performance.now()
          speaker.session.send(frame)
        }
      }
      if (due < millis) return
      clearInterval(tick)
      resolve()
    }, 1)
  })

export const measure: Load<Peer>["measure"] = async (peer, question) => {
  const { duration = 0, sessions = 0, warmUp = 0 } = question.size
  const url = urlOf(question, "live")
  const frames = (warmUp + duration) / frameMillis
  const groups: Array<Array<Speaker>> = Array.from({ length: frameMillis }, () => [])
  const delays: Array<number> = []
  let isMeasured = false
  const heard = { results: 0, others: 0 }
  for (let i = 0; i < sessions; i++) {
    const times = new Float64Array(frames)
    let answered = 0
    const session = await peer.open(url, question.variant, (message) => {
      if (isMeasured) delays.push(performance.now() - (times[answered] ?? NaN))
      answered++
      if (isResult(message)) heard.results++
      else heard.others++
    })
    groups[i % frameMillis]?.push({ session, sent: times, next: 0 })
  }
  await speak(groups, warmUp)
  isMeasured = true
  const stop = stopwatch()
  await speak(groups, duration)
  const used: Used = stop()
  const sent = sessions * frames
  // What was said last may be on its way.
  for (let wait = 0; heard.results < sent && wait < 100; wait++) await setTimeout(frameMillis)
  if (heard.others > 0 || heard.results !== sent) {
    throw new Error(`heard ${heard.results} results to ${sent} frames, and ${heard.others} other messages`)
  }
  return {
    CPU: (100 * used.cpu) / used.wall,
    "latency p50": 1000 * quantile(delays, 0.5),
    "latency p99": 1000 * quantile(delays, 0.99)
  }
}
