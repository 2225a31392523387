/** Requests for sessions that go wrong: the handshake, and the bytes of the session. */
import * as Effect from "effect/Effect"
import { Socket } from "node:net"
import type { Duplex } from "node:stream"
import type { Exchange } from "../server/exchange.ts"
import * as Gate from "./gate.ts"
import type { Injection } from "./injection.ts"
import type { Injector } from "./injector.ts"
import * as Line from "./line.ts"
import * as Pace from "./pace.ts"
import { prelude } from "./prelude.ts"
import { marksOf, speed } from "./requests.ts"

/** What goes wrong with a session. */
export interface Disturbance {
  readonly injection: Injection
  readonly line: Line.Line
}

/** What comes from the client: slow, or not at all while nothing goes on. */
const guard = (injector: Injector["Service"], injection: Injection, stream: Duplex, line: Line.Line) => {
  const bytesPerSecond = speed(injection, "up")
  if (bytesPerSecond === undefined && injection.of("Stall").length === 0) return
  const paced: Gate.Pass = bytesPerSecond === undefined ? (bytes, hand) => hand(bytes) : Pace.make(bytesPerSecond)
  Gate.guard(injector, stream, {
    pass: (bytes, hand) =>
      Effect.andThen(line.flowing, paced(bytes, (part) => Effect.andThen(line.flowing, hand(part)))),
    // The client has gone.
    onEnd: () => {
      if (line.isStalled()) stream.destroy()
    }
  })
}

/** Takes the connection over, if anything is to go wrong. */
export const begin = (
  injector: Injector["Service"],
  exchange: Exchange,
  stream: Duplex
): Disturbance | undefined => {
  const injection = injector.decide(exchange)
  // Requests over HTTP come on no other streams.
  if (injection === undefined || !(stream instanceof Socket)) return undefined
  const line = Line.make(injector, stream, { bytesPerSecond: speed(injection, "down"), marks: marksOf(injection) })
  guard(injector, injection, stream, line)
  return { injection, line }
}

/** Waits as long as the answer to the handshake is late; then says what is answered instead, if anything is. */
export const instead = ({ injection, line }: Disturbance, { ongoing }: Injector["Service"]) =>
  Effect.raceFirst(Effect.andThen(line.closed, Effect.interrupt), prelude(injection, ongoing))
