/** The command as a user has it: a process that is started, asked and stopped. */
import { Effect, Schema } from "effect"
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

const bin = fileURLToPath(new URL("../../src/bin.ts", import.meta.url))

/** How a process ended. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const command = [process.execPath, "--conditions=@effect-deepgram/source", bin]

const running = (args: ReadonlyArray<string>, by: ReadonlyArray<string> = [], npmCommand = "test") =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const [file = "", ...rest] = [...by, ...command, ...args]
      const child = spawn(file, rest, {
        env: { ...process.env, NO_COLOR: "1", npm_command: npmCommand },
        // The head of a group: whoever is started by it can be ended too.
        detached: by.length > 0,
        stdio: ["ignore", "pipe", "pipe"]
      })
      const said = { stdout: "", stderr: "" }
      child.stdout.setEncoding("utf8").on("data", (text) => said.stdout += text)
      child.stderr.setEncoding("utf8").on("data", (text) => said.stderr += text)
      const ended = new Promise<Ended>((resolve) => child.once("close", (code) => resolve({ code, ...said })))
      return { child, ended, said }
    }),
    ({ child }) =>
      by.length > 0 && child.pid !== undefined
        ? Effect.ignore(
          Effect.try({ try: () => process.kill(-(child.pid ?? 0), "SIGKILL"), catch: () => "gone" as const })
        )
        : Effect.sync(() => child.kill("SIGKILL"))
  )

const talk = ({ child, ended, said }: Effect.Success<ReturnType<typeof running>>) => ({
  /** Waits until that has been said. Dies when the process ends before. */
  says: (stream: "stdout" | "stderr", text: string | RegExp) =>
    Effect.callback<string>((resume) => {
      const look = () => {
        const found = typeof text === "string" ? said[stream].includes(text) : text.test(said[stream])
        if (found) resume(Effect.succeed(said[stream]))
      }
      child[stream].on("data", look)
      child.once("close", () => resume(Effect.die(new Error(`It ended: ${said.stdout}${said.stderr}`))))
      look()
      return Effect.sync(() => child[stream].off("data", look))
    }),
  /** Reads no more of it. */
  leave: (stream: "stdout" | "stderr") => Effect.sync(() => child[stream].destroy()),
  signal: (name: "SIGINT" | "SIGTERM" | "SIGHUP") => Effect.sync(() => child.kill(name)),
  ended: Effect.promise(() => ended)
})

/** Runs the command to its end. */
export const run = (...args: ReadonlyArray<string>): Effect.Effect<Ended> =>
  Effect.scoped(Effect.flatMap(running(args), ({ ended }) => Effect.promise(() => ended)))

/** A process that is there until the scope closes. */
export const start = (...args: ReadonlyArray<string>) => Effect.map(running(args), talk)

/** The same, as a command of npm does: in a shell, which gets the signals. Ended it is when both are. */
export const startByNpm = (npmCommand: string, ...args: ReadonlyArray<string>) =>
  Effect.map(running(args, ["sh", "-c", `"$0" "$@"; true`], npmCommand), talk)

const Announcement = Schema.fromJsonString(Schema.Struct({
  url: Schema.String,
  apiKeys: Schema.Array(Schema.String),
  statusPage: Schema.String,
  environment: Schema.String
}))

/** One that logs as JSON on a free port, and where it is. */
export const startJson = Effect.fnUntraced(function*(...args: ReadonlyArray<string>) {
  const emulator = yield* start("--port", "0", "--log", "json", ...args)
  const announcement = yield* Schema.decodeUnknownEffect(Announcement)(yield* emulator.says("stdout", "\n"))
  return { ...emulator, ...announcement }
})

const Line = Schema.fromJsonString(Schema.Struct({
  level: Schema.String,
  message: Schema.String,
  annotations: Schema.Record(Schema.String, Schema.Unknown)
}))

/** The lines of a log: every one is JSON. */
export const linesOf = (stderr: string): ReadonlyArray<typeof Line.Type> =>
  stderr.trimEnd().split("\n").map((line) => Schema.decodeUnknownSync(Line)(line))

/** `fetch` with a key. */
export const get = (url: string, key = "test", init: RequestInit = {}) =>
  Effect.promise(async (signal) => {
    const response = await fetch(url, { signal, headers: { authorization: `Token ${key}` }, ...init })
    return { status: response.status, headers: response.headers, text: await response.text() }
  })
