/** What operators get to see of a session: a span and metrics, and nothing of what was said. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import type * as Tracer from "effect/Tracer"
import type { LiveError } from "../../DeepgramError.ts"
import * as Live from "../../Live.ts"
import type { AudioMeter } from "../audioMeter.ts"

/** What is known of a session at its end. */
export interface Outcome {
  readonly requestId: string | undefined
  /** Seconds of audio that were sent. */
  readonly seconds: number | undefined
  readonly exit: Exit.Exit<void, LiveError>
}

/** Milliseconds after which audio that was sent is counted. */
const countEvery = 10_000

const outcomeOf = (exit: Exit.Exit<void, LiveError>): string => {
  if (Exit.isSuccess(exit)) return "closed"
  const [reason] = exit.cause.reasons
  return reason?._tag === "Fail" ? reason.error._tag : "interrupted"
}

/** A metric with attributes: to make one, and the name of its series, costs more than to count. */
const series = new WeakMap<Metric.Metric<number, unknown>, Map<string, Metric.Metric<number, unknown>>>()

const seriesOf = (
  metric: Metric.Metric<number, unknown>,
  channel: string,
  outcome?: string
): Metric.Metric<number, unknown> => {
  const all = series.get(metric) ?? new Map<string, Metric.Metric<number, unknown>>()
  series.set(metric, all)
  const name = outcome === undefined ? channel : `${channel} ${outcome}`
  const one = all.get(name) ??
    Metric.withAttributes(metric, outcome === undefined ? { channel } : { channel, outcome })
  all.set(name, one)
  return one
}

/** What is observed. */
export interface Observed {
  readonly operation: string
  readonly channel: string
  readonly model: string | undefined
  readonly reconnects: number
}

/** Is told what happens, at milliseconds of the clock. */
export class Observation {
  readonly #clock: Clock.Clock
  readonly #channel: string
  readonly #reconnects: number
  readonly #context: Context.Context<never>
  readonly #span: Tracer.Span | undefined
  readonly #begun: number
  #openedAt: number | undefined
  #firstSent: number | undefined
  #hasResult = false
  #counted = 0
  #countedAt: number
  #isOver = false

  constructor(
    { channel, reconnects }: Observed,
    clock: Clock.Clock,
    context: Context.Context<never>,
    span: Tracer.Span | undefined
  ) {
    this.#clock = clock
    this.#channel = channel
    this.#reconnects = reconnects
    this.#context = context
    this.#span = span
    this.#begun = clock.currentTimeMillisUnsafe()
    this.#countedAt = this.#begun
  }

  opened(at: number): void {
    this.#openedAt = at
    this.#measure(Live.openSeconds, (at - this.#begun) / 1000)
    this.#measure(Live.activeSessions, 1)
    this.#measure(Live.reconnects, this.#reconnects > 0 ? 1 : 0)
    this.#span?.attribute("deepgram.time_to_open_ms", at - this.#begun)
  }

  /** Audio left, all of which is measured; or a text. */
  sent(at: number, meter: Pick<AudioMeter, "seconds"> | undefined): void {
    if (this.#firstSent === undefined) {
      this.#firstSent = at
      this.#countedAt = at
    }
    // A session may last for hours.
    if (at - this.#countedAt >= countEvery) this.#count(at, meter?.seconds())
  }

  /** Something about the audio came. */
  result(at: number): void {
    if (this.#hasResult || this.#firstSent === undefined) return
    this.#hasResult = true
    this.#measure(Live.firstResultSeconds, (at - this.#firstSent) / 1000)
    this.#span?.attribute("deepgram.time_to_first_result_ms", at - this.#firstSent)
  }

  /** Only the first end counts. */
  ended({ exit, requestId, seconds }: Outcome): void {
    if (this.#isOver) return
    this.#isOver = true
    const outcome = outcomeOf(exit)
    if (this.#openedAt !== undefined) this.#measure(Live.activeSessions, -1)
    this.#count(this.#clock.currentTimeMillisUnsafe(), seconds)
    this.#measure(Live.endedSessions, 1, outcome)
    const span = this.#span
    if (span === undefined) return
    if (seconds !== undefined) span.attribute("deepgram.audio_seconds", seconds)
    if (requestId !== undefined) span.attribute("deepgram.request_id", requestId)
    span.attribute("deepgram.outcome", outcome)
    span.end(this.#clock.currentTimeNanosUnsafe(), exit)
  }

  #count(at: number, seconds: number | undefined): void {
    this.#countedAt = at
    if (seconds === undefined || seconds === this.#counted) return
    this.#measure(Live.audioSeconds, seconds - this.#counted)
    this.#counted = seconds
  }

  #measure(metric: Metric.Metric<number, unknown>, value: number, outcome?: string): void {
    seriesOf(metric, this.#channel, outcome).updateUnsafe(value, this.#context)
  }
}

const nothing: Context.Context<never> = Context.empty()

/** What of a context decides about metrics, for as long as a session: mostly none of it. */
const contextOf = (context: Context.Context<never>): Context.Context<never> =>
  Context.get(context, Metric.MetricRegistry) === Context.get(nothing, Metric.MetricRegistry) &&
    Context.get(context, Metric.CurrentMetricAttributes) === Context.get(nothing, Metric.CurrentMetricAttributes)
    ? nothing
    : context

/** Begins to observe a session of a channel. */
export const observe = (observed: Observed): Effect.Effect<Observation> =>
  Effect.withFiber((fiber) => {
    const clock = fiber.getRef(Clock.Clock)
    const begin = (span: Tracer.Span | undefined) => new Observation(observed, clock, contextOf(fiber.context), span)
    // Where nobody collects spans, nobody would ever see it: 2 kB of each session.
    if (fiber.cache.tracer === undefined) return Effect.succeed(begin(undefined))
    const { channel, model, operation, reconnects } = observed
    const span = Effect.makeSpan(`${channel}.session`, {
      attributes: {
        "deepgram.operation": operation,
        ...(model === undefined ? undefined : { "deepgram.model": model }),
        "deepgram.reconnects": reconnects
      }
    })
    return Effect.map(span, begin)
  })
