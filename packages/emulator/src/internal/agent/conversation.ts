/** What an agent says and does in answer to a user (inventory 2.5). */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Latch from "effect/Latch"
import type { Synthesizer } from "../../Synthesizer.ts"
import type { Message, Thinker, Thought } from "../../Thinker.ts"
import { isBlank } from "../blank.ts"
import { exact } from "../seconds.ts"
import type { Settings } from "../server/settings.ts"
import { type Job, makeFloor } from "./floor.ts"
import { makeFunctions, recordOf, type Request, requestOf } from "./functions.ts"
import type { History, ServerMessage } from "./messages.ts"
import type { Plan } from "./plan.ts"
import { type Fatal, problemOf } from "./problem.ts"
import { think, type Warn } from "./thinking.ts"
import { speak } from "./voice.ts"

/** What it takes to think, to speak and to call functions. */
export type Abilities = Thinker | Synthesizer | HttpClient.HttpClient | Settings

/** What a user said, and what is known of it besides. */
interface UserText {
  readonly content: string
  readonly languages?: ReadonlyArray<string>
  readonly languages_hinted?: ReadonlyArray<string>
}

/** A turn of a user, as the agent answers it. */
interface Turn {
  readonly content: string
  /** Opens when it is certain that the turn is over: what cannot be taken back waits for that. */
  readonly certainty: Latch.Latch
  isCertain: boolean
  /** Milliseconds since 1970. */
  endedAt: number
}

/** What came before a text is spoken: when it was asked for, and seconds of thinking. */
interface Before {
  readonly since: number
  readonly thinking: number
}

/** What may wait to be said without having been thought: texts, and their characters. */
const mostTexts = 1000
const mostCharacters = 1_000_000

const secondsBetween = (from: number, to: number): number => exact(Math.max(0, to - from) / 1000)

/**
 * A conversation with one user, until the scope closes. `tell` and `play` send to the client, `fail` ends the session.
 * `plan` may be another one each time.
 */
