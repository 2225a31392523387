/** What the loads over WebSocket and the peers have in common. */
import type * as ListenV1 from "effect-deepgram/ListenV1"
import { ownCpu } from "../machine.ts"
import type { Question } from "./roundProcess.ts"

/** A session of live transcription. */
export interface Session {
  readonly send: (audio: Uint8Array) => void
}

/** Who hears everything that the server says. */
export type Hear = (message: unknown) => void

/** Opens a session, in the form that the variant names; what goes wrong with it ends the process. */
export type Open = (url: string, variant: string | undefined, hear: Hear) => Promise<Session>

/** What each session is asked for. */
export const options = { model: "nova-3", encoding: "linear16", sample_rate: 16_000 } as const

/** 20 milliseconds of audio. */
export const frame: Uint8Array = Uint8Array.from({ length: 640 }, (_, i) => (i * 31) & 255)

/** Whether it is all of what the server said. */
export const isResult = (message: unknown): boolean => {
  const { channel, type } = message as Partial<ListenV1.Results>
  const alternative = channel?.alternatives[0]
  return type === "Results" && alternative?.words.length === 10 && alternative.transcript.length > 20
}

/** Where a behaviour of the server is, as a URL of HTTP. */
export const urlOf = ({ ports }: Question, behaviour: "live" | "liveFlood"): string =>
  `http://127.0.0.1:${ports[behaviour]}`

/** What was used meanwhile, in milliseconds. */
export interface Used {
  readonly cpu: number
  readonly wall: number
}

/** Begins to measure. */
export const stopwatch = (): () => Used => {
  const cpu = ownCpu()
  const begin = performance.now()
  return () => ({ wall: performance.now() - begin, cpu: ownCpu() - cpu })
}
