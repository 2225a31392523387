/** WebSocket servers on loopback that do what a script says, and remember everything they were sent. */
import { Deferred, Effect, FiberSet, Queue, type Scope } from "effect"
import * as Http from "node:http"
import type { AddressInfo, Socket } from "node:net"
import { type WebSocket, WebSocketServer } from "ws"
import type { Reply } from "./answers.ts"

/** A frame as it came: text, or bytes. */
export type Frame = string | Buffer

/** How a client ended a socket. */
export interface Closing {
  /** 1005: without one; 1006: the connection broke. */
  readonly code: number
  readonly reason: string
}

/** The server's end of an open socket. */
export interface Peer {
  /** Everything that has come, in order. */
  readonly frames: ReadonlyArray<Frame>
  /** Takes the next frame that was not taken yet. */
  readonly next: Effect.Effect<Frame>
  /** Takes frames up to the next text, and says what its JSON is. */
  readonly message: Effect.Effect<unknown>
  /** Takes the next ping. */
  readonly ping: Effect.Effect<void>
  readonly closed: Effect.Effect<Closing>
  /** Objects go as JSON, texts as they are, bytes in binary frames; all of them in one write. */
  readonly send: (...messages: ReadonlyArray<object | string | Uint8Array>) => Effect.Effect<void>
  readonly close: (code?: number, reason?: string) => Effect.Effect<void>
  /** Sends a close frame as it is, with a code that no well-behaved server would send, or without ever ending the connection. */
  readonly closeRaw: (code: number, reason?: string) => Effect.Effect<void>
  /** Resets the connection. */
  readonly reset: Effect.Effect<void>
  /** Stops reading from the network. */
  readonly pause: Effect.Effect<void>
  readonly resume: Effect.Effect<void>
  readonly socket: WebSocket
}

/** A handshake, as the server saw it. */
export interface Dial {
  /** 0 for the first one. */
  readonly index: number
  /** Path and query, as they stood in the request line. */
  readonly target: string
  readonly query: URLSearchParams
  readonly headers: Http.IncomingHttpHeaders
  /** The subprotocols that were offered. */
  readonly protocols: ReadonlyArray<string>
  readonly connection: Socket
  /** Waits until the connection is closed. */
  readonly gone: Effect.Effect<void>
  /** Opens the socket, with these headers on the answer; takes the first subprotocol, and compression if it may. */
  readonly accept: (
    headers?: Readonly<Record<string, string>>,
    options?: { readonly compress: boolean }
  ) => Effect.Effect<Peer>
}

/** What a server does about a handshake. */
export type Script = (dial: Dial) => Effect.Effect<unknown>

/** A server that runs. */
export interface SocketServer {
  readonly url: string
  readonly dials: ReadonlyArray<Dial>
  /** Waits for a handshake, by its index. */
  readonly dial: (index: number) => Effect.Effect<Dial>
  /** Waits for an open socket, by the index of its handshake. */
  readonly peer: (index: number) => Effect.Effect<Peer>
  /** Connections that are open. */
  readonly open: ReadonlySet<Socket>
}

/** Opens the socket. */
export const accept = (headers?: Readonly<Record<string, string>>): Script => (dial) => dial.accept(headers)

/** Opens the socket, and goes on with it. */
export const serving = (serve: (peer: Peer, dial: Dial) => Effect.Effect<unknown>): Script => (dial) =>
  Effect.flatMap(dial.accept(), (peer) => serve(peer, dial))

