/** What came in and was not taken yet. */
import { isReadonlyArrayNonEmpty, type NonEmptyReadonlyArray } from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Pull from "effect/Pull"
import * as Result from "effect/Result"

/** Messages on their way to whoever takes them, one reader at a time. */
export interface Inbox<A, E> {
  /** Takes in a message of this size. */
  readonly add: (message: A, size: number) => void
  /** Takes out what nobody has taken and nobody is to get. */
  readonly remove: (unwanted: (message: A) => boolean) => void
  /** Nothing follows; a failure comes behind everything that was added. */
  readonly end: (failure: Cause.Cause<E> | undefined) => void
  /** How often something was taken. */
  readonly taken: () => number
  /** How much nobody has taken. */
  readonly size: () => number
  /**
   * The next message; waits if there is none. One only: whoever takes a few and stops, or is interrupted, must not take
   * others along.
   */
  readonly one: Pull.Pull<NonEmptyReadonlyArray<A>, E>
  /** All that there are: for whoever takes everything. */
  readonly all: Pull.Pull<NonEmptyReadonlyArray<A>, E>
  /** Hands each message to a function as it comes, which nothing has to wake; until nothing follows. */
  readonly each: (hear: (message: A) => void) => Effect.Effect<void, E>
}

/** `queueMicrotask` of Node makes a resource for each: half of what it costs to wake a reader. */
const soon = Promise.resolve()

/** How many places of messages that were taken are kept. */
const maxTaken = 1024

/** `onTaken` is told that the inbox has become empty; `busy` is what a second reader at a time gets. */
export const make = <A, E>(
  options: { readonly onTaken: () => void; readonly busy: () => E }
): Inbox<A, E> => {
  type Batch = Pull.Pull<NonEmptyReadonlyArray<A>, E>
  let messages: Array<A> = []
  let sizes: Array<number> = []
  // Messages before it were taken: to move the others over each time would cost the square of their number.
  let next = 0
  let size = 0
  let taken = 0
  let ending: Exit.Exit<void, E> | undefined
  // Who waits, and what for. Two variables, because V8 allocates an object that each session makes at its opening among
  // those that live long, ever after: then all that a wait leaves behind stays until the next full collection.
  let waiter: ((taken: Batch) => void) | undefined
  let wanted: (() => Batch | undefined) | undefined
  let isScheduled = false
  let listener: { readonly hear: (message: A) => void; readonly end: (exit: Exit.Exit<void, E>) => void } | undefined

  const clear = () => {
    messages = []
    sizes = []
    next = 0
    size = 0
    options.onTaken()
  }

  const atEnd = (): Batch | undefined =>
    ending === undefined ? undefined : Exit.isSuccess(ending) ? Cause.done() : Effect.failCause(ending.cause)

  const takeOne = (): Batch | undefined => {
    const message = messages[next]
    if (message === undefined) return atEnd()
    taken++
    size -= sizes[next++] ?? 0
    if (next === messages.length) clear()
    else if (next >= maxTaken) {
      messages = messages.slice(next)
      sizes = sizes.slice(next)
      next = 0
    }
    return Effect.succeed([message])
  }

  const takeAll = (): Batch | undefined => {
    const all = next === 0 ? messages : messages.slice(next)
    if (!isReadonlyArrayNonEmpty(all)) return atEnd()
    taken++
    clear()
    return Effect.succeed(all)
  }

  const hand = () => {
    isScheduled = false
    const resume = waiter
    const taken = resume === undefined ? undefined : wanted?.()
    if (resume === undefined || taken === undefined) return
    waiter = undefined
    resume(taken)
  }

  // Once for all that one read of the network brought: waking a fiber for each message costs a third of everything.
  const wake = () => {
    if (isScheduled || waiter === undefined) return
    isScheduled = true
    void soon.then(hand)
  }

  // Only while it waits.
  const stopWaiting = Effect.sync(() => {
    waiter = undefined
  })

  const isBusy = () => waiter !== undefined || listener !== undefined

  const pull = (take: () => Batch | undefined): Batch => {
    const now = () => isBusy() ? Effect.fail(options.busy()) : take()
    const waiting: Batch = Effect.callback((resume) => {
      // It may have come since.
      const taken = now()
      if (taken !== undefined) return resume(taken)
      waiter = resume
      wanted = take
      return stopWaiting
    })
    // What is there already costs no wait.
    return Effect.suspend(() => now() ?? waiting)
  }

  const each = (hear: (message: A) => void): Effect.Effect<void, E> =>
    Effect.callback((resume) => {
      if (isBusy()) return resume(Effect.fail(options.busy()))
      const stop = (how: Effect.Effect<void, E>) => {
        if (listener !== mine) return
        listener = undefined
        resume(how)
      }
      const mine = {
        hear: (message: A) => {
          const heard = Result.try(() => hear(message))
          // Thrown on, it would be the network's.
          if (Result.isFailure(heard)) stop(Effect.die(heard.failure))
        },
        end: stop
      }
      listener = mine
      const hasMore = () => listener === mine && next < messages.length
      while (hasMore()) {
        const message = messages[next]
        taken++
        size -= sizes[next++] ?? 0
        if (message !== undefined) mine.hear(message)
      }
      if (next === messages.length) clear()
      if (ending !== undefined) stop(ending)
      return Effect.sync(() => {
        if (listener === mine) listener = undefined
      })
    })

  return {
    add(message, size_) {
      if (listener !== undefined) {
        taken++
        return listener.hear(message)
      }
      messages.push(message)
      sizes.push(size_)
      size += size_
      wake()
    },
    remove(unwanted) {
      const kept = messages.flatMap((message, i) =>
        i < next || unwanted(message) ? [] : [{ message, size: sizes[i] ?? 0 }]
      )
      messages = kept.map(({ message }) => message)
      sizes = kept.map(({ size }) => size)
      size = sizes.reduce((sum, size) => sum + size, 0)
      next = 0
    },
    end(failure) {
      ending ??= failure === undefined ? Exit.void : Exit.failCause(failure)
      wake()
      if (next === messages.length) listener?.end(ending)
    },
    taken: () => taken,
    size: () => size,
    one: pull(takeOne),
    all: pull(takeAll),
    each
  }
}
