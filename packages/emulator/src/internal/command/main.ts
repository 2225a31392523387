/** Runs the command. Whoever stops the emulator by a signal stops it in good order: that is no failure. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { defaultTeardown } from "effect/Runtime"
import { main } from "./command.ts"

// Whoever read what is said may be gone, as behind `| head`: nothing is said any more, and all else goes on.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined)

NodeRuntime.runMain(Effect.provide(main, NodeServices.layer), {
  teardown: (exit, onExit) =>
    Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)
      ? onExit(Number(process.exitCode ?? 0))
      : defaultTeardown(exit, onExit)
})
