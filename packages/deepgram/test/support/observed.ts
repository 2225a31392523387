/** What an application's tracer and loggers get to see. */
import { Effect, Exit, Logger, References, Tracer } from "effect"
import { inspect } from "node:util"

/** Everything that was traced and logged. */
export interface Observed {
  readonly spans: ReadonlyArray<Tracer.Span>
  readonly logs: ReadonlyArray<string>
  /** Spans with attributes, events and results, and logs, as text. */
  readonly text: () => string
}

class Recorded extends Tracer.NativeSpan {
  readonly exits: Array<Exit.Exit<unknown, unknown>> = []
  override end(endTime: bigint, exit: Exit.Exit<unknown, unknown>): void {
    this.exits.push(exit)
    super.end(endTime, exit)
  }
}

const failureOf = (exit: Exit.Exit<unknown, unknown>) => Exit.isFailure(exit) ? exit.cause : undefined

/**
 * Runs an effect within a span `test`, under a tracer that samples everything and a logger of every level, and logs how
 * it failed.
 */
export const observed = <A, E, R>(
  self: Effect.Effect<A, E, R>
): Effect.Effect<{ readonly exit: Exit.Exit<A, E>; readonly seen: Observed }, never, R> =>
  Effect.suspend(() => {
    const spans: Array<Recorded> = []
    const logs: Array<string> = []
    const tracer = Tracer.make({
      span: (options) => {
        const span = new Recorded(options)
        spans.push(span)
        return span
      }
    })
    const logger = Logger.make((options) => {
      logs.push(inspect(options.message, { depth: 20, showHidden: true }), Logger.formatJson.log(options))
      logs.push(Logger.formatLogFmt.log(options), Logger.formatSimple.log(options))
    })
    const seen: Observed = {
      spans,
      logs,
      text: () =>
        spans.map((span) =>
          inspect([span.name, span.attributes, span.events, span.exits.map(failureOf)], { depth: 20, showHidden: true })
        ).concat(logs).join("\n")
    }
    return self.pipe(
      Effect.tapCause((cause) => Effect.logError("failed", cause)),
      Effect.exit,
      Effect.map((exit) => ({ exit, seen })),
      Effect.withSpan("test"),
      Effect.provideService(Tracer.Tracer, tracer),
      Effect.provideService(Logger.CurrentLoggers, new Set([logger])),
      Effect.provideService(References.MinimumLogLevel, "All"),
      Effect.provideService(Tracer.MinimumTraceLevel, "All")
    )
  })
