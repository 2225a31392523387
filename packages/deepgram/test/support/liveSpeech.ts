/** Sessions that speak, over both transports, and what scripted servers say in them. */
import { type Cause, Effect, Queue, type Scope, Stream } from "effect"
import { type DeepgramError, SpeakV1, SpeakV2 } from "effect-deepgram"
import { bytesOf } from "./audio.ts"
import { type Opened, requestId, type Transport } from "./live.ts"
import { accept, type Peer, type Script, serveSockets } from "./sockets.ts"

/** Linear PCM of 16 bits at 24 kHz, as nothing else is asked for. */
export const aura = { model: "aura-2-thalia-en" } as const satisfies SpeakV1.LiveOptions

/** The same for Flux. */
export const flux = { model: "flux-kit-en" } as const satisfies SpeakV2.LiveOptions

/** Opens a session of Aura; it lasts as long as the test. */
export const openAura = Effect.fnUntraced(function*(
  { client }: Transport,
  options: Partial<SpeakV1.LiveOptions> = {},
  script: Script = accept()
): Effect.fn.Return<Opened<SpeakV1.Connection>, DeepgramError.LiveError, Scope.Scope> {
  const server = yield* serveSockets(script)
  const connection = yield* SpeakV1.connect({ ...aura, ...options } as SpeakV1.LiveOptions).pipe(
    Effect.provide(client(server))
  )
  return { connection, peer: yield* server.peer(0), server }
})

/** Opens a session of Flux speech; it lasts as long as the test. */
export const openFlux = Effect.fnUntraced(function*(
  { client }: Transport,
  options: Partial<SpeakV2.LiveOptions> = {},
  script: Script = accept()
): Effect.fn.Return<Opened<SpeakV2.Connection>, DeepgramError.LiveError, Scope.Scope> {
  const server = yield* serveSockets(script)
  const connection = yield* SpeakV2.connect({ ...flux, ...options } as SpeakV2.LiveOptions).pipe(
    Effect.provide(client(server))
  )
  return { connection, peer: yield* server.peer(0), server }
})

export const speak = (text: string) => ({ type: "Speak", text }) as const

/** The first message of Aura. */
export const metadata = { type: "Metadata", request_id: requestId } as const

/** The first message of Flux. */
export const connected = { type: "Connected", request_id: requestId } as const

/** The last message of Flux. */
export const total = { type: "SessionMetadata", total_audio_duration_ms: 40 } as const

export const flushed = (sequence_id: number) => ({ type: "Flushed", sequence_id }) as const
export const cleared = (sequence_id: number) => ({ type: "Cleared", sequence_id }) as const

/** A turn of Flux, to its end. */
export const over = (speech_id: string) => ({ type: "SpeechMetadata", speech_id, audio_duration_ms: 20 }) as const

/** A turn of Flux that did not come to its end. */
export const interrupted = (audio_played_ms: number) => ({ type: "SpeechInterrupted", audio_played_ms }) as const

export const warning = (code: string) => ({ type: "Warning", code, description: "so" }) as const

/** Audio that says which it is. */
export const sound = (index: number, length = 640): Uint8Array<ArrayBuffer> => {
  const audio = bytesOf(length)
  audio[0] = index
  return audio
}

/** What messages are, audio by its first byte. */
export const outline = (
  messages: ReadonlyArray<SpeakV1.ServerMessage | SpeakV2.ServerMessage>
): ReadonlyArray<string | number | undefined> =>
  messages.map((message) => message.type === "Audio" ? message.audio[0] : message.type)

/** Takes messages up to the one that closes, says the last words, and closes. */
export const ending = (messages: ReadonlyArray<object | string> = [], code: number | undefined = 1000) =>
(
  peer: Peer
): Effect.Effect<void> =>
  Effect.gen(function*() {
    while ((yield* peer.message as Effect.Effect<{ readonly type: string }>).type !== "Close") { /* text before it */ }
    yield* peer.send(...messages)
    yield* peer.close(code)
  })

/** Takes so many messages. */
export const taking = (peer: Peer, count: number) => Effect.forEach(Array.from({ length: count }), () => peer.message)

/** A text, or interruptions, that the test hands out. */
export const handing = <A>() =>
  Effect.map(Queue.unbounded<A, Cause.Done>(), (queue) => ({
    give: (...elements: ReadonlyArray<A>) => Queue.offerAll(queue, elements),
    end: Queue.end(queue),
    stream: Stream.fromQueue(queue)
  }))
