/** Transcriptions of recordings behind URLs: many at a time, and one after the other. */
import { ownCpu } from "../../machine.ts"
import { quantile } from "../../result.ts"
import type { Figures } from "../comparison.ts"
import type { Question } from "../roundProcess.ts"
import { words } from "../servers/http.ts"
import { timesOf, type Worker, workFor } from "../worker.ts"

/** Where the calls go, and how many words each answer must have. */
export interface Calls {
  readonly url: string
  readonly words: number
  readonly variant: string | undefined
}

/** What a peer has to have. */
export interface Peer {
  readonly transcribe: (calls: Calls) => Promise<Worker>
}

/** Calls after which the code is as fast as it will be, or nearly: at first it takes four times as long. */
const settled = 60_000

export const measure = async ({ transcribe }: Peer, { ports, size, variant }: Question): Promise<Figures> => {
  // Milliseconds: at most for `warmUp`, many at a time `together`, one after the other `alone`; 0 for not at all.
  const { alone = 0, concurrency = 1, many = 0, together = 0, warmUp = 0 } = size
  const port = many === 1 ? ports.manyWords : ports.fewWords
  const worker = await transcribe({
    url: `http://127.0.0.1:${port}`,
    words: many === 1 ? words.many : words.few,
    variant
  })
  const figures: Record<string, number> = {}
  await workFor(worker, concurrency, warmUp, settled)
  if (together > 0) {
    const cpu = ownCpu()
    const begin = performance.now()
    const calls = await workFor(worker, concurrency, together)
    figures["calls per second"] = (1000 * calls) / (performance.now() - begin)
    figures["CPU per call"] = (1000 * (ownCpu() - cpu)) / calls
  }
  if (alone > 0) {
    await workFor(worker, 1, alone / 5)
    figures["p50"] = 1000 * quantile(await timesOf(worker, alone), 0.5)
  }
  return figures
}
