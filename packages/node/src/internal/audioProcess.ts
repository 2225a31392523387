/** A program that records or plays, as a child of this process that goes with its scope. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type ChildProcess, spawn } from "node:child_process"
import type { Readable, Writable } from "node:stream"
import { advice, type Program } from "./audioPrograms.ts"

/** Why there is no sound: what the errors of recording and playing have in common. */
export interface Failure {
  readonly message: string
  readonly reason: "InvalidOptions" | "NotInstalled" | "NotStarted" | "Exited"
  readonly program?: string
  readonly exitCode?: number
  readonly signal?: string
  readonly stderr?: string
  readonly cause?: unknown
}

/** Variables beside those of this process; `undefined` takes one away. */
type Environment = Readonly<Record<string, string | undefined>>

/** Milliseconds that a program has to put its device away before it is killed. */
const patience = 1000

/** Milliseconds that what a program said has to come here after its end. Whoever inherited its pipes may hold them on. */
const grace = 100

/** Characters of what a program says that are kept: its last words. */
const maxWords = 2000

/** How a program ended. */
interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

const linesOf = (text: string): ReadonlyArray<string> =>
  text.split(/[\r\n]+/).map((line) => line.trim()).filter((line) => line !== "")

/** A program that runs. */
export class Child {
  readonly program: Program
  /** Its pipe; the other one is not there. */
  readonly stdin: Writable | null
  readonly stdout: Readable | null
  readonly #process: ChildProcess
  #words = ""
  readonly started = Deferred.makeUnsafe<void, Error>()
  readonly #exited = Deferred.makeUnsafe<Ending>()
  /** It has ended, and everything that it said has been taken. */
  readonly #closed = Deferred.makeUnsafe<void>()

  constructor(program: Program, pipe: "stdin" | "stdout", environment: Environment) {
    this.program = program
    this.#process = spawn(program.name, program.args ?? [], {
      env: { ...process.env, ...environment, ...program.env },
      stdio: [pipe === "stdin" ? "pipe" : "ignore", pipe === "stdout" ? "pipe" : "ignore", "pipe"],
      windowsHide: true
    })
    this.stdin = this.#process.stdin
    this.stdout = this.#process.stdout
    // For all of its life: an error that nobody hears would end this process. What it means is said by the end.
    this.stdin?.on("error", () => {})
    this.#process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#words = (this.#words + text).slice(-maxWords)
    })
    this.#process.on("spawn", () => Deferred.doneUnsafe(this.started, Effect.void))
    this.#process.on("error", (error) => Deferred.doneUnsafe(this.started, Effect.fail(error)))
    this.#process.on("exit", (code, signal) => Deferred.doneUnsafe(this.#exited, Effect.succeed({ code, signal })))
    this.#process.on("close", () => Deferred.doneUnsafe(this.#closed, Effect.void))
  }

  /** It has ended, and there was time to take what it said. */
  readonly gone: Effect.Effect<Ending> = Effect.tap(Deferred.await(this.#exited), () =>
    Effect.raceFirst(
      Deferred.await(this.#closed),
      // A timer of the machine: no test should have to move a clock for it.
      Effect.callback((resume) => {
        const timer = setTimeout(() => resume(Effect.void), grace)
        return Effect.sync(() => clearTimeout(timer))
      })
    ))

  /** Waits for the end, as a failure. */
  readonly ended: Effect.Effect<Failure> = Effect.suspend(() =>
    Effect.map(this.gone, ({ code, signal }) => {
      const lines = linesOf(this.#words)
      const { name } = this.program
      return {
        reason: "Exited",
        message: `${name} ended by itself (${signal === null ? `exit code ${code}` : signal})${
          lines.length === 0 ? "" : `: ${lines.at(-1)}`
        }`,
        program: name,
        ...code === null ? undefined : { exitCode: code },
        ...signal === null ? undefined : { signal },
        ...lines.length === 0 ? undefined : { stderr: lines.slice(-10).join("\n") }
      }
    })
  )

  /** Waits until it has taken the bytes. */
  write(bytes: Uint8Array): Effect.Effect<void, Failure> {
    const written = Effect.callback<void>((resume) => {
      // What a failure means is said by the end.
      this.stdin?.write(bytes, (error) => error ? undefined : resume(Effect.void))
    })
    return Effect.raceFirst(written, Effect.flatMap(this.ended, Effect.fail))
  }

  /** Says that nothing more comes. */
  finish(): void {
    this.stdin?.end()
  }

  /** Waits until it has done everything that it was told. */
  readonly finished: Effect.Effect<void, Failure> = Effect.suspend(() =>
    Effect.flatMap(this.ended, (failure) => failure.exitCode === 0 ? Effect.void : Effect.fail(failure))
  )

  /** Ends it, and waits until it is gone. */
  stop(signal: "SIGTERM" | "SIGKILL"): Effect.Effect<void> {
    return Effect.suspend(() => {
      this.#process.kill(signal)
      const timer = setTimeout(() => this.#process.kill("SIGKILL"), patience)
      return Effect.map(Deferred.await(this.#exited), () => {
        clearTimeout(timer)
        // Whatever it started itself may hold them still, and they would hold this process.
        for (const pipe of this.#process.stdio) pipe?.destroy()
      })
    })
  }
}

const notStarted = ({ name }: Program) => (cause: unknown): Failure => ({
  reason: "NotStarted",
  message: `${name} cannot be started: ${cause instanceof Error ? cause.message : String(cause)}`,
  program: name,
  cause
})

const start = (program: Program, pipe: "stdin" | "stdout", environment: Environment): Effect.Effect<Child, Failure> =>
  Effect.flatMap(
    Effect.try({ try: () => new Child(program, pipe, environment), catch: notStarted(program) }),
    (child) => Effect.mapBoth(Deferred.await(child.started), { onSuccess: () => child, onFailure: notStarted(program) })
  )

/** There is no such program. */
const isMissing = ({ cause }: Failure): boolean => cause instanceof Error && "code" in cause && cause.code === "ENOENT"

const notInstalled = (names: ReadonlyArray<string>, cause: unknown): Failure => ({
  reason: "NotInstalled",
  message: names.length === 1
    ? `${names[0]} is not installed, or not in the PATH`
    : `none of ${names.join(", ")} is installed, or in the PATH: install one (${advice(process.platform)})`,
  ...cause === undefined ? undefined : { cause }
})

/** What is to be run. */
export interface Launch {
  /** Of these the first that is installed. */
  readonly programs: ReadonlyArray<Program>
  readonly pipe: "stdin" | "stdout"
  readonly environment: Environment
  /** What ends it with the scope. */
  readonly signal: "SIGTERM" | "SIGKILL"
}

/** Starts the first program that is installed. */
export const launch = ({ environment, pipe, programs, signal }: Launch): Effect.Effect<Child, Failure, Scope.Scope> => {
  const usable = programs.filter(({ args }) => args !== undefined)
  const firstOf = ([program, ...others]: ReadonlyArray<Program>, cause?: unknown): Effect.Effect<Child, Failure> =>
    program === undefined
      ? Effect.fail(notInstalled(usable.map(({ name }) => name), cause))
      : Effect.catch(
        start(program, pipe, environment),
        (failure) => isMissing(failure) ? firstOf(others, failure.cause) : Effect.fail(failure)
      )
  return Effect.acquireRelease(firstOf(usable), (child) => child.stop(signal))
}
