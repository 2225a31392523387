/** The microphone as a stream of bytes. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type Capture, capture, MicrophoneError } from "./capture.ts"

/**
 * Processing is for people who listen: it takes parts of words away as noise or echo, and lets the rest sound better.
 * Recognisers are trained on speech as it is, and hear more in it.
 */
const constraints: MediaStreamConstraints = {
  audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false }
}

type Reason = Exclude<MicrophoneError["reason"], "TooSlow" | "NotLoaded">

/** By the names of `getUserMedia`'s failures. */
const reasons: Readonly<Record<string, Reason>> = {
  NotAllowedError: "Denied",
  SecurityError: "Denied",
  NotFoundError: "Missing",
  OverconstrainedError: "Missing",
  NotReadableError: "Busy",
  AbortError: "Busy"
}

const messages: Readonly<Record<Reason, string>> = {
  Denied: "The microphone may not be used. Allow it in the browser's settings of this page, then press again.",
  Missing: "There is no microphone. Connect one, then press again.",
  Busy: "The microphone cannot be used. Another program may hold it: close that, then press again.",
  Lost: "The microphone was taken away. Connect it again, then press again.",
  Unsupported: "This browser gives no microphone to this page: it needs HTTPS, or an address of this machine."
}

const failed = (reason: Reason, cause?: unknown) =>
  new MicrophoneError({ reason, message: messages[reason], ...(cause === undefined ? undefined : { cause }) })

const tracksOf = (stream: MediaStream) => Effect.sync(() => stream.getTracks().forEach((track) => track.stop()))

/**
 * Asks for the microphone, and listens until the scope closes: then it is released. `patience`: seconds of sound that may
 * wait to be taken, see `capture`.
 */
export const open = Effect.fnUntraced(function*(
  patience?: number
): Effect.fn.Return<Capture, MicrophoneError, Scope.Scope> {
  // Behind plain HTTP there is none, whatever the types say.
  const devices: MediaDevices | undefined = navigator.mediaDevices
  if (devices === undefined) return yield* failed("Unsupported")
  const stream = yield* Effect.acquireRelease(
    Effect.tryPromise({
      try: () => devices.getUserMedia(constraints),
      catch: (error) => failed(reasons[error instanceof Error ? error.name : ""] ?? "Unsupported", error)
    }),
    tracksOf
  )
  const { fail, ...captured } = yield* capture((context) => context.createMediaStreamSource(stream), patience)
  for (const track of stream.getTracks()) track.addEventListener("ended", () => fail(failed("Lost")))
  return captured
})
