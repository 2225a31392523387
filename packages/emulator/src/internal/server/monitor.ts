/** What an emulator is doing: the calls it answers and has answered lately. */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import { loggedPath } from "../state/ledgerSecrets.ts"
import type { Exchange } from "./exchange.ts"

/** A call, as it is shown: without secrets. */
export interface Call {
  readonly requestId: string
  readonly transport: Exchange["transport"]
  readonly method: string
  readonly path: string
  /** Milliseconds since 1970. */
  readonly begun: number
  /** Milliseconds since 1970, when it is over. */
  ended: number | undefined
  /** Of the answer; 101 while a session is open, 0 for a call that was cut. */
  status: number | undefined
  /** Messages of a session, and their bytes. */
  readonly received: { messages: number; bytes: number }
  readonly sent: { messages: number; bytes: number }
}

/** Keeps the eye on calls. */
export class Monitor extends Context.Service<Monitor, {
  readonly begin: (exchange: Exchange) => Call
  readonly end: (call: Call, now: number) => void
  /** Those that are going on, oldest first. */
  readonly active: () => ReadonlyArray<Call>
  /** Those that are over, the newest first. */
  readonly recent: () => ReadonlyArray<Call>
  /** How many there were altogether. */
  readonly total: () => number
}>()("@effect-deepgram/emulator/Monitor") {}

/** Calls that are remembered when they are over. */
const remembered = 200

/** Build it afresh: each emulator has its own. */
export const layer: Layer.Layer<Monitor> = Layer.sync(Monitor, () => {
  const active = new Set<Call>()
  const recent: Array<Call> = []
  let total = 0
  return {
    begin: ({ begun, method, requestId, target, transport }) => {
      const call: Call = {
        requestId,
        transport,
        method,
        path: loggedPath(target),
        begun,
        ended: undefined,
        status: undefined,
        received: { messages: 0, bytes: 0 },
        sent: { messages: 0, bytes: 0 }
      }
      total++
      active.add(call)
      return call
    },
    end: (call, now) => {
      if (!active.delete(call)) return
      call.ended = now
      // A ring: the oldest makes room.
      if (recent.length === remembered) recent.shift()
      recent.push(call)
    },
    active: () => [...active],
    recent: () => recent.toReversed(),
    total: () => total
  }
})
