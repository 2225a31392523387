/** A worker of Cloudflare's runtime: `workerd`, as it is published on npm. */
import { Effect, Schema, type Scope } from "effect"
import { spawn, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const executable = fileURLToPath(new URL("../tools/node_modules/workerd/bin/workerd", import.meta.url))

const { error, stdout } = spawnSync(executable, ["--version"], { encoding: "utf8" })

/** A date: that of the newest behaviour which it knows. */
export const version = /\d{4}-\d\d-\d\d/.exec(stdout)?.[0] ?? ""

if (version === "") throw new Error(`workerd does not run: ${String(error)}`)

export interface WorkerdOptions {
  /** An ES module with a handler of requests. */
  readonly code: string
  /** Texts that the handler is given. */
  readonly bindings: Readonly<Record<string, string>>
}

// A text of Cap'n Proto is written like one of JSON.
const config = (bindings: WorkerdOptions["bindings"]) =>
  `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    # Servers of this machine are private.
    (name = "internet", network = (allow = ["private"]))
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);

const main :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "${version}",
  bindings = [${
    Object.entries(bindings).map(([name, text]) => `(name = "${name}", text = ${JSON.stringify(text)})`).join(", ")
  }]
);
`

export interface Worker {
  readonly url: string
  /** What it has said until now. */
  readonly said: () => string
}

/** What it says when it cannot start, as its log does. */
export class NotStarted extends Schema.TaggedError<NotStarted>()("NotStarted", { message: Schema.String }) {}

/** Starts a worker, which ends with the scope. Code that does what is not allowed before there is a request does not start. */
export const start = ({ bindings, code }: WorkerdOptions): Effect.Effect<Worker, NotStarted, Scope.Scope> =>
  Effect.gen(function*() {
    const folder = yield* Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "effect-deepgram-workerd-"))),
      (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
    )
    writeFileSync(join(folder, "worker.js"), code)
    writeFileSync(join(folder, "config.capnp"), config(bindings))
    let said = ""
    const child = yield* Effect.acquireRelease(
      Effect.sync(() => {
        const child = spawn(executable, ["serve", "config.capnp", "--control-fd=3"], {
          cwd: folder,
          env: {},
          stdio: ["ignore", "pipe", "pipe", "pipe"]
        })
        const listen = (text: string) => (said += text)
        child.stdout?.setEncoding("utf8").on("data", listen)
        child.stderr?.setEncoding("utf8").on("data", listen)
        return child
      }),
      (child) =>
        Effect.callback<void>((resume) => {
          if (child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
          child.once("exit", () => resume(Effect.void))
          child.kill("SIGKILL")
        })
    )
    const port = yield* Effect.callback<number, NotStarted>((resume) => {
      let control = ""
      child.stdio[3]?.on("data", (bytes) => {
        control += String(bytes)
        const port = /"event":\s*"listen"[^\n]*"port":\s*(\d+)/.exec(control)?.[1]
        if (port !== undefined) resume(Effect.succeed(Number(port)))
      })
      child.once("close", () => resume(Effect.fail(new NotStarted({ message: said }))))
    })
    return { url: `http://127.0.0.1:${port}`, said: () => said }
  })
