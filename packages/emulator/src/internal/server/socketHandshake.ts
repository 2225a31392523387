/** How a request becomes a socket, or is refused (inventory 2.0). */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import { type IncomingMessage, ServerResponse } from "node:http"
import type { Socket } from "node:net"
import type { Duplex } from "node:stream"
import { WebSocketServer } from "ws"
import { headersOf, type Reply } from "../faults/answers.ts"
import type { SessionRecording } from "../sessions/recordSocket.ts"
import { badRequest, type VendorError } from "../vendorError.ts"
import * as Connection from "./socketConnection.ts"

/** A request for a socket. */
export interface Handshake {
  readonly request: IncomingMessage
  readonly stream: Duplex
  /** What came behind the request. */
  readonly head: Buffer
  /** If it is recorded. */
  readonly recording?: SessionRecording | undefined
}

/** Largest message of a client, in bytes, if nobody says another: a recording in one frame, say. */
const largestMessage = 134_217_728

/** What proves who asks for a socket. */
export interface Credential {
  /** As in the header of the same name. */
  readonly authorization: string | undefined
  /** The subprotocol that is agreed on, never a secret. Clients insist that one of theirs is. */
  readonly protocol: string | undefined
}

/**
 * The credential of a request: the header, or two subprotocols, `token` and the key, or `bearer` and the access token,
 * because browsers send no headers (trap 21). Others may stand beside them, as Deepgram's own clients have them: without
 * a header the scheme is agreed on, with one the first that stands there.
 */
export const credentialOf = ({ headers }: IncomingMessage): Credential => {
  const offered = headers["sec-websocket-protocol"]?.split(",").map((name) => name.trim()) ?? []
  const at = offered.findIndex((name, i) => /^(?:token|bearer)$/i.test(name) && i + 1 < offered.length)
  const byProtocol = at < 0 ? undefined : `${offered[at]} ${offered[at + 1]}`
  const { authorization = byProtocol } = headers
  // A secret stands behind its scheme, and so never first.
  return { authorization, protocol: offered[headers.authorization === undefined ? at : 0] }
}

/** Answers with a refusal, and ends the connection. */
export const refuse = Effect.fnUntraced(function*(
  { request, stream }: Handshake,
  reply: Reply
) {
  yield* Effect.callback<void>((resume) => {
    if (stream.destroyed) return resume(Effect.void)
    const response = new ServerResponse(request)
    response.shouldKeepAlive = false
    stream.once("close", () => resume(Effect.void))
    // Everything is with the system by then.
    stream.once("finish", () => {
      stream.destroy()
      resume(Effect.void)
    })
    response.once("finish", () => stream.end())
    // The stream of a request over HTTP is a socket, whatever its type says.
    response.assignSocket(stream as Socket)
    response.writeHead(reply.status, headersOf(reply))
    response.end(reply.body)
    return Effect.sync(() => stream.destroy())
  })
})

/**
 * Answers with 101, and takes the socket over; it is abandoned when the scope closes. Fails with 400 when the request is
 * not what it should be to become a socket; is interrupted when the client has gone.
 */
export const accept = Effect.fnUntraced(function*(
  { head, recording, request, stream }: Handshake,
  options: {
    readonly headers: Readonly<Record<string, string>>
    readonly protocol: string | undefined
    readonly patience: Connection.Patience
    readonly counts: Connection.Counts
    /** In bytes. A larger one closes the socket with 1009. */
    readonly maxMessageBytes?: number | undefined
  }
) {
  const clock = yield* Clock.Clock
  const inbox = yield* Queue.unbounded<Connection.Received>()
  const opened = Effect.callback<Connection.Connection, VendorError>((resume) => {
    // It will not say so again.
    if (stream.destroyed) return resume(Effect.interrupt)
    const server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      autoPong: false,
      maxPayload: options.maxMessageBytes ?? largestMessage,
      handleProtocols: () => options.protocol ?? false
    })
    server.on("headers", (lines) => {
      for (const [name, value] of Object.entries(options.headers)) lines.push(`${name}: ${value}`)
    })
    server.on("wsClientError", ({ message }) => resume(Effect.fail(badRequest(`Bad Request: ${message}.`))))
    stream.once("close", () => resume(Effect.interrupt))
    server.handleUpgrade(request, stream, head, (webSocket) => {
      recording?.opened(webSocket)
      const { counts, patience } = options
      // Now, and not when the fiber goes on: what came behind the request is read next.
      resume(Effect.succeed(Connection.makeUnsafe({ webSocket, stream, inbox, clock, patience, counts })))
    })
  })
  const connection = yield* Effect.acquireRelease(opened, ({ abandon }) => abandon)
  yield* Effect.forkScoped(connection.watch, { startImmediately: true })
  return recording?.patient(connection) ?? connection
})
