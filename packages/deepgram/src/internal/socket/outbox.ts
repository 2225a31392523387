/** What goes out: one queue for audio and control messages, in the order in which they were handed in. */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type { WebSocket } from "./webSocket.ts"

/** Stands for the closing of the socket, behind everything that was handed in before. */
export const hangUp = Symbol("hangUp")

/** A frame as it is handed to the socket. */
export type Frame = string | Uint8Array | typeof hangUp

interface Entry<E> {
  readonly frame: Frame
  /** It was taken in: it goes out whether or not there is room. */
  readonly isHeld: boolean
  /** Of a sender that waits. */
  readonly resume: ((sent: Effect.Effect<void, E>) => void) | undefined
}

/** Bytes that may be on their way out before a sender waits. */
const highWaterMark = 262_144

/** Milliseconds between two looks at a socket that is full: browsers do not say when there is room. */
const poll = 4

const sizeOf = (frame: Frame): number =>
  frame === hangUp ? 0 : typeof frame === "string" ? frame.length : frame.byteLength

const hasRoom = (to: WebSocket): boolean => to.isOpen() && to.unsent() <= highWaterMark

/** Who is told what has left. */
export interface Sender {
  readonly onSent: (frame: Frame) => void
}

/** The way out. Before the socket is open, `capacity` bytes are taken in without waiting. */
export class Outbox<E> {
  readonly #capacity: number
  readonly #sender: Sender
  #socket: WebSocket | undefined
  #failure: Cause.Cause<E> | undefined
  #entries: Array<Entry<E>> = []
  #held = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(capacity: number, sender: Sender) {
    this.#capacity = capacity
    this.#sender = sender
  }

  /**
   * Hands a frame over: suspends while the socket has more than {@link highWaterMark} bytes that did not leave. What is
   * taken in before the opening is copied: the caller may use it again.
   */
  send(frame: Frame): Effect.Effect<void, E> {
    if (this.#failure !== undefined) return Effect.failCause(this.#failure)
    return this.#sendNow(frame) || this.#keep(frame) ? Effect.void : this.#wait(frame, false)
  }

  /** The same for several, in order: those that may go at once leave together. */
  sendAll(frames: ReadonlyArray<Frame>): Effect.Effect<void, E> {
    let sent = 0
    // A write for one frame alone is none that could be saved.
    if (frames.length > 1 && this.#socket !== undefined && this.#failure === undefined) {
      this.#socket.together(() => {
        for (let frame = frames[sent]; frame !== undefined && this.#sendNow(frame); frame = frames[sent]) sent++
      })
    }
    const left = sent === 0 ? frames : frames.slice(sent)
    const [next] = left
    if (next === undefined) return Effect.void
    return left.length === 1
      ? this.send(next)
      : Effect.forEach(left, (frame) => this.send(frame), { discard: true })
  }

  /** The same without waiting: tells whether the frame was taken. */
  sendUnsafe(frame: Frame): boolean {
    return this.#failure === undefined && (this.#sendNow(frame) || this.#keep(frame))
  }

  /** Hands a text over, and succeeds when it is on its way. */
  deliver(text: string): Effect.Effect<void, E> {
    return Effect.suspend(() => {
      if (this.#failure !== undefined) return Effect.failCause(this.#failure)
      return this.#sendNow(text) ? Effect.void : this.#wait(text, true)
    })
  }

  /** Puts a frame at the end, whatever waits before it. */
  append(frame: Frame): void {
    this.#hold(frame)
    if (this.#socket !== undefined && this.#timer === undefined) this.#flush()
  }

  /** Sends it if nothing waits, and drops it if not: for what only says that one is still there. */
  sendIfIdle(frame: Frame): void {
    if (this.#failure === undefined) this.#sendNow(frame)
  }

  /** The socket is open: what waited goes out. */
  open(socket: WebSocket): void {
    this.#socket = socket
    this.#flush()
  }

  /** Nothing goes out any more. */
  fail(cause: Cause.Cause<E>): void {
    this.#failure ??= cause
    this.#socket = undefined
    clearTimeout(this.#timer)
    const waiting = this.#entries
    this.#entries = []
    for (const { resume } of waiting) resume?.(Effect.failCause(cause))
  }

  /** Everything that was handed over has been sent. */
  isIdle(): boolean {
    return this.#entries.length === 0
  }

  #emit(to: WebSocket, frame: Frame): void {
    if (frame === hangUp) to.close()
    else to.send(frame)
    this.#sender.onSent(frame)
  }

  /** Sends what comes first, if it may go; tells whether it did. */
  #sendFirst(): boolean {
    const [entry] = this.#entries
    const socket = this.#socket
    if (socket === undefined || entry === undefined) return false
    // What was taken in before the opening goes out at once; it is bounded.
    if (!(entry.isHeld ? socket.isOpen() : hasRoom(socket))) return false
    // Before the sender goes on, which it does at once: it may send again, close, or end everything.
    this.#entries.shift()
    if (entry.isHeld) this.#held -= sizeOf(entry.frame)
    this.#emit(socket, entry.frame)
    entry.resume?.(Effect.void)
    return true
  }

  #flush(): void {
    this.#timer = undefined
    while (this.#sendFirst()) { /* until something has to wait */ }
    if (this.#entries.length > 0) this.#lookAgain()
  }

  #lookAgain(): void {
    if (this.#socket !== undefined) this.#timer ??= setTimeout(() => this.#flush(), poll)
  }

  #add(entry: Entry<E>): void {
    this.#entries.push(entry)
    if (entry.isHeld) this.#held += sizeOf(entry.frame)
  }

  #hold(frame: Frame): void {
    this.#add({ frame: frame instanceof Uint8Array ? frame.slice() : frame, isHeld: true, resume: undefined })
  }

  #wait(frame: Frame, isHeld: boolean): Effect.Effect<void, E> {
    return Effect.callback((resume) => {
      const entry: Entry<E> = { frame, isHeld, resume }
      this.#add(entry)
      this.#lookAgain()
      return Effect.sync(() => {
        if (!this.#entries.includes(entry)) return
        this.#entries = this.#entries.filter((other) => other !== entry)
        if (isHeld) this.#held -= sizeOf(frame)
      })
    })
  }

  /** Sends a frame, if it may go at once; tells whether it did. */
  #sendNow(frame: Frame): boolean {
    const socket = this.#socket
    if (socket === undefined || this.#entries.length > 0 || !hasRoom(socket)) return false
    this.#emit(socket, frame)
    return true
  }

  /** Takes a frame in before the socket is open; tells whether there was room for it. */
  #keep(frame: Frame): boolean {
    const fits = this.#held + sizeOf(frame) <= this.#capacity || this.#held === 0
    // Behind a sender that waits, everybody waits.
    if (this.#socket !== undefined || !fits || this.#entries.at(-1)?.isHeld === false) return false
    this.#hold(frame)
    return true
  }
}
