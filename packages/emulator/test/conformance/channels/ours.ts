/** The sessions of this SDK: a function for each message. What goes over the wire is seen by the constructor of sockets. */
import { Effect, Layer, Redacted, Scope, Stream } from "effect"
import {
  AgentV1,
  Deepgram,
  DeepgramAuth,
  DeepgramConfig,
  type DeepgramError,
  ListenV1,
  ListenV2,
  SpeakV1,
  SpeakV2
} from "effect-deepgram"
import { Socket } from "effect/socket"
import { TestClock } from "effect/testing"
import { untyped } from "../../../../deepgram/test/support/untyped.ts"
import type { Transport } from "../../sessions/support.ts"
import type { Stage } from "../support.ts"
import { contract, type Dial, mailbox, type Message, type Name, type Opening, type Traffic } from "./talk.ts"

type Said = Effect.Effect<unknown, DeepgramError.LiveError>

/** A session, and what says each message. */
interface Session {
  readonly messages: Stream.Stream<Message, DeepgramError.LiveError>
  readonly send?: (audio: Uint8Array) => Said
  readonly ways: Readonly<Record<string, (message: Message) => Said>>
  readonly close: Said
}

const configuring = (configure: (options: object) => Said) => (message: Message) =>
  // What no type would let through goes beside the types.
  configure({}).pipe(Deepgram.withOptions({ body: message }))

const text = (message: Message, member: string): string => String(message[member])

/** It is said by itself, after some time without audio. */
const later = (channel: Name): Said => TestClock.adjust(contract[channel].keepAlive.after)

const sessions: Readonly<
  Record<Name, (opening: Opening) => Effect.Effect<Session, DeepgramError.LiveError, Deepgram.Deepgram | Scope.Scope>>
> = {
  listenV1: ({ query }: Opening) =>
    Effect.map(ListenV1.connect(untyped<ListenV1.LiveOptions>(query)), ({ close, finalize, messages, send }) => ({
      messages,
      send,
      close,
      ways: { KeepAlive: () => later("listenV1"), Finalize: () => finalize, CloseStream: () => close }
    })),
  listenV2: ({ query }: Opening) =>
    Effect.map(
      ListenV2.connect(untyped<ListenV2.LiveOptions>(query)),
      ({ close, configure, forceEndTurn, messages, send }) => ({
        messages,
        send,
        close,
        ways: { CloseStream: () => close, ForceEndTurn: () => forceEndTurn, Configure: configuring(configure) }
      })
    ),
  speakV1: ({ query }: Opening) =>
    Effect.map(
      SpeakV1.connect(untyped<SpeakV1.LiveOptions>(query)),
      ({ clear, close, flush, messages, speak }) => ({
        messages,
        close,
        ways: {
          Speak: (message: Message) => speak(text(message, "text")),
          Flush: () => flush,
          Clear: () => clear,
          Close: () => close
        }
      })
    ),
  speakV2: ({ query }: Opening) =>
    Effect.map(
      SpeakV2.connect(untyped<SpeakV2.LiveOptions>(query)),
      ({ close, configure, flush, interrupt, messages, speak }) => ({
        messages,
        close,
        ways: {
          Speak: (message: Message) => speak(text(message, "text")),
          Flush: () => flush,
          Interrupt: (message: Message) => interrupt(message),
          Configure: configuring(configure),
          Close: () => close
        }
      })
    ),
  agentV1: ({ settings }: Opening) =>
    Effect.map(AgentV1.connect(untyped<AgentV1.Settings>(settings)), (agent) => ({
      messages: agent.messages,
      send: agent.send,
      close: agent.close,
      ways: {
        KeepAlive: () => later("agentV1"),
        UpdateListen: ({ listen }: Message) => agent.updateListen(untyped(listen)),
        UpdateThink: ({ think }: Message) => agent.updateThink(untyped(think)),
        UpdateSpeak: ({ speak }: Message) => agent.updateSpeak(untyped(speak)),
        UpdatePrompt: (message: Message) => agent.updatePrompt(text(message, "prompt")),
        InjectUserMessage: (message: Message) => agent.injectUserMessage(text(message, "content")),
        InjectAgentMessage: (message: Message) =>
          agent.injectAgentMessage(text(message, "message"), { behavior: untyped(message["behavior"]) }),
        FunctionCallResponse: (message: Message) => agent.respond(untyped(message)),
        ForceEndTurn: () => agent.forceEndTurn,
        __customToThinkProvider: ({ content }: Message) => agent.sendToThinkProvider(content)
      }
    }))
}

const typeOf = (data: unknown): string =>
  typeof data === "string" ? String(untyped<Message>(JSON.parse(data))["type"]) : "Audio"

/** A constructor of sockets, overheard. */
const overheard = ({ heard, said }: Traffic, { webSocket }: Transport) =>
  Layer.provide(
    Layer.effect(
      Socket.WebSocketConstructor,
      Effect.map(Socket.WebSocketConstructor, (make) => (url: string, options) => {
        const socket = make(url, options)
        const send = socket.send.bind(socket)
        socket.send = (data) => {
          said.add(typeOf(data))
          send(data)
        }
        socket.addEventListener("message", ({ data }) => heard.add(typeOf(data)))
        return socket
      })
    ),
    webSocket
  )

const client = ({ key, url }: Stage, traffic: Traffic, transport: Transport) =>
  Deepgram.layerNoDeps.pipe(
    Layer.provide([
      DeepgramAuth.layer({ apiKey: Redacted.make(key) }),
      DeepgramConfig.layer({ baseUrl: url }),
      Deepgram.layerFetch,
      overheard(traffic, transport)
    ])
  )

/** How a session ended, as a message. */
const endOf = (error: DeepgramError.LiveError): Message => ({
  type: "(closed)",
  ...("code" in error ? { code: error.code } : undefined),
  ...("errorCode" in error ? { errorCode: error.errorCode } : undefined),
  error: `${error._tag}: ${error.message}`
})

/** This SDK, over that transport. */
export const ours = (transport: Transport): Dial =>
  Effect.fnUntraced(function*(opening, stage, traffic) {
    const { deliver, until } = yield* mailbox
    const session = yield* sessions[opening.channel](opening).pipe(
      Effect.provide(Layer.fresh(client(stage, traffic, transport))),
      Effect.orDie
    )
    yield* session.messages.pipe(
      Stream.runForEach((message) => Effect.sync(() => deliver(message))),
      Effect.match({
        onFailure: (error) => deliver(endOf(error)),
        onSuccess: () => deliver({ type: "(closed)" })
      }),
      Effect.forkScoped
    )
    // What waits for an answer must not keep the others from being said.
    const begin = (said: Said) => Effect.asVoid(Effect.forkScoped(Effect.ignore(said), { startImmediately: true }))
    const scope = yield* Effect.scope
    return {
      say: (message) => {
        const way = session.ways[String(message["type"])]
        return way === undefined
          ? Effect.die(new Error(`there is no way to say ${String(message["type"])}`))
          : Effect.provideService(begin(way(message)), Scope.Scope, scope)
      },
      send: (audio) => Effect.orDie(Effect.asVoid(session.send?.(audio) ?? Effect.void)),
      until,
      leave: Effect.ignore(session.close),
      can: (type) => session.ways[type] !== undefined
    }
  })
