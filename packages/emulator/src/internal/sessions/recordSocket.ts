/** Sessions over WebSocket, message by message as they come and go. */
import * as Effect from "effect/Effect"
import type { WebSocket } from "ws"
import { pathOf } from "../server/paths.ts"
import type { Connection } from "../server/socketConnection.ts"
import { blankText } from "./blanker.ts"
import { recordAnswer, type Recording } from "./call.ts"
import { contentOf } from "./content.ts"

/** Agents are told how to reach other servers; no other channel is told a secret. */
const isSecretive = (target: string): boolean => pathOf(target) === "/v1/agent/converse"

const frameOf = (data: unknown): Uint8Array =>
  Array.isArray(data)
    ? Buffer.concat(data.filter((part): part is Buffer => Buffer.isBuffer(part)))
    : data instanceof ArrayBuffer
    ? Buffer.from(data)
    : data instanceof Uint8Array
    ? data
    : Buffer.alloc(0)

/** A session that is recorded: what has to be told of it. */
export interface SessionRecording {
  /** It is open; nothing was sent or received yet. */
  readonly opened: (webSocket: WebSocket) => void
  /** The connection, from which nothing is taken while the disk is slow. */
  readonly patient: (connection: Connection) => Connection
}

/** Records a request for a session, to the end of its connection. */
export const recordSocket = (recording: Recording): SessionRecording => {
  const { exchange: { target }, hide, write, writer } = recording
  const { complete } = recordAnswer(recording, () => undefined)

  const textOf = (text: string) => isSecretive(target) ? blankText(text, hide) : text
  const message = (type: "Received" | "Sent", data: string | Uint8Array) =>
    write(
      typeof data === "string"
        ? { type, kind: "text", text: textOf(data) }
        : { type, kind: "binary", ...contentOf(data) }
    )

  const opened = (webSocket: WebSocket) => {
    let isClosing = false
    const closed = (by: "client" | "server", code: number, reason: string) => {
      if (isClosing) return
      isClosing = true
      complete()
      write({ type: "Closed", by, code, reason })
    }
    webSocket.prependListener("message", (data, isBinary) => {
      const bytes = frameOf(data)
      message("Received", isBinary ? bytes : Buffer.from(bytes).toString("utf8"))
    })
    const send = webSocket.send.bind(webSocket) as (...args: ReadonlyArray<unknown>) => void
    webSocket.send = (data: unknown, ...rest: ReadonlyArray<unknown>) => {
      if (typeof data === "string" || data instanceof Uint8Array) message("Sent", data)
      send(data, ...rest)
    }
    const close = webSocket.close.bind(webSocket) as (...args: ReadonlyArray<unknown>) => void
    webSocket.close = (...args: ReadonlyArray<unknown>) => {
      const [code = 1005, reason = ""] = args
      // The library answers a client that closes with the bytes that it sent, or with nothing.
      closed(args.length === 0 || Buffer.isBuffer(reason) ? "client" : "server", Number(code), String(reason))
      close(...args)
    }
  }

  return {
    opened,
    patient: (connection) => ({
      ...connection,
      shortCut: () => undefined,
      receive: Effect.andThen(writer.room, connection.receive)
    })
  }
}
