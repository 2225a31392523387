/** A conversation with an agent: microphone in, events and audio out, and functions that answer by themselves. */
import type * as Tool from "effect/ai/Tool"
import type * as Toolkit from "effect/ai/Toolkit"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Deepgram } from "../Deepgram.ts"
import type { LiveError } from "../DeepgramError.ts"
import { type Commands, type Connection, type ConnectOptions, openAgent, type ServerMessage } from "./agentLive.ts"
import { answer, withFunctions, withTools } from "./agentTools.ts"
import type { Settings } from "./contract/agentSettings.ts"
import type { AgentAudioDone, RequestedFunction } from "./contract/agentV1Live.ts"
import type { Audio } from "./contract/audio.ts"
import { readTwice, sendAfterClose, tooSlow } from "./socket/errors.ts"
import * as Inbox from "./socket/inbox.ts"
import type { Session } from "./socket/spec.ts"

/** The user has begun to speak: stop what is being played, and drop what is not played yet. What follows is new. */
export class Interrupted extends Schema.Opaque<Interrupted>()(Schema.Struct({
  type: Schema.Literal("Interrupted")
})) {}

/** What became of a function that the agent wanted to be called here. */
export class FunctionCallHandled extends Schema.Opaque<FunctionCallHandled>()(Schema.Struct({
  type: Schema.Literal("FunctionCallHandled"),
  /** That of the request. */
  id: Schema.String,
  name: Schema.String,
  /**
   * `succeeded`, or `failed`, with a typed failure or a defect; `timedOut`; `refused`: there is no such tool, or it does
   * not take these arguments. `cancelled`, and not answered.
   */
  outcome: Schema.Literals(["succeeded", "failed", "timedOut", "refused", "cancelled"]),
  /** What was answered: a text, or JSON. */
  content: Schema.optionalKey(Schema.String)
})) {}

/** What happens in a conversation, but for audio. */
export type Event = Exclude<ServerMessage, Audio> | FunctionCallHandled

/** What is to be played: audio, the end of what the agent says, and that it was interrupted. */
export type AgentAudio = Audio | AgentAudioDone | Interrupted

/** A conversation that goes on. */
export interface Conversation<E = never> extends Commands {
  /**
   * Everything that the agent says but its audio, and what became of its function calls. It ends when the conversation was
   * closed, and fails otherwise. For one reader at a time.
   *
   * Both streams are to be read, with `Stream.runDrain` if need be: the conversation fails as `SlowConsumer` when 16 MiB of
   * one are waiting.
   */
  readonly events: Stream.Stream<Event, E | LiveError>
  /**
   * The agent's voice, as fast as it is made: raw samples in the encoding that the settings ask for. When the user begins
   * to speak, what was not taken is dropped, and an {@link Interrupted} stands for it. It ends, or fails, as `events` does.
   * For one reader at a time.
   */
  readonly audio: Stream.Stream<AgentAudio, E | LiveError>
  /** Ends the conversation, and succeeds when the channel is closed. The end of the microphone does not end it. */
  readonly close: Effect.Effect<void, LiveError>
  /** Deepgram's id of the session (a UUID), as soon as the server has said it: quote it to Deepgram's support. */
  readonly requestId: Effect.Effect<string | undefined>
}

/** What a conversation needs besides the settings. */
export interface ConverseOptions<Tools extends Record<string, Tool.Any> = {}, R = never> extends ConnectOptions {
  /**
   * What the agent can have done here, a `Toolkit` of Effect AI: its tools are told to the agent, and their handlers answer
   * its calls. Those of the settings are for functions that Deepgram calls, at an `endpoint`. Mark members that may be
   * absent by `Schema.optionalKey`; what a tool takes has to be an object.
   */
  readonly tools?: Effect.Effect<Toolkit.WithHandler<Tools>, never, R> | undefined
  /** How long a handler may take before it is interrupted, and the agent hears of it. Default 30 seconds. */
  readonly toolTimeout?: Duration.Input | undefined
}

/** What a toolkit needs to run. */
type HandlerServices<Tools extends Record<string, Tool.Any>> = Tool.HandlerServices<Tools[keyof Tools]>

const unread = "one of the two streams of the conversation has to be read, too"

/** Bytes, of audio or of the texts of events, that wait to be taken. */
const most = 16_777_216

const sizeOf = (event: Event): number => 128 + JSON.stringify(event).length

interface Running {
  readonly call: RequestedFunction
  fiber?: Fiber.Fiber<void>
}

