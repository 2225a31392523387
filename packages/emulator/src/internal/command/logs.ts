/** The log of the command: on stderr, so that stdout says nothing but where the emulator is. */
import * as Cause from "effect/Cause"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { CurrentLogAnnotations } from "effect/References"
import type { LogFormat } from "./flags.ts"

const dim = (text: string, isColored: boolean): string => isColored ? `\u001b[2m${text}\u001b[0m` : text

/** What clients sent moves no cursor and starts no line. */
export const printable = (text: string): string =>
  text.replaceAll(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1))

/** A line for people: time, level unless it is `Info`, message and annotations. */
const pretty = (isColored: boolean) =>
  Logger.make(({ cause, date, fiber, logLevel, message }) => {
    const texts = [message].flat().map((part) => typeof part === "string" ? part : JSON.stringify(part))
    const annotations = Object.entries(fiber.getRef(CurrentLogAnnotations)).map(([name, value]) =>
      `${name}=${String(value)}`
    )
    const line = [
      dim(date.toTimeString().slice(0, 8), isColored),
      ...(logLevel === "Info" ? [] : [logLevel.toUpperCase()]),
      ...texts.map(printable),
      ...(annotations.length === 0 ? [] : [dim(annotations.map(printable).join(" "), isColored)])
    ].join(" ")
    return cause.reasons.length === 0 ? line : `${line}\n${Cause.pretty(cause)}`
  })

/** Default: for people on a terminal, else for programs. */
export const layer = (format: LogFormat): Layer.Layer<never> => {
  const isColored = process.stderr.isTTY && (process.env["NO_COLOR"] ?? "") === ""
  return Logger.layer(
    format === "none"
      ? []
      : [Logger.withConsoleError(format === "json" ? Logger.formatJson : pretty(isColored))]
  )
}
