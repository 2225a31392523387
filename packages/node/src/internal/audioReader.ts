/** Bytes of a Node stream, as they are wanted. */
import * as Effect from "effect/Effect"
import type { Readable } from "node:stream"

const events = ["readable", "end", "error", "close"] as const

/** Reads for one reader at a time, until it is released. What is not read makes the other side wait. */
export class Reader {
  readonly #readable: Readable
  #wake: (() => void) | undefined
  readonly #onEvent = () => this.#wake?.()

  constructor(readable: Readable) {
    this.#readable = readable
    for (const event of events) readable.on(event, this.#onEvent)
  }

  get #taken(): Effect.Effect<Uint8Array | undefined, Error> | undefined {
    const chunk: Uint8Array | null = this.#readable.read()
    if (chunk !== null) return Effect.succeed(chunk)
    if (this.#readable.errored) return Effect.fail(this.#readable.errored)
    return this.#readable.readableEnded || this.#readable.closed ? Effect.undefined : undefined
  }

  /** Everything that is there, as soon as anything is; nothing at the end. */
  readonly next: Effect.Effect<Uint8Array | undefined, Error> = Effect.callback((resume) => {
    this.#wake = () => {
      const taken = this.#taken
      if (taken === undefined) return
      this.#wake = undefined
      resume(taken)
    }
    this.#wake()
    return Effect.sync(() => {
      this.#wake = undefined
    })
  })

  release(): void {
    for (const event of events) this.#readable.off(event, this.#onEvent)
  }
}
