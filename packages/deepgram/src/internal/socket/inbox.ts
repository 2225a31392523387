/** What came in and was not taken yet. */
import { isReadonlyArrayNonEmpty, type NonEmptyReadonlyArray } from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Pull from "effect/Pull"
import * as Result from "effect/Result"

/** Who is asked about an inbox. */
export interface Owner<E> {
  /** The inbox has become empty. */
  readonly onTaken: () => void
  /** What a second reader at a time gets. */
  readonly busy: () => E
}

/** `queueMicrotask` of Node makes a resource for each: half of what it costs to wake a reader. */
const soon = Promise.resolve()

/** How many places of messages that were taken are kept. */
const maxTaken = 1024

interface Hearer<A, E> {
  readonly hear: (message: A) => void
  readonly end: (exit: Exit.Exit<void, E>) => void
}

type Batch<A, E> = Pull.Pull<NonEmptyReadonlyArray<A>, E>

/** Messages on their way to whoever takes them, one reader at a time. */
export class Inbox<A, E> {
  readonly #owner: Owner<E>
  #messages: Array<A> = []
  #sizes: Array<number> = []
  // Messages before it were taken: to move the others over each time would cost the square of their number.
  #next = 0
  #size = 0
  #taken = 0
  #ending: Exit.Exit<void, E> | undefined
  // Who waits, and what for. Two fields, because V8 allocates an object that each session makes at its opening among
  // those that live long, ever after: then all that a wait leaves behind stays until the next full collection.
  #waiter: ((taken: Batch<A, E>) => void) | undefined
  #wantsOne = false
  #isScheduled = false
  #hearer: Hearer<A, E> | undefined

  constructor(owner: Owner<E>) {
    this.#owner = owner
  }

  /** Takes in a message of this size. */
  add(message: A, size: number): void {
    if (this.#hearer !== undefined) {
      this.#taken++
      return this.#hearer.hear(message)
    }
    this.#messages.push(message)
    this.#sizes.push(size)
    this.#size += size
    this.#wake()
  }

  /** Takes out what nobody has taken and nobody is to get. */
  remove(unwanted: (message: A) => boolean): void {
    const kept = this.#messages.flatMap((message, i) =>
      i < this.#next || unwanted(message) ? [] : [{ message, size: this.#sizes[i] ?? 0 }]
    )
    this.#messages = kept.map(({ message }) => message)
    this.#sizes = kept.map(({ size }) => size)
    this.#size = this.#sizes.reduce((sum, size) => sum + size, 0)
    this.#next = 0
  }

  /** Nothing follows; a failure comes behind everything that was added. */
  end(failure: Cause.Cause<E> | undefined): void {
    this.#ending ??= failure === undefined ? Exit.void : Exit.failCause(failure)
    this.#wake()
    if (this.#next === this.#messages.length) this.#hearer?.end(this.#ending)
  }

  /** How often something was taken. */
  taken(): number {
    return this.#taken
  }

  /** How much nobody has taken. */
  size(): number {
    return this.#size
  }

  /**
   * The next message; waits if there is none. One only: whoever takes a few and stops, or is interrupted, must not take
   * others along.
   */
  get one(): Batch<A, E> {
    return this.#pull(true)
  }

  /** All that there are: for whoever takes everything. */
  get all(): Batch<A, E> {
    return this.#pull(false)
  }

  /** Hands each message to a function as it comes, which nothing has to wake; until nothing follows. */
  each(hear: (message: A) => void): Effect.Effect<void, E> {
    return Effect.callback((resume) => {
      if (this.#isBusy()) return resume(Effect.fail(this.#owner.busy()))
      const stop = (how: Effect.Effect<void, E>) => {
        if (this.#hearer !== mine) return
        this.#hearer = undefined
        resume(how)
      }
      const mine: Hearer<A, E> = {
        hear: (message) => {
          const heard = Result.try(() => hear(message))
          // Thrown on, it would be the network's.
          if (Result.isFailure(heard)) stop(Effect.die(heard.failure))
        },
        end: stop
      }
      this.#hearer = mine
      const hasMore = () => this.#hearer === mine && this.#next < this.#messages.length
      while (hasMore()) {
        const message = this.#messages[this.#next]
        this.#taken++
        this.#size -= this.#sizes[this.#next++] ?? 0
        if (message !== undefined) mine.hear(message)
      }
      if (this.#next === this.#messages.length) this.#clear()
      if (this.#ending !== undefined) stop(this.#ending)
      return Effect.sync(() => {
        if (this.#hearer === mine) this.#hearer = undefined
      })
    })
  }

  #clear(): void {
    this.#messages = []
    this.#sizes = []
    this.#next = 0
    this.#size = 0
    this.#owner.onTaken()
  }

  #atEnd(): Batch<A, E> | undefined {
    const ending = this.#ending
    return ending === undefined ? undefined : Exit.isSuccess(ending) ? Cause.done() : Effect.failCause(ending.cause)
  }

  #takeOne(): Batch<A, E> | undefined {
    const message = this.#messages[this.#next]
    if (message === undefined) return this.#atEnd()
    this.#taken++
    this.#size -= this.#sizes[this.#next++] ?? 0
    if (this.#next === this.#messages.length) this.#clear()
    else if (this.#next >= maxTaken) {
      this.#messages = this.#messages.slice(this.#next)
      this.#sizes = this.#sizes.slice(this.#next)
      this.#next = 0
    }
    return Effect.succeed([message])
  }

  #takeAll(): Batch<A, E> | undefined {
    const all = this.#next === 0 ? this.#messages : this.#messages.slice(this.#next)
    if (!isReadonlyArrayNonEmpty(all)) return this.#atEnd()
    this.#taken++
    this.#clear()
    return Effect.succeed(all)
  }

  #take(isOne: boolean): Batch<A, E> | undefined {
    return isOne ? this.#takeOne() : this.#takeAll()
  }

  #hand(): void {
    this.#isScheduled = false
    const resume = this.#waiter
    const taken = resume === undefined ? undefined : this.#take(this.#wantsOne)
    if (resume === undefined || taken === undefined) return
    this.#waiter = undefined
    resume(taken)
  }

  // Once for all that one read of the network brought: waking a fiber for each message costs a third of everything.
  #wake(): void {
    if (this.#isScheduled || this.#waiter === undefined) return
    this.#isScheduled = true
    void soon.then(() => this.#hand())
  }

  #isBusy(): boolean {
    return this.#waiter !== undefined || this.#hearer !== undefined
  }

  #pull(isOne: boolean): Batch<A, E> {
    const now = () => this.#isBusy() ? Effect.fail(this.#owner.busy()) : this.#take(isOne)
    // Only while it waits.
    const stopWaiting = Effect.sync(() => {
      this.#waiter = undefined
    })
    const waiting: Batch<A, E> = Effect.callback((resume) => {
      // It may have come since.
      const taken = now()
      if (taken !== undefined) return resume(taken)
      this.#waiter = resume
      this.#wantsOne = isOne
      return stopWaiting
    })
    // What is there already costs no wait.
    return Effect.suspend(() => now() ?? waiting)
  }
}
