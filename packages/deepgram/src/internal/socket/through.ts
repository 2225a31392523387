/** The pipeable form of a channel: audio in, messages out. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { LiveError } from "../../DeepgramError.ts"
import type { Connection } from "../../Live.ts"

/**
 * Sends audio through a session while its messages come out. The end of the audio ends the session, by `finish`, and the
 * stream ends when everything has been said. A failure of the audio is the stream's at once; one of the session comes
 * behind all messages.
 */
export const through = <Message, C extends Connection<Message>, R2>(
  open: Effect.Effect<
    { readonly connection: C; readonly batches: Stream.Stream<Message, LiveError> },
    LiveError,
    R2
  >,
  finish: (connection: C) => Effect.Effect<unknown, LiveError>
) =>
<E, R>(
  audio: Stream.Stream<Uint8Array, E, R>
): Stream.Stream<Message, LiveError | E, R | Exclude<R2, Scope.Scope>> =>
  Stream.unwrap(Effect.map(open, ({ batches, connection }) => {
    // What ends the session is said by the messages, behind everything that came before.
    const sent = (frame: Uint8Array) =>
      Effect.match(connection.send(frame), { onSuccess: () => true, onFailure: () => false })
    const upload = Effect.andThen(Stream.runForEachWhile(audio, sent), Effect.ignore(finish(connection)))
    return Stream.mergeEffect(batches, upload)
  }))
