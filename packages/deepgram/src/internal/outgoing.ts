/** What requests over HTTP and channels over WebSocket have in common before they leave: signature, headers, address. */
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import type { Credential } from "../DeepgramAuth.ts"
import type { Hosts, Settings } from "../DeepgramConfig.ts"
import * as Errors from "../DeepgramError.ts"
import { unfitSecret } from "./credential.ts"
import { refused } from "./errors.ts"
import type { CallOptions } from "./options.ts"
import { isBrowser } from "./runtime.ts"
import { secretHeader } from "./secrets.ts"

/** What proves who calls: two words, on whatever way they go. */
export interface Signature {
  readonly scheme: "Token" | "Bearer"
  readonly secret: string
}

/** The signature as a header. */
export const authorization = (signature: Signature | undefined): { readonly authorization?: string } =>
  signature === undefined ? {} : { authorization: `${signature.scheme} ${signature.secret}` }

/** The signature of a credential, if it can be sent from here. */
export const signatureOf = (
  operation: string,
  credential: Credential
): Exit.Exit<Signature | undefined, Errors.Unauthorized> => {
  if (credential._tag === "None") return Exit.succeed(undefined)
  if (credential._tag === "ApiKey" && !credential.allowInBrowser && isBrowser()) {
    return Exit.fail(refused(
      Errors.Unauthorized,
      operation,
      "in a browser every visitor can read an API key: use a short-lived access token, or pass allowInBrowser: true"
    ))
  }
  const [scheme, redacted] = credential._tag === "ApiKey"
    ? ["Token", credential.key] as const
    : ["Bearer", credential.token] as const
  const secret = Redacted.value(redacted)
  const unfit = unfitSecret(secret)
  return unfit === undefined
    ? Exit.succeed({ scheme, secret })
    : Exit.fail(refused(Errors.Unauthorized, operation, `the credential ${unfit}`))
}

/** Headers by lower-case name; those of later parts win, and untyped code may leave values undefined. */
export const headersFrom = (
  ...parts: ReadonlyArray<Readonly<Record<string, string | undefined>> | undefined>
): Readonly<Record<string, string>> => {
  const headers: Record<string, string> = {}
  for (const part of parts) {
    for (const [name, value] of Object.entries(part ?? {})) {
      if (value !== undefined) headers[name.toLowerCase()] = value
    }
  }
  return headers
}

const inspected = Symbol.for("nodejs.util.inspect.custom")

/** The same headers, which hide their secrets from whoever prints them. */
export const withHiddenSecrets = (headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
  const shown = () =>
    Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, secretHeader.test(name) ? "<redacted>" : value])
    )
  return Object.freeze(Object.defineProperties({ ...headers }, {
    toJSON: { value: shown },
    toString: { value: () => JSON.stringify(shown()) },
    [inspected]: { value: shown }
  }))
}

/** What a query may be written as. */
export type Query = Readonly<Record<string, string | number | boolean | ReadonlyArray<string> | undefined>>

/** Names and values, one by one. */
export type Parameters = ReadonlyArray<readonly [name: string, value: string]>

const addParameter = (parameters: Array<Parameters[number]>, name: string, value: unknown): void => {
  if (typeof value !== "object" || value === null) {
    if (value !== undefined) parameters.push([name, String(value)])
  } else if (Array.isArray(value)) {
    for (const one of value) addParameter(parameters, name, one)
  } else if (Redacted.isRedacted(value)) {
    addParameter(parameters, name, Redacted.value(value))
  } else {
    for (const [member, one] of Object.entries(value)) addParameter(parameters, `${name}[${member}]`, one)
  }
}

/** The parameters one by one: a list repeats the name. Untyped code may pass secrets and objects, too. */
export const parametersOf = (query: Query): Parameters => {
  const parameters: Array<Parameters[number]> = []
  for (const [name, value] of Object.entries(query)) addParameter(parameters, name, value)
  return parameters
}

const headerName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

const headerValue = /^[\t -~\u0080-\u00ff]*$/

/** Headers of settings that can be sent. Those that cannot change are looked at once: most calls have no others. */
const fit = new WeakMap<Settings["headers"], Readonly<Record<string, string>>>()

/** The headers of the settings and of the call. */
export const headersOf = (
  operation: string,
  settings: Settings,
  options: CallOptions
): Exit.Exit<Readonly<Record<string, string>>, Errors.BadRequest> => {
  const known = options.headers === undefined ? fit.get(settings.headers) : undefined
  if (known !== undefined) return Exit.succeed(known)
  const headers = headersFrom(settings.headers, options.headers)
  const unfit = Object.keys(headers).find((name) => !headerName.test(name) || !headerValue.test(headers[name] ?? ""))
  if (unfit === undefined && options.headers === undefined && Object.isFrozen(settings.headers)) {
    fit.set(settings.headers, headers)
  }
  return unfit === undefined
    ? Exit.succeed(headers)
    : Exit.fail(
      refused(Errors.BadRequest, operation, `the header ${JSON.stringify(unfit)} has an impossible name or value`)
    )
}

const addressProblem = (url: string): string | undefined =>
  // As in `localhost:8080`. What has no scheme may be relative to a page.
  /^(?!https?:|wss?:)[a-z][a-z\d+.-]*:/i.test(url)
    ? "must begin with http:// or https://"
    // The next part of the path would be taken for it.
    : /^[a-z]+:(?!\/\/[^/])/i.test(url)
    ? "must name a host"
    // `fetch` refuses such a URL and shows it; the one `Authorization` header is Deepgram's.
    : /^[a-z]+:\/\/[^/?#]*@/i.test(url)
    ? "must not hold a user or a password"
    // The path of the operation would become part of it.
    : /[?#]/.test(url)
    ? "must not hold a query or a fragment: pass parameters with Deepgram.withOptions({ query })"
    : undefined

/** Of the server that was asked last: of a call it is hardly ever another one. */
let unproblematic: string | undefined

/** Where a path is, without its query. */
export const addressOf = (
  operation: string,
  settings: Settings,
  { host, path }: { readonly host: keyof Hosts; readonly path: string }
): Exit.Exit<string, Errors.BadRequest> => {
  const server = settings.hosts[host]
  // A path from its slash on, without a query: it can hold no problem that the server has not.
  const problem = server === unproblematic ? undefined : addressProblem(server + path)
  if (problem === undefined) unproblematic = server
  return problem === undefined
    ? Exit.succeed(server + path)
    : Exit.fail(refused(Errors.BadRequest, operation, `the address of the server (baseUrl or hosts) ${problem}`))
}
