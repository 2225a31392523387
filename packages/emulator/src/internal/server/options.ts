/** Options that can be, and what the emulator goes by because of them. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { ServeError } from "effect/http/HttpServerError"
import * as Option from "effect/Option"
import type { Options } from "../../Emulator.ts"
import { dollars, microDollars } from "../state/ledgerPrices.ts"
import type { Settings } from "./settings.ts"

/** Only this machine. */
export const defaultHost = "127.0.0.1"

/** The largest recording that is accepted unless told otherwise: 2 GiB, as Deepgram does. */
export const defaultMaxUploadBytes = 2_147_483_648

/** What a new project may spend unless told otherwise, in US dollars: as much as Deepgram gives. */
export const defaultCredits = 200

/** Node counts in 32 bits, and takes less than this for no head at all. */
const headerBytes = { least: 1024, most: 16_777_216 }

/** Answers of the voice API say in a header what model they are of. */
const isHeaderValue = (text: string): boolean => /^[\x21-\x7e]+$/.test(text)

const isAtLeast = (least: number, value: number | undefined): boolean => value === undefined || value >= least

/** Why there cannot be such an emulator. */
const problemOf = (options: Options): string | undefined => {
  const { credits = defaultCredits, maxHeaderBytes = headerBytes.least, models = [], port = 0 } = options
  const { apiKeys = [], host, record } = options
  const { maxConnections, maxJsonBytes, maxMessageBytes, maxUploadBytes } = options
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    return `There is no port ${port}: choose one from 0 to 65535`
  }
  // Node would listen on every interface.
  if (host === "") return "There is no interface without a name: `host` is empty"
  if (record === "") return "There is no file without a name to record into: `record` is empty"
  // The others could be sent by nobody, and nobody's by everybody.
  const key = apiKeys === "none" ? undefined : apiKeys.find((key) => !isHeaderValue(key))
  if (key !== undefined) return "An API key cannot be empty, or have other characters than visible ASCII characters"
  const model = models.find((model) => !isHeaderValue(model))
  if (model !== undefined) {
    return `A model cannot have the id ${JSON.stringify(model)}: take visible ASCII characters`
  }
  // More than that could not be added up exactly.
  if (credits < 0 || !Number.isSafeInteger(microDollars(credits))) {
    return `The credit cannot be ${credits} US dollars: choose from 0 to ${dollars(Number.MAX_SAFE_INTEGER)}`
  }
  const { least, most } = headerBytes
  if (!Number.isInteger(maxHeaderBytes) || maxHeaderBytes < least || maxHeaderBytes > most) {
    return `The largest head cannot be ${maxHeaderBytes} bytes: choose a whole number from ${least} to ${most}`
  }
  if (!isAtLeast(0, maxUploadBytes)) return `The largest upload cannot be ${maxUploadBytes} bytes: choose 0 or more`
  if (!isAtLeast(0, maxJsonBytes)) return `The largest JSON body cannot be ${maxJsonBytes} bytes: choose 0 or more`
  if (!isAtLeast(1, maxMessageBytes)) {
    return `The largest message cannot be ${maxMessageBytes} bytes: choose 1 or more`
  }
  return isAtLeast(1, maxConnections) ? undefined : `There cannot be ${maxConnections} connections: choose 1 or more`
}

const fail = (problem: string): ServeError => new ServeError({ cause: new Error(problem) })

/** The duration that an option means; fails when it means none. */
const durationOf = (input: Duration.Input, problem: string): Effect.Effect<Duration.Duration, ServeError> =>
  Effect.fromOption(
    Option.filter(Duration.fromInput(input), (duration) => !Number.isNaN(input) && !Duration.isNegative(duration)),
    () => fail(`${problem} ${String(input)}`)
  )

/** The same of one that has to last. */
const lastingOf = (input: Duration.Input, problem: string): Effect.Effect<Duration.Duration, ServeError> =>
  Effect.filterOrFail(
    durationOf(input, problem),
    (duration) => !Duration.isZero(duration),
    () => fail(`${problem} ${String(input)}: choose more than nothing`)
  )

/** What the handlers and the server go by; fails when an option has a value that cannot be. */
export const settingsOf = Effect.fnUntraced(
  function*(options: Options): Effect.fn.Return<Settings["Service"], ServeError> {
    const problem = problemOf(options)
    if (problem !== undefined) return yield* fail(problem)
    const { callbackRetryDelay = "30 seconds", headTimeout = "60 seconds", uploadTimeout = "2 minutes" } = options
    const { idleTimeout, remoteTimeout = "30 seconds", sessionTimeout, shutdownTimeout = 0 } = options
    return {
      models: options.models ?? [],
      maxUploadBytes: options.maxUploadBytes ?? defaultMaxUploadBytes,
      maxHeaderBytes: options.maxHeaderBytes ?? 131_072,
      maxJsonBytes: options.maxJsonBytes ?? 1_048_576,
      maxMessageBytes: options.maxMessageBytes,
      maxConnections: options.maxConnections ?? 10_000,
      callbackRetryDelay: yield* durationOf(callbackRetryDelay, "A callback cannot be tried again after"),
      remoteTimeout: yield* lastingOf(remoteTimeout, "Another server cannot be waited for"),
      headTimeout: yield* lastingOf(headTimeout, "The head of a request cannot be waited for"),
      uploadTimeout: yield* lastingOf(uploadTimeout, "A body cannot be waited for"),
      idleTimeout: idleTimeout === undefined
        ? undefined
        : yield* durationOf(idleTimeout, "The client of a socket cannot be silent for"),
      sessionTimeout: sessionTimeout === undefined
        ? undefined
        : yield* lastingOf(sessionTimeout, "A session cannot last"),
      shutdownTimeout: yield* durationOf(shutdownTimeout, "Calls cannot be waited for when it stops for")
    }
  }
)
