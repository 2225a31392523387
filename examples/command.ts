/** Commands of Effect, for the examples that take options: `run.ts` says how they end. */
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Console, Effect, FileSystem, Layer, Path, Schema } from "effect"
import { CliConfig, CliError, CliOutput, Command, GlobalFlag } from "effect/cli"
import process from "node:process"
import { run } from "./run.ts"

/** What an example cannot do, in one line. */
export class Failed extends Schema.TaggedError<Failed>()("Failed", { message: Schema.String }) {}

/** Fails where a file could not be written: before anything is sent, which costs money. */
export const checkWritable = Effect.fnUntraced(function*(file: string) {
  const fs = yield* FileSystem.FileSystem
  const folder = (yield* Path.Path).dirname(file)
  yield* Effect.mapError(fs.access(folder, { writable: true }), ({ reason }) => {
    const why = reason._tag === "NotFound" ? `there is no folder ${folder}` : `nothing can be written in ${folder}`
    return new Failed({ message: `${file} cannot be written: ${why}` })
  })
})

/** Whoever asks for help gets it on stdout, whoever needs it on stderr: stdout is for results. */
const presenter = CliOutput.layerPresenter({
  present: Effect.fnUntraced(function*(event) {
    if (event._tag !== "InvalidInvocation") return yield* CliOutput.defaultPresenter.present(event)
    const { formatHelpDoc } = yield* CliOutput.Formatter
    const problems = event.errors.map(({ message }) => `✗ ${message}`).join("\n")
    yield* Console.error(`${problems}\n\n${formatHelpDoc(event.helpDoc).trim()}`)
  })
})

const output = Layer.mergeAll(
  presenter,
  CliOutput.layer(CliOutput.defaultFormatter({ colors: false })),
  CliConfig.layer({ builtIns: [GlobalFlag.Help] })
)

/** Runs a command with the arguments of this process; what is wrong with them is said, and it ends with 2. */
export const runCommand = <Name extends string, Input, ContextInput, E extends { readonly message: string }>(
  command: Command.Command<Name, Input, ContextInput, E, Command.Environment>,
  options?: Parameters<typeof run>[1]
): void => {
  // Whoever reads may have seen enough: `… | head`.
  process.stdout.on("error", () => process.exit(0))
  run(
    Command.run(command, { version: "0.1.0" }).pipe(
      Effect.catchIf(CliError.isCliError, () => Effect.sync(() => process.exitCode = 2)),
      Effect.provide([output, NodeServices.layer])
    ),
    options
  )
}