/** The functions that the agent waits for, each in a fiber of its own. */
const makeCalls = <R>(
  handle: (call: RequestedFunction) => Effect.Effect<void, never, R>,
  cancelled: (call: RequestedFunction) => void
) => {
  const running = new Map<string, Running>()
  return {
    start: Effect.fnUntraced(function*(call: RequestedFunction) {
      if (running.has(call.id)) return
      const entry: Running = { call }
      running.set(call.id, entry)
      const done = Effect.sync(() => running.get(call.id) === entry && running.delete(call.id))
      entry.fiber = yield* Effect.forkScoped(Effect.ensuring(handle(call), done))
    }),
    cancel(id: string) {
      const found = running.get(id)
      if (found === undefined) return
      running.delete(id)
      // Not waited for: what else the agent says must not wait for what a handler has to tidy up.
      found.fiber?.interruptUnsafe()
      cancelled(found.call)
    },
    end() {
      for (const { fiber } of running.values()) fiber?.interruptUnsafe()
      running.clear()
    }
  }
}

/** Everything between an open session and the streams of a conversation; lasts as long as the scope. */
const hold = Effect.fnUntraced(function*<Tools extends Record<string, Tool.Any>, E, R>(
  { connection, operation, session, timeout, toolkit }: {
    readonly operation: string
    readonly connection: Connection
    readonly session: Session<ServerMessage>
    readonly toolkit: Toolkit.WithHandler<Tools> | undefined
    readonly timeout: Duration.Duration
  },
  microphone: Stream.Stream<Uint8Array, E, R>
) {
  const busy = () => readTwice(operation, undefined)
  const events = new Inbox.Inbox<Event, E | LiveError>({ onTaken: () => undefined, busy })
  const audio = new Inbox.Inbox<AgentAudio, E | LiveError>({ onTaken: () => undefined, busy })
  const ended = Deferred.makeUnsafe<void, E | LiveError>()
  let isOver = false
  const end = (exit: Exit.Exit<void, E | LiveError>) => {
    isOver = true
    const failure = Exit.isFailure(exit) ? exit.cause : undefined
    calls.end()
    events.end(failure)
    audio.end(failure)
    Deferred.doneUnsafe(ended, exit)
  }
  // Nothing comes behind the end.
  const tell = (event: Event) => isOver ? undefined : events.add(event, sizeOf(event))

  const handle = Effect.fnUntraced(function*(call: RequestedFunction) {
    const { content, outcome } = yield* answer(toolkit, call, timeout)
    const { id, name, thought_signature } = call
    // Who ended the session does not wait for an answer.
    yield* Effect.catch(connection.respond({ id, name, content, thought_signature }), () => Effect.void)
    tell({ type: "FunctionCallHandled", id, name, outcome, content })
  })
  const calls = makeCalls(handle, ({ id, name }) => {
    tell({ type: "FunctionCallHandled", id, name, outcome: "cancelled" })
  })

  const route = (message: ServerMessage) => {
    if (message.type === "Audio") return audio.add(message, message.audio.byteLength)
    tell(message)
    switch (message.type) {
      case "UserStartedSpeaking":
        audio.remove(() => true)
        return audio.add({ type: "Interrupted" }, 0)
      case "AgentAudioDone":
        return audio.add(message, 0)
      case "FunctionCallCancelled":
        return message.functions.forEach(({ id }) => calls.cancel(id))
    }
  }

  const listen = Stream.runForEach(
    session.batches,
    Effect.fnUntraced(function*(message) {
      route(message)
      if (message.type === "FunctionCallRequest") {
        // Others are called by Deepgram itself (trap 17).
        const mine = message.functions.filter(({ client_side }) => client_side !== false)
        yield* Effect.forEach(mine, calls.start, { discard: true })
      }
      const waiting = Math.max(events.size(), audio.size())
      if (waiting > most) return yield* tooSlow(operation, waiting, unread, yield* connection.requestId)
    })
  )
  const sent = (frame: Uint8Array) =>
    Effect.match(connection.send(frame), { onSuccess: () => true, onFailure: () => false })
  const speak = Stream.runForEachWhile(microphone, sent)

  const abandoned = Effect.map(
    connection.requestId,
    (requestId) => end(Exit.fail(sendAfterClose(operation, requestId)))
  )
  yield* listen.pipe(
    Effect.matchCause({ onFailure: (cause) => end(Exit.failCause(cause)), onSuccess: () => end(Exit.void) }),
    Effect.onInterrupt(() => abandoned),
    Effect.forkScoped
  )
  // The end of the microphone is none of the conversation.
  yield* Effect.forkScoped(Effect.catchCause(speak, (cause) => Effect.sync(() => end(Exit.failCause(cause)))))
  return {
    ended: Deferred.await(ended),
    events: Stream.fromPull(Effect.succeed(events.one)),
    audio: Stream.fromPull(Effect.succeed(audio.one))
  }
})

