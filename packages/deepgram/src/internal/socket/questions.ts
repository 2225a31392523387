/** Messages that are answered by other messages. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"

/** Who waits for an answer, in the order in which they asked. */
export interface Questions<Message, E> {
  /**
   * Asks, by `say`, and waits until `match` finds the answer among the messages that come in. Nothing when they ended as
   * they should before there was one. What is always answered is so also when nobody waits any more: that answer is
   * not for another.
   */
  readonly ask: <A>(
    say: Effect.Effect<void, E>,
    match: (message: Message) => A | undefined,
    answered: "always" | "perhaps"
  ) => Effect.Effect<A | undefined, E>
  /** A message is the answer for the first who takes it as such. */
  readonly hear: (message: Message) => void
  /** No more messages come. */
  readonly end: (failure: E | undefined) => void
}

interface Question<Message, E> {
  readonly match: (message: Message) => unknown
  readonly answer: Deferred.Deferred<unknown, E>
}

export const make = <Message, E>(): Questions<Message, E> => {
  let open: Array<Question<Message, E>> = []
  return {
    ask: <A>(
      say: Effect.Effect<void, E>,
      match: (message: Message) => A | undefined,
      answered: "always" | "perhaps"
    ) =>
      Effect.suspend(() => {
        const answer = Deferred.makeUnsafe<unknown, E>()
        const question = { match, answer }
        let isSaid = false
        open.push(question)
        return say.pipe(
          Effect.andThen(Effect.suspend(() => {
            isSaid = true
            return Deferred.await(answer) as Effect.Effect<A | undefined, E>
          })),
          Effect.ensuring(Effect.sync(() => {
            if (!isSaid || answered === "perhaps") open = open.filter((other) => other !== question)
          }))
        )
      }),
    hear(message) {
      for (const question of open) {
        const found = question.match(message)
        if (found === undefined) continue
        // Before whoever asked goes on, which is at once.
        open = open.filter((other) => other !== question)
        Deferred.doneUnsafe(question.answer, Effect.succeed(found))
        return
      }
    },
    end(failure) {
      const unanswered = open
      open = []
      for (const { answer } of unanswered) {
        Deferred.doneUnsafe(answer, failure === undefined ? Effect.undefined : Effect.fail(failure))
      }
    }
  }
}
