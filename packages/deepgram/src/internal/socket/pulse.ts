/** When things happened in a session, and what is done about it while it is open. */
import type * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import { audioSent, fill, gapOf, keepAlive, type Keeper, silence, type Times, watch } from "./keeping.ts"

/** What is done when time has passed; what is not there is not done. */
export interface Keeping {
  readonly alive: { readonly after: Duration.Duration; readonly say: () => void } | undefined
  readonly filled: { readonly after: Duration.Duration; readonly send: () => void } | undefined
  readonly watched: {
    readonly after: Duration.Duration
    readonly paused: () => boolean
    readonly stalled: () => boolean
    readonly fail: () => void
  } | undefined
}

const none: ReadonlyArray<Keeper> = []

export class Pulse {
  readonly #clock: Clock.Clock
  /** When the session was asked for. */
  readonly born: number
  readonly #times: Times
  #keepers = none

  constructor(clock: Clock.Clock, watchdog: Duration.Duration | undefined) {
    this.#clock = clock
    this.born = this.now()
    this.#times = {
      lastSent: this.born,
      lastAudio: 0,
      audioEnd: this.born,
      lastReceived: 0,
      unanswered: Infinity,
      gap: watchdog === undefined ? Infinity : gapOf(watchdog)
    }
  }

  now(): number {
    return this.#clock.currentTimeMillisUnsafe()
  }

  /** Anything may be sent from now on. */
  opened(now: number): void {
    this.#times.lastSent = now
    this.#times.audioEnd = now
  }

  received(now: number): void {
    this.#times.lastReceived = now
    this.#times.unanswered = Infinity
  }

  /** The server could not answer until now. */
  resumed(): void {
    this.#times.unanswered = Infinity
  }

  /** Audio has left, of so many seconds if that is known. */
  audioSent(now: number, seconds: number | undefined): void {
    audioSent(this.#times, now, seconds)
  }

  keep({ alive, filled, watched }: Keeping): void {
    const times = this.#times
    this.#keepers = [
      alive && keepAlive(this.#clock, times, alive.after, alive.say),
      filled && fill(this.#clock, times, filled.after, filled.send),
      watched && watch(this.#clock, times, watched.after, watched, watched.fail)
    ].filter((keeper) => keeper !== undefined)
  }

  stop(): void {
    for (const keeper of this.#keepers) keeper.stop()
  }

  /** Waits until nothing has come in for so long since `from`. */
  silence(after: Duration.Duration, from: () => number): Effect.Effect<void> {
    return silence(this.#clock, this.#times, after, from)
  }
}
