/** Stand-ins for the programs that record and play: scripts of `sh` in a directory that is all of their `PATH`. */
import { Effect, Schedule, type Scope } from "effect"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { temporary } from "./files.ts"

/** Programs that are installed. */
export interface Installed {
  /** Where the scripts are, and where they run. */
  readonly directory: string
  /** For the `env` of what is tested. */
  readonly env: { readonly PATH: string; readonly HERE: string }
  /** A file that a script wrote, or nothing. */
  readonly read: (name: string) => string
  /** Waits until a script has written something into a file. */
  readonly written: (name: string) => Effect.Effect<unknown>
  /** Writes an empty file that a script waits for: see {@link wait}. */
  readonly allow: (name: string) => void
}

// What a failed test leaves behind ends with its directory.
const there = `[ -e "$0" ]`

/** Waits in a script until the test allows it to go on. */
export const wait = (name: string): string => `while ${there} && [ ! -e ${name} ]; do /bin/sleep 0.01; done`

/** Never ends by itself, and hears signals soon. */
export const stay = `while ${there}; do /bin/sleep 0.01; done`

/** Installs programs, and nothing else. */
export const install = (scripts: Readonly<Record<string, string>>): Effect.Effect<Installed, never, Scope.Scope> =>
  Effect.map(temporary, (directory) => {
    for (const [name, script] of Object.entries(scripts)) {
      writeFileSync(join(directory, name), `#!/bin/sh\ncd "$HERE"\n${script}\n`, { mode: 0o755 })
    }
    const path = (name: string) => join(directory, name)
    const read = (name: string) => existsSync(path(name)) ? readFileSync(path(name), "utf8") : ""
    return {
      directory,
      env: { PATH: directory, HERE: directory },
      read,
      written: (name) =>
        Effect.repeat(Effect.sync(() => read(name)), {
          until: (text) => text.endsWith("\n"),
          schedule: Schedule.spaced("1 milli")
        }),
      allow: (name) => writeFileSync(path(name), "")
    }
  })

/** Sends a signal to a process, by the id that a script wrote; 0 only looks for it. Whether it is there. */
const signal = (pid: string, name: "SIGKILL" | 0): boolean => {
  // Zero would be this process, and all that belong to it.
  if (!/^\d+\n$/.test(pid) || Number(pid) < 2) throw new Error(`this is no process: ${JSON.stringify(pid)}`)
  try {
    return process.kill(Number(pid), name)
  } catch {
    return false
  }
}

/** Whether a process is there, by the id that a script wrote. */
export const isRunning = (pid: string): boolean => signal(pid, 0)

/** Kills a process, by the id that a script wrote. */
export const kill = (pid: string): boolean => signal(pid, "SIGKILL")
