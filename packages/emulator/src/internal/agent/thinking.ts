/** How an agent thinks: by one provider after the other, until one of them does (inventory 3.4). */
import type { NonEmptyReadonlyArray } from "effect/Array"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { type Message, type Situation, Thinker, ThinkError, type Thought } from "../../Thinker.ts"
import type { Mind } from "./plan.ts"
import { Fatal } from "./problem.ts"

/** Says that something is wrong; the session goes on. */
export type Warn = (code: string, description: string) => Effect.Effect<void>

/** How long a provider may take before the client is told. Deepgram does not say how long. */
const patience = Duration.seconds(5)

/** A thought, and whose it is. */
interface Thinking {
  readonly thought: Thought
  readonly mind: Mind
}

const lengthOf = (message: Message): number =>
  message._tag === "Text"
    ? message.content.length
    : message.calls.reduce((length, call) => length + call.arguments.length + call.response.length, 0)

/** The last messages that have no more characters together. */
const shortened = (messages: ReadonlyArray<Message>, most: number | "max" = "max"): ReadonlyArray<Message> => {
  if (most === "max") return messages
  let left: number = most
  const first = messages.findLastIndex((message) => (left -= lengthOf(message)) < 0)
  return messages.slice(first + 1)
}

const isOfUser = (message: Message): message is Extract<Message, { readonly _tag: "Text" }> =>
  message._tag === "Text" && message.role === "user"

const situationOf = (
  { prompt, settings: { context_length, functions = [], provider } }: Mind,
  messages: ReadonlyArray<Message>
): Situation => ({
  said: messages.findLast(isOfUser)?.content ?? "",
  prompt,
  messages: shortened(messages, context_length),
  functions: functions.map(({ description, name = "", parameters }) => ({ name, description, parameters })),
  provider: { type: provider.type, model: provider.model }
})

/**
 * Thinks about a conversation. `isUnsigned`: whether the answer to a function lacks the signature that the provider gave,
 * and some models of Google insist on (trap 17).
 */
export const think = Effect.fnUntraced(function*(
  minds: NonEmptyReadonlyArray<Mind>,
  messages: ReadonlyArray<Message>,
  options: { readonly warn: Warn; readonly isUnsigned: boolean }
): Effect.fn.Return<Thinking, Fatal, Thinker> {
  const thinker = yield* Thinker
  const attempt = (
    { settings: { provider } }: Mind,
    situation: Situation
  ): Effect.Effect<Thought, ThinkError> =>
    provider.type === "google" && options.isUnsigned
      ? Effect.fail(new ThinkError({ message: "Function call is missing a thought_signature." }))
      : Effect.scoped(Effect.gen(function*() {
        const slow = options.warn("SLOW_THINK_REQUEST", `${provider.type} takes longer than ${patience} to think.`)
        yield* Effect.forkScoped(Effect.delay(slow, patience))
        return yield* thinker.think(situation)
      }))
  for (const [index, mind] of minds.entries()) {
    const { type } = mind.settings.provider
    const result = yield* attempt(mind, situationOf(mind, messages)).pipe(
      Effect.map((thought): Thinking => ({ thought, mind })),
      Effect.catch(({ message }) => Effect.succeed(`${type} failed to think: ${message}`)),
      Effect.catchDefect((defect) =>
        Effect.as(Effect.logError("A thinker failed.", defect), `${type} failed to think: ${String(defect)}`)
      )
    )
    if (typeof result !== "string") return result
    if (index === minds.length - 1) return yield* new Fatal({ code: "FAILED_TO_THINK", description: result })
    yield* options.warn("THINK_REQUEST_FAILED", result)
  }
  return yield* Effect.die("There is a mind at least")
})
