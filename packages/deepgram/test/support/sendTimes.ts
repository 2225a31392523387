/** What a session that speaks sends when, by the clock of the test. */
import { Clock, Effect, type Fiber, Layer, Redacted, type Scope } from "effect"
import { Deepgram, DeepgramAuth, DeepgramConfig, type SpeakV1 } from "effect-deepgram"
import { Socket } from "effect/socket"
import { WebSocket } from "ws"
import { apiKey } from "./client.ts"
import { pass } from "./clock.ts"
import { cleared, flushed } from "./liveSpeech.ts"
import { serveSockets, serving, type SocketServer } from "./sockets.ts"
import { untyped } from "./untyped.ts"

/** A message, and when it left: milliseconds of the clock. */
export interface Sent {
  readonly at: number
  readonly type: string
  readonly text: string
}

/** Options for a time that the test makes: nothing is waited for in vain. */
export const timeless = {
  keepAlive: false,
  openTimeout: "1 day",
  drainTimeout: "1 day",
  answerTimeout: "1 day"
} as const satisfies Partial<SpeakV1.LiveOptions>

/** A client on `ws` whose frames are noted as they leave, and a server that flushes, clears and closes as it is asked to. */
export const noting: Effect.Effect<
  { readonly sent: Array<Sent>; readonly server: SocketServer; readonly client: Layer.Layer<Deepgram.Deepgram> },
  never,
  Scope.Scope
> = Effect.gen(function*() {
  const clock = yield* Clock.Clock
  const sent: Array<Sent> = []
  const server = yield* serveSockets(serving((peer) => {
    const serve: Effect.Effect<void> = Effect.flatMap(peer.message, (message) => {
      const { type } = message as Sent
      if (type === "Close") return peer.close(1000)
      const answers = type === "Flush" ? [flushed(0)] : type === "Clear" ? [cleared(0)] : []
      return Effect.andThen(peer.send(...answers), serve)
    })
    return serve
  }))
  const webSocket = Layer.succeed(Socket.WebSocketConstructor, (url, init) => {
    const socket = new WebSocket(url, untyped<{ readonly headers: Record<string, string> }>(init))
    const send = socket.send.bind(socket)
    const noted = (frame: string, options: { readonly compress: boolean }) => {
      const { text = "", type } = JSON.parse(frame) as { readonly type: string; readonly text?: string }
      sent.push({ at: clock.currentTimeMillisUnsafe(), type, text })
      send(frame, options)
    }
    return untyped<Socket.WebSocketLike>(Object.assign(socket, { send: noted }))
  })
  const client = Layer.provide(Deepgram.layerNoDeps, [
    DeepgramConfig.layer({ baseUrl: server.url }),
    DeepgramAuth.layer({ apiKey: Redacted.make(apiKey) }),
    Deepgram.layerFetch,
    webSocket
  ])
  return { sent, server, client }
})

const turnOfLoop: Effect.Effect<void> = Effect.callback((resume) => {
  setImmediate(() => resume(Effect.void))
})

/** Lets time pass by steps, with what happens in each, until a fiber has ended. */
export const passing = Effect.fnUntraced(function*(fiber: Fiber.Fiber<unknown, unknown>, step: number) {
  while (fiber.pollUnsafe() === undefined) {
    yield* pass(step)
    for (let turn = 0; turn < 10; turn++) yield* turnOfLoop
  }
})
