/** The pipeable form of a channel: audio in, messages out. */
import type * as Cause from "effect/Cause"
import * as Channel from "effect/Channel"
import * as Effect from "effect/Effect"
import type * as Pull from "effect/Pull"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { LiveError } from "../../DeepgramError.ts"
import type { Connection } from "../../Live.ts"
import type { Session } from "./spec.ts"

const goesOn = { onSuccess: () => true, onFailure: () => false }

/**
 * Sends audio through a session while its messages come out. The end of the audio ends the session, by `finish`, and the
 * stream ends when everything has been said. A failure of the audio ends the session at once; it comes behind the messages
 * that are there already, like a failure of the session.
 */
export const through = <Message, C extends Connection<Message>, R2>(
  open: Effect.Effect<
    { readonly session: Session<Message>; readonly connection: C },
    LiveError,
    R2
  >,
  finish: (connection: C) => Effect.Effect<unknown, LiveError>
) =>
<E, R>(
  audio: Stream.Stream<Uint8Array, E, R>
): Stream.Stream<Message, LiveError | E, R | Exclude<R2, Scope.Scope>> =>
  // Not `Stream.unwrap`, which would put the session's scope in the place of the caller's: what the audio acquires is
  // the caller's, and lives as long as that.
  Stream.fromChannel(Channel.fromTransform((upstream: Pull.Pull<unknown, unknown, unknown>, scope) =>
    Effect.gen(function*() {
      const { connection, session } = yield* Scope.provide(open, scope)
      let broken: Cause.Cause<E> | undefined
      // What ends the session is said by the messages, behind everything that came before.
      const sent = (frames: ReadonlyArray<Uint8Array>) => Effect.match(session.sendAll(frames), goesOn)
      const upload = Effect.matchCauseEffect(Channel.runForEachWhile(Stream.toChannel(audio), sent), {
        onSuccess: () => Effect.catch(finish(connection), () => Effect.void),
        onFailure: (cause) => {
          broken = cause
          return session.abort
        }
      })
      yield* Effect.forkIn(upload, scope)
      const messages = Stream.catchCause(session.batches, (cause) => Stream.failCause<LiveError | E>(broken ?? cause))
      return yield* Channel.toTransform(Stream.toChannel(messages))(upstream, scope)
    })
  ))
