/**
 * Opens a session of a channel, whichever. Written once; a channel says what is special by its contract and its
 * {@link Rules}.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type { LiveError } from "../../DeepgramError.ts"
import type { Deepgram } from "../client.ts"
import type { Audio } from "../contract/audio.ts"
import type { MessageOf, Messages } from "../contract/channel.ts"
import type { Unrecognized } from "../contract/unrecognized.ts"
import { dial } from "./dial.ts"
import { observe } from "./observation.ts"
import { Running } from "./running.ts"
import type { Session, Spec } from "./spec.ts"

const defaults = { openTimeout: Duration.seconds(10), drainTimeout: Duration.seconds(10) }

const duration = (input: Duration.Input | undefined, otherwise: Duration.Duration): Duration.Duration =>
  input === undefined ? otherwise : Duration.fromInputUnsafe(input)

/**
 * Opens a session; it lasts as long as the scope. To be called again for another one: nothing is kept between two.
 */
export const open = Effect.fnUntraced(function*<M extends Messages, A extends Audio = never>(
  spec: Spec<M, A>
): Effect.fn.Return<Session<MessageOf<M> | A | Unrecognized>, LiveError, Deepgram | Scope.Scope> {
  const { channel, operation, options, query, secrets } = spec
  const context = yield* Effect.context<Deepgram | Scope.Scope>()
  const { model = query["model"] } = spec
  // Impossible ones are said before anything has begun.
  const limits = {
    drainTimeout: duration(options.drainTimeout, defaults.drainTimeout),
    watchdog: options.watchdog === undefined ? undefined : Duration.fromInputUnsafe(options.watchdog)
  }
  const observed = yield* observe({
    operation,
    channel: channel.name,
    model: typeof model === "string" ? model : undefined,
    reconnects: spec.reconnects ?? 0
  })
  const session = new Running(spec, limits, Context.get(context, Clock.Clock), observed)
  const own = Scope.forkUnsafe(Context.get(context, Scope.Scope))
  yield* Scope.addFinalizerExit(own, () => session.close)
  const start = Effect.suspend(() => {
    const openTimeout = duration(options.openTimeout, defaults.openTimeout)
    const { host, path } = channel
    return Effect.flatMap(
      dial({ operation, host, path, query, openTimeout, secrets }, session),
      (dialled) => session.begin(dialled, openTimeout)
    )
  }).pipe(
    // Whoever waits must hear of defects too, and who dials again and again in one scope must not fill it.
    Effect.onExit((exit) => {
      if (Exit.isSuccess(exit)) return Effect.void
      // An interruption is said by the end of the scope.
      if (!Cause.hasInterruptsOnly(exit.cause)) session.end(exit)
      return Scope.close(own, exit)
    })
  )
  if (options.waitForOpen === false) yield* Effect.forkScoped(Effect.exit(start))
  else yield* start
  return session
})
