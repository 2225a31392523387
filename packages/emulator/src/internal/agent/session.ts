/** A session on `/v1/agent/converse`: what the client says, and what follows from it (inventory 2.5). */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Recognizer } from "../../Recognizer.ts"
import type { Message } from "../../Thinker.ts"
import type { LiveProblem } from "../live/session.ts"
import { openTurnHearing } from "../live/turnHearing.ts"
import type { TurnSaid } from "../live/turnMessages.ts"
import type { Report } from "../server/logging.ts"
import type { Configurations, Variables } from "../state/collections.ts"
import type { LoggedModel } from "../state/ledgerEntry.ts"
import { type Abilities, makeConversation } from "./conversation.ts"
import type { ClientMessage, History, ServerMessage, Settings } from "./messages.ts"
import { listeningOf, mindsOf, type Plan, planOf, speakersOf, withPrompt } from "./plan.ts"
import { Fatal, internal, invalidSettings } from "./problem.ts"
import { storedAgent } from "./stored.ts"
import type { Warn } from "./thinking.ts"

/** What a session needs. */
export type Needs = Abilities | Recognizer | Configurations | Variables

/** A session whose settings were applied. */
export interface AgentSession {
  readonly hear: (bytes: Uint8Array) => Effect.Effect<void, Fatal, Abilities>
  /** The client has stopped sending: fails when what it sent is too little to be audio. */
  readonly verdict: Effect.Effect<void, Fatal>
  readonly obey: (message: ClientMessage) => Effect.Effect<void, Fatal, Abilities>
}

/** Of a tag, in characters, as of the parameter of the same name; and how many the emulator keeps of a session. */
const longestTag = 128
const mostTags = 100

const tagsProblem = (tags: ReadonlyArray<string>): string | undefined =>
  tags.length > mostTags
    ? `there are more than ${mostTags} tags.`
    : tags.some((tag) => tag.length > longestTag)
    ? `a tag is longer than ${longestTag} characters.`
    : undefined

/** Audio that nobody can read is the client's mistake, a recogniser that breaks is not. */
const ofHearing = (problem: LiveProblem): Effect.Effect<never, Fatal> =>
  problem._tag !== "RecognitionError" || problem.reason === "InvalidOptions"
    ? Effect.fail(new Fatal({ code: "USER_AUDIO_FORMAT", description: problem.message }))
    : Effect.andThen(Effect.logError("The recognizer failed.", problem), Effect.fail(internal))

const modelsOf = ({ listening, speakers }: Plan): ReadonlyArray<LoggedModel> => [
  listening.model,
  ...speakers.flatMap(({ model }) => model ?? [])
]

/** What was said before, as the agent knows it. */
const messageOf = (history: History): Message =>
  "function_calls" in history
    ? {
      _tag: "Calls",
      calls: history.function_calls.map(({ arguments: json, name, response }) => ({ name, arguments: json, response }))
    }
    : { _tag: "Text", role: history.role === "user" ? "user" : "assistant", content: history.content }

