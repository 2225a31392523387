/** How far the audio of a session has come. */

/** Audio of which nothing will change any more: up to which second, and of which of how many channels. */
export interface Acknowledged {
  readonly seconds: number
  readonly channel: number
  readonly channels: number
}

/** Keeps what final results are about. */
export class Progress {
  // Made when the first of them comes: most of what is open at a time says nothing yet, or has one channel.
  #ends: Map<number, number> | undefined
  #channels = 1

  acknowledge(final: Acknowledged): void {
    this.#channels = final.channels
    this.#ends ??= new Map()
    this.#ends.set(final.channel, final.seconds)
  }

  /** Seconds that every channel has come to. */
  acknowledged(): number {
    return this.#ends === undefined || this.#ends.size < this.#channels ? 0 : Math.min(...this.#ends.values())
  }
}
