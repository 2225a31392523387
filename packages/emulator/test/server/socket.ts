/** A client of sockets that knows nothing of the SDK. */
import { Emulator } from "@effect-deepgram/emulator"
import { assert } from "@effect/vitest"
import { Deferred, Effect, Queue, Schema } from "effect"
import type { IncomingMessage } from "node:http"
import { WebSocket } from "ws"

/** A message of the server. */
export type Json = Readonly<Record<string, unknown>>

/** How a socket was closed. */
export interface Closed {
  readonly code: number
  readonly reason: string
}

export interface Dial {
  /** Default: the key of the emulator in the header. */
  readonly headers?: Readonly<Record<string, string>>
  readonly protocols?: ReadonlyArray<string>
}

const withKey = { authorization: `Token ${Emulator.defaultApiKey}` }

const parse = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown)))

const open = (url: string, path: string, { headers = withKey, protocols = [] }: Dial) =>
  Effect.acquireRelease(
    Effect.sync(() => new WebSocket(`${url.replace("http", "ws")}${path}`, [...protocols], { headers })),
    (socket) => Effect.sync(() => socket.on("error", () => undefined).terminate())
  )

/** The body and all of the head. */
const answerOf = (response: IncomingMessage) =>
  Effect.callback<{ readonly status: number; readonly headers: IncomingMessage["headers"]; readonly text: string }>(
    (resume) => {
      let text = ""
      response.setEncoding("utf8").on("data", (chunk) => text += chunk).on(
        "end",
        () => resume(Effect.succeed({ status: response.statusCode ?? 0, headers: response.headers, text }))
      )
    }
  )

/** Asks for a socket that is refused: the answer. */
export const refused = Effect.fnUntraced(function*(path: string, dial: Dial = {}) {
  const { url } = yield* Emulator.Emulator
  const socket = yield* open(url, path, dial)
  return yield* Effect.flatMap(
    Effect.callback<IncomingMessage>((resume) => {
      socket.on("unexpected-response", (_, response) => resume(Effect.succeed(response)))
      socket.on("open", () => resume(Effect.die(new Error(`${path} was not refused`))))
    }),
    answerOf
  )
}, Effect.scoped)

/** Opens a socket; it is closed with the scope. */
export const connect = Effect.fnUntraced(function*(path: string, dial: Dial = {}) {
  const { url } = yield* Emulator.Emulator
  const socket = yield* open(url, path, dial)
  const messages = yield* Queue.unbounded<Json>()
  const closed = yield* Deferred.make<Closed>()
  socket.on(
    "message",
    (data: Buffer, isBinary) =>
      Queue.offerUnsafe(messages, isBinary ? { type: "Audio", audio: new Uint8Array(data) } : parse(String(data)))
  )
  socket.on("close", (code, reason) => Deferred.doneUnsafe(closed, Effect.succeed({ code, reason: String(reason) })))
  const { headers } = yield* Effect.callback<IncomingMessage>((resume) => {
    let response: IncomingMessage
    socket.on("upgrade", (upgraded) => {
      response = upgraded
    })
    socket.on("open", () => resume(Effect.succeed(response)))
    socket.on(
      "unexpected-response",
      (_, { headers, statusCode }) =>
        resume(Effect.die(new Error(`${path} was refused: ${statusCode} ${headers["dg-error"]}`)))
    )
    socket.on("error", (error) => resume(Effect.die(error)))
  })
  const send = (message: string | Uint8Array) =>
    Effect.callback<void>((resume) => {
      socket.send(message, () => resume(Effect.void))
    })
  return {
    socket,
    headers,
    /** Bytes as audio, text as it is. */
    send,
    /** Sends a message. */
    say: (message: Json) => send(JSON.stringify(message)),
    /** The next message; audio is one of type `Audio`. */
    next: Queue.take(messages),
    closed: Deferred.await(closed),
    /** Everything that came until the socket was closed, and how it was. */
    end: Effect.flatMap(
      Deferred.await(closed),
      (closed) => Effect.map(Queue.clear(messages), (rest) => ({ ...closed, messages: rest }))
    ),
    /** A ping went there and back, twice: what was sent before was looked at. */
    settled: Effect.callback<void>((resume) => {
      socket.once("pong", () => {
        socket.once("pong", () => resume(Effect.void))
        socket.ping()
      })
      socket.ping()
    })
  }
})

/** A number that does not change any more; too early on a slow machine, which makes no bound fail. */
export const stable = (read: () => number) =>
  Effect.callback<number>((resume) => {
    let before = read()
    let same = 0
    const timer = setInterval(() => {
      same = read() === before ? same + 1 : 0
      before = read()
      if (same < 20) return
      clearInterval(timer)
      resume(Effect.succeed(before))
    }, 5)
    return Effect.sync(() => clearInterval(timer))
  })

/** The transcripts of final results. */
export const finalText = (messages: ReadonlyArray<Json>): string =>
  messages.filter(({ is_final }) => is_final === true)
    .map(({ channel }) => transcriptOf(channel))
    .filter((text) => text !== "")
    .join(" ")

const Channel = Schema.Struct({ alternatives: Schema.Array(Schema.Struct({ transcript: Schema.String })) })

const transcriptOf = (channel: unknown): string =>
  Schema.decodeUnknownSync(Channel)(channel).alternatives[0]?.transcript ?? ""

/** The types of messages, in order. */
export const typesOf = (messages: ReadonlyArray<Json>): ReadonlyArray<unknown> => messages.map(({ type }) => type)

/** The last of several. */
export const last = <A>(all: ReadonlyArray<A>): A => {
  const found = all.at(-1)
  assert.isDefined(found)
  return found
}
