/** Sessions of the SDK with the emulator: real sockets on both sides, over both transports. */
import { Emulator } from "@effect-deepgram/emulator"
import { NodeDeepgram } from "@effect-deepgram/node"
import { assert } from "@effect/vitest"
import { Effect, Layer, Schema, Stream } from "effect"
import { Deepgram, type DeepgramAuth, type DeepgramError, type ListenV1, type Requests } from "effect-deepgram"
import type { Socket } from "effect/socket"
import type { Frames } from "../../src/internal/audio/pcm.ts"
import * as Synthesizer from "../../src/Synthesizer.ts"
import { bytesOf } from "../live/support.ts"

/** A way to dial. */
export interface Transport {
  readonly name: string
  /** Whether it is `ws`: it shows answers to the handshake, and has pings. */
  readonly isWs: boolean
  readonly webSocket: Layer.Layer<Socket.WebSocketConstructor>
  /** The SDK, pointed at the emulator that is running, with its key unless another credential is given. */
  readonly client: (auth?: DeepgramAuth.Options) => Layer.Layer<Deepgram.Deepgram, never, Emulator.Emulator>
}

const clientOf =
  (layer: (options: Deepgram.Options) => Layer.Layer<Deepgram.Deepgram>): Transport["client"] => (auth) =>
    Layer.fresh(Layer.unwrap(
      Effect.map(Emulator.Emulator, ({ apiKey, url }) => layer({ ...(auth ?? { apiKey }), baseUrl: url }))
    ))

/** Node's. */
export const ws: Transport = {
  name: "ws",
  isWs: true,
  webSocket: NodeDeepgram.layerWebSocket({ proxy: false }),
  client: clientOf((options) => NodeDeepgram.layer({ ...options, proxy: false }))
}

/** The `WebSocket` that the runtime brings along. */
export const globalSocket: Transport = {
  name: "the global WebSocket",
  isWs: false,
  webSocket: Deepgram.layerWebSocket,
  client: clientOf(Deepgram.layer)
}

/** Everything must work over both. */
export const transports: ReadonlyArray<Transport> = [ws, globalSocket]

/** An emulator, and the SDK pointed at it. */
export const served = ({ client }: Transport, options?: Emulator.LayerOptions) =>
  Layer.provideMerge(client(), Emulator.layer(options))

export const encodings = ["linear16", "linear32", "mulaw", "alaw"] as const

/** What a WAV file says of floating-point samples, which `Recording` does not write. */
const floatHeader = (channels: number, sampleRate: number, length: number): Uint8Array => {
  const header = new Uint8Array(44)
  const view = new DataView(header.buffer)
  for (const [at, id] of [[0, "RIFF"], [8, "WAVE"], [12, "fmt "], [36, "data"]] as const) {
    header.set(new TextEncoder().encode(id), at)
  }
  view.setUint32(4, 36 + length, true)
  view.setUint32(16, 16, true)
  view.setUint16(20, 3, true)
  view.setUint16(22, channels, true)
  view.setUint32(24, sampleRate, true)
  view.setUint32(28, sampleRate * channels * 4, true)
  view.setUint16(32, channels * 4, true)
  view.setUint16(34, 32, true)
  view.setUint32(40, length, true)
  return header
}

/** Samples in any way they can be sent, and what has to be said of them. */
export const audioOf = (
  channels: Frames,
  encoding: (typeof encodings)[number],
  sampleRate: number,
  container: "raw" | "wav"
): {
  readonly bytes: Uint8Array
  readonly format: Pick<ListenV1.LiveOptions, "encoding" | "sample_rate" | "channels">
} => {
  const bytes = bytesOf(channels, encoding, sampleRate, container)
  if (container === "raw") return { bytes, format: { encoding, sample_rate: sampleRate, channels: channels.length } }
  return {
    bytes: encoding === "linear32"
      ? new Uint8Array([...floatHeader(channels.length, sampleRate, bytes.length), ...bytes])
      : bytes,
    format: {}
  }
}

/** Short raw audio for tests in which it matters little. */
export const telephone = { encoding: "mulaw", sample_rate: 8000 } as const

/** For tests by the real clock, on machines of any speed. */
export const patiently = { openTimeout: "2 minutes", drainTimeout: "2 minutes" } as const

/** A text in this format, ending with so many seconds of silence. */
export const spoken = (text: string, pause = 0.1): Uint8Array =>
  bytesOf([Synthesizer.converse([{ text, pause }], { sampleRate: telephone.sample_rate })], "mulaw", 8000, "raw")

/** A source that uses the memory of each frame again when the next is asked for. */
export const reusing = (frames: ReadonlyArray<Uint8Array>): Stream.Stream<Uint8Array> =>
  Stream.suspend(() => {
    let last: Uint8Array | undefined
    return Stream.map(Stream.rechunk(Stream.fromIterable(frames), 1), (frame) => {
      last?.fill(0x55)
      last = frame.slice()
      return last
    })
  })

/** Final results of a channel, in order. */
export const finalsOf = (messages: ReadonlyArray<ListenV1.ServerMessage>, channel = 0): Array<ListenV1.Results> =>
  messages.filter((message) => message.type === "Results").filter(({ channel_index, is_final }) =>
    is_final === true && channel_index[0] === channel
  )

export const textOf = ({ channel }: ListenV1.Results): string => channel.alternatives[0]?.transcript ?? ""

/** Everything that was said for good. */
export const finalText = (messages: ReadonlyArray<ListenV1.ServerMessage>, channel = 0): string =>
  finalsOf(messages, channel).map(textOf).filter((text) => text !== "").join(" ")

/** A word as far as live audio and recordings must agree: who says it is never more or less sure in live audio. */
export const wordOf = ({ confidence, end, language, punctuated_word, speaker, start, word }: ListenV1.Word) => ({
  word,
  punctuated_word,
  start,
  end,
  confidence,
  speaker,
  language
})

const Logged = Schema.Struct({
  details: Schema.Struct({
    method: Schema.String,
    duration: Schema.Finite,
    channels: Schema.Finite,
    models: Schema.Array(Schema.String),
    tags: Schema.Array(Schema.String),
    features: Schema.Array(Schema.String)
  })
})

/** What the emulator's log has of a session. */
export const detailsOf = ({ response }: Requests.LoggedRequest): (typeof Logged.Type)["details"] =>
  Schema.decodeUnknownSync(Logged)(response).details

/** The failure of an effect that must not succeed, by its class. */
export const failing = <T extends DeepgramError.LiveError["_tag"], A, R>(
  tag: T,
  effect: Effect.Effect<A, DeepgramError.LiveError, R>
): Effect.Effect<Extract<DeepgramError.LiveError, { readonly _tag: T }>, never, R> =>
  Effect.map(Effect.flip(Effect.asVoid(effect)), (error) => {
    assert.isTrue(isTagged(tag, error), `not ${tag}, but ${error._tag}: ${error.message}`)
    return error as Extract<DeepgramError.LiveError, { readonly _tag: T }>
  }).pipe(Effect.orDie)

const isTagged = <T extends DeepgramError.LiveError["_tag"]>(
  tag: T,
  error: DeepgramError.LiveError
): error is Extract<DeepgramError.LiveError, { readonly _tag: T }> => error._tag === tag
