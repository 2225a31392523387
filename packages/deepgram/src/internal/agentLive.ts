/** `agent.v1` over WebSocket, behind `AgentV1`. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { Deepgram } from "../Deepgram.ts"
import { BadRequest, type LiveError } from "../DeepgramError.ts"
import type * as Live from "../Live.ts"
import { type Settings, SettingsMessage, type SpeakSettings, type ThinkSettings } from "./contract/agentSettings.ts"
import { channel, type ListenChange } from "./contract/agentV1Live.ts"
import type { Audio } from "./contract/audio.ts"
import type { MessageOf } from "./contract/channel.ts"
import type { Unrecognized } from "./contract/unrecognized.ts"
import { makeEncoder } from "./encode.ts"
import { refused } from "./errors.ts"
import { isJson } from "./normalize.ts"
import { CurrentCallOptions } from "./options.ts"
import { refusedParts, refusedSettings } from "./refusedSettings.ts"
import { headerSecrets, memberSecrets, writingsOf } from "./secrets.ts"
import type { OneOrMore } from "./sharedOptions.ts"
import { answerTo } from "./socket/asking.ts"
import { partOptions } from "./socket/options.ts"
import { open } from "./socket/session.ts"
import type { Rules, Session } from "./socket/spec.ts"

type Known = MessageOf<typeof channel.server> | Audio

/** What the server says. */
export type ServerMessage = Known | Unrecognized

/** How the channel is opened, kept and closed. */
export interface ConnectOptions extends Live.Options {
  /** How long an update waits for its confirmation. Default 10 seconds. */
  readonly answerTimeout?: Duration.Input | undefined
}

/** What can be said to an agent besides audio. */
export interface Commands {
  /**
   * Changes how the agent listens, and waits for `ListenUpdated`. Fails as `TimedOut` without one within `answerTimeout`,
   * like every update.
   */
  readonly updateListen: (listen: ListenChange) => Effect.Effect<void, LiveError>
  /** Changes what the agent thinks with, its prompt and functions included, and waits for `ThinkUpdated`. */
  readonly updateThink: (think: OneOrMore<ThinkSettings>) => Effect.Effect<void, LiveError>
  /** Changes the voice, and waits for `SpeakUpdated`. Voices of Flux change with the next turn. */
  readonly updateSpeak: (speak: OneOrMore<SpeakSettings>) => Effect.Effect<void, LiveError>
  /** Adds to the prompt, and waits for `PromptUpdated`. */
  readonly updatePrompt: (prompt: string) => Effect.Effect<void, LiveError>
  /** Says something to the agent as if the user had. */
  readonly injectUserMessage: (content: string) => Effect.Effect<void, LiveError>
  /**
   * Has the agent say something. What becomes of it while somebody speaks is said by `behavior`: `default`, it is refused
   * (`InjectionRefused`); `queue`, it waits; `interrupt`, it is said now.
   */
  readonly injectAgentMessage: (
    message: string,
    options?: { readonly behavior?: "default" | "queue" | "interrupt" | (string & {}) | undefined }
  ) => Effect.Effect<void, LiveError>
  /** Ends the user's turn now. Flux only: otherwise a `Warning` comes (`FORCE_END_TURN_UNSUPPORTED`). */
  readonly forceEndTurn: Effect.Effect<void, LiveError>
  /** Says any JSON to a think provider of your own at a `wss` address; experimental. */
  readonly sendToThinkProvider: (content: unknown) => Effect.Effect<void, LiveError>
}

/** The answer to a function that was asked for. */
export interface FunctionAnswer {
  /** That of the request. */
  readonly id: string
  /** That of the request. */
  readonly name: string
  /** A text, or JSON. */
  readonly content: string
  /** As it came with the request, if it did. */
  readonly thought_signature?: string | undefined
}

/** A session with an agent. Audio that is sent before the settings were applied waits. */
export interface Connection extends Omit<Live.Connection<ServerMessage>, "position">, Commands {
  /**
   * Ends the session: Deepgram has no message for it, so the socket is closed as soon as everything that was sent has
   * left. Succeeds when it is closed. What the agent was about to say is not waited for.
   */
  readonly close: Effect.Effect<void, LiveError>
  /** Answers a function that was asked for by a `FunctionCallRequest`. One that was cancelled is not to be answered. */
  readonly respond: (answer: FunctionAnswer) => Effect.Effect<void, LiveError>
}

const rules: Rules<Known> = {
  requestId: (message) => message.type === "Welcome" ? message.request_id : undefined,
  complaint: (message) =>
    message.type === "Error"
      ? { code: message.code, description: message.description || message.message || undefined }
      : undefined,
  acknowledged: () => undefined,
  isResult: ({ type }) => type === "ConversationText"
}

