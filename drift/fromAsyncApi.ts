/** What the vendor's AsyncAPI document has of sockets. The contract describes none yet. */
import { isObject } from "effect/Predicate"
import * as Result from "effect/Result"

export interface Sockets {
  readonly channels: number
  /** In both directions. */
  readonly messages: number
}

const messagesOf = (direction: unknown): number => {
  if (!isObject(direction) || !("message" in direction)) return 0
  const { message } = direction
  return isObject(message) && "oneOf" in message && Array.isArray(message.oneOf) ? message.oneOf.length : 1
}

/** Counts the channels of an AsyncAPI 2 document, and their messages. */
export const fromAsyncApi = (document: unknown): Result.Result<Sockets, string> => {
  if (!isObject(document) || !("channels" in document) || !isObject(document.channels)) {
    return Result.fail("is no AsyncAPI document: it has no channels")
  }
  const channels: ReadonlyArray<unknown> = Object.values(document.channels)
  const directions = channels.filter(isObject).flatMap((channel) =>
    Object.entries(channel).filter(([key]) => key === "publish" || key === "subscribe")
  )
  return Result.succeed({
    channels: channels.length,
    messages: directions.reduce((sum, [, direction]) => sum + messagesOf(direction), 0)
  })
}
