/** Which proxy requests and sockets go through. No message of this module holds an address: it may hold a password. */
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"

/** URLs of proxies with their credentials, by the scheme of the request; empty for none. */
export interface Proxies {
  readonly http: string
  /** Empty: as `http`. */
  readonly https: string
  /** Hosts that are reached directly, as `NO_PROXY` lists them. */
  readonly noProxy: string
}

/** No proxy for anything. */
export const direct: Proxies = { http: "", https: "", noProxy: "" }

const decoded = Option.liftThrowable(decodeURIComponent)

// Undici decodes credentials, and would throw for a password with a percent sign of its own.
const encodedOnce = (text: string): string =>
  encodeURIComponent(text.replace(/(?:%[\da-f]{2})+/gi, (code) => Option.getOrElse(decoded(code), () => code)))

/** Brings an address into the form that undici takes. As in curl, the scheme may be left out. */
const parse = (source: string, address: string): Effect.Effect<string, Config.ConfigError> => {
  const text = address.trim()
  const url = URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`)
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    const message = `${source} is not the address of an http or https proxy: write http://user:password@host:port`
    return Effect.fail(new Config.ConfigError(new ConfigProvider.SourceError({ message })))
  }
  url.username = encodedOnce(url.username)
  url.password = encodedOnce(url.password)
  return Effect.succeed(url.href)
}

/** One proxy for everything. */
export const explicit = (
  proxy: string | URL | Redacted.Redacted
): Effect.Effect<Proxies, Config.ConfigError> =>
  Effect.map(
    parse("NodeDeepgram: the option proxy", Redacted.isRedacted(proxy) ? Redacted.value(proxy) : String(proxy)),
    (url) => ({ http: url, https: url, noProxy: "" })
  )

// Lower case first, as everywhere; what is not set is the empty text.
const variable = (name: string): Config.Config<string> => {
  const read = (name: string) => Config.option(Config.Redacted(name))
  return Config.map(
    Config.all([read(name.toLowerCase()), read(name)]),
    (values) => Option.match(Option.firstSomeOf(values), { onNone: () => "", onSome: (_) => Redacted.value(_).trim() })
  )
}

const fromVariable = (name: string): Effect.Effect<string, Config.ConfigError> =>
  Effect.flatMap(variable(name), (address) => address === "" ? Effect.succeed("") : parse(name, address))

/** The proxies of the environment, through the `ConfigProvider`. */
export const environment: Effect.Effect<Proxies, Config.ConfigError> = Effect.all({
  http: fromVariable("HTTP_PROXY"),
  https: fromVariable("HTTPS_PROXY"),
  noProxy: variable("NO_PROXY")
})

interface Exception {
  readonly host: string
  /** 0 for any. */
  readonly port: number
  readonly subdomainsOnly: boolean
}

const withoutBrackets = (host: string): string => host.replace(/^\[(.+)\]$/, "$1")
// The dot at the end only says that a name is whole.
const withoutFinalDot = (host: string): string => host.replace(/^(.+)\.$/, "$1")

const exception = (entry: string): Exception => {
  const text = withoutBrackets(entry)
  const [, host = text, port = "0"] = /^\[(.+)\]:(\d+)$/.exec(entry) ?? /^([^:]+):(\d+)$/.exec(text) ?? []
  return {
    host: withoutFinalDot(host.replace(/^\*?\./, "")).toLowerCase(),
    port: Number(port),
    subdomainsOnly: entry.startsWith("*")
  }
}

/** Finds the proxy for the URL of a socket, empty for none, by the rules that undici has for requests. */
export const selector = ({ http, https, noProxy }: Proxies): (url: URL, secure: boolean) => string => {
  const exceptions = noProxy.split(/[,\s]+/).filter((entry) => entry !== "").map(exception)
  return ({ hostname, port: given }, secure) => {
    const name = withoutFinalDot(withoutBrackets(hostname))
    const number = Number(given) || (secure ? 443 : 80)
    const excepted = exceptions.some(({ host, port, subdomainsOnly }) =>
      (port === 0 || port === number) &&
      (host === "*" || (host === name && !subdomainsOnly) || name.endsWith(`.${host}`))
    )
    return excepted ? "" : secure && https !== "" ? https : http
  }
}
