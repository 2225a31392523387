/**
 * What a voice agent has in its mind. The emulator's own thinkers are scripts: one repeats what it is told, others
 * answer by rules; the same words always get the same answer. A real model is another `Thinker`.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** A function that an agent can call. */
export interface FunctionOnOffer {
  readonly name: string
  readonly description?: string | undefined
  /** A JSON schema of its arguments. */
  readonly parameters?: { readonly [key: string]: unknown } | undefined
}

/** A function that was called, and what came of it. */
export interface Called {
  readonly name: string
  /** As JSON. */
  readonly arguments: string
  /** A text, or JSON. */
  readonly response: string
}

/** A part of a conversation: what somebody said, or functions that were called together. */
export type Message =
  | { readonly _tag: "Text"; readonly role: "user" | "assistant"; readonly content: string }
  | { readonly _tag: "Calls"; readonly calls: ReadonlyArray<Called> }

/** What an agent knows when it thinks. */
export interface Situation {
  /** What the user said last; empty when the user has not said anything. */
  readonly said: string
  /** The system prompt with all that `UpdatePrompt` added, each on a line of its own. */
  readonly prompt: string
  /** The conversation, from the `context` of the settings to what has just been said or answered. */
  readonly messages: ReadonlyArray<Message>
  /** The functions of the settings. */
  readonly functions: ReadonlyArray<FunctionOnOffer>
  /** Who is to think: the one of the settings, or the next one if that failed. */
  readonly provider: { readonly type: string; readonly model: string }
}

/** A function to be called. It need not be on offer: models make that mistake, too. */
export interface Call {
  readonly name: string
  /** Default: none. */
  readonly arguments?: { readonly [name: string]: unknown } | undefined
}

/** What comes to mind. */
export interface Thought {
  /** Is said by `AgentThinking`, and not spoken. */
  readonly thinking?: string | undefined
  /** Is spoken; beside calls, while they are made. */
  readonly text?: string | undefined
  /** Are called at the same time; when all have answered, the agent thinks again. */
  readonly calls?: ReadonlyArray<Call> | undefined
}

/** A provider could not think: the next one is asked, and after the last one the session fails. */
export class ThinkError extends Schema.TaggedError<ThinkError>()("ThinkError", {
  /** One line for the client. */
  message: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {}

/** Thinks for an agent. It may take its time: whatever makes the thought useless interrupts it. */
export class Thinker extends Context.Service<Thinker, {
  readonly think: (situation: Situation) => Effect.Effect<Thought, ThinkError>
}>()("@effect-deepgram/emulator/Thinker") {}

/** What is thought: a text alone is spoken. */
export type Answer = string | Thought

/** What is thought, or how it is found. */
export type Answering = Answer | ((situation: Situation) => Answer | Effect.Effect<Answer, ThinkError>)

/** What an agent does when somebody says something. */
export interface Rule {
  /** A text that stands in what the user said, in capitals or not; a pattern that matches it; or a test. */
  readonly when: string | RegExp | ((situation: Situation) => boolean)
  /** What is said, or which functions are called. */
  readonly answer: Answering
  /** What follows when the functions have answered. Default: says their responses. */
  readonly afterwards?: Answering | undefined
}

const parseString = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.String))

/** Responses as a text; of a JSON string its value. */
const readOut = (calls: ReadonlyArray<Called>): string =>
  calls.map(({ response }) => Option.getOrElse(parseString(response), () => response)).join(" ")

/** The functions that have answered since the user said something; nothing if none has. */
const answered = ({ messages }: Situation): ReadonlyArray<Called> | undefined => {
  const last = messages.at(-1)
  return last?._tag === "Calls" ? last.calls : undefined
}

const fits = ({ when }: Rule, situation: Situation): boolean =>
  typeof when === "string"
    ? situation.said.toLowerCase().includes(when.toLowerCase())
    : typeof when === "function"
    ? when(situation)
    // Patterns may remember where they last matched.
    : situation.said.search(when) >= 0

const thoughtOf = (answer: Answer): Thought => typeof answer === "string" ? { text: answer } : answer

const followed = (answering: Answering, situation: Situation): Effect.Effect<Thought, ThinkError> =>
  Effect.suspend(() => {
    const answer = typeof answering === "function" ? answering(situation) : answering
    return Effect.isEffect(answer) ? Effect.map(answer, thoughtOf) : Effect.succeed(thoughtOf(answer))
  })

/**
 * Thinks by rules: the first that fits is followed. What none fits is repeated, as {@link layer} does.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Emulator, Thinker } from "@effect-deepgram/emulator"
 *
 * const thinker = Thinker.rules([
 *   { when: "hello", answer: "Hello! How can I help?" },
 *   {
 *     when: /weather in (\w+)/,
 *     answer: ({ said }) => ({
 *       text: "One moment.",
 *       calls: [{ name: "get_weather", arguments: { city: /weather in (\w+)/.exec(said)?.[1] } }]
 *     })
 *   },
 *   {
 *     when: "",
 *     answer: ({ provider }) =>
 *       provider.type === "open_ai" ? Effect.fail(new Thinker.ThinkError({ message: "Overloaded" })) : "I see."
 *   }
 * ])
 *
 * export const emulator = Emulator.layer({ thinker })
 * ```
 */
export const rules = (rules: ReadonlyArray<Rule>): Layer.Layer<Thinker> =>
  Layer.succeed(Thinker, {
    think: Effect.fn("Thinker.think")(function*(situation) {
      const rule = rules.find((rule) => fits(rule, situation))
      const calls = answered(situation)
      const repeated = calls === undefined ? `You said: ${situation.said}` : readOut(calls)
      const answering = calls === undefined ? rule?.answer : rule?.afterwards
      return yield* followed(answering ?? repeated, situation)
    })
  })

/** Repeats what it is told: `You said: Good morning.` */
export const layer: Layer.Layer<Thinker> = rules([])
