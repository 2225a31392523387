/** Requests over HTTP that go wrong. */
import * as Effect from "effect/Effect"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { Fault } from "../../Faults.ts"
import { headersOf, ofOrigins, type Reply } from "./answers.ts"
import * as Bodies from "./bodies.ts"
import * as Gate from "./gate.ts"
import { end, type Happening, type Injection } from "./injection.ts"
import { type Injector, millis } from "./injector.ts"
import * as Line from "./line.ts"
import * as Pace from "./pace.ts"
import { isPreluded } from "./prelude.ts"

/** What happens to a connection at a place of its bytes. */
export const happen = (injection: Injection, happening: Happening): (line: Line.Line) => void => (line) => {
  injection.happened(happening)
  const fault: Fault = happening.fault
  if (fault.type === "Stall") line.stall(fault.duration === undefined ? Infinity : millis(fault.duration))
  if (fault.type === "Reset") line.reset()
  if (fault.type === "HalfOpen") line.vanish()
  if (fault.type === "Truncate") line.cut()
}

/** How fast the bytes of one direction go; that they are slow is logged now. */
export const speed = (injection: Injection, direction: "down" | "up"): number | undefined => {
  const narrow = injection.of("Bandwidth").find(({ fault }) => (fault.direction ?? "down") === direction)
  if (narrow === undefined) return undefined
  injection.happened(narrow)
  return narrow.fault.bytesPerSecond
}

/** What happens in the answer to a request, or to a handshake. */
export const marksOf = (injection: Injection): ReadonlyArray<Line.Mark> =>
  injection.of("Stall", "Reset", "HalfOpen", "Truncate").flatMap((happening) => {
    const { fault } = happening
    const part = fault.type === "Truncate" ? "body" : fault.at ?? "head"
    if (part !== "head" && part !== "body") return []
    return [{ part, after: fault.after ?? 0, happen: happen(injection, happening) }]
  })

/** The body of a request: slow, or no more of it is read. */
const guard = (injector: Injector["Service"], injection: Injection, request: IncomingMessage, line: Line.Line) => {
  const bytesPerSecond = speed(injection, "up")
  const waiting = injection.of("Stall", "Reset", "HalfOpen")
    .filter(({ fault }) => fault.at === "request")
    .toSorted((a, b) => (a.fault.after ?? 0) - (b.fault.after ?? 0))
  if (bytesPerSecond === undefined && waiting.length === 0) return
  const paced: Gate.Pass = bytesPerSecond === undefined ? (bytes, hand) => hand(bytes) : Pace.make(bytesPerSecond)
  let read = 0
  const pass: Gate.Pass = Effect.fnUntraced(function*(bytes, hand) {
    let rest = bytes
    while (rest.length > 0) {
      const [next] = waiting
      const free = next === undefined ? rest.length : Math.min(rest.length, (next.fault.after ?? 0) - read)
      if (free > 0) yield* paced(rest.subarray(0, free), hand)
      read += free
      rest = rest.subarray(free)
      if (next === undefined || rest.length === 0) continue
      waiting.shift()
      happen(injection, next)(line)
      // Of a connection that is gone nothing is read any more.
      yield* next.fault.type === "Stall" ? line.flowing : Effect.never
    }
  })
  Gate.guard(injector, request, { pass, onEnd: () => undefined })
}

/** Answers with something else than what was asked for. */
const send = (response: ServerResponse, reply: Reply): void => {
  // Proxies do not know what scripts of other origins may read, and nothing of Deepgram's headers.
  const isOfDeepgram = reply.headers["dg-request-id"] !== undefined
  response.writeHead(reply.status, { ...(isOfDeepgram ? ofOrigins : undefined), ...headersOf(reply) })
  response.end(reply.body)
}

/** Lets a request go on as it is meant to go wrong; `preluding` says what is answered instead, and waits before. */
export const disturb = (
  injector: Injector["Service"],
  injection: Injection,
  { preluding, proceed, request, response }: {
    readonly request: IncomingMessage
    readonly response: ServerResponse
    readonly preluding: Effect.Effect<Reply | undefined>
    readonly proceed: () => void
  }
): void => {
  const attach = () => {
    const line = Line.make(injector, request.socket, {
      bytesPerSecond: speed(injection, "down"),
      marks: marksOf(injection)
    })
    // Before Node begins with the next answer on this connection.
    response.prependListener("finish", line.release)
    return line
  }
  // While an earlier request of the connection is still being answered, its bytes are not those of this one.
  if (response.socket === null) response.once("socket", attach)
  const line = response.socket === null ? undefined : attach()
  if (line !== undefined) guard(injector, injection, request, line)
  Bodies.alter(injection, response)
  response.once("close", () => end(injection))
  if (!isPreluded(injection)) return proceed()
  const fiber = injector.run(Effect.map(preluding, (reply) => {
    if (response.destroyed) return
    if (reply === undefined) proceed()
    else send(response, reply)
  }))
  response.once("close", () => fiber.interruptUnsafe())
}
