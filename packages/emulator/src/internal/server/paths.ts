/** Targets of requests: their path in one spelling, and their query. */
import * as HttpServerRequest from "effect/http/HttpServerRequest"

/** The path of a target. */
export const pathOf = (target: string): string => target.split("?", 1)[0] ?? ""

const withoutNeed = (escape: string): string => {
  const character = decodeURIComponent(escape)
  return /[\w.~-]/.test(character) ? character : escape
}

/**
 * A target with its path in one spelling, because paths are compared by their text: what needs no escape has none, and
 * what the router would take for the end of the path has one.
 */
export const normalize = (target: string): string => {
  const path = pathOf(target)
  return path.replaceAll(/%[2-7][\da-f]/gi, withoutNeed).replaceAll(/[;#]/g, encodeURIComponent) +
    target.slice(path.length)
}

/** The parameters of a target, as the routes get them: one that is repeated has a list of values. */
export const parametersOf = (target: string): (typeof HttpServerRequest.ParsedSearchParams)["Service"] =>
  HttpServerRequest.searchParamsFromURL(new URL(target.slice(pathOf(target).length), "http://localhost"))
