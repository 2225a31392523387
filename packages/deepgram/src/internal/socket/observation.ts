/** What operators get to see of a session: a span and metrics, and nothing of what was said. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import type { LiveError } from "../../DeepgramError.ts"
import * as Live from "../../Live.ts"

/** What is known of a session at its end. */
export interface Outcome {
  readonly requestId: string | undefined
  /** Seconds of audio that were sent. */
  readonly seconds: number | undefined
  readonly exit: Exit.Exit<void, LiveError>
}

/** Is told what happens, at milliseconds of the clock. */
export interface Observation {
  readonly opened: (at: number) => void
  /** Audio left; `seconds` in all, if that is known. */
  readonly sent: (at: number, seconds: number | undefined) => void
  /** Something about the audio came. */
  readonly result: (at: number) => void
  /** Only the first end counts. */
  readonly ended: (outcome: Outcome) => void
}

/** Milliseconds after which audio that was sent is counted. */
const countEvery = 10_000

const outcomeOf = (exit: Exit.Exit<void, LiveError>): string => {
  if (Exit.isSuccess(exit)) return "closed"
  const [reason] = exit.cause.reasons
  return reason?._tag === "Fail" ? reason.error._tag : "interrupted"
}

/** Begins to observe a session of a channel. */
export const observe = Effect.fnUntraced(function*(
  session: {
    readonly operation: string
    readonly channel: string
    readonly model: string | undefined
    readonly reconnects: number
  }
): Effect.fn.Return<Observation> {
  const { channel, model, operation, reconnects } = session
  const clock = yield* Clock.Clock
  const context = yield* Effect.context<never>()
  // Where nobody collects spans, nobody would ever see it: 2 kB of each session.
  const isTraced = yield* Effect.withFiber(({ cache }) => Effect.succeed(cache.tracer !== undefined))
  const span = isTraced
    ? yield* Effect.makeSpan(`${channel}.session`, {
      attributes: {
        "deepgram.operation": operation,
        ...(model === undefined ? undefined : { "deepgram.model": model }),
        "deepgram.reconnects": reconnects
      }
    })
    : undefined
  const begun = clock.currentTimeMillisUnsafe()
  let openedAt: number | undefined
  let firstSent: number | undefined
  let firstResult: number | undefined
  let counted = 0
  let countedAt = begun
  let isOver = false

  const measure = (metric: Metric.Metric<number, unknown>, value: number, attributes = {}) =>
    Metric.withAttributes(metric, { channel, ...attributes }).updateUnsafe(value, context)

  const count = (at: number, seconds: number | undefined) => {
    countedAt = at
    if (seconds === undefined || seconds === counted) return
    measure(Live.audioSeconds, seconds - counted)
    counted = seconds
  }

  return {
    opened(at) {
      openedAt = at
      measure(Live.openSeconds, (at - begun) / 1000)
      measure(Live.activeSessions, 1)
      measure(Live.reconnects, reconnects > 0 ? 1 : 0)
      span?.attribute("deepgram.time_to_open_ms", at - begun)
    },
    sent(at, seconds) {
      if (firstSent === undefined) {
        firstSent = at
        countedAt = at
      }
      // A session may last for hours.
      if (at - countedAt >= countEvery) count(at, seconds)
    },
    result(at) {
      if (firstResult !== undefined || firstSent === undefined) return
      firstResult = at
      measure(Live.firstResultSeconds, (at - firstSent) / 1000)
      span?.attribute("deepgram.time_to_first_result_ms", at - firstSent)
    },
    ended({ exit, requestId, seconds }) {
      if (isOver) return
      isOver = true
      const outcome = outcomeOf(exit)
      if (openedAt !== undefined) measure(Live.activeSessions, -1)
      count(clock.currentTimeMillisUnsafe(), seconds)
      measure(Live.endedSessions, 1, { outcome })
      if (span === undefined) return
      if (seconds !== undefined) span.attribute("deepgram.audio_seconds", seconds)
      if (requestId !== undefined) span.attribute("deepgram.request_id", requestId)
      span.attribute("deepgram.outcome", outcome)
      span.end(clock.currentTimeNanosUnsafe(), exit)
    }
  }
})
