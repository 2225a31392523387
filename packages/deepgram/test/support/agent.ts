/** Sessions with an agent, over both transports, and what scripted servers say in them. */
import { assert } from "@effect/vitest"
import { Effect, type Scope, Stream } from "effect"
import { AgentV1, type DeepgramError } from "effect-deepgram"
import type { Tool } from "effect/ai"
import { requestId, type Transport } from "./live.ts"
import { type Peer, type Script, serveSockets, serving, type SocketServer } from "./sockets.ts"

/** A message of any type. */
export type Message = { readonly type: string } & Readonly<Record<string, unknown>>

export const welcome = { type: "Welcome", request_id: requestId }
export const applied = { type: "SettingsApplied" }

export const think = { provider: { type: "open_ai", model: "gpt-4o-mini" }, prompt: "You are brief." } as const

/** Linear PCM of 16 bits at 16 kHz: a second is 32,000 bytes. */
export const settings: AgentV1.Settings = {
  audio: { input: { encoding: "linear16", sample_rate: 16_000 } },
  agent: { think, speak: { provider: { type: "deepgram", model: "aura-2-thalia-en" } } }
}

/** Opens a session as Deepgram does, and says what the settings were. */
export const greet = (peer: Peer): Effect.Effect<Record<string, unknown>> =>
  Effect.gen(function*() {
    yield* peer.send(welcome)
    const said = yield* peer.message
    yield* peer.send(applied)
    return said as Record<string, unknown>
  })

/** Opens sessions as Deepgram does, and leaves the rest to the test. */
export const greeting: Script = serving(greet)

/** What a test may say of a session. */
interface Options<O> {
  readonly settings?: AgentV1.Settings
  readonly options?: O
  readonly script?: Script
}

/** Opens a session; it lasts as long as the test. */
export const openAgent = Effect.fnUntraced(function*(
  { client }: Transport,
  { options, script = greeting, settings: given = settings }: Options<AgentV1.ConnectOptions> = {}
): Effect.fn.Return<
  { readonly connection: AgentV1.Connection; readonly peer: Peer; readonly server: SocketServer },
  DeepgramError.LiveError,
  Scope.Scope
> {
  const server = yield* serveSockets(script)
  const connection = yield* AgentV1.connect(given, options).pipe(Effect.provide(client(server)))
  return { connection, peer: yield* server.peer(0), server }
})

/** Holds a conversation; it lasts as long as the test. */
export const openConversation = <Tools extends Record<string, Tool.Any> = {}, RT = never, E = never>(
  { client }: Transport,
  { microphone = Stream.never, options, script = greeting, settings: given = settings }:
    & Options<AgentV1.ConverseOptions<Tools, RT>>
    & { readonly microphone?: Stream.Stream<Uint8Array, E> } = {}
) =>
  Effect.gen(function*() {
    const server = yield* serveSockets(script)
    const conversation = yield* microphone.pipe(AgentV1.converse(given, options), Effect.provide(client(server)))
    return { conversation, peer: yield* server.peer(0), server }
  })

/** The next answers to calls, in the order in which they came, without their type. */
export const answers = (peer: Peer, count: number) =>
  Effect.forEach(Array.from({ length: count }), () =>
    Effect.map(peer.message, (message) => {
      const { type, ...answer } = message as Record<string, unknown>
      assert.strictEqual(type, "FunctionCallResponse")
      return answer
    }))

/** What became of the next calls. */
export const handled = <E>(events: Stream.Stream<AgentV1.Event, E>, count: number) =>
  events.pipe(
    Stream.filter((event) => event.type === "FunctionCallHandled"),
    Stream.take(count),
    Stream.runCollect
  )

/** Frames that came after the settings: texts as JSON. */
export const said = ({ frames }: Peer): ReadonlyArray<unknown> =>
  frames.slice(1).map((frame) => typeof frame === "string" ? JSON.parse(frame) : frame)

/** A request of the agent for functions. */
export const calling = (
  ...functions: ReadonlyArray<Partial<AgentV1.RequestedFunction> & { readonly name: string }>
): AgentV1.FunctionCallRequest => ({
  type: "FunctionCallRequest",
  functions: functions.map((one) => Object.assign({ id: `call-${one.name}`, arguments: "{}", client_side: true }, one))
})
