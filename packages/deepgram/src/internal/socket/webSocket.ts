/**
 * One `WebSocket` of whatever runtime, brought into one form. It has no Effect in it but for its release: frames come and
 * go thousands of times a second.
 */
import * as Effect from "effect/Effect"
import type * as Socket from "effect/socket/Socket"

/** How a socket ended, or why it was never open. */
export type End =
  /** The server answered the handshake with a status. */
  | {
    readonly _tag: "Refused"
    readonly status: number
    readonly headers: Readonly<Record<string, string | undefined>>
    readonly body: string
  }
  /** There was no handshake; the runtime says why in `cause`, if it says anything. */
  | { readonly _tag: "Unopened"; readonly cause: unknown }
  /** It was open, and closed. */
  | { readonly _tag: "Closed"; readonly code: number; readonly reason: string; readonly cause: unknown }
  /** The server has closed, with a code that nobody tells, and holds the connection. */
  | { readonly _tag: "Held" }

/** Who is told what happens to a socket. Nothing comes after `onEnd`. */
export interface Listener {
  /** `headers` are those of the handshake's answer, where the runtime shows them. */
  readonly onOpen: (headers: Readonly<Record<string, string | undefined>>) => void
  readonly onText: (text: string) => void
  readonly onBytes: (bytes: Uint8Array) => void
  readonly onEnd: (end: End) => void
}

/** A socket that is being dialled, or open. */
export interface WebSocket {
  readonly isOpen: () => boolean
  readonly send: (frame: string | Uint8Array) => void
  /** What is sent meanwhile leaves in one write, where the runtime can: half of what a frame costs is its write. */
  readonly together: (sending: () => void) => void
  /** Bytes that were sent and have not left yet; 0 where the runtime does not say. */
  readonly unsent: () => number
  /** Whether the server can be made to wait. */
  readonly canPause: boolean
  readonly pause: () => void
  readonly resume: () => void
  /** A ping of the protocol, where the runtime has one. */
  readonly ping: () => void
  /** Closes as agreed: the server may still say something, and answers. */
  readonly close: () => void
  /** Closes, without waiting for the server's answer. */
  readonly abandon: () => void
  /** Closes, and waits until it is closed: for a server that does not answer only as long as {@link grace}. */
  readonly release: () => Effect.Effect<void>
}

/** Milliseconds that a server has to answer a close frame: without it, it would hold the process for half a minute. */
export const grace = 1000

/** Milliseconds between two looks at whether the server has closed: no runtime says so before the connection has ended. */
const attention = 1000

/** What is kept of the body of a refused handshake, in bytes, and how many milliseconds it may take. */
const refusalBody = { kept: 65_536, timeout: 5000 }

/** Of frames of `ws`: compressed, they would be read later, when the caller may have changed them. */
const plain = { compress: false }

type AnyListener = (...args: ReadonlyArray<never>) => void

/** What `ws` has besides; `terminate` may come with the opening. */
interface Extras {
  readonly on?: (event: string, listener: AnyListener) => unknown
  readonly send: (frame: string | Uint8Array, options: { readonly compress: boolean }) => void
  readonly bufferedAmount?: number
  readonly pause?: () => void
  readonly resume?: () => void
  readonly ping?: () => void
  readonly terminate?: () => void
  binaryType?: string
}

/** What a socket of `ws` goes through. */
interface Connection {
  readonly cork?: () => void
  readonly uncork?: () => void
}

interface Answer {
  readonly statusCode?: number
  readonly socket?: Connection
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  readonly on: (event: string, listener: AnyListener) => unknown
}

const headersOf = ({ headers }: Answer): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === "object" ? value.join(", ") : value])
  )

const states = { open: 1, closing: 2, closed: 3 }

const nothing: Readonly<Record<string, string | undefined>> = {}

/** Reads the beginning of the answer to a refused handshake. */
const readRefusal = (answer: Answer, done: (body: string) => void): void => {
  const decoder = new TextDecoder()
  let body = ""
  const finish = () => {
    clearTimeout(timer)
    done(body)
  }
  const timer = setTimeout(finish, refusalBody.timeout)
  answer.on("data", (chunk: Uint8Array) => {
    body += decoder.decode(chunk, { stream: true })
    if (body.length >= refusalBody.kept) finish()
  })
  answer.on("end", finish)
  answer.on("error", finish)
  answer.on("aborted", finish)
}

type Sending = Socket.WebSocketLike & Extras

/** A socket that is listened to. There may be thousands, of which each keeps what is here: methods are kept once. */
class Line implements WebSocket {
  readonly canPause: boolean
  readonly #socket: Sending
  readonly #listener: Listener
  /** Of `ws`, which tells more, and without the objects of events. */
  readonly #isOfNode: boolean
  #wasOpen = false
  #isOver = false
  #headers = nothing
  #connection: Connection | undefined
  #cause: unknown
  #released: (() => void) | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #watcher: ReturnType<typeof setInterval> | undefined
  #hasSeenClosing = false
  // Closed, or the server did not answer the close frame in time. Node's own says that it closes even then.
  #isGone = false

