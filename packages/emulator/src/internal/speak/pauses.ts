/** Pauses within a text. */
import * as Result from "effect/Result"
import type { VendorError } from "../vendorError.ts"
import { breakIncrementInvalid, breakOutOfRange, breaksLimitExceeded, breakSyntaxInvalid } from "./refusals.ts"

/** Silence. */
export interface Pause {
  readonly _tag: "Pause"
  readonly seconds: number
}

/** Milliseconds. */
const shortest = 500
const longest = 3000
const step = 100
const maxBreaks = 8

const begins = /\\?\{\s*pause\s*(?=[:}\\])/y
const simple = /\\\{\s*pause\s*:\s*(\d+(?:\.\d+)?)\s*(ms|s)?\s*\\\}/y
const structured = /\{\s*pause\s*:\s*\{\s*duration_ms\s*:\s*(\d+(?:\.\d+)?)\s*\}\s*\}/y

const execAt = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at
  return pattern.exec(text)
}

const anyPause = new RegExp(begins, "")

/** Whether a text asks for a pause, however it is written. */
export const hasPause = (text: string): boolean => anyPause.test(text)

/** A pause within a text, and where its marker ends. */
export interface FoundPause extends Pause {
  readonly end: number
}

/** The pause that stands at an index of a text, if one does; refused when it is not well written. */
export const findPause = (text: string, at: number): Result.Result<FoundPause | undefined, VendorError> => {
  if (execAt(begins, text, at) === null) return Result.succeed(undefined)
  const found = execAt(simple, text, at) ?? execAt(structured, text, at)
  if (found === null) {
    return Result.fail(
      breakSyntaxInvalid(
        "A pause is written as `\\{pause:500ms\\}`, `\\{pause:1.5s\\}` or `{pause:{duration_ms:500}}`."
      )
    )
  }
  const [marker, amount = "", unit] = found
  const duration = Number(amount) * (unit === "s" ? 1000 : 1)
  if (duration < shortest || duration > longest) {
    return Result.fail(
      breakOutOfRange(`A pause must be between ${shortest} and ${longest} milliseconds, not ${duration}.`)
    )
  }
  return duration % step === 0
    ? Result.succeed({ _tag: "Pause", seconds: duration / 1000, end: at + marker.length })
    : Result.fail(
      breakIncrementInvalid(`A pause must be provided in increments of ${step} milliseconds, not ${duration}.`)
    )
}

/** Why there cannot be so many pauses. */
export const breaksProblem = (
  parts: ReadonlyArray<Pause | { readonly _tag: "Speech"; readonly text: string }>
): VendorError | undefined => {
  const heard = parts.filter((part) => part._tag === "Pause" || /\S/u.test(part.text))
  if (heard.filter(({ _tag }) => _tag === "Pause").length > maxBreaks) {
    return breaksLimitExceeded(`A request may have at most ${maxBreaks} pauses.`)
  }
  return heard.some((part, index) => part._tag === "Pause" && heard[index + 1]?._tag === "Pause")
    ? breaksLimitExceeded("There must be text between two pauses.")
    : undefined
}
