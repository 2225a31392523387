/** What came in and was not taken yet. */
import type { NonEmptyReadonlyArray } from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Pull from "effect/Pull"

/** Messages on their way to whoever takes them. */
export interface Inbox<A, E> {
  /** Takes in a message that was so many bytes on the wire. */
  readonly add: (message: A, bytes: number) => void
  /** Nothing follows; a failure comes behind everything that was added. */
  readonly end: (failure: E | undefined) => void
  /** Bytes that nobody has taken. */
  readonly size: () => number
  /**
   * The next message; waits if there is none. Never several: whoever takes a few and stops, or is interrupted, must not
   * take others along. For one at a time.
   */
  readonly pull: Pull.Pull<NonEmptyReadonlyArray<A>, E>
}

/** How many places of messages that were taken are kept. */
const maxTaken = 1024

/** `onTaken` is told that the inbox has become empty; `busy` is what a second one at a time gets. */
export const make = <A, E>(
  options: { readonly onTaken: () => void; readonly busy: () => E }
): Inbox<A, E> => {
  let messages: Array<readonly [message: A, bytes: number] | undefined> = []
  let next = 0
  let size = 0
  let ending: Pull.Pull<never, E> | undefined
  let waiter: ((taken: Pull.Pull<NonEmptyReadonlyArray<A>, E>) => void) | undefined
  let scheduled = false

  const take = (): Pull.Pull<NonEmptyReadonlyArray<A>, E> | undefined => {
    const entry = messages[next]
    if (entry === undefined) return ending
    const [message, bytes] = entry
    messages[next++] = undefined
    size -= bytes
    // The places of what was taken go now and then: one by one the others would be moved over and over.
    if (next === messages.length || next === maxTaken) {
      messages = messages.slice(next)
      next = 0
    }
    if (messages.length === 0) options.onTaken()
    return Effect.succeed([message])
  }

  const hand = () => {
    scheduled = false
    if (waiter === undefined) return
    const taken = take()
    if (taken === undefined) return
    const resume = waiter
    waiter = undefined
    resume(taken)
  }

  // Once for all that one read of the network brought: waking a fiber for each message costs a third of everything.
  const wake = () => {
    if (scheduled || waiter === undefined) return
    scheduled = true
    queueMicrotask(hand)
  }

  return {
    add(message, bytes) {
      messages.push([message, bytes])
      size += bytes
      wake()
    },
    end(failure) {
      ending ??= failure === undefined ? Cause.done() : Effect.fail(failure)
      wake()
    },
    size: () => size,
    pull: Effect.callback((resume) => {
      if (waiter !== undefined) return resume(Effect.fail(options.busy()))
      const taken = take()
      if (taken !== undefined) return resume(taken)
      waiter = resume
      return Effect.sync(() => {
        if (waiter === resume) waiter = undefined
      })
    })
  }
}
