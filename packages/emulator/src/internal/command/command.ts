/** `npx @effect-deepgram/emulator`. */
import * as CliConfig from "effect/cli/CliConfig"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { version } from "../version.ts"
import { flags } from "./flags.ts"
import * as Replay from "./replay.ts"
import { serve } from "./serve.ts"
import { heeding } from "./signals.ts"

const command = Command.make("deepgram-emulator", flags, serve).pipe(
  Command.withSubcommands([Replay.command]),
  Command.withDescription(
    "A local Deepgram: its REST API and its channels over WebSocket, without a key and without the internet."
  ),
  Command.withExamples([
    { command: "deepgram-emulator --port 8080 --key test --log pretty", description: "with a key of your own" },
    { command: "deepgram-emulator --port 0 --faults plan.json", description: "on a free port, with faults" }
  ])
)

/** Who asks wrongly gets the usage where errors go. */
const presenter: CliOutput.Presenter = {
  present: Effect.fnUntraced(function*(event) {
    if (event._tag !== "InvalidInvocation") return yield* CliOutput.defaultPresenter.present(event)
    const formatter = CliOutput.defaultFormatter({ colors: false })
    yield* Console.error(formatter.formatHelpDoc(event.helpDoc))
    yield* Console.error(formatter.formatErrors(event.errors))
  })
}

/** The command, with the arguments of the process. */
export const main = Command.run(command, { version }).pipe(
  heeding,
  Effect.provide(Layer.mergeAll(
    CliOutput.layerPresenter(presenter),
    CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.LogLevel] })
  ))
)
