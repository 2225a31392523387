/** The emulator as a process: from the options to the signal that stops it. */
import { isReadonlyArrayNonEmpty } from "effect/Array"
import type * as Command from "effect/cli/Command"
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import type { PlatformError } from "effect/PlatformError"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import { Emulator, layer, type Options } from "../../Emulator.ts"
import { parsePlan } from "../faults/planning.ts"
import { problemOf } from "../problem.ts"
import { version } from "../version.ts"
import { Failed } from "./failed.ts"
import type { flags, LogFormat } from "./flags.ts"
import * as Logs from "./logs.ts"

/** For people where they look at it, else for programs. */
const formatOf = (log: LogFormat | undefined, { isTTY }: { readonly isTTY: boolean }): LogFormat =>
  log ?? (isTTY ? "pretty" : "json")

/** What was asked for. */
export type Arguments = Command.Command.Config.Infer<typeof flags>

/** A folder is opened like a file, and has no reason of its own. */
const unreadable = ({ _tag, cause }: PlatformError["reason"]): string =>
  Predicate.hasProperty(cause, "code") && cause.code === "EISDIR" ? "it is a folder" : _tag

const planOf = Effect.fnUntraced(function*(file: string) {
  const files = yield* FileSystem.FileSystem
  const text = yield* Effect.mapError(
    files.readFileString(file),
    ({ reason }) => new Failed({ message: `The plan of --faults ${file} cannot be read: ${unreadable(reason)}` })
  )
  return yield* Effect.mapError(
    parsePlan(text),
    ({ message }) => new Failed({ message: `There is something wrong with the plan in ${file}: ${message}` })
  )
})

const optionsOf = Effect.fnUntraced(function*({ faults, keys, noAuth, ...options }: Omit<Arguments, "log">) {
  // All of them: whoever adds one is asked for its flag.
  const layerOptions: { readonly [Name in keyof Options]-?: Options[Name] } = {
    ...options,
    faults: faults === undefined ? undefined : yield* planOf(faults),
    apiKeys: noAuth ? "none" : isReadonlyArrayNonEmpty(keys) ? keys : undefined,
    logRequests: true
  }
  return layerOptions
})

/** What a program has to know to use the emulator: people read it, and so do programs, from a line of JSON. */
const announce = (url: string, keys: ReadonlyArray<string>, format: LogFormat) => {
  const environment = `DEEPGRAM_BASE_URL=${url} DEEPGRAM_API_KEY=${keys[0] ?? "none"}`
  const lines = [
    `Deepgram's emulator ${version} is at ${url}`,
    `  keys         ${keys.length === 0 ? "none is needed" : keys.join(", ")}`,
    `  status page  ${url}/`,
    `  for clients  ${environment}`
  ]
  return Console.log(
    format === "json" ? JSON.stringify({ url, apiKeys: keys, statusPage: `${url}/`, environment }) : lines.join("\n")
  )
}

/** Where to reach one that listens on every interface: that is no address to call. */
const reachable = (url: string): string => url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")

const stopping = (shutdownTimeout: Duration.Duration) =>
  Effect.logInfo(
    `Stopping: calls that are going on have ${Duration.format(shutdownTimeout)}. A second signal stops at once.`
  )

/** Runs until it is interrupted. Fails when the emulator cannot be started, and says why. */
export const serve = Effect.fnUntraced(
  function*({ log, ...given }: Arguments) {
    if (given.noAuth && given.keys.length > 0) {
      return yield* new Failed({ message: "--key and --no-auth exclude each other: choose one of them" })
    }
    const options = yield* optionsOf(given)
    const context = yield* Effect.mapError(
      Layer.build(layer(options)),
      (error) => new Failed({ message: problemOf(error, options) })
    )
    const { apiKey, url } = Context.get(context, Emulator)
    const keys = given.noAuth ? [] : isReadonlyArrayNonEmpty(given.keys) ? given.keys : [Redacted.value(apiKey)]
    yield* announce(reachable(url), keys, formatOf(log, process.stdout))
    yield* Effect.addFinalizer(() => stopping(given.shutdownTimeout))
    return yield* Effect.never
  },
  Effect.scoped,
  Effect.tapError(({ message }) => Console.error(message)),
  (self, { log }) => Effect.provide(self, Logs.layer(formatOf(log, process.stderr)))
)
