/** Speech: much of it at once, and the beginnings of short answers. */
import { ownCpu } from "../../machine.ts"
import { quantile } from "../../result.ts"
import type { Figures } from "../comparison.ts"
import type { Question } from "../roundProcess.ts"
import { speechBytes } from "../servers/http.ts"
import { times, type Worker, workFor } from "../worker.ts"

/** What is heard, to its end: so many bytes. `onFirst` is called when the first of them are there. */
export interface Speech {
  readonly url: string
  readonly bytes: number
  readonly onFirst: () => void
}

/** What a peer has to have. */
export interface Peer {
  readonly speak: (speech: Speech) => Promise<Worker>
}

const nobody = () => undefined

export const measure = async ({ speak }: Peer, { ports, size }: Question): Promise<Figures> => {
  const { downloads = 1, short = 0, warmUp = 1 } = size
  const { long } = speechBytes
  const whole = await speak({ url: `http://127.0.0.1:${ports.longSpeech}`, bytes: long, onFirst: nobody })
  await whole(times(warmUp))
  const cpu = ownCpu()
  const begin = performance.now()
  await whole(times(downloads))
  const took = performance.now() - begin
  const used = ownCpu() - cpu

  const firsts: Array<number> = []
  let asked = 0
  const worker = await speak({
    url: `http://127.0.0.1:${ports.shortSpeech}`,
    bytes: speechBytes.short,
    onFirst: () => firsts.push(performance.now() - asked)
  })
  await workFor(worker, 1, short / 2)
  firsts.length = 0
  const end = performance.now() + short
  await worker(() => {
    asked = performance.now()
    return asked < end
  })
  return {
    "MB per second": (long * downloads) / 1000 / took,
    "CPU per 100 MB": used / downloads,
    "first byte p50": 1000 * quantile(firsts, 0.5)
  }
}