const greetingOf = (say: object) => ({
  asks: ({ type }: Known) => type === "Welcome",
  say,
  grants: ({ type }: Known) => type === "SettingsApplied"
})

/** What is secret in a message, but not by its name: the headers of other servers, and whose requests Amazon gets. */
const carriedIn = (value: unknown): ReadonlyArray<string> => {
  if (Array.isArray(value)) return value.flatMap(carriedIn)
  if (!isJson(value)) return []
  return Object.entries(value).flatMap(([name, member]) =>
    name === "headers" && isJson(member)
      ? Object.entries(member).flatMap(([name, header]) =>
        typeof header === "string" ? headerSecrets(name, header) : []
      )
      : typeof member === "string"
      ? name === "access_key_id" ? [member] : []
      : carriedIn(member)
  )
}

const secretsIn = (message: object): ReadonlyArray<string> =>
  writingsOf([...memberSecrets("", message), ...carriedIn(message)])

const stringify = Option.liftThrowable((message: object) => JSON.stringify(message))

/** The message, if all of it can be sent: functions and think providers take whatever is JSON. */
const sendable = (operation: string, message: object): Effect.Effect<object, BadRequest> =>
  Option.isSome(stringify(message))
    ? Effect.succeed(message)
    : Effect.fail(refused(BadRequest, operation, "there is something in it that is no JSON"))

// There are no parameters: what is left over is misspelled.
const encodeQuery = makeEncoder(() => channel.query, "query")

const encodeSettings = makeEncoder(() => SettingsMessage, "body")

const encoders = {
  UpdateListen: makeEncoder(() => channel.client.UpdateListen, "body"),
  UpdateThink: makeEncoder(() => channel.client.UpdateThink, "body"),
  UpdateSpeak: makeEncoder(() => channel.client.UpdateSpeak, "body"),
  UpdatePrompt: makeEncoder(() => channel.client.UpdatePrompt, "body"),
  InjectUserMessage: makeEncoder(() => channel.client.InjectUserMessage, "body"),
  InjectAgentMessage: makeEncoder(() => channel.client.InjectAgentMessage, "body")
}

const encodeAnswer = makeEncoder(() => channel.client.FunctionCallResponse, "body")

/** What an update is confirmed by. */
const confirmations = {
  UpdateListen: "ListenUpdated",
  UpdateThink: "ThinkUpdated",
  UpdateSpeak: "SpeakUpdated",
  UpdatePrompt: "PromptUpdated"
} as const

const commanding = (
  session: Session<ServerMessage>,
  after: Duration.Duration,
  conceal: (message: object) => void
): Commands => {
  const update = (operation: string, type: keyof typeof confirmations) =>
    Effect.fn(operation)(function*(members: object) {
      const { body } = yield* CurrentCallOptions
      const reason = refusedParts(members)
      if (reason !== undefined) return yield* refused(BadRequest, operation, reason)
      const encoded = yield* encoders[type](operation, { ...members, type })
      const message = yield* sendable(operation, { ...encoded, ...body })
      conceal(message)
      yield* answerTo(session, {
        operation,
        message,
        match: (message) => message.type === confirmations[type] ? { answer: true, isMine: true } : undefined,
        after
      })
    })
  const tell = (operation: string, type: keyof typeof encoders) => (members: object) =>
    Effect.flatMap(encoders[type](operation, { ...members, type }), session.say)

  const updateListen = update("AgentV1.updateListen", "UpdateListen")
  const updateThink = update("AgentV1.updateThink", "UpdateThink")
  const updateSpeak = update("AgentV1.updateSpeak", "UpdateSpeak")
  const updatePrompt = update("AgentV1.updatePrompt", "UpdatePrompt")
  const injectUser = tell("AgentV1.injectUserMessage", "InjectUserMessage")
  const injectAgent = tell("AgentV1.injectAgentMessage", "InjectAgentMessage")
  return {
    updateListen: (listen) => updateListen({ listen }),
    updateThink: (think) => updateThink({ think }),
    updateSpeak: (speak) => updateSpeak({ speak }),
    updatePrompt: (prompt) => updatePrompt({ prompt }),
    injectUserMessage: (content) => injectUser({ content }),
    injectAgentMessage: (message, options) => injectAgent({ ...options, message }),
    forceEndTurn: session.say({ type: "ForceEndTurn" }),
    sendToThinkProvider: (content) =>
      Effect.flatMap(
        sendable("AgentV1.sendToThinkProvider", { type: "__customToThinkProvider", content }),
        session.say
      )
  }
}

