/** One round of one peer. Imports nothing but what the two name: what is not used must not be weighed. */
import { childrenCpu, ownCpu } from "../machine.ts"
import { answer } from "../peer.ts"
import type { Figures } from "./comparison.ts"
import type { Ports } from "./serverProcess.ts"

/** What is to be done, and where. */
export interface Question {
  /** A file of `loads/`. */
  readonly load: string
  /** A file of `peers/`. */
  readonly module: string
  readonly variant: string | undefined
  readonly size: Readonly<Record<string, number>>
  readonly ports: Ports
}

/** What came of it. */
export interface Answer {
  readonly figures: Figures
  /** Milliseconds of processor time of the whole process, and of those that it had launched. */
  readonly cpu: number
}

/** What a file of `loads/` has: it makes a peer work, and measures. */
export interface Load<Peer> {
  readonly measure: (peer: Peer, question: Question) => Promise<Figures>
}

answer<Question, Answer>(async (question) => {
  const [load, peer] = await Promise.all([
    import(`./loads/${question.load}.ts`) as Promise<Load<unknown>>,
    import(`./peers/${question.module}.ts`)
  ])
  const figures = await load.measure(peer, question)
  return { figures, cpu: ownCpu() + childrenCpu() }
})