  constructor(socket: Sending, listener: Listener) {
    this.#socket = socket
    this.#listener = listener
    this.#isOfNode = socket.on !== undefined
    this.canPause = socket.pause !== undefined
    socket.addEventListener("open", () => this.#opened())
    // Node's own has an Error with a cause where it knows one, `ws` always has one, browsers say nothing.
    socket.addEventListener("error", (event) => this.#failed("error" in event ? event.error : undefined))
    socket.addEventListener("close", ({ code, reason }) => this.#closed(code ?? 1006, reason ?? ""))
    if (socket.on === undefined) this.#hearEvents()
    else this.#hearNode()
  }

  #hearEvents(): void {
    this.#socket.binaryType = "arraybuffer"
    this.#socket.addEventListener("message", ({ data }) => {
      if (this.#isOver) return
      if (typeof data === "string") this.#listener.onText(data)
      else if (data instanceof ArrayBuffer) this.#listener.onBytes(new Uint8Array(data))
    })
  }

  #hearNode(): void {
    const socket = this.#socket
    socket.on?.("message", (data: Uint8Array, isBinary: boolean) => {
      if (this.#isOver) return
      // A Buffer reads itself as UTF-8. Its bytes lie anywhere in what was read at once: a copy is aligned, and keeps no more.
      if (isBinary) this.#listener.onBytes(new Uint8Array(data))
      else this.#listener.onText(String(data))
    })
    socket.on?.("upgrade", (answer: Answer) => {
      this.#headers = headersOf(answer)
      this.#connection = answer.socket
    })
    socket.on?.("unexpected-response", (request: { readonly destroy: () => void }, answer: Answer) => {
      readRefusal(answer, (body) => {
        this.#end({ _tag: "Refused", status: answer.statusCode ?? 0, headers: headersOf(answer), body })
        request.destroy()
        socket.terminate?.()
      })
    })
  }

  #opened(): void {
    if (this.#isOver) return
    this.#wasOpen = true
    this.#watcher = setInterval(() => this.#attend(), attention)
    const headers = this.#headers
    // A session may last for hours.
    this.#headers = nothing
    this.#listener.onOpen(headers)
  }

  #failed(cause: unknown): void {
    this.#cause ??= cause
    if (!this.#wasOpen) this.#end({ _tag: "Unopened", cause: this.#cause })
  }

  #closed(code: number, reason: string): void {
    this.#isGone = true
    clearTimeout(this.#timer)
    clearInterval(this.#watcher)
    // After the end too: it may have been one without a close.
    this.#released?.()
    const cause = this.#cause
    this.#end(this.#wasOpen ? { _tag: "Closed", code, reason, cause } : { _tag: "Unopened", cause })
  }

  #end(how: End): void {
    if (this.#isOver) return
    this.#isOver = true
    clearInterval(this.#watcher)
    this.#listener.onEnd(how)
  }

  /** A server that has closed, but does not let go of the connection, would be waited for for half a minute. */
  #attend(): void {
    if (this.#socket.readyState !== states.closing) return
    if (!this.#hasSeenClosing) this.#hasSeenClosing = true
    // It reports the code that the server closed with.
    else if (this.#socket.terminate !== undefined) this.#socket.terminate()
    else this.#end({ _tag: "Held" })
  }

  isOpen(): boolean {
    return this.#socket.readyState === states.open
  }

  send(frame: string | Uint8Array): void {
    if (this.#isOfNode) this.#socket.send(frame, plain)
    else (this.#socket as Socket.WebSocketLike).send(frame as Uint8Array<ArrayBuffer>)
  }

  together(sending: () => void): void {
    this.#connection?.cork?.()
    sending()
    this.#connection?.uncork?.()
  }

  unsent(): number {
    return this.#socket.bufferedAmount ?? 0
  }

  pause(): void {
    if (this.isOpen()) this.#socket.pause?.()
  }

  resume(): void {
    if (this.isOpen()) this.#socket.resume?.()
  }

  ping(): void {
    if (this.isOpen()) this.#socket.ping?.()
  }

  close(): void {
    if (!this.isOpen()) return
    // How long the answer may take is up to whoever closes.
    clearInterval(this.#watcher)
    this.#socket.close(1000)
  }

  abandon(): void {
    const socket = this.#socket
    clearInterval(this.#watcher)
    if (this.#isGone || socket.readyState === states.closed) return this.#released?.()
    // What was paused would not see the answer.
    if (socket.readyState === states.open) socket.resume?.()
    // A timer of the machine and not of the clock: this is about the network, and no test should have to wait for it.
    this.#timer ??= setTimeout(() => {
      this.#isGone = true
      socket.terminate?.()
      this.#released?.()
    }, grace)
    // Last: Node's own, while it is dialled, is closed before it returns, and that ends the timer.
    if (socket.readyState < states.closing) socket.close(1000)
  }

  release(): Effect.Effect<void> {
    return Effect.callback((resume) => {
      if (this.#isGone) return resume(Effect.void)
      // Whoever dials may wait for it, and whoever ends the scope meanwhile.
      const before = this.#released
      this.#released = () => {
        before?.()
        resume(Effect.void)
      }
      this.abandon()
    })
  }
}

/** Listens to a socket that has just been dialled. */
export const listen = (socket: Socket.WebSocketLike, listener: Listener): WebSocket =>
  new Line(socket as Sending, listener)
