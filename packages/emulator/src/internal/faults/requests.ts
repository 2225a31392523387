/** Requests over HTTP that go wrong. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
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

const bandwidth = (injection: Injection, direction: "down" | "up") =>
  injection.of("Bandwidth").find(({ fault }) => (fault.direction ?? "down") === direction)

/** How fast the answer goes; that it is slow is logged now. */
export const speed = (injection: Injection): number | undefined => {
  const narrow = bandwidth(injection, "down")
  if (narrow === undefined) return undefined
  injection.happened(narrow)
  return narrow.fault.bytesPerSecond
}

/** How what comes from the client goes on, if that is slow; it is logged when there is anything. */
export const narrow = (injection: Injection): Gate.Pass | undefined => {
  const narrow = bandwidth(injection, "up")
  if (narrow === undefined) return undefined
  const pass = Pace.make(narrow.fault.bytesPerSecond)
  let isLogged = false
  return (bytes, hand) => {
    if (!isLogged) injection.happened(narrow)
    isLogged = true
    return pass(bytes, hand)
  }
}

/** What happens in the answer to a request, or to a handshake. */
export const marksOf = (injection: Injection): ReadonlyArray<Line.Mark> =>
  injection.of("Stall", "Reset", "HalfOpen", "Truncate").flatMap((happening) => {
    const { fault } = happening
    const part = fault.type === "Truncate" ? "body" : fault.at ?? "head"
    if (part !== "head" && part !== "body") return []
    return [{ part, after: fault.after ?? 0, happen: happen(injection, happening) }]
  })

/** The body of a request: late, slow, or no more of it is read. */
const guard = (
  injector: Injector["Service"],
  injection: Injection,
  request: IncomingMessage,
  { attached, preluded }: { readonly attached: Deferred.Deferred<Line.Line>; readonly preluded: Latch.Latch }
): Gate.Gate | undefined => {
  const paced = narrow(injection)
  const waiting = injection.of("Stall", "Reset", "HalfOpen")
    .filter(({ fault }) => fault.at === "request")
    .toSorted((a, b) => (a.fault.after ?? 0) - (b.fault.after ?? 0))
  if (paced === undefined && waiting.length === 0 && preluded.isOpen()) return undefined
  const slow = paced ?? Gate.open
  let read = 0
  const pass: Gate.Pass = Effect.fnUntraced(function*(bytes, hand) {
    const line = yield* Deferred.await(attached)
    yield* preluded.await
    let rest = bytes
    while (rest.length > 0) {
      const [next] = waiting
      const free = next === undefined ? rest.length : Math.min(rest.length, (next.fault.after ?? 0) - read)
      if (free > 0) yield* slow(rest.subarray(0, free), hand)
      read += free
      rest = rest.subarray(free)
      if (next === undefined || rest.length === 0) continue
      waiting.shift()
      happen(injection, next)(line)
      // Of a connection that is gone nothing is read any more.
      yield* next.fault.type === "Stall" ? line.flowing : Effect.never
    }
  })
  return Gate.guard(injector, request, { pass, onEnd: () => undefined })
}

/** Answers with something else than what was asked for. */
const send = (response: ServerResponse, reply: Reply): void => {
  // Proxies do not know what scripts of other origins may read, and nothing of Deepgram's headers.
  const isOfDeepgram = reply.headers["dg-request-id"] !== undefined
  response.writeHead(reply.status, { ...(isOfDeepgram ? ofOrigins : undefined), ...headersOf(reply) })
  response.end(reply.body)
}

/**
 * Lets a request go on as it is meant to go wrong; `preluding` says what is answered instead, and waits before. Returns
 * whether the head of the answer went out.
 */
export const disturb = (
  injector: Injector["Service"],
  injection: Injection,
  { preluding, proceed, request, response }: {
    readonly request: IncomingMessage
    readonly response: ServerResponse
    readonly preluding: Effect.Effect<Reply | undefined>
    readonly proceed: () => void
  }
): () => boolean => {
  const attached = Deferred.makeUnsafe<Line.Line>()
  const preluded = Latch.makeUnsafe(!isPreluded(injection))
  const gate = guard(injector, injection, request, { attached, preluded })
  let isAnswered = () => false
  const attach = () => {
    const line = Line.make(injector, request.socket, {
      bytesPerSecond: speed(injection),
      marks: marksOf(injection),
      onEndless: () => {
        gate?.lose()
        // Whoever answered may not have read all of it.
        request.resume()
      }
    })
    // Before Node begins with the next answer on this connection.
    response.prependListener("finish", line.release)
    isAnswered = line.isAnswered
    Deferred.doneUnsafe(attached, Effect.succeed(line))
  }
  // While an earlier request of the connection is still being answered, its bytes are not those of this one.
  if (response.socket === null) response.once("socket", attach)
  else attach()
  Bodies.alter(injection, response)
  response.once("close", () => end(injection))
  if (preluded.isOpen()) {
    proceed()
    return () => isAnswered()
  }
  const fiber = injector.run(
    Effect.map(preluding, (reply) => {
      if (response.destroyed) return
      preluded.openUnsafe()
      if (reply === undefined) return proceed()
      // Nobody reads what was to be done.
      request.resume()
      send(response, reply)
    }).pipe(
      // A client does not wait for an answer that cannot be sent.
      Effect.onError(() => Effect.sync(() => response.destroy()))
    )
  )
  response.once("close", () => fiber.interruptUnsafe())
  return () => isAnswered()
}
