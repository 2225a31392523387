/** Messages that are answered by other messages. */
import type * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"

/**
 * What a message is to a question: nothing; `"mine"`, a part of its answer, which is not for others; or the answer, which
 * may still be one for others.
 */
export type Match<A> = undefined | "mine" | { readonly answer: A; readonly isMine: boolean }

/** A question that has been said. */
export interface Asked<A, E> {
  /** Nothing when the messages ended as they should before there was one. */
  readonly answer: Effect.Effect<A | undefined, E>
  /**
   * No answer is expected any more. Without this an answer that nobody waits for is still taken: it would be mistaken for
   * that of the next question.
   */
  readonly forget: () => void
  readonly isAnswered: () => boolean
}

interface Question<Message, E> {
  /** Those of a group have their answers in common. */
  readonly group: unknown
  readonly match: (message: Message) => Match<unknown>
  readonly answer: Deferred.Deferred<unknown, E>
}

const none: ReadonlyArray<never> = []

/** Who waits for an answer, in the order in which they asked. */
export class Questions<Message, E> {
  #open: ReadonlyArray<Question<Message, E>> = none

  /** Asks, by `say`, and succeeds when it has been said. What answers one of a `group` is shown to all of it. */
  ask<A>(
    say: Effect.Effect<void, E>,
    match: (message: Message) => Match<A>,
    group?: unknown
  ): Effect.Effect<Asked<A, E>, E> {
    return Effect.suspend(() => {
      const answer = Deferred.makeUnsafe<unknown, E>()
      const question: Question<Message, E> = { group: group ?? answer, match, answer }
      const forget = () => {
        this.#open = this.#open.filter((other) => other !== question)
      }
      this.#open = [...this.#open, question]
      let isSaid = false
      return say.pipe(
        Effect.map((): Asked<A, E> => {
          isSaid = true
          return {
            answer: Deferred.await(answer) as Effect.Effect<A | undefined, E>,
            forget,
            isAnswered: () => Deferred.isDoneUnsafe(answer)
          }
        }),
        Effect.ensuring(Effect.sync(() => {
          if (!isSaid) forget()
        }))
      )
    })
  }

  /** To be called when the reader has been told: whoever asked goes on after it. */
  hear(message: Message): void {
    // Each message comes by here, and mostly nobody has asked.
    if (this.#open.length === 0) return
    let owner: { readonly group: unknown } | undefined
    for (const question of this.#open) {
      if (owner !== undefined && question.group !== owner.group) continue
      const found = question.match(message)
      if (found === undefined) continue
      if (found === "mine" || found.isMine) owner = question
      if (found === "mine") continue
      this.#open = this.#open.filter((other) => other !== question)
      // Behind the reader, which is woken by a microtask too.
      queueMicrotask(() => Deferred.doneUnsafe(question.answer, Effect.succeed(found.answer)))
    }
  }

  /** No more messages come. */
  end(failure: Cause.Cause<E> | undefined): void {
    const unanswered = this.#open
    this.#open = none
    const answer = failure === undefined ? Effect.undefined : Effect.failCause(failure)
    for (const question of unanswered) Deferred.doneUnsafe(question.answer, answer)
  }
}