export const makeConversation = Effect.fnUntraced(function*({ context, fail, isRemembered, plan, play, tell, warn }: {
  readonly plan: () => Pick<Plan, "format" | "minds" | "speakers">
  readonly context: ReadonlyArray<Message>
  /** Whether the client wants to have `History` messages. */
  readonly isRemembered: boolean
  readonly tell: (message: ServerMessage) => Effect.Effect<void>
  readonly play: (bytes: Uint8Array) => Effect.Effect<void>
  readonly warn: Warn
  readonly fail: (problem: Fatal) => Effect.Effect<void>
}) {
  const floor = yield* makeFloor<Abilities>()
  const functions = makeFunctions(tell)
  const messages: Array<Message> = [...context]
  let latest: Turn | undefined
  let isSpeaking = false
  let isUnsigned = false

  const remember = (history: History) => isRemembered ? tell(history) : Effect.void

  const announce = Effect.fnUntraced(function*(role: "user" | "assistant", text: UserText) {
    const { content } = text
    messages.push({ _tag: "Text", role, content })
    yield* tell({ type: "ConversationText", role, ...text })
    yield* remember({ type: "History", role, content })
  })

  const say = Effect.fnUntraced(function*(text: string, { since, thinking }: Before) {
    const asked = yield* Clock.currentTimeMillis
    const started = Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const tts_latency = secondsBetween(asked, now)
      const total_latency = secondsBetween(since, now)
      isSpeaking = true
      return Effect.andThen(
        tell({ type: "AgentStartedSpeaking", total_latency, tts_latency, ttt_latency: thinking }),
        tell({ type: "LatencyReport", tts_latency, total_latency })
      )
    })
    const { format, speakers } = plan()
    yield* speak(text, { format, speakers, started, send: play, warn })
    isSpeaking = false
    yield* tell({ type: "AgentAudioDone" })
  })

  /** Waits for the answers to functions, which become a part of the conversation. */
  const take = Effect.fnUntraced(function*(requests: ReadonlyArray<Request>) {
    const called = yield* Effect.forEach(
      requests,
      (request) => Effect.map(Deferred.await(request.response), (response) => ({ request, response }))
    )
    isUnsigned ||= called.some(({ request, response }) => request.signature !== response.thought_signature)
    messages.push({
      _tag: "Calls",
      calls: called.map(({ request, response }) => ({
        name: request.name,
        arguments: request.arguments,
        response: response.content
      }))
    })
    yield* remember({
      type: "History",
      function_calls: called.map(({ request, response }) => recordOf(request, response))
    })
  })

  const reportThought = Effect.fnUntraced(function*({ calls = [], text, thinking }: Thought, seconds: number) {
    if (thinking !== undefined) yield* tell({ type: "AgentThinking", content: thinking })
    yield* tell({
      type: "LatencyReport",
      ttt_token_latency: seconds,
      ...(thinking === undefined ? undefined : { ttt_thinking_latency: seconds }),
      ...(text === undefined ? undefined : { ttt_text_latency: seconds }),
      ...(calls.length === 0 ? undefined : { ttt_tool_latency: seconds })
    })
  })

  /** Thinks once, and does what came to mind; answers whether there is more to think about. */
  const round = Effect.fnUntraced(function*(turn: Turn, thinking: { seconds: number }, settled: () => void) {
    const began = yield* Clock.currentTimeMillis
    const known: Array<Message> = [...messages]
    if (!turn.isCertain) known.push({ _tag: "Text", role: "user", content: turn.content })
    const { mind, thought } = yield* think(plan().minds, known, { warn, isUnsigned })
    const took = secondsBetween(began, yield* Clock.currentTimeMillis)
    thinking.seconds = exact(thinking.seconds + took)
    yield* reportThought(thought, took)
    const { functions: offered, provider } = mind.settings
    const requests = (thought.calls ?? []).map((call) =>
      requestOf(call, { functions: offered, isSigned: provider.type === "google" })
    )
    // Functions need not wait until it is certain that the turn is over, unless their definition says so.
    const early = turn.isCertain ? [] : requests.filter(({ definition }) => definition?.defer_until_eot !== true)
    yield* functions.request(early)
    yield* Latch.await(turn.certainty)
    const text = isBlank(thought.text ?? "") ? undefined : thought.text
    if (requests.length === 0) settled()
    if (text !== undefined) yield* announce("assistant", { content: text })
    yield* functions.request(requests.filter((request) => !early.includes(request)))
    if (text !== undefined) yield* say(text, { since: turn.endedAt, thinking: thinking.seconds })
    if (requests.length === 0) return false
    yield* take(requests)
    return true
  })

  const job = (run: Effect.Effect<void, Fatal, Abilities>, isOpen: () => boolean, size = 0): Job<Abilities> => ({
    isOpen,
    size,
    // Whoever stops the floor interrupts this, too; an interruption that comes here is the engine's own. The session is
    // over then: nothing is done any more.
    run: Effect.catchCause(run, (cause) => problemOf(cause).pipe(Effect.flatMap(fail), Effect.andThen(Effect.never)))
  })

  const answering = (turn: Turn): Job<Abilities> => {
    const thinking = { seconds: 0 }
    let isOpen = true
    const settled = () => {
      isOpen = false
    }
    const run = Effect.gen(function*() {
      // Something newer may have been said while this one waited.
      let goesOn = turn === latest
      while (goesOn) goesOn = yield* round(turn, thinking, settled)
    })
    return job(run, () => isOpen)
  }

  const makeTurn = Effect.fnUntraced(function*(content: string, isCertain: boolean) {
    const turn: Turn = {
      content,
      certainty: Latch.makeUnsafe(isCertain),
      isCertain,
      endedAt: yield* Clock.currentTimeMillis
    }
    latest = turn
    return turn
  })

  /**
   * Stops whatever the agent does, and answers what waited for that. A client that was told of audio is told that there
   * is no more of it.
   */
  const stop = (before: Effect.Effect<void>) =>
    Effect.gen(function*() {
      // Nobody is left to answer a turn of which it is not certain that it is over.
      if (latest?.isCertain === false) latest = undefined
      const waiting = yield* floor.stop
      yield* before
      if (isSpeaking) {
        isSpeaking = false
        yield* tell({ type: "AgentAudioDone" })
      }
      yield* functions.cancel
      return waiting
    })

  /** Says a text that nobody thought of. */
  const utter = Effect.fnUntraced(function*(text: string) {
    const since = yield* Clock.currentTimeMillis
    yield* floor.queue(job(
      Effect.andThen(announce("assistant", { content: text }), say(text, { since, thinking: 0 })),
      () => false,
      text.length
    ))
  })

  /**
   * A turn is over. The answer to the one before is overtaken, unless it is the last of it that is being said; texts that
   * wait to be said are not.
   */
  const endTurn = Effect.fnUntraced(function*(text: UserText) {
    if (latest !== undefined && !latest.isCertain && latest.content === text.content) {
      latest.endedAt = yield* Clock.currentTimeMillis
      latest.isCertain = true
      yield* announce("user", text)
      yield* Latch.open(latest.certainty)
      return
    }
    const waiting = floor.jobs()[0]?.isOpen() === true ? yield* stop(Effect.void) : []
    yield* announce("user", text)
    yield* Effect.forEach(waiting.filter((job) => !job.isOpen()), floor.queue, { discard: true })
    yield* floor.queue(answering(yield* makeTurn(text.content, true)))
  })

  return {
    utter,
    /** Whether there is room for another text that is to be said, after all that waits or instead of it. */
    hasRoom: (text: string, options: { readonly isAlone: boolean }): boolean => {
      const jobs = options.isAlone ? [] : floor.jobs()
      return jobs.length < mostTexts && jobs.reduce((sum, { size }) => sum + size, text.length) <= mostCharacters
    },
    endTurn,
    /** A turn may be over: the agent begins to think. */
    expectEnd: Effect.fnUntraced(function*(content: string) {
      if (floor.jobs().length === 0) yield* floor.queue(answering(yield* makeTurn(content, false)))
    }),
    /** It was not. */
    resume: Effect.suspend(() => latest?.isCertain === false ? stop(Effect.void) : Effect.void),
    /** The user begins to speak. */
    bargeIn: Effect.suspend(() => stop(tell({ type: "UserStartedSpeaking" }))),
    interrupt: stop(Effect.void),
    isBusy: () => floor.jobs().length > 0,
    respond: functions.respond
  }
})
