/** The body of an answer, on its way from undici's parser to whoever reads it. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Pull from "effect/Pull"
import type { Dispatcher } from "undici"

/** Bytes that may wait for a reader before the connection is paused. */
const highWaterMark = 65_536

/** Why a body broke off. */
export interface Broken {
  readonly cause: unknown
}

type Chunks = readonly [Uint8Array, ...Array<Uint8Array>]

/** What there is of a body: more of it, its end, or why there is no more. */
export type Arrived = Chunks | "ended" | Broken

/** Knows nothing of the response that it belongs to, so that a response which nobody reads can be collected. */
export class Download {
  readonly #controller: Dispatcher.DispatchController
  #chunks: Array<Uint8Array> = []
  #size = 0
  #outcome: "open" | "ended" | Broken = "open"
  /** Somebody wants everything: nothing is gained by pausing. */
  #collecting: boolean
  #onData: (() => void) | undefined
  #onSettled: Array<(outcome: "ended" | Broken) => void> = []

  constructor(controller: Dispatcher.DispatchController, collecting: boolean) {
    this.#controller = controller
    this.#collecting = collecting
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk)
    this.#size += chunk.byteLength
    this.#wake()
    if (this.#size > highWaterMark && !this.#collecting) this.#controller.pause()
  }

  #wake(): void {
    const wake = this.#onData
    this.#onData = undefined
    wake?.()
  }

  settle(outcome: "ended" | Broken): void {
    if (this.#outcome !== "open") return
    this.#outcome = outcome
    this.#wake()
    for (const wake of this.#onSettled) wake(outcome)
  }

  get #joined(): Uint8Array {
    const [first] = this.#chunks
    if (first !== undefined && this.#chunks.length === 1) return first
    const joined = Buffer.concat(this.#chunks)
    this.#chunks = [joined]
    return joined
  }

  /** All of it, if it is there. */
  get whole(): Uint8Array | undefined {
    return this.#outcome === "ended" ? this.#joined : undefined
  }

  #settled(outcome: "ended" | Broken): Effect.Effect<Uint8Array, Broken> {
    return outcome === "ended" ? Effect.succeed(this.#joined) : Effect.fail(outcome)
  }

  /** Nobody wants the rest. */
  readonly giveUp: Effect.Effect<void> = Effect.sync(() => {
    if (this.#outcome === "open") this.#controller.abort(new Error("the answer was not read to its end"))
  })

  /** All of it, as soon as it is there; can be asked for again. */
  readonly bytes: Effect.Effect<Uint8Array, Broken> = Effect.suspend(() => {
    if (this.#outcome !== "open") return this.#settled(this.#outcome)
    this.#collecting = true
    this.#controller.resume()
    return Effect.callback((resume) => {
      this.#onSettled.push((outcome) => resume(this.#settled(outcome)))
      return this.giveUp
    })
  })

  /** What has come since the last time, if anything has, for one reader. */
  take(): Arrived | undefined {
    const [first, ...rest] = this.#chunks
    if (first === undefined) return this.#outcome === "open" ? undefined : this.#outcome
    this.#chunks = []
    this.#size = 0
    this.#controller.resume()
    return [first, ...rest]
  }

  /** Who is told, once, that there is something to take. */
  onArrival(wake: (() => void) | undefined): void {
    this.#onData = wake
  }

  get #batch(): Pull.Pull<Chunks, Broken> {
    const arrived = this.take()
    return arrived === undefined || arrived === "ended"
      ? Cause.done()
      : "cause" in arrived
      ? Effect.fail(arrived)
      : Effect.succeed(arrived)
  }

  /** The same as an effect, which waits. */
  readonly next: Pull.Pull<Chunks, Broken> = Effect.suspend(() =>
    this.#chunks.length > 0 || this.#outcome !== "open" ? this.#batch : Effect.callback((resume) => {
      this.onArrival(() => resume(this.#batch))
      return Effect.sync(() => this.onArrival(undefined))
    })
  )
}
