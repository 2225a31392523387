/** The subcommand that sends recorded calls again. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { defaultApiKey, Emulator, layer } from "../../Emulator.ts"
import { replay, type ReplayedCall } from "../../Sessions.ts"
import { problemOf } from "../problem.ts"
import { Failed } from "./failed.ts"
import { duration, maybe } from "./flags.ts"
import { printable } from "./logs.ts"
import { unfinished } from "./signals.ts"

const flags = {
  file: Argument.String("file").pipe(Argument.withDescription("What --record has written")),
  url: Flag.String("url").pipe(
    Flag.withMetavar("<url>"),
    Flag.withDescription(
      "Server to send it to (default: an emulator that is started for it, with the defaults of all its options)"
    ),
    maybe
  ),
  apiKey: Flag.String("key").pipe(
    Flag.withMetavar("<key>"),
    Flag.withDescription(`API key of that server (default ${defaultApiKey})`),
    Flag.withDefault(defaultApiKey)
  ),
  speed: Flag.Literals("speed", ["fast", "recorded"]).pipe(
    Flag.withDescription("As soon as its turn has come, or at the recorded times (default fast)"),
    Flag.withDefault("fast")
  ),
  timeout: maybe(duration("timeout", "How much longer than then an answer is waited for (default 30s)"))
}

const shown = (value: unknown): string => value === undefined ? "nothing" : JSON.stringify(value)

const describe = ({ call, differences }: ReplayedCall): string =>
  [
    `${printable(`${call.method} ${call.target}`)}: ${differences.length === 0 ? "the same" : "not the same"}`,
    ...differences.map(({ path, recorded, replayed }) =>
      `  ${printable(path)} was ${printable(shown(recorded))}, is ${printable(shown(replayed))}`
    )
  ].join("\n")

const isUrl = (text: string): boolean => /^https?:$/.test(URL.parse(text)?.protocol ?? "")

const run = Effect.fnUntraced(
  function*({ file, url, ...options }: Command.Command.Config.Infer<typeof flags>) {
    yield* unfinished
    if (url !== undefined && !isUrl(url)) {
      return yield* new Failed({ message: `--url is no URL of a server: ${JSON.stringify(url)}` })
    }
    const server = url ?? Context.get(yield* Layer.build(layer({ apiKeys: [options.apiKey] })), Emulator).url
    const { calls, complete, same } = yield* replay(file, { ...options, url: server })
    if (calls.length === 0) return yield* new Failed({ message: `There are no calls in ${file}: nothing was sent.` })
    for (const call of calls) yield* Console.log(describe(call))
    if (!complete) yield* Console.log("The file has no end: what it says last may not be all that happened.")
    const changed = calls.filter(({ differences }) => differences.length > 0).length
    if (!same) return yield* new Failed({ message: `Of ${calls.length} calls ${changed} went otherwise.` })
    yield* Console.log(`All went as they did then: ${calls.length}.`)
  },
  Effect.scoped,
  Effect.mapError((error) => new Failed({ message: problemOf(error, {}) })),
  Effect.tapError(({ message }) => Console.error(message))
)

/** `replay FILE`: its exit code is 1 when something went otherwise. */
export const command = Command.make("replay", flags, run).pipe(
  Command.withDescription("Sends recorded calls again and says what is answered otherwise.")
)
