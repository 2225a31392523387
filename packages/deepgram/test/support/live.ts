/** Sessions over both transports, and what scripted servers say in them. */
import { NodeDeepgram } from "@effect-deepgram/node"
import { Effect, type Fiber, type Layer, Redacted, Result, type Scope, Stream } from "effect"
import {
  Deepgram,
  type DeepgramAuth,
  type DeepgramConfig,
  type DeepgramError,
  ListenV1,
  ListenV2
} from "effect-deepgram"
import type { Socket } from "effect/socket"
import { apiKey, client } from "./client.ts"
import { watchSleeps } from "./clock.ts"
import { accept, type Peer, type Script, serveSockets, type SocketServer } from "./sockets.ts"

/** A way to dial. */
export interface Transport {
  readonly name: string
  /** Whether it is `ws`: it shows answers to the handshake, can be paused, and has pings. */
  readonly isWs: boolean
  readonly webSocket: Layer.Layer<Socket.WebSocketConstructor>
  readonly client: (
    server: { readonly url: string },
    options?: Omit<DeepgramConfig.Options, "baseUrl">,
    auth?: DeepgramAuth.Options
  ) => Layer.Layer<Deepgram.Deepgram>
}

/** The `WebSocket` that the runtime brings along. */
export const globalSocket: Transport = {
  name: "the global WebSocket",
  isWs: false,
  webSocket: Deepgram.layerWebSocket,
  client
}

/** Node's. */
export const ws: Transport = {
  name: "ws",
  isWs: true,
  webSocket: NodeDeepgram.layerWebSocket({ proxy: false }),
  client: (server, options, auth = { apiKey: Redacted.make(apiKey) }) =>
    NodeDeepgram.layer({ ...auth, ...options, baseUrl: server.url, proxy: false })
}

/** Everything must work over both. */
export const transports: ReadonlyArray<Transport> = [globalSocket, ws]

/** The id of the session that scripted servers speak of. */
export const requestId = "0198c0de-0000-7000-8000-00000000001e"

/** Linear PCM of 16 bits at 16 kHz: a second is 32,000 bytes. */
export const v1 = {
  model: "nova-3",
  encoding: "linear16",
  sample_rate: 16_000
} as const satisfies ListenV1.LiveOptions

/** The same for Flux. */
export const v2 = {
  model: "flux-general-en",
  encoding: "linear16",
  sample_rate: 16_000
} as const satisfies ListenV2.LiveOptions

/** A result of listen v1. */
export const results = (
  text: string,
  { channel_index = [0, 1], duration = 1, start = 0, ...rest }: Partial<ListenV1.Results> = {}
): ListenV1.Results => ({
  type: "Results",
  channel_index,
  start,
  duration,
  channel: { alternatives: [{ transcript: text, confidence: 0.9, words: [] }] },
  metadata: { request_id: requestId },
  ...rest
})

/** The last message of listen v1. */
export const metadata: ListenV1.Metadata = {
  type: "Metadata",
  request_id: requestId,
  sha256: "0",
  duration: 1,
  channels: 1
}

/** The first message of Flux. */
export const connected: ListenV2.Connected = { type: "Connected", request_id: requestId, sequence_id: 0 }

/** A turn of Flux. */
export const turn = (event: ListenV2.TurnInfo["event"], rest: Partial<ListenV2.TurnInfo> = {}): ListenV2.TurnInfo => ({
  type: "TurnInfo",
  event,
  turn_index: 0,
  audio_window_start: 0,
  audio_window_end: 1,
  transcript: "hello",
  words: [],
  ...rest
})

/** Ends a session as Deepgram does: the last words, then the code, once it is asked to. */
export const ending = (messages: ReadonlyArray<object> = [metadata], code: number | undefined = 1000) => (peer: Peer) =>
  Effect.gen(function*() {
    const message = yield* peer.message
    if ((message as { readonly type: string }).type !== "CloseStream") return yield* Effect.die(message)
    yield* peer.send(...messages)
    yield* peer.close(code)
  })

/** A session, with the server's end of it. */
export interface Opened<Connection> {
  readonly connection: Connection
  readonly peer: Peer
  readonly server: SocketServer
}

