/** Requests for sessions that go wrong: the handshake, and the bytes of the session. */
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import { Socket } from "node:net"
import type { Duplex } from "node:stream"
import type { Exchange } from "../server/exchange.ts"
import * as Gate from "./gate.ts"
import type { Injection } from "./injection.ts"
import type { Injector } from "./injector.ts"
import * as Line from "./line.ts"
import { isPreluded, prelude } from "./prelude.ts"
import { marksOf, narrow, speed } from "./requests.ts"

/** What goes wrong with a session. */
export interface Disturbance {
  readonly injection: Injection
  readonly line: Line.Line
  /** What came behind the request, and is still to be looked at. */
  readonly head: Buffer
  /** Open when the answer may begin. */
  readonly preluded: Latch.Latch
}

/** What comes from the client: slow, or not at all while nothing goes on. */
const guard = (
  injector: Injector["Service"],
  injection: Injection,
  stream: Duplex,
  { line, preluded }: Pick<Disturbance, "line" | "preluded">
): Gate.Gate | undefined => {
  const paced = narrow(injection)
  if (paced === undefined && injection.of("Stall").length === 0 && preluded.isOpen()) return undefined
  const pass = paced ?? Gate.open
  const flowing = Effect.andThen(preluded.await, line.flowing)
  return Gate.guard(injector, stream, {
    pass: (bytes, hand) => Effect.andThen(flowing, pass(bytes, (part) => Effect.andThen(line.flowing, hand(part)))),
    // The client has gone.
    onEnd: () => {
      if (line.isStalled() || !preluded.isOpen()) stream.destroy()
    }
  })
}

/** Takes the connection over, if anything is to go wrong. */
export const begin = (
  injector: Injector["Service"],
  exchange: Exchange,
  stream: Duplex,
  head: Buffer
): Disturbance | undefined => {
  const injection = injector.decide(exchange)
  // Requests over HTTP come on no other streams.
  if (injection === undefined || !(stream instanceof Socket)) return undefined
  const line = Line.make(injector, stream, {
    bytesPerSecond: speed(injection),
    marks: marksOf(injection),
    onEndless: () => gate?.lose()
  })
  const preluded = Latch.makeUnsafe(!isPreluded(injection))
  const gate = guard(injector, injection, stream, { line, preluded })
  if (gate === undefined) return { injection, line, head, preluded }
  if (head.length > 0) stream.push(head)
  return { injection, line, head: Buffer.alloc(0), preluded }
}

/** Waits as long as the answer to the handshake is late; then says what is answered instead, if anything is. */
export const instead = ({ injection, line, preluded }: Disturbance, { ongoing }: Injector["Service"]) =>
  Effect.raceFirst(Effect.andThen(line.closed, Effect.interrupt), prelude(injection, ongoing)).pipe(
    Effect.tap(preluded.open)
  )
