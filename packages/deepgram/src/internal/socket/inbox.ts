/** What came in and was not taken yet. */
import type { NonEmptyReadonlyArray } from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Pull from "effect/Pull"

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
}

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
  let ending: Pull.Pull<never, E> | undefined
  let waiter: { readonly take: () => Batch | undefined; readonly resume: (taken: Batch) => void } | undefined
  let isScheduled = false

  const clear = () => {
    messages = []
    sizes = []
    next = 0
    size = 0
    options.onTaken()
  }

  const takeOne = (): Batch | undefined => {
    const message = messages[next]
    if (message === undefined) return ending
    taken++
    size -= sizes[next++] ?? 0
    if (next === messages.length) clear()
    else if (next === maxTaken) {
      messages = messages.slice(next)
      sizes = sizes.slice(next)
      next = 0
    }
    return Effect.succeed([message])
  }

  const takeAll = (): Batch | undefined => {
    const [first, ...others] = next === 0 ? messages : messages.slice(next)
    if (first === undefined) return ending
    taken++
    clear()
    return Effect.succeed([first, ...others])
  }

  const hand = () => {
    isScheduled = false
    const taken = waiter?.take()
    if (waiter === undefined || taken === undefined) return
    const { resume } = waiter
    waiter = undefined
    resume(taken)
  }

  // Once for all that one read of the network brought: waking a fiber for each message costs a third of everything.
  const wake = () => {
    if (isScheduled || waiter === undefined) return
    isScheduled = true
    queueMicrotask(hand)
  }

  const pull = (take: () => Batch | undefined): Batch =>
    Effect.callback((resume) => {
      if (waiter !== undefined) return resume(Effect.fail(options.busy()))
      const taken = take()
      if (taken !== undefined) return resume(taken)
      const mine = { take, resume }
      waiter = mine
      return Effect.sync(() => {
        if (waiter === mine) waiter = undefined
      })
    })

  return {
    add(message, size_) {
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
      ending ??= failure === undefined ? Cause.done() : Effect.failCause(failure)
      wake()
    },
    taken: () => taken,
    size: () => size,
    one: pull(takeOne),
    all: pull(takeAll)
  }
}
