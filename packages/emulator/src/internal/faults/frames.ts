/** Messages of a session that are late, twice, unknown or cut; and what happens to the session between two of them. */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import type { Connection, Received } from "../server/socketConnection.ts"
import type { FaultOf, Happening, Injection } from "./injection.ts"
import { millis } from "./injector.ts"
import type { Line } from "./line.ts"
import { happen } from "./requests.ts"

/** What happens between two messages. */
type Break = Happening<FaultOf<"Close" | "Stall" | "Reset" | "HalfOpen">>

/** Of one side: how many messages it has sent, and what happens then. */
interface Side {
  sent: number
  readonly breaks: Array<Break>
}

/** Messages that are late and wait. */
const mostLate = 1024

const gone: Received = { _tag: "Gone", breach: undefined }

const isOfFrames = ({ fault }: Break): boolean => fault.type === "Close" || fault.at === "frame"

const breaksOf = (injection: Injection): ReadonlyArray<Break> =>
  injection.of("Close", "Stall", "Reset", "HalfOpen").filter(isOfFrames)

const sideOf = (breaks: ReadonlyArray<Break>, side: "server" | "client"): Side => ({
  sent: 0,
  breaks: breaks.filter(({ fault: { of = "server" } }) => of === side)
    .toSorted((a, b) => (a.fault.after ?? 0) - (b.fault.after ?? 0))
})

/** A message that no documentation knows. */
const unknown = { type: "EmulatorUnknown", message: "A message that no documentation knows." }

/** What goes out in the place of the message that so many others were sent before. */
const altering = (injection: Injection) => {
  const said = new Set<Happening>()
  // What goes on with many messages is logged once.
  const once = (happening: Happening) => {
    if (said.has(happening)) return
    said.add(happening)
    injection.happened(happening)
  }
  return (message: string | Uint8Array, before: number): ReadonlyArray<string | Uint8Array> => {
    const strangers = injection.of("Unknown").filter(({ fault: { after = 0 } }) => after === before)
    const twice = injection.of("Duplicate")
      .find(({ fault: { after = 0, all } }) => after === before || (all === true && after < before))
    const garble = typeof message === "string"
      ? injection.of("Garble").find((happening) => (happening.fault.after ?? 0) <= before && !said.has(happening))
      : undefined
    for (const happening of [...strangers, twice, garble]) if (happening !== undefined) once(happening)
    const sent = garble === undefined ? message : message.slice(0, Math.ceil(message.length / 2))
    return [
      ...strangers.map(({ fault }) => JSON.stringify(fault.message ?? unknown)),
      ...(twice === undefined ? [sent] : [sent, sent])
    ]
  }
}

/** Whether anything happens that a session has to know of, and not only the bytes of its connection. */
const isFor = (injection: Injection): boolean =>
  injection.of("Close", "Stall", "HalfOpen", "Reset", "Duplicate", "Unknown", "Garble").length > 0 ||
  injection.of("Latency").some(({ fault }) => fault.each === "frame")

/** Tasks that wait as long as the messages are late, one after the other. */
const lateness = Effect.fnUntraced(function*(injection: Injection) {
  const late = injection.of("Latency").find(({ fault }) => fault.each === "frame")
  if (late === undefined) return undefined
  const { delay, jitter = 0 } = late.fault
  const tasks = yield* Queue.bounded<{ readonly due: number; readonly task: Effect.Effect<void> }>(mostLate)
  let count = 0
  yield* Effect.forkScoped(Effect.forever(Effect.gen(function*() {
    const { due, task } = yield* Queue.take(tasks)
    const now = yield* Clock.currentTimeMillis
    if (due > now) yield* Effect.sleep(due - now)
    yield* task
  })))
  return Effect.fnUntraced(function*(task: Effect.Effect<void>) {
    if (count === 0) injection.happened(late)
    const now = yield* Clock.currentTimeMillis
    yield* Queue.offer(tasks, { due: now + millis(delay) + late.draw(++count) * millis(jitter), task })
  })
})

/** A connection on which messages go wrong, within the scope of the session. */
export const disturbed = Effect.fnUntraced(function*(connection: Connection, injection: Injection, line: Line) {
  if (!isFor(injection)) return connection
  const scope = yield* Effect.scope
  const breaks = breaksOf(injection)
  const sides = { server: sideOf(breaks, "server"), client: sideOf(breaks, "client") }
  const over = yield* Deferred.make<Received>()
  const altered = altering(injection)
  const later = yield* lateness(injection)
  let isOver = false
  let closing: Fiber.Fiber<void> | undefined

  /** To the session its client is gone. */
  const end = () => {
    isOver = true
    Deferred.doneUnsafe(over, Effect.succeed(gone))
  }

  const breakOff = Effect.fnUntraced(function*(broken: Break) {
    const { fault } = broken
    if (fault.type === "Close") {
      injection.happened(broken)
      const { code, reason } = fault
      // The session goes on to its end meanwhile.
      closing = yield* Effect.forkIn(connection.close({ code, reason }), scope, { startImmediately: true })
      return end()
    }
    const { into = 0, of = "server", type } = fault
    const act = () => {
      happen(injection, broken)(line)
      if (type !== "Stall") end()
    }
    // What was sent before arrives before.
    yield* line.flushed
    if (into > 0 && of === "server") line.arm(into, act)
    else act()
  })

  const breakDue = Effect.fnUntraced(function*({ breaks, sent }: Side) {
    const later = breaks.findIndex(({ fault: { after = 0 } }) => after > sent)
    for (const due of breaks.splice(0, later < 0 ? breaks.length : later)) {
      if (isOver) return
      yield* breakOff(due)
    }
  })

  const transmit = Effect.fnUntraced(function*(message: string | Uint8Array) {
    if (isOver) return
    // Now: another one may be sent while this one waits for a client that does not read.
    const before = sides.server.sent++
    for (const part of altered(message, before)) yield* connection.send(part)
    yield* breakDue(sides.server)
  })
  const send = (message: string | Uint8Array) => later === undefined ? transmit(message) : later(transmit(message))

  /** What was sent before, and is late, is with the client, or never will be. */
  const allSent = later === undefined ? Effect.void : Effect.gen(function*() {
    const done = yield* Deferred.make<void>()
    yield* later(Effect.asVoid(Deferred.succeed(done, undefined)))
    yield* Effect.raceFirst(line.closed, Deferred.await(done))
  })

  const receive: Effect.Effect<Received> = Effect.gen(function*() {
    while (true) {
      const received = yield* Effect.raceFirst(Deferred.await(over), connection.receive)
      // Nobody can say anything on a line where nothing goes on.
      if (received._tag === "Idle" && line.isStalled()) continue
      if (received._tag === "Binary" || received._tag === "Text") {
        sides.client.sent++
        yield* breakDue(sides.client)
      }
      return received
    }
  })

  // The other side may be gone since the handshake.
  const vanished = Effect.andThen(line.closed, Effect.sync(() => line.isGone() ? end() : undefined))
  yield* Effect.forkScoped(vanished, { startImmediately: true })
  yield* breakDue(sides.server)
  yield* breakDue(sides.client)
  const disturbed: Connection = {
    ...connection,
    shortCut: () => undefined,
    receive,
    send,
    close: Effect.fnUntraced(function*({ code, last, reason }) {
      if (last !== undefined) yield* send(last)
      yield* allSent
      yield* line.flowing
      if (closing !== undefined) return yield* Fiber.join(closing)
      if (!isOver) yield* connection.close({ code, reason })
    })
  }
  return disturbed
})
