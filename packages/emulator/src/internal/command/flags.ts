/** The options of the command. */
import * as Flag from "effect/cli/Flag"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** `500ms`, `30s`, `2m`, `1h`, or words: `30 seconds`. */
const parseDuration = (text: string): Option.Option<Duration.Duration> => {
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?) ?(ms|s|m|h)$/.exec(text) ?? []
  return amount === undefined
    ? Duration.fromInput(text as Duration.Input)
    : Option.some(Duration.millis(Number(amount) * (units[unit] ?? 1)))
}

/** Left to the default of the emulator unless it is given. */
export const maybe = <A>(flag: Flag.Flag<A>): Flag.Flag<A | undefined> =>
  Flag.map(Flag.optional(flag), Option.getOrUndefined)

/** A duration, as people write it. */
export const duration = (name: string, description: string) =>
  Flag.String(name).pipe(
    Flag.withMetavar("<duration>"),
    Flag.withDescription(description),
    Flag.filterMap(parseDuration, (text) => `Expected a duration, such as 500ms, 30s or "2 minutes", got: ${text}`)
  )

const bytes = (name: string, description: string) =>
  Flag.Int(name).pipe(Flag.withMetavar("<bytes>"), Flag.withDescription(description), maybe)

const file = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.withMetavar("<file>"), Flag.withDescription(description), maybe)

/** How the log is written. */
export type LogFormat = "pretty" | "json" | "none"

const formats: ReadonlyArray<LogFormat> = ["pretty", "json", "none"]

/** By their names in the handler. */
export const flags = {
  port: Flag.Int("port").pipe(
    Flag.withAlias("p"),
    Flag.withDescription("Port to listen on; 0 takes a free one (default 8080)"),
    Flag.withDefault(8080)
  ),
  host: Flag.String("host").pipe(
    Flag.withDescription("Interface to listen on (default 127.0.0.1: this machine alone)"),
    Flag.withDefault("127.0.0.1")
  ),
  keys: Flag.String("key").pipe(
    Flag.withMetavar("<key>"),
    Flag.withDescription("API key that is accepted, any number of times (default emulator-key)"),
    Flag.atLeast(0)
  ),
  noAuth: Flag.Boolean("no-auth").pipe(
    Flag.withoutNegation,
    Flag.withDescription("Accept every call, with a key or without"),
    Flag.withDefault(false)
  ),
  models: Flag.String("model").pipe(
    Flag.withMetavar("<id>"),
    Flag.withDescription("Custom model, any number of times; aura-... and flux-... speak"),
    Flag.atLeast(0)
  ),
  credits: Flag.Finite("credits").pipe(
    Flag.withMetavar("<dollars>"),
    Flag.withDescription("First balance in US dollars (default 200)"),
    maybe
  ),
  faults: file("faults", "Plan of faults, as JSON"),
  record: file("record", "Record what clients send and are answered, without credentials; written anew"),
  log: Flag.Literals("log", formats).pipe(
    Flag.withDescription("Log on stderr, a line for each call (default pretty on a terminal, else json)"),
    maybe
  ),
  idleTimeout: maybe(
    duration("idle-timeout", "How long the client of a socket may be silent (default: as Deepgram, by channel)")
  ),
  sessionTimeout: maybe(
    duration("session-timeout", "How long a session may last (default: as Deepgram, by channel)")
  ),
  headTimeout: maybe(duration("head-timeout", "How long the head of a request is waited for (default 60s)")),
  uploadTimeout: maybe(duration("upload-timeout", "How long the next byte of a body is waited for (default 2m)")),
  callbackRetryDelay: maybe(
    duration("callback-retry-delay", "Between two attempts to deliver a callback (default 30s)")
  ),
  remoteTimeout: maybe(
    duration("remote-timeout", "How long the servers behind URLs, callbacks and functions may be silent (default 30s)")
  ),
  shutdownTimeout: duration(
    "shutdown-timeout",
    "How long calls may go on after SIGINT or SIGTERM (default 2s); a second signal stops at once"
  ).pipe(Flag.withDefault(Duration.seconds(2))),
  maxConnections: Flag.Int("max-connections").pipe(
    Flag.withDescription("Connections at a time (default 10000)"),
    maybe
  ),
  maxUploadBytes: bytes("max-upload-bytes", "Largest recording (default 2147483648)"),
  maxHeaderBytes: bytes("max-header-bytes", "Largest head of a request (default 131072)"),
  maxJsonBytes: bytes("max-json-bytes", "Largest body of the management API (default 1048576)"),
  maxMessageBytes: bytes("max-message-bytes", "Largest message of a client on a socket (default: by channel)")
}
