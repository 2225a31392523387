/**
 * What goes wrong with the bytes of a connection while a call has it: they are late, stop, or the connection breaks.
 * The answer itself is made as always; what it writes to the socket is shaped on the way, as `Writable` allows those who
 * implement one, so that backpressure stays.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type { Socket } from "node:net"
import * as Cursor from "./cursor.ts"
import type { Injector } from "./injector.ts"
import * as Pace from "./pace.ts"

/** What happens at a place of the answer, unless it ends before. */
export interface Mark extends Cursor.Place {
  readonly happen: (line: Line) => void
}

/** A connection whose bytes are disturbed. */
export interface Line {
  /** Nothing is sent for so many milliseconds, and of a session nothing read. Of several stalls the longest counts. */
  readonly stall: (millis: number) => void
  readonly isStalled: () => boolean
  /** The head of the answer is with the system, all of it. */
  readonly isAnswered: () => boolean
  /** Something happens when so many more bytes have been sent, 1 or more. */
  readonly arm: (bytes: number, happen: () => void) => void
  /** Waits while it is stalled. */
  readonly flowing: Effect.Effect<void>
  /** The connection is reset. */
  readonly reset: () => void
  /** The connection ends without what is still to be sent. */
  readonly cut: () => void
  /** The other side of the client is gone; the connection stays until the emulator stops. */
  readonly vanish: () => void
  readonly isGone: () => boolean
  /** Waits until the connection is closed, or to the emulator as good as closed. */
  readonly closed: Effect.Effect<void>
  /** Waits until everything is with the system. */
  readonly flushed: Effect.Effect<void>
  /** The call is over: its connection is as it was, unless it is broken. */
  readonly release: () => void
}

type Written = (error?: Error | null) => void

const bytesOf = (chunk: Buffer | string, encoding: BufferEncoding): Buffer =>
  typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk

/** Of its own, so that what the connection's class says comes back without them. */
const overrides = ["_write", "_writev", "_final", "destroy", "resume"] as const

const restore = (socket: Socket): void => {
  for (const name of overrides) Reflect.deleteProperty(socket, name)
}

/** What `Writable` says of chunks that are bytes; the types of Node do not know it. */
const inBytes = "buffer" as BufferEncoding

const interim = "HTTP/1.1 100 Continue\r\n\r\n"

/** Where no answer comes to. */
const nowhere: Cursor.Place = { part: "body", after: Infinity }

/** Takes the connection of a call over, before anything is sent. */
export const make = (
  { detain, run }: Injector["Service"],
  socket: Socket,
  { bytesPerSecond, marks, onEndless }: {
    /** How fast bytes are sent. */
    readonly bytesPerSecond: number | undefined
    readonly marks: ReadonlyArray<Mark>
    /** It is stalled for ever: whoever does not read on does not hear that the client goes. */
    readonly onEndless: () => void
  }
): Line => {
  const cursor = Cursor.make()
  const waiting = marks.toSorted(Cursor.byPlace)
  const latch = Latch.makeUnsafe(true)
  const closed = Deferred.makeUnsafe<void>()
  const write = socket._write.bind(socket)
  const paced = bytesPerSecond === undefined ? undefined : Pace.make(bytesPerSecond)
  let armed: { left: number; readonly happen: () => void } | undefined
  let isOver = false
  let isAnswered = false
  let isGone = false
  let stalls = 0

  const handOver = (bytes: Buffer): Effect.Effect<void, Error> =>
    Effect.andThen(
      latch.await,
      Effect.callback<void, Error>((resume) => {
        if (isOver) return resume(Effect.void)
        write(bytes, inBytes, (error) => resume(error ? Effect.fail(error) : Effect.void))
      })
    )
  const send = (bytes: Buffer) => paced === undefined ? handOver(bytes) : paced(bytes, handOver)

  const countDown = (bytes: number): Effect.Effect<void> => {
    if (armed === undefined) return Effect.void
    armed.left -= bytes
    if (armed.left > 0) return Effect.void
    const { happen } = armed
    armed = undefined
    happen()
    return latch.await
  }

  const sendAll = Effect.fnUntraced(function*(bytes: Buffer): Effect.fn.Return<void, Error> {
    let rest = bytes
    // It is in front of the answer.
    if (rest.toString("latin1", 0, interim.length) === interim) {
      yield* send(rest.subarray(0, interim.length))
      rest = rest.subarray(interim.length)
    }
    while (rest.length > 0) {
      if (isOver) return
      const [mark] = waiting
      const most = rest.subarray(0, armed?.left)
      const free = cursor.advance(most, mark ?? nowhere)
      if (free > 0) yield* send(rest.subarray(0, free))
      isAnswered ||= !cursor.isInHead()
      rest = rest.subarray(free)
      yield* countDown(free)
      if (mark === undefined || free === most.length) continue
      waiting.shift()
      if (cursor.isPast(mark)) continue
      mark.happen(line)
      yield* latch.await
    }
  })

  const shaped = (bytes: Buffer, written: Written) => {
    if (isOver || bytes.length === 0) return written()
    if (waiting.length === 0 && armed === undefined && paced === undefined && latch.isOpen() && !cursor.isInHead()) {
      return write(bytes, inBytes, written)
    }
    run(Effect.matchEffect(Effect.raceFirst(Deferred.await(closed), sendAll(bytes)), {
      onFailure: (error) => Effect.sync(() => written(error)),
      onSuccess: () => Effect.sync(() => written())
    }))
  }

  const onClose = () => {
    isOver = true
    latch.openUnsafe()
    Deferred.doneUnsafe(closed, Effect.void)
  }
  // A client that goes away ends a stall, but as long as something waits to be sent the connection would stay.
  const onEnd = () => {
    if (!latch.isOpen()) socket.destroy()
  }
  const detach = () => {
    restore(socket)
    socket.off("close", onClose).off("end", onEnd)
  }

  const line: Line = {
    stall: (millis) => {
      latch.closeUnsafe()
      stalls++
      if (socket.readableEnded) return onEnd()
      if (!Number.isFinite(millis)) return onEndless()
      run(Effect.raceFirst(
        Deferred.await(closed),
        Effect.andThen(
          Effect.sleep(millis),
          Effect.sync(() => {
            stalls--
            if (stalls === 0) latch.openUnsafe()
          })
        )
      ))
    },
    arm: (bytes, happen) => {
      armed = { left: bytes, happen }
    },
    isStalled: () => !latch.isOpen(),
    isAnswered: () => isAnswered,
    flowing: latch.await,
    reset: () => {
      isOver = true
      socket.resetAndDestroy()
    },
    cut: () => {
      isOver = true
      socket.destroySoon()
    },
    isGone: () => isGone,
    vanish: () => {
      isGone = true
      onClose()
      socket.pause()
      socket._final = (done) => done()
      socket.destroy = () => socket
      socket.resume = () => socket
      detain(() => {
        detach()
        socket.destroy()
      })
    },
    closed: Deferred.await(closed),
    flushed: Effect.raceFirst(
      Deferred.await(closed),
      Effect.callback<void>((resume) => {
        socket.write("", () => resume(Effect.void))
      })
    ),
    release: () => {
      if (!isOver) detach()
    }
  }
  socket._write = (chunk, encoding, written) => shaped(bytesOf(chunk, encoding), written)
  socket._writev = (chunks, written) =>
    shaped(Buffer.concat(chunks.map(({ chunk, encoding }) => bytesOf(chunk, encoding))), written)
  socket.on("close", onClose).on("end", onEnd)
  return line
}
