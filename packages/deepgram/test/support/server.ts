/** Small HTTP servers on loopback that answer by a script and remember everything they were sent. */
import { Deferred, Effect, Fiber, FiberSet, type Scope } from "effect"
import * as Http from "node:http"
import type { AddressInfo, Socket } from "node:net"

/** One request, as the server saw it. */
export interface Exchange {
  /** 0 for the first request. */
  readonly index: number
  readonly method: string
  /** Path and query, as they stood in the request line. */
  readonly target: string
  readonly query: URLSearchParams
  readonly headers: Http.IncomingHttpHeaders
  /** Names and values in turn, as they were written. */
  readonly rawHeaders: ReadonlyArray<string>
  /** 0 for the first TCP connection of the server. */
  readonly connection: number
  /** What has arrived of the body. */
  readonly body: () => Buffer
  /** Waits for the first bytes of the body. */
  readonly begun: Effect.Effect<void>
  /** Waits for the whole body. */
  readonly received: Effect.Effect<Buffer>
  /** Waits for the end: the answer is out, or the connection went away before. */
  readonly over: Effect.Effect<"answered" | "aborted">
  readonly response: Http.ServerResponse
  readonly socket: Socket
}

/** What a server does about a request. */
export type Answer = (exchange: Exchange) => Effect.Effect<void>

/** A server that runs. */
export interface Server {
  readonly url: string
  readonly requests: ReadonlyArray<Exchange>
  readonly connections: () => number
  /** Waits for the head of a request, by its index. */
  readonly request: (index: number) => Effect.Effect<Exchange>
}

const settle = <A>(deferred: Deferred.Deferred<A>, value: A): void => {
  Deferred.doneUnsafe(deferred, Effect.succeed(value))
}

const observe = (
  index: number,
  connection: number,
  request: Http.IncomingMessage,
  response: Http.ServerResponse
): Exchange => {
  const begun = Deferred.makeUnsafe<void>()
  const received = Deferred.makeUnsafe<Buffer>()
  const over = Deferred.makeUnsafe<"answered" | "aborted">()
  const chunks: Array<Buffer> = []
  const body = () => Buffer.concat(chunks)
  request.on("data", (chunk: Buffer) => {
    chunks.push(chunk)
    settle(begun, undefined)
  })
  request.on("end", () => settle(received, body()))
  // A client that goes away is what many tests are about.
  request.on("error", () => {})
  response.on("close", () => settle(over, response.writableFinished ? "answered" : "aborted"))
  return {
    index,
    method: request.method ?? "",
    target: request.url ?? "",
    query: new URL(request.url ?? "", "http://server").searchParams,
    headers: request.headers,
    rawHeaders: request.rawHeaders,
    connection,
    body,
    begun: Deferred.await(begun),
    received: Deferred.await(received),
    over: Deferred.await(over),
    response,
    socket: request.socket
  }
}

/**
 * Starts a server that gives the first answer to the first request, and so on; the last answer is given to all that
 * follow.
 */
export const serve = Effect.fnUntraced(function*(
  ...answers: readonly [Answer, ...ReadonlyArray<Answer>]
): Effect.fn.Return<Server, never, Scope.Scope> {
  const run = yield* FiberSet.makeRuntime<never, void, never>()
  const requests: Array<Exchange> = []
  const waiting = new Map<number, Deferred.Deferred<Exchange>>()
  const arrival = (index: number): Deferred.Deferred<Exchange> => {
    const known = waiting.get(index) ?? Deferred.makeUnsafe<Exchange>()
    waiting.set(index, known)
    return known
  }
  const sockets = new Map<Socket, number>()
  let connections = 0

  const server = Http.createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const exchange = observe(requests.length, sockets.get(request.socket) ?? -1, request, response)
    requests.push(exchange)
    settle(arrival(exchange.index), exchange)
    run((answers[exchange.index] ?? answers.at(-1)!)(exchange))
  })
  server.on("connection", (socket) => {
    sockets.set(socket, connections++)
    socket.on("error", () => {})
    socket.on("close", () => sockets.delete(socket))
  })
  const port = yield* Effect.acquireRelease(
    Effect.callback<number>((resume) => {
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed((server.address() as AddressInfo).port)))
    }),
    () =>
      Effect.callback<void>((resume) => {
        server.close(() => resume(Effect.void))
        for (const socket of sockets.keys()) socket.destroy()
      })
  )
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    connections: () => connections,
    request: (index) => Deferred.await(arrival(index))
  }
})

/** The address of a server that is not there any more. */
export const refusingUrl: Effect.Effect<string> = Effect.scoped(Effect.map(serve(() => Effect.void), ({ url }) => url))

/** Waits for the fiber and the server at once: a fiber that ends early says why. */
export const untilSeen = <A, E>(seen: Effect.Effect<A>, fiber: Fiber.Fiber<unknown, E>): Effect.Effect<A, E> =>
  Effect.raceFirst(
    seen,
    Effect.flatMap(Fiber.join(fiber), () => Effect.die(new Error("the operation ended before the server saw it")))
  )
