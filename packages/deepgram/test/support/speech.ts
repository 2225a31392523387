/** Speech, over both transports, from servers whose answers are written piece by piece. */
import { NodeDeepgram } from "@effect-deepgram/node"
import { Deferred, Effect, Layer, Queue, Redacted, type Scope, Stream } from "effect"
import { type Deepgram, type DeepgramError, SpeakV1 } from "effect-deepgram"
import type { OutgoingHttpHeaders } from "node:http"
import { reply } from "./answers.ts"
import { bytesOf } from "./audio.ts"
import { apiKey, client } from "./client.ts"
import { type Answer, type Exchange, untilSeen } from "./server.ts"

/** A client that lives as long as the test: with it, a transport may close its connections. */
type Connect = (server: { readonly url: string }) => Effect.Effect<
  <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, Exclude<R, Deepgram.Deepgram>>,
  never,
  Scope.Scope
>

const connecting = (layer: (server: { readonly url: string }) => Layer.Layer<Deepgram.Deepgram>): Connect => (server) =>
  Effect.map(Layer.build(layer(server)), (context) => Effect.provide(context))

/** Over `fetch`. */
export const connectFetch: Connect = connecting((server) => client(server))

const connectUndici: Connect = connecting((server) =>
  NodeDeepgram.layer({ apiKey: Redacted.make(apiKey), baseUrl: server.url, proxy: false })
)

/** The clients that speech must come over. */
export const transports: ReadonlyArray<readonly [name: string, connect: Connect]> = [
  ["fetch", connectFetch],
  ["undici", connectUndici]
]

/** The id that the answers of {@link piecewise} carry. */
export const requestId = "0198c0de-0000-7000-8000-00000000000a"

/** The head of an answer with audio. */
export const head = { "content-type": "audio/mpeg", "dg-request-id": requestId }

/** An answer that begins at once; its body is left to the test. */
export const piecewise = (headers: OutgoingHttpHeaders = {}) =>
  Effect.sync(() => {
    const begun = Deferred.makeUnsafe<Exchange>()
    const answer: Answer = (exchange) =>
      Effect.flatMap(exchange.received, () =>
        Effect.sync(() => {
          exchange.response.writeHead(200, { ...head, ...headers })
          exchange.response.flushHeaders()
          Deferred.doneUnsafe(begun, Effect.succeed(exchange))
        }))
    return { answer, begun: Deferred.await(begun) }
  })

/** The smallest request for speech. */
export const generate = SpeakV1.generate("Good morning.", { model: "aura-2-thalia-en" })

/** What was heard of some audio, and how it ended. */
export interface Heard {
  readonly audio: Uint8Array
  readonly error: DeepgramError.RequestError | undefined
}

/** Reads audio to its end, whatever that is. */
export const listen = (
  audio: Stream.Stream<Uint8Array, DeepgramError.RequestError>
): Effect.Effect<Heard> =>
  Effect.suspend(() => {
    const chunks: Array<Uint8Array> = []
    return Stream.runForEach(audio, (chunk) => Effect.sync(() => chunks.push(chunk))).pipe(
      Effect.match({
        onFailure: (error): Heard => ({ audio: Buffer.concat(chunks), error }),
        onSuccess: (): Heard => ({ audio: Buffer.concat(chunks), error: undefined })
      })
    )
  })

/** What is spoken. */
export const audio: Uint8Array<ArrayBuffer> = bytesOf(100_000)

/** Speaks {@link audio}. */
export const speaking: Answer = reply({ headers: head, body: audio })

/** Passes what is read on to the test, as it arrives. */
export const hear = Effect.fnUntraced(function*<E>(speech: Stream.Stream<Uint8Array, E>) {
  const heard = yield* Queue.unbounded<Uint8Array>()
  const fiber = yield* Effect.forkChild(Stream.runForEach(speech, (chunk) => Queue.offer(heard, chunk)))
  return { fiber, next: untilSeen(Queue.take(heard), fiber) }
})
