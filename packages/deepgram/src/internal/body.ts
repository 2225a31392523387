/** Request bodies: how audio of any form becomes an `HttpBody`, and whether it can be sent twice. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as HttpBody from "effect/http/HttpBody"
import * as Stream from "effect/Stream"
import { type Input, isAudioSource, type Opened } from "../AudioSource.ts"
import { isBrowser } from "./runtime.ts"

/** A body that is made anew for each attempt. */
export interface RequestBody<E = never, R = never> {
  /** Whether a failed attempt may be followed by another. */
  readonly replayable: boolean
  readonly open: Effect.Effect<OpenBody<E>, E, R>
  /** What `open` gives, where nothing has to be opened. */
  readonly ready?: OpenBody<E>
}

/** A body on its way. */
export interface OpenBody<E = never> {
  readonly body: HttpBody.HttpBody
  /** Why the caller's stream ended early: the transport only reports that the upload broke. */
  readonly failure: () => Cause.Cause<E> | undefined
}

const noFailure = () => undefined

/** A body that is there as a whole. */
export const whole = (body: HttpBody.HttpBody): RequestBody => {
  const ready = { body, failure: noFailure }
  return { replayable: true, open: Effect.succeed(ready), ready }
}

/** No body. */
export const none: RequestBody = whole(HttpBody.empty)

const octets = "application/octet-stream"

/**
 * For the Node package: what a body's stream was made of, if whoever takes the chunks from the body is the only one who
 * ever sees them. Any stream that is made of this one lacks it.
 */
const madeOf = Symbol.for("effect-deepgram/madeOf")

const streaming = <E, R>(replayable: boolean, source: Effect.Effect<Opened<E, R>, E, R>): RequestBody<E, R> => ({
  replayable,
  open: Effect.gen(function*() {
    const context = yield* Effect.context<R>()
    const { contentType = octets, size, stream } = yield* source
    // Chromium streams over HTTP/2 only, and says nothing of use elsewhere; the other browsers do not stream.
    if (isBrowser()) {
      return { body: HttpBody.uint8Array(yield* Stream.mkUint8Array(stream), contentType), failure: noFailure }
    }
    let failure: Cause.Cause<E> | undefined
    const watched = stream.pipe(
      // One chunk of many arrays would be pushed past the transport's backpressure in one go.
      Stream.rechunk(1),
      // An interruption is the transport losing interest, not the source failing.
      Stream.onError((cause) =>
        Effect.sync(() => {
          if (!Cause.hasInterruptsOnly(cause)) failure = cause
        })
      ),
      Stream.provideContext(context)
    )
    const marked = Object.defineProperty(watched, madeOf, { value: stream })
    return { body: HttpBody.stream(marked, contentType, size), failure: () => failure }
  })
})

/** Audio in any form; nothing if it is in none, as a path from untyped code would be. */
export const audio = <E, R>(input: Input<E, R>): { readonly raw: RequestBody<E, R> } | undefined => {
  if (input instanceof ArrayBuffer) return { raw: whole(HttpBody.uint8Array(new Uint8Array(input), octets)) }
  if (ArrayBuffer.isView(input)) {
    const bytes = new Uint8Array(input.buffer, input.byteOffset, input.byteLength)
    return { raw: whole(HttpBody.uint8Array(bytes, octets)) }
  }
  if (input instanceof Blob) {
    return { raw: whole(HttpBody.raw(input, { contentType: input.type || octets, contentLength: input.size })) }
  }
  if (isAudioSource(input)) return { raw: streaming(true, input.open) }
  return Stream.isStream(input) ? { raw: streaming(false, Effect.succeed({ stream: input })) } : undefined
}