/**
 * Holds a conversation with an agent: the microphone goes in, what happens and the agent's voice come out. It ends with its
 * scope, or by `close`.
 *
 * The tools are told to the agent; when it calls one, the handler runs in its own fiber, and its result or its typed failure
 * is answered. A handler is interrupted when the agent cancels the call, or when the conversation ends. Arguments that do not
 * fit, names that are none, defects and time-outs are answered in words that a model understands. Functions of the settings
 * that have an `endpoint` are left to Deepgram.
 *
 * Takes the microphone from the beginning; what it says while the channel is dialled waits. Succeeds when the agent listens.
 * Fails as {@link AgentV1.connect} does, and as the microphone; a conversation that goes on fails in both of its streams.
 *
 * @see https://developers.deepgram.com/docs/voice-agents-function-calling
 *
 * @example
 * ```ts
 * import { Effect, Schema, Stream } from "effect"
 * import { Tool, Toolkit } from "effect/ai"
 * import { AgentV1 } from "effect-deepgram"
 *
 * const tools = Toolkit.make(
 *   Tool.make("get_weather", {
 *     description: "The weather at a place",
 *     parameters: Schema.Struct({ place: Schema.String }),
 *     success: Schema.Struct({ celsius: Schema.Number })
 *   })
 * )
 *
 * export const conversation = <E, R>(
 *   microphone: Stream.Stream<Uint8Array, E, R>,
 *   play: (audio: AgentV1.AgentAudio) => Effect.Effect<void>
 * ) =>
 *   Effect.gen(function*() {
 *     const { audio, events } = yield* microphone.pipe(AgentV1.converse({
 *       audio: { input: { encoding: "linear16", sample_rate: 16_000 } },
 *       agent: {
 *         listen: { provider: { type: "deepgram", version: "v2", model: "flux-general-en" } },
 *         think: { provider: { type: "open_ai", model: "gpt-4o-mini" }, prompt: "You are brief." },
 *         speak: { provider: { type: "deepgram", model: "aura-2-thalia-en" } },
 *         greeting: "Hello!"
 *       }
 *     }, { tools }))
 *     yield* Effect.forkScoped(Stream.runForEach(audio, play))
 *     yield* Stream.runForEach(events, (event) =>
 *       event.type === "ConversationText" ? Effect.log(event.role, event.content) : Effect.void)
 *   }).pipe(
 *     Effect.scoped,
 *     Effect.provide(tools.toLayer({ get_weather: () => Effect.succeed({ celsius: 21 }) }))
 *   )
 * ```
 */
export const converse = <Tools extends Record<string, Tool.Any> = {}, RT = never>(
  settings: Settings,
  options: ConverseOptions<Tools, RT> = {}
) =>
  Effect.fn("AgentV1.converse")(function*<E, R>(
    microphone: Stream.Stream<Uint8Array, E, R>
  ): Effect.fn.Return<
    Conversation<E>,
    E | LiveError,
    Deepgram | HandlerServices<Tools> | R | RT | Scope.Scope
  > {
    const operation = "AgentV1.converse"
    const { toolTimeout = Duration.seconds(30), tools, ...connectOptions } = options
    const toolkit = tools === undefined ? undefined : yield* tools
    const timeout = Duration.fromInputUnsafe(toolTimeout)
    const offered = yield* withTools(operation, settings, toolkit?.tools ?? {})
    const outer = yield* Effect.scope
    const own = yield* Scope.fork(outer)
    const begin = Effect.gen(function*() {
      const agent = yield* openAgent(operation, offered, { ...connectOptions, waitForOpen: false })
      const { commands, connection: { close, requestId }, session } = agent
      const { audio, ended, events } = yield* hold({ ...agent, operation, toolkit, timeout }, microphone)
      // A microphone that fails ends the session, too.
      yield* Effect.forkIn(Effect.flatMap(Effect.exit(ended), (exit) => Scope.close(own, exit)), outer)
      if (options.waitForOpen !== false) yield* Effect.raceFirst(session.opened, Effect.andThen(ended, Effect.never))
      const updateThink: Commands["updateThink"] = (think) =>
        Effect.flatMap(withFunctions("AgentV1.updateThink", think, toolkit?.tools ?? {}), commands.updateThink)
      return { ...commands, updateThink, audio, close, events, requestId }
    })
    return yield* begin.pipe(
      Scope.provide(own),
      Effect.onError((cause) => Scope.close(own, Exit.failCause(cause)))
    )
  })