/** Answers the handshake with a status instead. */
export const refuse = ({ body = "", headers = {}, status = 200 }: Reply): Script => ({ connection }) =>
  Effect.sync(() => {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}\r\n`).join("")
    connection.write(
      `HTTP/1.1 ${status} Refused\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n${lines}\r\n`
    )
    connection.end(body)
  })

/** Never answers. */
export const silent: Script = () => Effect.void

/** Resets the connection instead of an answer. */
export const resetting: Script = ({ connection }) => Effect.sync(() => connection.resetAndDestroy())

const isText = (frame: Frame): frame is string => typeof frame === "string"

const settle = <A>(deferred: Deferred.Deferred<A>, value: A): void => {
  Deferred.doneUnsafe(deferred, Effect.succeed(value))
}

const makePeer = (socket: WebSocket, connection: Socket): Peer => {
  const frames: Array<Frame> = []
  const arrived = Effect.runSync(Queue.unbounded<Frame>())
  const pings = Effect.runSync(Queue.unbounded<void>())
  const closed = Deferred.makeUnsafe<Closing>()
  socket.on("message", (data: Buffer, isBinary) => {
    const frame = isBinary ? data : data.toString()
    frames.push(frame)
    Queue.offerUnsafe(arrived, frame)
  })
  socket.on("ping", () => Queue.offerUnsafe(pings, undefined))
  socket.on("close", (code, reason) => settle(closed, { code, reason: reason.toString() }))
  // A client that goes away is what many tests are about.
  socket.on("error", () => {})
  // A frame that never comes must not let a test wait for it.
  const orEnd = <A>(wait: Effect.Effect<A>): Effect.Effect<A> =>
    Effect.raceFirst(
      wait,
      Effect.flatMap(Deferred.await(closed), ({ code }) =>
        Effect.die(new Error(`the client closed with ${code} before it said that`)))
    )
  const next = orEnd(Queue.take(arrived))
  const message: Effect.Effect<unknown> = Effect.flatMap(
    next,
    (frame) => isText(frame) ? Effect.succeed(JSON.parse(frame)) : message
  )
  return {
    frames,
    next,
    message,
    ping: orEnd(Queue.take(pings)),
    closed: Deferred.await(closed),
    send: (...messages) =>
      Effect.sync(() => {
        connection.cork()
        for (const message of messages) {
          const isRaw = typeof message === "string" || message instanceof Uint8Array
          socket.send(isRaw ? message : JSON.stringify(message))
        }
        connection.uncork()
      }),
    close: (code, reason) => Effect.sync(() => socket.close(code, reason)),
    closeRaw: (code, reason = "") =>
      Effect.sync(() => {
        const text = Buffer.from(reason)
        connection.write(Buffer.concat([Uint8Array.of(0x88, 2 + text.byteLength, code >> 8, code & 255), text]))
      }),
    reset: Effect.sync(() => connection.resetAndDestroy()),
    pause: Effect.sync(() => socket.pause()),
    resume: Effect.sync(() => socket.resume()),
    socket
  }
}

/** Starts a server that treats the first handshake by the first script, and so on, and all others by the last one. */
export const serveSockets = Effect.fnUntraced(function*(
  ...scripts: readonly [Script, ...ReadonlyArray<Script>]
): Effect.fn.Return<SocketServer, never, Scope.Scope> {
  const run = yield* FiberSet.makeRuntime<never, unknown, never>()
  const dials: Array<Dial> = []
  const waiting = new Map<string, Deferred.Deferred<unknown>>()
  const arrival = <A>(what: string): Deferred.Deferred<A> => {
    const known = waiting.get(what) ?? Deferred.makeUnsafe<unknown>()
    waiting.set(what, known)
    return known as Deferred.Deferred<A>
  }
  const open = new Set<Socket>()
  const extra = new WeakMap<Http.IncomingMessage, Readonly<Record<string, string>>>()

  const server = Http.createServer()
  const upgrading = (perMessageDeflate: boolean) => {
    const sockets = new WebSocketServer({ noServer: true, perMessageDeflate })
    sockets.on("headers", (lines, request) => {
      for (const [name, value] of Object.entries(extra.get(request) ?? {})) lines.push(`${name}: ${value}`)
    })
    return sockets
  }
  const plain = upgrading(false)
  const compressing = upgrading(true)
  server.on("connection", (connection) => {
    open.add(connection)
    connection.on("error", () => {})
    connection.on("close", () => open.delete(connection))
  })
  server.on("upgrade", (request, connection: Socket, head) => {
    const index = dials.length
    const gone = Deferred.makeUnsafe<void>()
    connection.on("close", () => settle(gone, undefined))
    // Whoever goes away before the answer is noticed only by reading; the server's half is not closed by itself.
    connection.on("end", () => connection.end())
    connection.resume()
    const dial: Dial = {
      index,
      target: request.url ?? "",
      query: new URL(request.url ?? "", "http://server").searchParams,
      headers: request.headers,
      protocols: (request.headers["sec-websocket-protocol"] ?? "").split(",").map((text) => text.trim())
        .filter((text) => text !== ""),
      connection,
      gone: Deferred.await(gone),
      accept: (headers = {}, { compress } = { compress: false }) =>
        Effect.callback<Peer>((resume) => {
          extra.set(request, headers)
          const sockets = compress ? compressing : plain
          sockets.handleUpgrade(request, connection, head, (socket) => {
            const peer = makePeer(socket, connection)
            settle(arrival(`peer ${index}`), peer)
            resume(Effect.succeed(peer))
          })
        })
    }
    dials.push(dial)
    settle(arrival(`dial ${index}`), dial)
    run((scripts[index] ?? scripts.at(-1)!)(dial))
  })
  const port = yield* Effect.acquireRelease(
    Effect.callback<number>((resume) => {
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed((server.address() as AddressInfo).port)))
    }),
    () =>
      Effect.callback<void>((resume) => {
        server.close(() => resume(Effect.void))
        for (const connection of open) connection.destroy()
      })
  )
  return {
    url: `http://127.0.0.1:${port}`,
    dials,
    dial: (index) => Deferred.await(arrival<Dial>(`dial ${index}`)),
    peer: (index) => Deferred.await(arrival<Peer>(`peer ${index}`)),
    open
  }
})
