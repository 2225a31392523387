/** What `npm start` is asked for. */
import { Effect, Runtime, Schema } from "effect"
import { resolve } from "node:path"
import { env } from "node:process"
import { parseArgs } from "node:util"

/** What there is to be done. */
export type Command =
  | { readonly _tag: "Transcribe"; readonly recordings: ReadonlyArray<string> }
  | { readonly _tag: "Speak"; readonly text: string; readonly file: string }
  | { readonly _tag: "Converse" }
  | { readonly _tag: "Help" }

/** For people who do not know. */
export const usage = `npm start                          transcribes recordings: of each one the whole, then live
npm start -- FILE_OR_URL…          transcribes those
npm start -- --speak TEXT FILE     speaks a text into a WAV file, which is overwritten
npm start -- --agent               talks to a voice agent that calls a tool
npm start -- --help                says this

With DEEPGRAM_API_KEY or DEEPGRAM_TOKEN set Deepgram does it, without them an emulator on this machine.`

/** There is no such command. */
export class UsageError extends Schema.TaggedError<UsageError>()("UsageError", { message: Schema.String }) {
  override readonly [Runtime.errorExitCode] = 2
}

const wrong = (message: string) => Effect.fail(new UsageError({ message }))

/** Reads the arguments of the command line. */
export const parse = Effect.fnUntraced(function*(
  args: ReadonlyArray<string>
): Effect.fn.Return<Command, UsageError> {
  const { positionals, values: { agent, help, speak } } = yield* Effect.try({
    try: () =>
      parseArgs({
        args: [...args],
        allowPositionals: true,
        options: { agent: { type: "boolean" }, speak: { type: "boolean" }, help: { type: "boolean", short: "h" } }
      }),
    // Node goes on with a hint that ends in the middle of a quote.
    catch: (error) =>
      new UsageError({ message: `${error instanceof Error ? error.message : error}`.replace(/\. .*$/s, "") })
  })
  if (help === true) return { _tag: "Help" }
  if (speak === true) {
    const [text = "", file = "", ...others] = positionals
    if (agent === true) return yield* wrong("--speak and --agent do not go together")
    if (text.trim() === "" || file === "") return yield* wrong("--speak needs a text and the name of a file")
    return others.length === 0
      ? { _tag: "Speak", text, file }
      : yield* wrong("--speak takes a text in quotation marks and the name of one file")
  }
  if (agent !== true) return { _tag: "Transcribe", recordings: positionals }
  return positionals.length === 0 ? { _tag: "Converse" } : yield* wrong("--agent takes nothing else")
})

/** A path as it was typed: npm runs commands in the folder of package.json. */
export const pathOf = (argument: string): string => resolve(env["INIT_CWD"] ?? "", argument)
