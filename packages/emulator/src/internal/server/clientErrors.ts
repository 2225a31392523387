/**
 * What clients do wrong before there is a request that could be handled: it is answered in Deepgram's shape, where Node
 * would say nothing but a status.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from "node:http"
import type { Socket } from "node:net"
import type { Duplex } from "node:stream"
import { projectId } from "../state/directory.ts"
import { badRequest, methodNotAllowed, payloadTooLarge, slowUpload, toAnswer, VendorError } from "../vendorError.ts"
import { requestIdAt } from "./requestContext.ts"
import { Settings } from "./settings.ts"

/** Milliseconds that a client has to read an answer before its connection is cut: a cut may take the answer along. */
const grace = 500

const hostMissing = badRequest("Bad Request: the header `Host` is missing.")
const badTarget = badRequest("Bad Request: the target of the request is no URL.")

const headTooLarge = new VendorError({
  status: 431,
  err_code: "REQUEST_HEADER_FIELDS_TOO_LARGE",
  err_msg: "The head of the request is too large."
})

const expectationFailed = new VendorError({
  status: 417,
  err_code: "EXPECTATION_FAILED",
  err_msg: "The only expectation that can be met is `100-continue`."
})

const tooManyConnections = (most: number) =>
  new VendorError({
    status: 503,
    err_code: "SERVICE_UNAVAILABLE",
    err_msg: `There are ${most} connections already, as many as the emulator takes.`
  })

/** What Node says of bytes that are no request; nothing of a connection that broke. */
const problemOf = (error: Error): VendorError | undefined => {
  const code = "code" in error ? String(error.code) : ""
  const reason = "reason" in error ? String(error.reason) : "it cannot be read"
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return headTooLarge
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return payloadTooLarge("The extensions of a chunk are too large.")
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return slowUpload
    default:
      return code.startsWith("HPE_") ? badRequest(`Bad Request: this is no HTTP/1.1 request: ${reason}.`) : undefined
  }
}

