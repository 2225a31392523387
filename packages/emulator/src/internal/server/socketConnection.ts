/** One open socket: frames that are taken one after the other, and messages that wait for a client that reads slowly. */
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type { Duplex } from "node:stream"
import type { RawData, WebSocket } from "ws"

/** What came from a client. */
export type Received =
  | { readonly _tag: "Binary"; readonly bytes: Uint8Array }
  | { readonly _tag: "Text"; readonly text: string }
  /** Nothing came that counts, for longer than the channel allows. The client is still there. */
  | { readonly _tag: "Idle" }
  /**
   * The client closed the socket, or lost it; or it broke the protocol, `breach` says how, and the socket is being
   * closed. Nothing follows.
   */
  | { readonly _tag: "Gone"; readonly breach: string | undefined }

/** How long a client may be silent. */
export interface Patience {
  readonly idle: Duration.Duration
  /** Whether pings count. */
  readonly pings: boolean
}

/** Messages that came and went, and their bytes. */
export interface Counts {
  readonly received: { messages: number; bytes: number }
  readonly sent: { messages: number; bytes: number }
}

/** How a socket is closed: without a code the peer sees 1005. */
export interface Closing {
  /** A message that is said before. */
  readonly last?: string | undefined
  readonly code?: number | undefined
  /** At most 123 bytes. */
  readonly reason?: string | undefined
}

/** An open socket. */
export interface Connection {
  /** What comes next. Everything that is not taken waits, the client too when it is much. */
  readonly receive: Effect.Effect<Received>
  /**
   * Has audio heard at once, where whoever receives only waits for it: `true` means that nothing follows from it, and
   * it is not received any more. It is a short cut: there may be none.
   */
  readonly shortCut: (hear: (audio: Uint8Array) => boolean) => void
  /** The client has shown that it is there: it may be silent anew. */
  readonly alive: Effect.Effect<void>
  /** Sends a text, or bytes; waits while the client does not read. What is sent to a client that has gone is lost. */
  readonly send: (message: string | Uint8Array) => Effect.Effect<void>
  /** Sends what waits, closes, and waits until the client has closed too; or does not, or does not read. */
  readonly close: (closing: Closing) => Effect.Effect<void>
  /** Ends it at once. */
  readonly abandon: Effect.Effect<void>
  /** Says when the client was silent for too long; never ends. */
  readonly watch: Effect.Effect<never>
}

/** Bytes of a client that wait to be taken; from there on it is no longer read from. */
const mostReceived = 1_048_576

/** Bytes for a client that wait to be sent; from there on the session waits. */
const mostToSend = 262_144

/** How long a client has to read what was sent before a socket is closed: a player reads as slowly as it plays. */
const drainTimeout = Duration.minutes(5)

/** How long a client has to answer the closing of a socket. */
const closeTimeout = Duration.seconds(5)

/** What a frame counts besides its bytes: empty ones take memory too. */
const frameOverhead = 64

/** After the timers of an event loop that was held up comes what clients sent meanwhile. */
const afterInput = Effect.callback<void>((resume) => {
  const immediate = setImmediate(() => resume(Effect.void))
  return Effect.sync(() => clearImmediate(immediate))
})

const bytesOf = (data: RawData): Buffer =>
  Array.isArray(data) ? Buffer.concat(data) : data instanceof ArrayBuffer ? Buffer.from(data) : data

const sizeOf = (received: Received): number =>
  frameOverhead +
  (received._tag === "Binary" ? received.bytes.length : received._tag === "Text" ? received.text.length : 0)

