/** Every way in which an error gets into a log, a terminal or another process. */
import { assert } from "@effect/vitest"
import { Cause, Schema } from "effect"
import { DeepgramError } from "effect-deepgram"
import { inspect } from "node:util"

const encode = Schema.encodeUnknownSync(Schema.fromJsonString(Schema.toCodecJson(DeepgramError.DeepgramError)))

const chain = (error: unknown): string =>
  error instanceof Error ? `${error.stack}\n${Object.values(error).map(chain).join("\n")}\n${chain(error.cause)}` : ""

const renderings: Readonly<Record<string, (error: unknown) => string>> = {
  message: (error) => (error as Error).message,
  String,
  stack: chain,
  "JSON.stringify": (error) => JSON.stringify(error),
  inspect: (error) => inspect(error, { depth: 20, showHidden: true }),
  "Cause.pretty": (error) => Cause.pretty(Cause.fail(error)),
  encoded: (error) => DeepgramError.isDeepgramError(error) ? encode(error) : ""
}

/** Fails if any way of showing the error shows one of the secrets, or if the message is not one line. */
export const assertDiscreet = (error: unknown, ...secrets: ReadonlyArray<string>): void => {
  for (const [way, render] of Object.entries(renderings)) {
    const text = render(error)
    for (const secret of secrets) assert.notInclude(text, secret, `${way} shows a secret`)
  }
  if (DeepgramError.isDeepgramError(error)) assert.notInclude(error.message, "\n")
}