/** Begins a session by its settings, until the scope closes. */
export const begin = Effect.fnUntraced(function*(settings: Settings, { custom, fail, play, report, tell }: {
  /** Models besides those that Deepgram documents. */
  readonly custom: ReadonlyArray<string>
  readonly tell: (message: ServerMessage) => Effect.Effect<void>
  readonly play: (bytes: Uint8Array) => Effect.Effect<void>
  /** What the session uses, for the log. */
  readonly report: Report
  /** Ends the session. */
  readonly fail: (problem: Fatal) => Effect.Effect<void>
}): Effect.fn.Return<AgentSession, Fatal, Needs | Scope.Scope> {
  const agent = typeof settings.agent === "string" ? yield* storedAgent(settings.agent) : settings.agent
  let plan = yield* Effect.fromResult(planOf(settings.audio, agent, custom))
  const { tags = [] } = settings
  const problem = tagsProblem(tags)
  if (problem !== undefined) return yield* invalidSettings(`tags: ${problem}`)
  yield* report({ models: modelsOf(plan), tags })
  const warn: Warn = (code, description) => tell({ type: "Warning", code, description })
  const hearing = yield* openTurnHearing(plan.input, () => plan.listening.turns)
  const conversation = yield* makeConversation({
    plan: () => plan,
    context: (agent.context?.messages ?? []).map(messageOf),
    isRemembered: settings.flags?.history !== false,
    fail,
    play,
    tell,
    warn
  })
  let isUserSpeaking = false
  /** Words of the turn so far, and when the agent spoke up in the middle of it. */
  let words = 0
  let interjectedAt = Infinity

  const warnOfPrompts = Effect.suspend(() =>
    plan.minds.some(({ isTooLong }) => isTooLong)
      ? warn("PROMPT_TOO_LONG", "The prompt is longer than 25000 characters: the rest was cut off.")
      : Effect.void
  )

  const change = (more: Partial<Plan>, confirmation: ServerMessage) =>
    Effect.suspend(() => {
      plan = { ...plan, ...more }
      return Effect.andThen(report({ models: modelsOf(plan) }), tell(confirmation))
    })

  const onTurn = Effect.fnUntraced(function*({ event, languages, languages_hinted, transcript, ...said }: TurnSaid) {
    words = said.words.length
    if (event === "StartOfTurn" || words > interjectedAt && conversation.isBusy()) {
      isUserSpeaking = true
      interjectedAt = Infinity
      yield* conversation.bargeIn
    }
    switch (event) {
      case "EagerEndOfTurn":
        return yield* conversation.expectEnd(transcript)
      case "TurnResumed":
        return yield* conversation.resume
      case "EndOfTurn": {
        isUserSpeaking = false
        interjectedAt = Infinity
        return yield* conversation.endTurn({
          content: transcript,
          ...(languages === undefined ? undefined : { languages }),
          ...(languages_hinted === undefined ? undefined : { languages_hinted })
        })
      }
    }
  })

  const onTurns = (said: ReadonlyArray<TurnSaid>) => Effect.forEach(said, onTurn, { discard: true })

  const hear = Effect.fnUntraced(function*(bytes: Uint8Array) {
    const began = yield* Clock.currentTimeMillis
    const said = yield* Effect.catch(hearing.push(bytes), ofHearing)
    const now = yield* Clock.currentTimeMillis
    yield* onTurns(said)
    if (said.some(({ event }) => event === "EndOfTurn")) {
      yield* tell({ type: "LatencyReport", stt_latency: (now - began) / 1000 })
    }
  })

  const refuseInjection = (why: string) =>
    tell({ type: "InjectionRefused", message: `The message was refused: ${why}.` })

  const inject = Effect.fnUntraced(function*(text: string, behavior: string) {
    if (!conversation.hasRoom(text, { isAlone: behavior === "interrupt" })) {
      return yield* refuseInjection("too much waits to be said")
    }
    if (behavior === "interrupt") {
      if (isUserSpeaking) interjectedAt = words
      yield* conversation.interrupt
    } else if (isUserSpeaking || behavior !== "queue" && conversation.isBusy()) {
      return yield* refuseInjection(`it is the turn of the ${isUserSpeaking ? "user" : "agent"}`)
    }
    yield* conversation.utter(text)
  })

  const obey = Effect.fnUntraced(function*(message: ClientMessage): Effect.fn.Return<void, Fatal, Abilities> {
    switch (message.type) {
      case "Settings":
        return yield* new Fatal({ code: "SETTINGS_ALREADY_APPLIED", description: "There were settings already." })
      case "UpdateListen": {
        const listening = yield* Effect.fromResult(listeningOf(message.listen.provider, custom))
        return yield* change({ listening }, { type: "ListenUpdated" })
      }
      case "UpdateThink":
        yield* change({ minds: yield* Effect.fromResult(mindsOf(message.think)) }, { type: "ThinkUpdated" })
        return yield* warnOfPrompts
      case "UpdateSpeak": {
        const speakers = yield* Effect.fromResult(speakersOf(message.speak, plan.format, custom))
        return yield* change({ speakers }, { type: "SpeakUpdated" })
      }
      case "UpdatePrompt": {
        const [first, ...rest] = plan.minds
        const more = ({ prompt, settings }: Plan["minds"][number]) =>
          withPrompt(settings, prompt === "" ? message.prompt : `${prompt}\n${message.prompt}`)
        yield* change({ minds: [more(first), ...rest.map(more)] }, { type: "PromptUpdated" })
        return yield* warnOfPrompts
      }
      case "InjectUserMessage":
        return yield* conversation.endTurn({ content: message.content })
      case "InjectAgentMessage":
        return yield* inject(message.message, message.behavior ?? "default")
      case "FunctionCallResponse":
        return yield* conversation.respond(message)
      case "ForceEndTurn":
        return yield* plan.listening.isFlux
          ? Effect.flatMap(Effect.catch(hearing.forceEndTurn, ofHearing), onTurns)
          : warn("FORCE_END_TURN_UNSUPPORTED", "ForceEndTurn needs a listen provider of version v2.")
      case "__customToThinkProvider":
        return yield* /^wss?:/.test(plan.minds[0].settings.endpoint?.url ?? "")
          ? tell({ type: "__customFromThinkProvider", content: message.content })
          : warn("CUSTOM_THINK_PROVIDER_UNSUPPORTED", "The think provider has no endpoint with wss.")
    }
  })

  yield* tell({ type: "SettingsApplied" })
  yield* warnOfPrompts
  if (agent.greeting !== undefined && agent.greeting !== "") yield* conversation.utter(agent.greeting)
  return {
    hear,
    verdict: Effect.catch(hearing.verdict, ofHearing),
    obey
  }
})
