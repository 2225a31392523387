/** One call, from its head to its end: what everybody who watches or disturbs calls knows of it. */
import type { IncomingMessage } from "node:http"
import type { Duplex } from "node:stream"
import { header, queryParameter } from "../../Faults.ts"
import { requestIdAt } from "./requestContext.ts"

/** A request over HTTP, or one for a session over WebSocket. */
export interface Exchange {
  /** `dg-request-id`. */
  readonly requestId: string
  readonly transport: "http" | "websocket"
  readonly method: string
  /** Path and query as the API gets them. */
  readonly target: string
  /** The faults that the call asked for itself, as JSON. */
  readonly asked: string | undefined
  readonly request: IncomingMessage
  /** What carries it. */
  readonly stream: Duplex
  /** Milliseconds since 1970. */
  readonly begun: number
  /** What went wrong with it on demand: the types of the faults, in their order. */
  readonly faults: Array<string>
}

const known = new WeakMap<IncomingMessage, Exchange>()

/** The exchange of a request that came through the front. */
export const exchangeOf = (request: object): Exchange | undefined => known.get(request as IncomingMessage)

/** A target without the parameter that asks for faults, and what that asked for; all else stays as it was written. */
const splitTarget = (target: string): { readonly target: string; readonly asked: string | undefined } => {
  if (!target.includes(queryParameter)) return { target, asked: undefined }
  const at = target.indexOf("?")
  if (at < 0) return { target, asked: undefined }
  const parts = target.slice(at + 1).split("&")
  const isAsking = (part: string) => part.startsWith(`${queryParameter}=`)
  const others = parts.filter((part) => !isAsking(part))
  const asked = new URLSearchParams(parts.find(isAsking)).get(queryParameter) ?? undefined
  return { target: target.slice(0, at) + (others.length === 0 ? "" : `?${others.join("&")}`), asked }
}

/** The exchange that a request begins; its URL loses what is for the emulator alone. */
export const begin = (
  request: IncomingMessage,
  stream: Duplex,
  transport: Exchange["transport"],
  now: number
): Exchange => {
  const { asked = request.headers[header], target } = splitTarget(request.url ?? "/")
  request.url = target
  const exchange: Exchange = {
    requestId: requestIdAt(now),
    transport,
    method: request.method ?? "GET",
    target,
    asked: typeof asked === "string" ? asked : undefined,
    request,
    stream,
    begun: now,
    faults: []
  }
  known.set(request, exchange)
  return exchange
}
