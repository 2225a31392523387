/** What has to come of an operation under a fault: the right value, or exactly the error that is documented. */
import type { Faults } from "@effect-deepgram/emulator"
import { Cause, Duration, Equal, Exit } from "effect"
import { DeepgramError } from "effect-deepgram"
import type { Transport } from "../sessions/support.ts"
import type { Kind, Limits } from "./kinds.ts"
import type { Result } from "./matrixSupport.ts"

/** How often a fault took effect: exactly so often, or from so often to so often. */
type Often = number | readonly [number, number]

interface Success {
  readonly _tag: "Success"
  readonly often: Often
  /** Default: that of the kind. */
  readonly text?: RegExp | undefined
  /** How many messages a session has, if an undisturbed one has so many. Default: as many. */
  readonly messages?: ((undisturbed: number) => number) | "any" | undefined
  readonly unrecognized?: number | undefined
}

interface Failure {
  readonly _tag: DeepgramError.LiveError["_tag"]
  readonly often: Often
  /** Members of the error; those that must be absent are `undefined`. */
  readonly fields: Readonly<Record<string, unknown>>
  /** It has the request id of the last call that the fault met. */
  readonly hasId: boolean
  /** The limit that was exceeded. */
  readonly limit?: keyof Limits | undefined
}

export type Expected = Success | Failure

/** Faults, and what has to come of them. */
export interface Row {
  readonly name: string
  readonly faults: Faults.Rule["faults"]
  /** To so many calls. Default: every one. */
  readonly times?: number | undefined
  /** The caller has an access token instead of the key. */
  readonly hasToken?: boolean | undefined
  /** For which kinds. Default: all. */
  readonly only?: ((kind: Kind) => boolean) | undefined
  /** More than one where it depends on who is faster. */
  readonly expected: (kind: Kind, transport: Transport) => Expected | ReadonlyArray<Expected>
}

export const isSession = ({ answer }: Kind): boolean => answer === "session"

export const isRequest = ({ answer }: Kind): boolean => answer !== "session"

/** Attempts, where every one fails with what may be tried again. */
export const tries = ({ isRepeated }: Kind): number => isRepeated ? 3 : 1

/** The fault does not fit the kind. */
export const unaffected: Expected = { _tag: "Success", often: 0 }

export const success = (often: Often, more: Omit<Success, "_tag" | "often"> = {}): Expected => ({
  _tag: "Success",
  often,
  ...more
})

export const failure = (
  tag: Failure["_tag"],
  often: Often,
  fields: Failure["fields"] = {},
  hasId = false
): Expected => ({ _tag: tag, often, fields, hasId })

/** Nothing came any more. */
export const timedOut = (limit: keyof Limits, often: Often = 1): Failure => ({
  _tag: "TimedOut",
  often,
  fields: {},
  hasId: false,
  limit
})

/** The limit that is to be exceeded, if any. */
export const limitOf = (expected: Expected): keyof Limits | undefined =>
  expected._tag === "Success" ? undefined : expected.limit

const isOften = (often: Often, count: number): boolean =>
  typeof often === "number" ? count === often : count >= often[0] && count <= often[1]

/** What is wrong with a success. */
const wrongSuccess = (kind: Kind, result: Result, expected: Expected): string | undefined => {
  if (Exit.isFailure(result.exit) || expected._tag !== "Success") return "it succeeded"
  const { messages, text, unrecognized } = result.exit.value
  const isRight = expected.text === undefined ? text === kind.text : expected.text.test(text)
  if (!isRight) return `the text is ${JSON.stringify(text)}`
  if (unrecognized !== (expected.unrecognized ?? 0)) return `${unrecognized} messages are unrecognized`
  if (expected.messages === "any" || kind.messages === undefined) return undefined
  const count = expected.messages === undefined ? kind.messages : expected.messages(kind.messages)
  return messages === count ? undefined : `${messages} messages came, not ${count}`
}

const isSame = (actual: unknown, expected: unknown): boolean =>
  Duration.isDuration(actual) ? Equal.equals(actual, expected) : actual === expected

/** What is wrong with a failure. */
const wrongFailure = (kind: Kind, result: Result, expected: Failure, limits: Limits): string | undefined => {
  if (Exit.isSuccess(result.exit)) return "it succeeded"
  const [reason, ...others] = result.exit.cause.reasons
  if (reason === undefined || others.length > 0 || !Cause.isFailReason(reason)) return "it is no failure"
  const { error } = reason
  if (error._tag !== expected._tag) return "it is another error"
  const isDocumented = kind.answer === "session" ? DeepgramError.isDeepgramError : DeepgramError.isRequestError
  if (!isDocumented(error)) return "it is not documented"
  if (error.operation !== kind.operation && error.operation !== kind.question) return `it is said of ${error.operation}`
  if (expected.hasId && error.requestId !== result.injected.at(-1)?.requestId) return "it has not the request id"
  const fields: Readonly<Record<string, unknown>> = expected.limit === undefined
    ? expected.fields
    : { after: Duration.millis(limits[expected.limit]) }
  const wrong = Object.keys(fields).find((key) => !isSame(Reflect.get(error, key), fields[key]))
  return wrong === undefined ? undefined : `its ${wrong} is another`
}

/** What is wrong with what came of an operation. */
export const problemOf = (
  kind: Kind,
  result: Result,
  expected: Expected,
  limits: Limits
): string | undefined => {
  const problem = expected._tag === "Success"
    ? wrongSuccess(kind, result, expected)
    : wrongFailure(kind, result, expected, limits)
  if (problem !== undefined) return problem
  const count = result.injected.length
  return isOften(expected.often, count) ? undefined : `the fault took effect ${count} times`
}
