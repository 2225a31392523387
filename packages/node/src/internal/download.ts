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
    this.#onData?.()
    if (this.#size > highWaterMark && !this.#collecting) this.#controller.pause()
  }

  settle(outcome: "ended" | Broken): void {
    if (this.#outcome !== "open") return
    this.#outcome = outcome
    this.#onData?.()
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

  get #batch(): Pull.Pull<readonly [Uint8Array, ...Array<Uint8Array>], Broken> {
    const [first, ...rest] = this.#chunks
    if (first === undefined) return typeof this.#outcome === "object" ? Effect.fail(this.#outcome) : Cause.done()
    this.#chunks = []
    this.#size = 0
    this.#controller.resume()
    return Effect.succeed([first, ...rest])
  }

  /** What has come since the last time, for one reader. */
  readonly next: Pull.Pull<readonly [Uint8Array, ...Array<Uint8Array>], Broken> = Effect.suspend(() =>
    this.#chunks.length > 0 || this.#outcome !== "open" ? this.#batch : Effect.callback((resume) => {
      this.#onData = () => {
        this.#onData = undefined
        resume(this.#batch)
      }
      return Effect.sync(() => {
        this.#onData = undefined
      })
    })
  )
}
