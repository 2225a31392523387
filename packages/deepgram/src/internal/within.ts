import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { after } from "./timer.ts"

/** `Effect.timeoutOrElse` with one fiber instead of two. */
export const within =
  <A2, E2, R2>(options: { readonly duration: Duration.Duration; readonly orElse: () => Effect.Effect<A2, E2, R2> }) =>
  <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A | A2, E | E2, R | R2> =>
    Effect.withFiber<A | A2, E | E2, R | R2>((fiber) =>
      Effect.callback((resume) => {
        let isLate = false
        const running = Effect.runForkWith(fiber.context as Context.Context<R>)(self)
        const callOff = after(fiber.getRef(Clock.Clock), Duration.toMillis(options.duration), () => {
          isLate = true
          running.interruptUnsafe(fiber.id)
        })
        running.addObserver((exit) => {
          callOff()
          resume(isLate ? options.orElse() : exit)
        })
        return Effect.suspend(() => {
          callOff()
          return Fiber.interrupt(running)
        })
      })
    )
