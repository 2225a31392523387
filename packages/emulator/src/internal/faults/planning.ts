/** Reading plans: what they may say, and which calls they mean. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { Fault, Plan, PlanError, type When } from "../../Faults.ts"
import type { Exchange } from "../server/exchange.ts"
import { normalize, pathOf } from "../server/paths.ts"

const strict = { onExcessProperty: "error" } as const

const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()

/** As one writes it in JavaScript: `rules[0].faults[1].delay`. */
const placeOf = (path: ReadonlyArray<unknown>): string =>
  path.reduce<string>(
    (place, key) =>
      typeof key === "number" ? `${place}[${key}]` : place === "" ? String(key) : `${place}.${String(key)}`,
    ""
  )

/** What is wrong and where, in one line. */
const problemOf = ({ issue }: Schema.SchemaError): string =>
  issuesOf(issue).issues.map(({ message, path = [] }) => {
    const place = placeOf(path.map((key) => typeof key === "object" ? key.key : key))
    return place === "" ? message : `${place}: ${message}`
  }).join("; ").replaceAll(/\s+/g, " ")

const decodePlan = Schema.decodeUnknownEffect(Plan, strict)

/** The plan that something is, such as JSON. */
export const planOf = (input: unknown): Effect.Effect<Plan, PlanError> =>
  Effect.mapError(decodePlan(input), (error) => new PlanError({ message: problemOf(error) }))

const parse = Option.liftThrowable((text: string): unknown => JSON.parse(text))
const decodeFaults = Schema.decodeUnknownResult(Schema.Array(Fault), strict)

/** The plan that a text holds, as JSON. */
export const parsePlan = (text: string): Effect.Effect<Plan, PlanError> =>
  Effect.flatMap(Effect.fromOption(parse(text), () => new PlanError({ message: "It is no JSON." })), planOf)

/** The faults that a call asks for: one or a list of them, as JSON; or what is wrong with them. */
export const faultsOf = (asked: string): Result.Result<ReadonlyArray<Fault>, string> => {
  const input = parse(asked)
  return Option.isNone(input)
    ? Result.fail("It is no JSON.")
    : Result.mapError(
      decodeFaults(Array.isArray(input.value) ? input.value : [input.value]),
      (error) => problemOf(error)
    )
}

/** Whether a path is as a pattern says, part by part: no pattern takes longer than its parts. */
const matching = (pattern: string): (path: string) => boolean => {
  const [first = "", ...others] = pattern.split("*")
  const last = others.pop()
  if (last === undefined) return (path) => path === first
  return (path) => {
    let at = first.length
    for (const part of others) {
      const found = path.indexOf(part, at)
      if (found < 0) return false
      at = found + part.length
    }
    return path.startsWith(first) && path.endsWith(last) && path.length - last.length >= at
  }
}

/** Browsers ask before they call: that is no call unless a rule says so. */
export const isPreflight = ({ method, request }: Exchange): boolean =>
  method === "OPTIONS" && request.headers["access-control-request-method"] !== undefined

/** Whether a call is meant. */
export const fitting = ({ method, path, transport }: When = {}): (exchange: Exchange) => boolean => {
  const matches = path === undefined ? undefined : matching(path)
  return (exchange) =>
    (method === undefined ? !isPreflight(exchange) : method === exchange.method) &&
    (transport === undefined || transport === exchange.transport) &&
    (matches === undefined || matches(pathOf(normalize(exchange.target))))
}
