/** What goes out: one queue for audio and control messages, in the order in which they were handed in. */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type { WebSocket } from "./webSocket.ts"

/** Stands for the closing of the socket, behind everything that was handed in before. */
export const hangUp = Symbol("hangUp")

/** A frame as it is handed to the socket. */
export type Frame = string | Uint8Array | typeof hangUp

/** The way out. */
export interface Outbox<E> {
  /**
   * Hands a frame over: suspends while the socket has more than `highWaterMark` bytes that did not leave. Before the
   * socket is open, `capacity` bytes are taken in without waiting, and copied: the caller may use them again.
   */
  readonly send: (frame: Frame) => Effect.Effect<void, E>
  /** The same for several, in order: those that may go at once leave together. */
  readonly sendAll: (frames: ReadonlyArray<Frame>) => Effect.Effect<void, E>
  /** The same without waiting: tells whether the frame was taken. */
  readonly sendUnsafe: (frame: Frame) => boolean
  /** Hands a text over, and succeeds when it is on its way. */
  readonly deliver: (text: string) => Effect.Effect<void, E>
  /** Puts a frame at the end, whatever waits before it. */
  readonly append: (frame: Frame) => void
  /** Sends it if nothing waits, and drops it if not: for what only says that one is still there. */
  readonly sendIfIdle: (frame: Frame) => void
  /** The socket is open: what waited goes out. */
  readonly open: (socket: WebSocket) => void
  /** Nothing goes out any more. */
  readonly fail: (cause: Cause.Cause<E>) => void
  /** Everything that was handed over has been sent. */
  readonly isIdle: () => boolean
}

interface Entry<E> {
  readonly frame: Frame
  /** It was taken in: it goes out whether or not there is room. */
  readonly isHeld: boolean
  /** Of a sender that waits. */
  readonly resume: ((sent: Effect.Effect<void, E>) => void) | undefined
}

/** Milliseconds between two looks at a socket that is full: browsers do not say when there is room. */
const poll = 4

const sizeOf = (frame: Frame): number =>
  frame === hangUp ? 0 : typeof frame === "string" ? frame.length : frame.byteLength

export const make = <E>(
  options: { readonly capacity: number; readonly highWaterMark: number; readonly onSent: (frame: Frame) => void }
): Outbox<E> => {
  const { capacity, highWaterMark, onSent } = options
  let socket: WebSocket | undefined
  let failure: Cause.Cause<E> | undefined
  let entries: Array<Entry<E>> = []
  let held = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const hasRoom = (to: WebSocket) => to.isOpen() && to.unsent() <= highWaterMark

  const emit = (to: WebSocket, frame: Frame) => {
    if (frame === hangUp) to.close()
    else to.send(frame)
    onSent(frame)
  }

  /** Sends what comes first, if it may go; tells whether it did. */
  const sendFirst = (): boolean => {
    const [entry] = entries
    if (socket === undefined || entry === undefined) return false
    // What was taken in before the opening goes out at once; it is bounded.
    if (!(entry.isHeld ? socket.isOpen() : hasRoom(socket))) return false
    // Before the sender goes on, which it does at once: it may send again, close, or end everything.
    entries.shift()
    if (entry.isHeld) held -= sizeOf(entry.frame)
    emit(socket, entry.frame)
    entry.resume?.(Effect.void)
    return true
  }

  const flush = () => {
    timer = undefined
    while (sendFirst()) { /* until something has to wait */ }
    if (socket !== undefined && entries.length > 0) timer ??= setTimeout(flush, poll)
  }

  const wait = (frame: Frame, isHeld: boolean): Effect.Effect<void, E> =>
    Effect.callback((resume) => {
      const entry: Entry<E> = { frame, isHeld, resume }
      entries.push(entry)
      if (isHeld) held += sizeOf(frame)
      if (socket !== undefined) timer ??= setTimeout(flush, poll)
      return Effect.sync(() => {
        if (!entries.includes(entry)) return
        entries = entries.filter((other) => other !== entry)
        if (isHeld) held -= sizeOf(frame)
      })
    })

  const append = (frame: Frame) => {
    held += sizeOf(frame)
    entries.push({ frame: frame instanceof Uint8Array ? frame.slice() : frame, isHeld: true, resume: undefined })
  }

  /** Sends a frame, if it may go at once; tells whether it did. */
  const sendNow = (frame: Frame): boolean => {
    if (socket === undefined || entries.length > 0 || !hasRoom(socket)) return false
    emit(socket, frame)
    return true
  }

  /** Takes a frame in before the socket is open; tells whether there was room for it. */
  const keep = (frame: Frame): boolean => {
    const fits = held + sizeOf(frame) <= capacity || held === 0
    // Behind a sender that waits, everybody waits.
    if (socket !== undefined || !fits || entries.at(-1)?.isHeld === false) return false
    append(frame)
    return true
  }

  const hand = (frame: Frame): Effect.Effect<void, E> => {
    if (failure !== undefined) return Effect.failCause(failure)
    return sendNow(frame) || keep(frame) ? Effect.void : wait(frame, false)
  }

  const send = (frame: Frame): Effect.Effect<void, E> => Effect.suspend(() => hand(frame))

  const sendAll = (frames: ReadonlyArray<Frame>): Effect.Effect<void, E> =>
    Effect.suspend(() => {
      let sent = 0
      // A write for one frame alone is none that could be saved.
      if (frames.length > 1 && socket !== undefined && failure === undefined) {
        socket.together(() => {
          for (let frame = frames[sent]; frame !== undefined && sendNow(frame); frame = frames[sent]) sent++
        })
      }
      const left = sent === 0 ? frames : frames.slice(sent)
      const [next] = left
      if (next === undefined) return Effect.void
      return left.length === 1 ? hand(next) : Effect.forEach(left, send, { discard: true })
    })

  return {
    send,
    sendAll,
    sendUnsafe: (frame) => failure === undefined && (sendNow(frame) || keep(frame)),
    deliver: (text) =>
      Effect.suspend(() => {
        if (failure !== undefined) return Effect.failCause(failure)
        return sendNow(text) ? Effect.void : wait(text, true)
      }),
    append(frame) {
      append(frame)
      if (socket !== undefined && timer === undefined) flush()
    },
    sendIfIdle(frame) {
      if (failure === undefined) sendNow(frame)
    },
    open(opened) {
      socket = opened
      flush()
    },
    fail(cause) {
      failure ??= cause
      socket = undefined
      clearTimeout(timer)
      const waiting = entries
      entries = []
      for (const { resume } of waiting) resume?.(Effect.failCause(cause))
    },
    isIdle: () => entries.length === 0
  }
}
