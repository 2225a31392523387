/** What proves who calls stands in no file: names stand for it, the same name always for the same secret. */
import { createHash } from "node:crypto"

/** What stands for a secret: it could be one, as far as characters go. */
export const isAlias = (text: string): boolean => /^hidden-secret-\d+$/.test(text)

export const aliases = /hidden-secret-\d+/g

/** The name of a secret. */
export type Hide = (secret: string) => string

/** Names for secrets, in the order in which they come. Secrets themselves are not kept. */
export const make = (): Hide => {
  const known = new Map<string, string>()
  return (secret) => {
    if (isAlias(secret)) return secret
    const hash = createHash("sha256").update(secret).digest("base64")
    const alias = known.get(hash) ?? `hidden-secret-${known.size + 1}`
    known.set(hash, alias)
    return alias
  }
}

export type Pair = readonly [name: string, value: string]

/** `Token SECRET`: the scheme stays. */
const hideCredential = (value: string, hide: Hide): string => {
  const [, scheme, secret] = /^(token|bearer|basic)\s+(.*)$/i.exec(value) ?? []
  return scheme === undefined || secret === undefined ? hide(value) : `${scheme} ${hide(secret)}`
}

/** `token, SECRET`: so browsers say who they are (trap 21). */
const hideProtocols = (value: string, hide: Hide): string =>
  value.split(",").map((name) => /^(?:token|bearer)$/i.test(name.trim()) ? name.trim() : hide(name.trim())).join(", ")

const isSecretHeader = (name: string): boolean =>
  /^x-(?:.*-)?auth$|authorization|api-?key|token|secret|password/.test(name)

/** Headers with names for their secrets, without cookies. */
export const hideHeaders = (pairs: ReadonlyArray<Pair>, hide: Hide): ReadonlyArray<Pair> =>
  pairs.flatMap(([name, value]): ReadonlyArray<Pair> => {
    const lower = name.toLowerCase()
    if (lower === "cookie" || lower === "set-cookie") return []
    if (lower === "sec-websocket-protocol") return [[name, hideProtocols(value, hide)]]
    if (lower === "referer") return [[name, hideQuery(hideUrl(value, hide), hide)]]
    return [[name, isSecretHeader(lower) ? hideCredential(value, hide) : value]]
  })

/** A URL with names for its user and password; what is none stays as it is. */
export const hideUrl = (text: string, hide: Hide): string =>
  text.replace(/^([a-z][a-z\d+.-]*:\/\/)([^/?#]*)@/i, (_, scheme: string, user: string) => `${scheme}${hide(user)}@`)

/** A URL with names for the values of its query. */
export const hideQuery = (text: string, hide: Hide): string =>
  text.replace(/\?([^#]*)/, (_, query: string) => {
    const pairs = query.split("&").map((pair) => {
      const value = pair.slice(pair.indexOf("=") + 1)
      return value === "" ? pair : `${pair.slice(0, -value.length)}${hide(value)}`
    })
    return `?${pairs.join("&")}`
  })
