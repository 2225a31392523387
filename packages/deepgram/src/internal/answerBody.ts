/** Bodies of answers, as they arrive. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as Stream from "effect/Stream"
import type { Answer } from "./direct.ts"
import type { Origin } from "./errors.ts"
import { withoutCutSecret } from "./secrets.ts"

/** Error bodies: what is kept of them, what is read to keep the connection, and how long that may take. */
const errorBody = { kept: 65_536, drained: 1_048_576, timeout: Duration.seconds(5) }

/** Some runtimes, React Native's among them, give a body as a whole only. */
export const bytesOf = (
  response: Answer
): Stream.Stream<Uint8Array, HttpClientError.HttpClientError> =>
  Stream.catchIf(
    response.stream,
    ({ reason }) => reason._tag === "EmptyBodyError",
    () =>
      Stream.filter(
        Stream.fromEffect(Effect.map(response.arrayBuffer, (buffer) => new Uint8Array(buffer))),
        ({ byteLength }) => byteLength > 0
      )
  )

/** The beginning of a body that is of no use but to explain a failure. It never fails, and never holds half a secret. */
export const readErrorBody = (
  response: Answer,
  origin: Origin
): Effect.Effect<string> =>
  Effect.suspend(() => {
    const decoder = new TextDecoder()
    let text = ""
    let size = 0
    return bytesOf(response).pipe(
      Stream.runForEachWhile((chunk) =>
        Effect.sync(() => {
          if (text.length < errorBody.kept) text += decoder.decode(chunk, { stream: true })
          size += chunk.byteLength
          return size < errorBody.drained
        })
      ),
      // The status is known: a body that breaks off or never ends must not hide it.
      Effect.timeoutOption(errorBody.timeout),
      Effect.exit,
      Effect.map(() =>
        text.length < errorBody.kept ? text : withoutCutSecret(text.slice(0, errorBody.kept), origin.secrets)
      )
    )
  })
