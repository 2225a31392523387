/** What has to be done about a session when time passes: to keep it open, and to notice that it is dead. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { after as schedule, maxTimer } from "../timer.ts"

/** When things happened, in milliseconds of the clock. */
export interface Times {
  /** Audio, or what said that somebody is there. */
  lastSent: number
  /** Audio. */
  lastAudio: number
  /** The end of the audio that was sent, were it played as soon as it left. */
  audioEnd: number
  lastReceived: number
  /** The first audio since the last message; infinity for none. */
  unanswered: number
  /** Without audio for longer than this, it does not flow. */
  readonly gap: number
}

/** Of audio that goes out faster than it would be played, milliseconds that count. */
const maxAhead = 5000

/** Audio has left, of so many seconds if that is known. */
export const audioSent = (times: Times, now: number, seconds: number | undefined): void => {
  if (times.unanswered === Infinity || now - times.lastAudio > times.gap) times.unanswered = now
  times.lastSent = now
  times.lastAudio = now
  times.audioEnd = Math.min(Math.max(times.audioEnd, now) + (seconds ?? 0) * 1000, now + maxAhead)
}

/** Ends what was begun. */
export type Stop = () => void

/** What is done whenever time has passed, until it is stopped. */
export interface Keeper {
  readonly stop: Stop
}

/** Runs `act` whenever `since` was so long ago; it sleeps only for the rest. Ends when `act` says so. */
class Whenever implements Keeper {
  readonly #clock: Clock.Clock
  readonly #millis: number
  readonly #since: () => number
  readonly #act: () => "again" | "done"
  readonly #sleeper: Clock.Clock
  #cancel: Stop | undefined
  #isOver = false

  constructor(
    clock: Clock.Clock,
    after: Duration.Duration,
    since: () => number,
    act: () => "again" | "done",
    sleeper = clock
  ) {
    this.#clock = clock
    this.#millis = Duration.toMillis(after)
    this.#since = since
    this.#act = act
    this.#sleeper = sleeper
    this.#look()
  }

  #look(): void {
    if (this.#isOver) return
    const left = this.#since() + this.#millis - this.#clock.currentTimeMillisUnsafe()
    if (left > 0) this.#cancel = schedule(this.#sleeper, Math.min(left, maxTimer), () => this.#look())
    else if (this.#act() === "again") this.#look()
  }

  stop(): void {
    this.#isOver = true
    this.#cancel?.()
  }
}
/** Says again and again that somebody is there, whenever nothing was sent for a while. */
export const keepAlive = (
  clock: Clock.Clock,
  times: Times,
  after: Duration.Duration,
  say: () => void
): Keeper =>
  new Whenever(clock, after, () => times.lastSent, () => {
    times.lastSent = clock.currentTimeMillisUnsafe()
    say()
    return "again"
  })

/** Sends what stands in for audio, whenever the last of it would have been heard for a while. */
export const fill = (
  clock: Clock.Clock,
  times: Times,
  after: Duration.Duration,
  send: () => void
): Keeper =>
  new Whenever(clock, after, () => times.audioEnd, () => {
    send()
    // The next one is due when this one has been heard.
    times.audioEnd = clock.currentTimeMillisUnsafe()
    return "again"
  })

/** The longest pause, in milliseconds, in which audio is taken to flow, for who watches it for so long. */
export const gapOf = (watchdog: Duration.Duration): number => Math.min(5000, Duration.toMillis(watchdog) / 2)

/**
 * Notices that audio goes out, or cannot, and nothing comes in. What is paused here, or does not flow, does not count:
 * time begins anew with it.
 */
export const watch = (
  clock: Clock.Clock,
  times: Times,
  after: Duration.Duration,
  is: { readonly paused: () => boolean; readonly stalled: () => boolean },
  fail: () => void
): Keeper => {
  const since = () => {
    const now = clock.currentTimeMillisUnsafe()
    const flows = is.stalled() || now - times.lastAudio <= times.gap
    if (is.paused() || !flows) times.unanswered = Infinity
    // What waits to be sent since the last message is audio that is not answered, too.
    else if (is.stalled()) times.unanswered = Math.min(times.unanswered, now)
    return Math.min(times.unanswered, now)
  }
  return new Whenever(clock, after, since, () => {
    fail()
    return "done"
  })
}

/** Waits until nothing has come in for so long since `from`, and something could have: `from` grows while it could not. */
export const silence = (
  clock: Clock.Clock,
  times: Times,
  after: Duration.Duration,
  from: () => number
): Effect.Effect<void> =>
  Clock.clockWith((own) =>
    Effect.callback((resume) => {
      const done = () => {
        resume(Effect.void)
        return "done" as const
      }
      const whenever = new Whenever(clock, after, () => Math.max(from(), times.lastReceived), done, own)
      return Effect.sync(() => whenever.stop())
    })
  )