/** Opens a session of listen v1; it lasts as long as the test. */
export const openV1 = Effect.fnUntraced(function*(
  { client }: Transport,
  options: Partial<ListenV1.LiveOptions> = {},
  script: Script = accept()
): Effect.fn.Return<Opened<ListenV1.Connection>, DeepgramError.LiveError, Scope.Scope> {
  const server = yield* serveSockets(script)
  const connection = yield* ListenV1.connect({ ...v1, ...options } as ListenV1.LiveOptions).pipe(
    Effect.provide(client(server))
  )
  return { connection, peer: yield* server.peer(0), server }
})

/** Opens a session of Flux; it lasts as long as the test. */
export const openV2 = Effect.fnUntraced(function*(
  { client }: Transport,
  options: Partial<ListenV2.LiveOptions> = {},
  script: Script = accept()
): Effect.fn.Return<Opened<ListenV2.Connection>, DeepgramError.LiveError, Scope.Scope> {
  const server = yield* serveSockets(script)
  const connection = yield* ListenV2.connect({ ...v2, ...options }).pipe(Effect.provide(client(server)))
  return { connection, peer: yield* server.peer(0), server }
})

/** A session whose sleeps are watched, and the server's end of it; it lasts as long as the test. */
export const openWatched = <Connection, E, R>(
  connect: Effect.Effect<Connection, E, R>,
  { client }: Transport,
  script: Script = accept()
) =>
  Effect.gen(function*() {
    const sleeps = yield* watchSleeps
    const server = yield* serveSockets(script)
    const connection = yield* connect.pipe(Effect.provide(client(server)), sleeps.watch)
    return { connection, sleeps, peer: yield* server.peer(0) }
  })

/** Everything that comes out of a stream, and how it ends. */
export interface Heard<A, E> {
  readonly messages: ReadonlyArray<A>
  /** Nothing: it ended well. */
  readonly error: E | undefined
}

/** Reads a stream to its end, whatever that is. */
export const hear = <A, E, R>(stream: Stream.Stream<A, E, R>): Effect.Effect<Heard<A, E>, never, R> =>
  Effect.suspend(() => {
    const messages: Array<A> = []
    return Effect.match(Stream.runForEach(stream, (message) => Effect.sync(() => messages.push(message))), {
      onFailure: (error): Heard<A, E> => ({ messages, error }),
      onSuccess: (): Heard<A, E> => ({ messages, error: undefined })
    })
  })

/** The transcripts of results. */
export const textOf = (messages: ReadonlyArray<ListenV1.ServerMessage>): ReadonlyArray<string> =>
  messages.flatMap((message) => message.type === "Results" ? [message.channel.alternatives[0]?.transcript ?? ""] : [])

/** The failure of an effect that must not succeed, by its class. */
export const failing = <T extends DeepgramError.LiveError["_tag"], A, R>(
  tag: T,
  effect: Effect.Effect<A, DeepgramError.LiveError, R>
): Effect.Effect<Extract<DeepgramError.LiveError, { readonly _tag: T }>, never, R> =>
  Effect.flatMap(Effect.result(effect), (result) =>
    Result.isFailure(result) && isTagged(tag, result.failure)
      ? Effect.succeed(result.failure)
      : Effect.die(Result.isFailure(result) ? result.failure : new Error(`not ${tag}: it succeeded`)))

const isTagged = <T extends DeepgramError.LiveError["_tag"]>(
  tag: T,
  error: DeepgramError.LiveError
): error is Extract<DeepgramError.LiveError, { readonly _tag: T }> => error._tag === tag

/** Runs an effect beside the test, as far as it goes without waiting. */
export const begin = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<Fiber.Fiber<A, E>, never, R> =>
  Effect.forkChild(effect, { startImmediately: true })

/** Waits until a number has not changed for a while, and says what it is. */
export const settled = (read: () => number): Effect.Effect<number> =>
  Effect.callback((resume) => {
    let last = read()
    let same = 0
    const timer = setInterval(() => {
      const now = read()
      same = now === last ? same + 1 : 0
      last = now
      if (same < 10) return
      clearInterval(timer)
      resume(Effect.succeed(now))
    }, 20)
    return Effect.sync(() => clearInterval(timer))
  })
