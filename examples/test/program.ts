/** Runs the small examples as what they are: processes. */
import { Emulator } from "@effect-deepgram/emulator"
import { Cause, Deferred, Effect, Redacted } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { env, execPath } from "node:process"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../..", import.meta.url))

/** What sends the SDK to the emulator. */
export const forEmulator = Effect.map(Emulator.Emulator, ({ apiKey, url }) => ({
  DEEPGRAM_API_KEY: Redacted.value(apiKey),
  DEEPGRAM_BASE_URL: url
}))

/** Begins an example; it is killed when the scope closes. Nothing of the machine's own environment may reach it. */
export const begin = Effect.fnUntraced(
  function*(name: string, args: ReadonlyArray<string>, variables: Readonly<Record<string, string>> = {}) {
    const child = yield* Effect.acquireRelease(
      Effect.sync(() =>
        spawn(execPath, ["--conditions=@effect-deepgram/source", `examples/${name}.ts`, ...args], {
          cwd: root,
          env: { PATH: env["PATH"] ?? "", ...variables }
        })
      ),
      (child) => Effect.sync(() => child.kill("SIGKILL"))
    )
    const said = { out: "", err: "" }
    const waiting = new Set<() => void>()
    const hear = (stream: "out" | "err") => (data: unknown) => {
      said[stream] += String(data)
      for (const look of waiting) look()
    }
    child.stdout.on("data", hear("out"))
    child.stderr.on("data", hear("err"))
    const closed = once(child, "close").then(([code, signal]: Array<unknown>) => {
      for (const look of waiting) look()
      return code ?? signal
    })
    return {
      said,
      /** What is said on stdout, as soon as it is. */
      says: Effect.fnUntraced(function*(words: RegExp) {
        const found = yield* Deferred.make<RegExpExecArray, Cause.NoSuchElementError>()
        const look = () => {
          const match = words.exec(said.out)
          if (match !== null) return Deferred.doneUnsafe(found, Effect.succeed(match))
          if (child.exitCode === null && child.signalCode === null) return
          Deferred.doneUnsafe(found, Effect.fail(new Cause.NoSuchElementError(`${words}\n${said.out}\n${said.err}`)))
        }
        waiting.add(look)
        look()
        return yield* Effect.ensuring(Deferred.await(found), Effect.sync(() => waiting.delete(look)))
      }),
      kill: (signal: NodeJS.Signals) => Effect.sync(() => child.kill(signal)),
      /** Its exit code, or the signal that ended it. */
      code: Effect.promise(() => closed)
    }
  }
)

/** Runs an example to its end. */
export const run = (name: string, args: ReadonlyArray<string>, variables?: Readonly<Record<string, string>>) =>
  Effect.scoped(Effect.gen(function*() {
    const { code, said } = yield* begin(name, args, variables)
    return { code: yield* code, ...said }
  }))

/** How much of each is in a text. */
export const count = (text: string, words: RegExp) => text.match(new RegExp(words, "g"))?.length ?? 0
