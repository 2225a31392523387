/** What an emulator is doing: the calls it answers and has answered lately. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Socket } from "node:net"
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
  /** Messages of a session, and their bytes; of a request the bytes on the wire, its head included. */
  readonly received: { messages: number; bytes: number }
  readonly sent: { messages: number; bytes: number }
  /** What went wrong with it on demand: the types of the faults, in their order. */
  readonly faults: ReadonlyArray<string>
}

/** Keeps the eye on calls. */
export class Monitor extends Context.Service<Monitor, {
  readonly begin: (exchange: Exchange) => Call
  readonly end: (call: Call, now: number) => void
  /** What a connection has carried until now belongs to no call. */
  readonly skip: (socket: Socket) => void
  /** Those that are going on, oldest first. */
  readonly active: () => ReadonlyArray<Call>
  /** Those that are over, the newest first. */
  readonly recent: () => ReadonlyArray<Call>
  /** How many there were altogether. */
  readonly total: () => number
  /** Waits until no call is going on. */
  readonly settled: Effect.Effect<void>
}>()("@effect-deepgram/emulator/Monitor") {}

/** Calls that are remembered when they are over. */
const remembered = 200

/** What a connection had carried when the last call over it was over. */
const carried = new WeakMap<Socket, { readonly read: number; readonly written: number }>()

const skip = (socket: Socket) => {
  carried.set(socket, { read: socket.bytesRead, written: socket.bytesWritten })
}

/** A line for the log; what there is nothing of is left out. */
const logged = ({ begun, ended = begun, faults, method, path, received, requestId, sent, status, transport }: Call) =>
  Effect.annotateLogs(Effect.logInfo(`${method} ${path} ${status ?? 0}`), {
    requestId,
    method,
    path,
    status: status ?? 0,
    durationMs: ended - begun,
    bytesReceived: received.bytes,
    bytesSent: sent.bytes,
    ...(transport === "websocket" ? { messagesReceived: received.messages, messagesSent: sent.messages } : {}),
    ...(faults.length === 0 ? {} : { faults: faults.join(", ") })
  })

/** Each emulator has its own; with `logRequests` every call that is over is logged. */
export const layer = ({ logRequests }: { readonly logRequests: boolean }): Layer.Layer<Monitor> =>
  Layer.effect(
    Monitor,
    Effect.gen(function*() {
      const run = Effect.runSyncWith(yield* Effect.context<never>())
      const active = new Map<Call, Socket | undefined>()
      const recent: Array<Call> = []
      let total = 0
      let onSettled: Array<() => void> = []

      const measure = (call: Call, socket: Socket | undefined) => {
        if (socket === undefined) return
        const { read, written } = carried.get(socket) ?? { read: 0, written: 0 }
        call.received.bytes = socket.bytesRead - read
        call.sent.bytes = socket.bytesWritten - written
      }
      const end = (call: Call, now: number) => {
        if (!active.has(call)) return
        const socket = active.get(call)
        measure(call, socket)
        if (socket !== undefined) skip(socket)
        active.delete(call)
        call.ended = now
        // A ring: the oldest makes room.
        if (recent.length === remembered) recent.shift()
        recent.push(call)
        if (logRequests) run(logged(call))
        if (active.size > 0) return
        const waiting = onSettled
        onSettled = []
        for (const resume of waiting) resume()
      }
      // With the emulator end those that it cut.
      yield* Effect.addFinalizer(() =>
        Effect.map(Clock.currentTimeMillis, (now) => {
          for (const call of active.keys()) end(call, now)
        })
      )
      return {
        begin: ({ begun, faults, method, requestId, stream, target, transport }) => {
          const call: Call = {
            requestId,
            transport,
            method,
            path: loggedPath(target),
            begun,
            ended: undefined,
            status: undefined,
            received: { messages: 0, bytes: 0 },
            sent: { messages: 0, bytes: 0 },
            faults
          }
          total++
          active.set(call, transport === "http" && stream instanceof Socket ? stream : undefined)
          return call
        },
        end,
        skip,
        active: () =>
          Array.from(active, ([call, socket]) => {
            measure(call, socket)
            return call
          }),
        recent: () => recent.toReversed(),
        total: () => total,
        settled: Effect.callback<void>((resume) => {
          if (active.size === 0) return resume(Effect.void)
          onSettled.push(() => resume(Effect.void))
        })
      }
    })
  )
