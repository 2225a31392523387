import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Server } from "node:http"
import { Server as NetServer } from "node:net"
import { Monitor } from "./monitor.ts"
import { Settings } from "./settings.ts"

/**
 * When the scope closes, no connection is taken any more, and calls that are going on have as long to end as the settings
 * say. Comes after everything that begins calls, so that it is the first to hear of the end.
 */
export const gracefully = Effect.fnUntraced(function*(server: Server) {
  const { settled } = yield* Monitor
  const { shutdownTimeout } = yield* Settings
  if (Duration.isZero(shutdownTimeout)) return
  yield* Effect.addFinalizer(() =>
    // Node would also cut connections whose answer is made but still on its way; that waits for the end.
    Effect.sync(() => NetServer.prototype.close.call(server)).pipe(
      Effect.andThen(Effect.timeoutOption(Effect.interruptible(settled), shutdownTimeout)),
      Effect.andThen(Effect.sync(() => server.close()))
    )
  )
})
