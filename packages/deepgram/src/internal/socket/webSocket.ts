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
  /** Makes the server wait; absent where the runtime cannot. */
  readonly pause: (() => void) | undefined
  readonly resume: () => void
  /** A ping of the protocol; absent where the runtime has none. */
  readonly ping: (() => void) | undefined
  /** Closes as agreed: the server may still say something, and answers. */
  readonly close: () => void
  /** Closes, without waiting for the server's answer. */
  readonly abandon: () => void
  /** Closes, and waits until it is closed: for a server that does not answer only as long as {@link grace}. */
  readonly release: Effect.Effect<void>
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

/** Listens to a socket that has just been dialled. */
export const listen = (socket: Socket.WebSocketLike, listener: Listener): WebSocket => {
  const extras = socket as Socket.WebSocketLike & Extras
  const { on, ping } = extras
  let opened = false
  let ended = false
  let headers = nothing
  let connection: Connection | undefined
  let cause: unknown
  let released: (() => void) | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let watcher: ReturnType<typeof setInterval> | undefined
  let seenClosing = false
  // The server did not answer the close frame in time.
  let isGivenUp = false

  const end = (how: End) => {
    if (ended) return
    ended = true
    clearInterval(watcher)
    listener.onEnd(how)
  }

  // A server that has closed, but does not let go of the connection, would be waited for for half a minute.
  const attend = () => {
    if (socket.readyState !== states.closing) return
    if (!seenClosing) seenClosing = true
    // It reports the code that the server closed with.
    else if (extras.terminate !== undefined) extras.terminate()
    else end({ _tag: "Held" })
  }

  const abandon = () => {
    clearInterval(watcher)
    if (socket.readyState === states.closed) return released?.()
    // What was paused would not see the answer.
    if (socket.readyState === states.open) extras.resume?.()
    // A timer of the machine and not of the clock: this is about the network, and no test should have to wait for it.
    timer ??= setTimeout(() => {
      isGivenUp = true
      extras.terminate?.()
      released?.()
    }, grace)
    // Last: Node's own, while it is dialled, is closed before it returns, and that ends the timer.
    if (socket.readyState < states.closing) socket.close(1000)
  }

  socket.addEventListener("open", () => {
    if (ended) return
    opened = true
    watcher = setInterval(attend, attention)
    listener.onOpen(headers)
    // A session may last for hours.
    headers = nothing
  })
  socket.addEventListener("error", (event) => {
    // Node's own has an Error with a cause where it knows one, `ws` always has one, browsers say nothing.
    cause ??= "error" in event ? event.error : undefined
    if (!opened) end({ _tag: "Unopened", cause })
  })
  socket.addEventListener("close", ({ code, reason }) => {
    clearTimeout(timer)
    clearInterval(watcher)
    // After the end too: it may have been one without a close.
    released?.()
    end(opened ? { _tag: "Closed", code: code ?? 1006, reason: reason ?? "", cause } : { _tag: "Unopened", cause })
  })

  if (on === undefined) {
    extras.binaryType = "arraybuffer"
    socket.addEventListener("message", ({ data }) => {
      if (ended) return
      if (typeof data === "string") listener.onText(data)
      else if (data instanceof ArrayBuffer) listener.onBytes(new Uint8Array(data))
    })
  } else {
    // Without the event objects, and with what only `ws` tells.
    on.call(socket, "message", (data: Uint8Array, isBinary: boolean) => {
      if (ended) return
      // A Buffer reads itself as UTF-8. Its bytes lie anywhere in what was read at once: a copy is aligned, and keeps no more.
      if (isBinary) listener.onBytes(new Uint8Array(data))
      else listener.onText(String(data))
    })
    on.call(socket, "upgrade", (answer: Answer) => {
      headers = headersOf(answer)
      connection = answer.socket
    })
    on.call(socket, "unexpected-response", (request: { readonly destroy: () => void }, answer: Answer) => {
      readRefusal(answer, (body) => {
        end({ _tag: "Refused", status: answer.statusCode ?? 0, headers: headersOf(answer), body })
        request.destroy()
        extras.terminate?.()
      })
    })
  }

  return {
    isOpen: () => socket.readyState === states.open,
    send: on === undefined
      ? (frame) => socket.send(frame as Uint8Array<ArrayBuffer>)
      : (frame) => extras.send(frame, plain),
    together: (sending) => {
      connection?.cork?.()
      sending()
      connection?.uncork?.()
    },
    unsent: () => extras.bufferedAmount ?? 0,
    pause: extras.pause === undefined ? undefined : () => {
      if (socket.readyState === states.open) extras.pause?.()
    },
    resume: () => {
      if (socket.readyState === states.open) extras.resume?.()
    },
    ping: ping === undefined ? undefined : () => {
      if (socket.readyState === states.open) ping.call(socket)
    },
    close: () => {
      if (socket.readyState !== states.open) return
      // How long the answer may take is up to whoever closes.
      clearInterval(watcher)
      socket.close(1000)
    },
    abandon,
    release: Effect.callback<void>((resume) => {
      if (isGivenUp) return resume(Effect.void)
      released = () => resume(Effect.void)
      abandon()
    })
  }
}
