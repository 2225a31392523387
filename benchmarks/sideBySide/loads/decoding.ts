/** From the text of a long transcription to a validated value, beside `JSON.parse` of the same text. */
import { quantile } from "../../result.ts"
import type { Figures } from "../comparison.ts"
import type { Question } from "../roundProcess.ts"
import { words } from "../servers/http.ts"
import { transcription } from "../servers/transcription.ts"
import { times, type Worker } from "../worker.ts"

/** A text that stands for the answer of a server, and how many words it has. */
export interface Answer {
  readonly text: string
  readonly words: number
}

/** What a peer has to have. */
export interface Peer {
  readonly decode: (answer: Answer) => Promise<Worker>
}

export const measure = async ({ decode }: Peer, { size }: Question): Promise<Figures> => {
  const { duration = 0, warmUp = 0 } = size
  const text = transcription(words.many)
  const worker = await decode({ text, words: words.many })
  const took = { ours: new Array<number>(), parser: new Array<number>() }
  const round = async () => {
    const begin = performance.now()
    // By chance and not by turns: the garbage collector, which comes after so many megabytes, would choose one of them.
    const who = Math.random() < 0.5 ? "ours" : "parser"
    if (who === "ours") await worker(times(1))
    else JSON.parse(text)
    took[who].push(performance.now() - begin)
  }
  for (const end = performance.now() + warmUp; performance.now() < end;) await round()
  took.ours.length = took.parser.length = 0
  const end = performance.now() + duration
  while (performance.now() < end || took.ours.length === 0 || took.parser.length === 0) await round()
  const [ours, parser] = [quantile(took.ours, 0.5), quantile(took.parser, 0.5)]
  return { "text to value": ours / parser, "p50 of JSON.parse": parser }
}