/** Takes an open socket over, before anything comes; `stream` is what carries it, `inbox` is empty. */
export const makeUnsafe = (
  { clock, counts, inbox, patience, stream, webSocket }: {
    readonly webSocket: WebSocket
    readonly stream: Duplex
    readonly inbox: Queue.Queue<Received>
    readonly clock: Clock.Clock
    readonly patience: Patience
    readonly counts: Counts
  }
): Connection => {
  const idle = Duration.toMillis(patience.idle)
  const now = () => clock.currentTimeMillisUnsafe()
  let lastSign = now()
  let isAwaited = false
  let isClosing = false
  let received = 0
  let unsent = 0
  let onSent: Array<() => void> = []
  let hearAtOnce: ((audio: Uint8Array) => boolean) | undefined

  const offer = (message: Received) => {
    if (isClosing) return
    if (isAwaited && message._tag === "Binary" && hearAtOnce?.(message.bytes) === true) {
      lastSign = now()
      return
    }
    isAwaited = false
    received += sizeOf(message)
    if (received > mostReceived) webSocket.pause()
    Queue.offerUnsafe(inbox, message)
  }
  const allSent = () => {
    const waiting = onSent
    onSent = []
    // Who did not read could not know that it was its turn.
    if (waiting.length > 0) lastSign = now()
    for (const resume of waiting) resume()
  }
  const isStalled = () => stream.writableLength > mostToSend
  const push = (message: string | Uint8Array) => {
    if (webSocket.readyState !== webSocket.OPEN) return
    unsent++
    counts.sent.messages++
    counts.sent.bytes += message.length
    webSocket.send(message, () => {
      unsent--
      if (unsent === 0) allSent()
    })
  }

  webSocket
    .on("message", (data, isBinary) => {
      const bytes = bytesOf(data)
      counts.received.messages++
      counts.received.bytes += bytes.length
      offer(isBinary ? { _tag: "Binary", bytes } : { _tag: "Text", text: bytes.toString("utf8") })
    })
    .on("ping", (data) => {
      if (patience.pings) lastSign = now()
      // Who pings and does not read would fill the memory with answers.
      if (!isStalled()) webSocket.pong(data)
    })
    // The library closes by itself, with 1002, 1007 or 1009. What happens to the stream is no error to it.
    .on("error", ({ message }) => {
      offer({ _tag: "Gone", breach: message })
      isClosing = true
    })
    .on("close", () => offer({ _tag: "Gone", breach: undefined }))

  const sent = Effect.callback<void>((resume) => {
    if (unsent === 0 || webSocket.readyState === webSocket.CLOSED) return resume(Effect.void)
    onSent.push(() => resume(Effect.void))
  })

  return {
    receive: Effect.suspend(() => {
      isAwaited = Queue.sizeUnsafe(inbox) === 0
      return Effect.map(Queue.take(inbox), (message) => {
        received -= sizeOf(message)
        if (webSocket.isPaused && received <= mostReceived / 2) webSocket.resume()
        return message
      })
    }),
    shortCut: (hear) => {
      hearAtOnce = hear
    },
    alive: Effect.sync(() => {
      lastSign = now()
    }),
    send: (message) =>
      Effect.suspend(() => {
        push(message)
        return isStalled() && webSocket.readyState === webSocket.OPEN ? sent : Effect.void
      }),
    close: ({ code, last, reason }) =>
      Effect.suspend(() => {
        if (last !== undefined) push(last)
        return sent
      }).pipe(
        Effect.timeoutOrElse({
          duration: drainTimeout,
          orElse: () => Effect.sync(() => webSocket.terminate())
        }),
        Effect.andThen(
          Effect.callback<void>((resume) => {
            if (webSocket.readyState === webSocket.CLOSED) return resume(Effect.void)
            isClosing = true
            webSocket.once("close", () => resume(Effect.void))
            webSocket.close(code, reason)
            // The client's own closing may wait behind what was not read.
            webSocket.resume()
          }).pipe(Effect.timeoutOrElse({
            duration: closeTimeout,
            orElse: () => Effect.sync(() => webSocket.terminate())
          }))
        )
      ),
    abandon: Effect.sync(() => {
      if (webSocket.readyState === webSocket.CLOSED) return
      isClosing = true
      webSocket.close(1001)
      webSocket.terminate()
    }),
    watch: Effect.gen(function*() {
      while (true) {
        yield* Effect.sleep(Math.max(1, lastSign + idle - now()))
        yield* afterInput
        if (now() < lastSign + idle) continue
        // A session that is busy, or waits for a client that does not read, hears no silence.
        if (isAwaited && !isStalled()) offer({ _tag: "Idle" })
        lastSign = now()
      }
    })
  }
}
