/** Where a request goes, as undici wants to hear it. */
import type { HttpClientRequest } from "effect/http/HttpClientRequest"
import * as Url from "effect/http/Url"
import type * as UrlParams from "effect/http/UrlParams"
import * as Result from "effect/Result"

/** An address in two parts. */
export interface Target {
  readonly origin: string
  /** With its query. */
  readonly path: string
}

/** Of an address. */
export const targetOf = (url: URL): Target => ({ origin: url.origin, path: url.pathname + url.search })

/** What stands in a query as it is. */
const plain = /^[\w*.-]*$/

const written = (text: string): string =>
  plain.test(text) ? text : new URLSearchParams([["", text]]).toString().slice(1)

/** As `URLSearchParams` write it; nothing if there is something else than texts among them. */
const queryOf = ({ params }: UrlParams.UrlParams): string | undefined => {
  let query = ""
  for (const [name, value] of params) {
    if (typeof value !== "string") return undefined
    query += `${query === "" ? "?" : "&"}${written(name)}=${written(value)}`
  }
  return query
}

/** Most addresses that are kept: those of the account hold ids. */
const maxKnown = 64

/**
 * What requests of one client are for. An address is taken apart once: to do it for each call, and its query twice, takes
 * a tenth of a small request.
 */
export class Targets {
  readonly #known = new Map<string, Target>()

  of({ url, urlParams }: HttpClientRequest): Result.Result<Target, Url.UrlError> {
    const known = this.#known.get(url)
    const query = known && queryOf(urlParams)
    if (known !== undefined && query !== undefined) {
      return Result.succeed(query === "" ? known : { origin: known.origin, path: known.path + query })
    }
    return Result.map(Url.make(url, urlParams, undefined), (made) => {
      if (!url.includes("?") && !url.includes("#")) {
        if (this.#known.size === maxKnown) this.#known.clear()
        this.#known.set(url, { origin: made.origin, path: made.pathname })
      }
      return targetOf(made)
    })
  }
}
