/** From the frames of a channel to its messages. */
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { MessageOf, Messages } from "../contract/channel.ts"
import type { Unrecognized } from "../contract/unrecognized.ts"
import { makeValidator } from "../decode.ts"
import { parseJson } from "../json.ts"
import { isJson } from "../normalize.ts"

/** What cannot be told by its `type`. */
export const unrecognized = (raw: unknown, name?: string): Unrecognized => ({
  type: "Unrecognized",
  ...(name === undefined ? undefined : { name }),
  raw
})

type Validator = ReturnType<typeof makeValidator>

/** By `type`, for the messages of a channel: those of a session alone would be made, and become fast, with each anew. */
const made = new WeakMap<Messages, Map<string, Validator>>()

/**
 * Tells messages apart by their `type` before looking at anything else: a union by shape would take a malformed message
 * for another one. Fails with what is wrong with a message of a known type.
 */
export const makeMessageDecoder = <M extends Messages>(
  messages: M
): (text: string) => Result.Result<MessageOf<M> | Unrecognized, string> => {
  // Compiled when the first message of the type comes.
  const validators = made.get(messages) ?? new Map<string, Validator>()
  made.set(messages, validators)
  return (text) => {
    const json = parseJson(text)
    if (Option.isNone(json)) return Result.succeed(unrecognized(text))
    const message = json.value
    const name = isJson(message) ? message["type"] : undefined
    if (typeof name !== "string") return Result.succeed(unrecognized(message))
    const known = validators.get(name)
    if (known !== undefined) return known(message) as Result.Result<MessageOf<M>, string>
    const schema = Object.hasOwn(messages, name) ? messages[name] : undefined
    if (schema === undefined) return Result.succeed(unrecognized(message, name))
    const validate = makeValidator(schema, "positional")
    validators.set(name, validate)
    return validate(message) as Result.Result<MessageOf<M>, string>
  }
}