/** The model that thinks: what tells sessions apart in traces. */
const modelOf = (agent: Settings["agent"]): string | undefined => {
  if (!isJson(agent)) return undefined
  const [think] = [agent["think"]].flat()
  const provider = isJson(think) ? think["provider"] : undefined
  const model = isJson(provider) ? provider["model"] : undefined
  return typeof model === "string" ? model : undefined
}

/** Opens a session; what it cannot do without is in `connection`, for whoever takes everything there is `session`. */
export const openAgent = Effect.fnUntraced(function*(
  operation: string,
  settings: Settings,
  options: ConnectOptions
) {
  const { live, own } = partOptions(options)
  const { answerTimeout = Duration.seconds(10), ...query } = own
  const { body } = yield* CurrentCallOptions
  const reason = refusedSettings(settings)
  if (reason !== undefined) return yield* refused(BadRequest, operation, reason)
  const encoded = yield* encodeSettings(operation, { audio: {}, ...settings, type: "Settings" })
  const say = yield* sendable(operation, { ...encoded, ...body })
  const secrets = new Set<string>()
  const conceal = (message: object) => {
    for (const secret of secretsIn(message)) secrets.add(secret)
  }
  conceal(say)
  const { encoding = "linear16", sample_rate = 24_000 } = settings.audio?.input ?? {}
  const session = yield* open<typeof channel.server, Audio>({
    operation,
    channel,
    rules,
    query: yield* encodeQuery(operation, query),
    model: modelOf(settings.agent),
    format: { encoding, sample_rate },
    options: live,
    greeting: greetingOf(say),
    secrets: () => secrets
  })
  const { close, messages, onMessage, requestId, send, sendUnsafe } = session.connection
  const commands = commanding(session, Duration.fromInputUnsafe(answerTimeout), conceal)
  const respond = (answer: FunctionAnswer) =>
    Effect.flatMap(encodeAnswer("AgentV1.respond", { ...answer, type: "FunctionCallResponse" }), session.say)
  const connection: Connection = { messages, onMessage, send, sendUnsafe, close, requestId, respond, ...commands }
  return { commands, connection, session }
})

/**
 * Opens a session with an agent; it closes with its scope. Waits for Deepgram's `Welcome`, sends the settings, and succeeds
 * when they are applied; with `waitForOpen: false` at once, and what is sent waits. Microphone and speaker are up to the
 * caller, and so are functions: {@link AgentV1.converse} does more.
 *
 * Fails as `HandshakeRejected` when Deepgram refuses it, as `TransportError` when there is no connection, as `TimedOut` when
 * the settings are not applied within `openTimeout`, as `BadRequest` for settings that are none, as `ConnectionClosed` with
 * Deepgram's `errorCode` for those that Deepgram refuses. A session that is open fails as `ConnectionClosed` or
 * `IdleTimeout` when Deepgram ends it, as `ProtocolError` when a message cannot be understood, as `SlowConsumer` when
 * messages are not taken, as `TimedOut` by the time limits of the options.
 *
 * While no audio is sent a KeepAlive goes out every 8 seconds. A session lasts at most two hours.
 *
 * What the types do not know goes through `Deepgram.withOptions({ body })`, into the settings; and into updates, around
 * them.
 *
 * @see https://developers.deepgram.com/reference/voice-agent/voice-agent
 *
 * @example
 * ```ts
 * import { Effect, Stream } from "effect"
 * import { AgentV1 } from "effect-deepgram"
 *
 * export const session = Effect.gen(function*() {
 *   const agent = yield* AgentV1.connect({
 *     agent: {
 *       think: { provider: { type: "open_ai", model: "gpt-4o-mini" }, prompt: "You are brief." },
 *       speak: { provider: { type: "deepgram", model: "aura-2-thalia-en" } }
 *     }
 *   })
 *   yield* agent.injectUserMessage("What is the weather like?")
 *   return yield* agent.messages.pipe(
 *     Stream.filter((message) => message.type === "ConversationText" && message.role === "assistant"),
 *     Stream.runHead
 *   )
 * }).pipe(Effect.scoped)
 * ```
 */
export const connect: (
  settings: Settings,
  options?: ConnectOptions
) => Effect.Effect<Connection, LiveError, Deepgram | Scope.Scope> = Effect.fn("AgentV1.connect")(
  (settings: Settings, options: ConnectOptions = {}) =>
    Effect.map(openAgent("AgentV1.connect", settings, options), ({ connection }) => connection)
)
