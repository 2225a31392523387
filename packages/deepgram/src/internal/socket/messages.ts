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

/** From a frame to a message; fails with what is wrong with a message of a known type. */
export type Decoder<M extends Messages> = (text: string) => Result.Result<MessageOf<M> | Unrecognized, string>

const make = <M extends Messages>(messages: M): Decoder<M> => {
  // Compiled when the first message of the type comes.
  const validators = new Map<string, ReturnType<typeof makeValidator>>()
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

const made = new WeakMap<Messages, (text: string) => Result.Result<unknown, string>>()

/**
 * Tells messages apart by their `type` before looking at anything else: a union by shape would take a malformed message
 * for another one. One for all sessions of a channel: those of a session alone would be made, and become fast, anew.
 */
export const decoderOf = <M extends Messages>(messages: M): Decoder<M> => {
  const decoder = made.get(messages) ?? make(messages)
  made.set(messages, decoder)
  return decoder as Decoder<M>
}