const bytesOf = (error: VendorError, requestId: string): string => {
  const { body, headers } = toAnswer(error, requestId)
  const text = JSON.stringify(body)
  const head = {
    ...headers,
    "dg-request-id": requestId,
    "dg-project-id": projectId,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    connection: "close"
  }
  return [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ""}`,
    ...Object.entries(head).map(([name, value]) => `${name}: ${value}`),
    "",
    text
  ].join("\r\n")
}

const cutSoon = (stream: Duplex) => {
  // What came while the event loop was held up is read first: bytes that nobody has read make it a reset.
  const timer = setTimeout(() => setImmediate(() => stream.destroy()), grace)
  stream.once("close", () => clearTimeout(timer))
}

const ignored = () => undefined

/** A target that is a whole URL, as proxies are asked with, is left its path; says what else is wrong with a head. */
const readHead = (request: IncomingMessage): VendorError | undefined => {
  const { headers, httpVersion, url = "/" } = request
  if (headers.host === undefined && httpVersion === "1.1") return hostMissing
  if (!/^https?:/i.test(url)) return undefined
  const target = URL.parse(url)
  if (target === null) return badTarget
  request.url = target.pathname + target.search
  return undefined
}

/** A connection that has carried a request. */
interface Line {
  /** In the order of their requests. */
  readonly unanswered: Set<ServerResponse>
  /** The request that came last. */
  last: IncomingMessage | undefined
  /** What comes now is not looked at any more. */
  isBroken: boolean
}

const lines = new WeakMap<Duplex, Line>()

const lineOf = (stream: Duplex): Line => {
  const known = lines.get(stream)
  if (known !== undefined) return known
  const line: Line = { unanswered: new Set(), last: undefined, isBroken: false }
  lines.set(stream, line)
  return line
}

/**
 * Answers come in the order of their requests: what is not the answer to one waits until all of them have one, and is not
 * made for a client that went away meanwhile.
 */
const whenAnswered = (stream: Duplex, then: () => void): void => {
  if (stream.destroyed) return
  // A request that has not come to its end is the one that broke.
  const before = [...lineOf(stream).unanswered].find(({ req }) => req.complete)
  if (before === undefined) return then()
  before.once("close", () => whenAnswered(stream, then))
}

/** Node forgets a connection that is to become something else; earlier answers still wait to go on, or for its end. */
const keepAnswering = (stream: Duplex): void => {
  const { unanswered } = lineOf(stream)
  for (const response of unanswered) {
    stream.on("drain", () => response.emit("drain"))
    stream.once("close", () => {
      if (!unanswered.has(response)) return
      response.destroy()
      response.emit("close")
    })
  }
}

/**
 * Stands before those who listen to a server, until the scope closes: what is no request, or cannot be one, or is on one
 * connection too many, they do not get to see.
 */
export const serve = Effect.fnUntraced(function*(server: Server) {
  const { maxConnections } = yield* Settings
  const clock = yield* Clock.Clock
  const bytes = (error: VendorError) => bytesOf(error, requestIdAt(clock.currentTimeMillisUnsafe()))

  const refuse = (stream: Duplex, error: VendorError) => {
    const line = lineOf(stream)
    // Node says so again and again.
    if (line.isBroken) return
    line.isBroken = true
    stream.on("error", ignored)
    // The end of a request that broke may have its answer, or the beginning of one.
    const isAnswered = () =>
      line.last?.complete === false && [...line.unanswered].every(({ headersSent }) => headersSent)
    whenAnswered(stream, () => {
      cutSoon(stream)
      stream.end(isAnswered() ? undefined : bytes(error))
    })
  }

  const stand = (event: string, wrap: (next: (...args: Array<unknown>) => void) => (...args: Array<never>) => void) =>
    Effect.suspend(() => {
      const others = server.listeners(event)
      const listener = wrap((...args) => {
        for (const other of others) other.apply(server, args)
      })
      return Effect.acquireRelease(
        Effect.sync(() => server.removeAllListeners(event).on(event, listener as (...args: Array<unknown>) => void)),
        () => Effect.sync(() => server.off(event, listener as (...args: Array<unknown>) => void))
      )
    })

  let connections = 0
  yield* stand("connection", (next) => (socket: Socket) => {
    if (connections < maxConnections) {
      connections++
      socket.once("close", () => connections--)
      return next(socket)
    }
    socket.on("error", ignored)
    cutSoon(socket)
    // Clients do not expect an answer before they have asked.
    socket.once("data", () => socket.end(bytes(tooManyConnections(maxConnections))))
    socket.once("end", () => socket.end())
  })

  const requested =
    (next: (...args: Array<unknown>) => void) => (request: IncomingMessage, response: ServerResponse) => {
      const line = lineOf(request.socket)
      if (line.isBroken) return
      const problem = readHead(request)
      if (problem !== undefined) return refuse(request.socket, problem)
      // One that breaks off says so even when its handler has just stopped to listen.
      request.on("error", ignored)
      line.last = request
      line.unanswered.add(response)
      // Node takes what follows for the other protocol, even if that is not spoken.
      if (request.headers.upgrade !== undefined) response.shouldKeepAlive = false
      response.once("close", () => line.unanswered.delete(response))
      next(request, response)
    }
  yield* stand("request", requested)
  yield* stand("checkContinue", requested)
  yield* stand("checkExpectation", () => (request: IncomingMessage) => refuse(request.socket, expectationFailed))
  yield* stand("connect", () => (_: IncomingMessage, stream: Duplex) => refuse(stream, methodNotAllowed))
  yield* stand("upgrade", (next) => (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on("error", ignored)
    const problem = readHead(request)
    if (problem !== undefined) return refuse(stream, problem)
    if (lineOf(stream).isBroken) return
    keepAnswering(stream)
    whenAnswered(stream, () => next(request, stream, head))
  })
  yield* stand("clientError", () => (error: Error, stream: Duplex) => {
    const problem = problemOf(error)
    if (problem === undefined) stream.destroy()
    else refuse(stream, problem)
  })
})
