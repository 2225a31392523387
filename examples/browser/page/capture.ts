/** From a node of Web Audio to a stream of bytes. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"

/** Nothing can be heard, or no more. */
export class MicrophoneError extends Schema.TaggedError<MicrophoneError>()("MicrophoneError", {
  /**
   * `Denied`: nobody allowed it; `Missing`: there is no microphone; `Busy`: another program holds it, or it is broken;
   * `Lost`: it was taken away meanwhile; `TooSlow`: what was heard is not taken fast enough; `Unsupported`: the browser
   * cannot do it, or the page did not come by HTTPS; `NotLoaded`: the server of the page does not answer.
   */
  reason: Schema.Literals(["Denied", "Missing", "Busy", "Lost", "TooSlow", "Unsupported", "NotLoaded"]),
  /** What happened and what to do about it, for the person at the microphone. */
  message: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {}

/** Something that is listened to, until its scope closes. */
export interface Capture {
  /** Hz: what the audio really has, which need not be what was asked for. */
  readonly sampleRate: number
  /** Frames of `linear16`: signed 16-bit samples in little endian, mono, 50 ms each but the last. For one reader. */
  readonly audio: Stream.Stream<Uint8Array, MicrophoneError>
  /** The audio ends, behind everything that was heard until now. */
  readonly stop: Effect.Effect<void>
}

/** How long a frame is: Deepgram likes 20 to 100 ms, and what is shown can be no newer than a frame. */
const frameSeconds = 0.05

/** What is asked of the browser: speech has no more to it, and 16 kHz are a third of the bytes of 48. */
export const preferredSampleRate = 16_000

/** Seconds that may wait to be taken, unless told otherwise. */
const defaultPatience = 10

const unsupported = (cause: unknown) =>
  new MicrophoneError({
    reason: "Unsupported",
    message: "This browser cannot process sound: try a newer one.",
    cause
  })

/** A part of the page is missing. */
export const notLoaded = (cause: unknown): MicrophoneError =>
  new MicrophoneError({
    reason: "NotLoaded",
    message: "The server of this page does not answer: load it again.",
    cause
  })

const tooSlow = new MicrophoneError({
  reason: "TooSlow",
  message: "The connection is too slow for live captions: what was said could not be sent in time."
})

/** A context at a rate, and what is heard in it. */
const opened = Effect.fnUntraced(
  function*(connect: (context: AudioContext) => AudioNode, options?: AudioContextOptions) {
    const context = yield* Effect.acquireRelease(
      Effect.try({ try: () => new AudioContext(options), catch: unsupported }),
      (context) => context.state === "closed" ? Effect.void : Effect.promise(() => context.close())
    )
    const source = yield* Effect.try({ try: () => connect(context), catch: unsupported }).pipe(
      Effect.tapError(() => Effect.promise(() => context.close()))
    )
    return { context, source }
  }
)

/**
 * Listens to what `connect` makes. At most `patience` seconds wait to be taken: nothing is dropped in silence, because
 * words would be missing and all times behind them wrong; more fails as `TooSlow`, behind what waits.
 */
export const capture = Effect.fnUntraced(function*(
  connect: (context: AudioContext) => AudioNode,
  patience = defaultPatience
): Effect.fn.Return<Capture & { readonly fail: (error: MicrophoneError) => void }, MicrophoneError, Scope.Scope> {
  // Firefox and Safari refuse to connect a microphone to a context of another rate: then it is the device's own.
  const { context, source } = yield* opened(connect, { sampleRate: preferredSampleRate }).pipe(
    Effect.catch(() => opened(connect))
  )
  const queue = yield* Queue.bounded<Uint8Array, MicrophoneError | Cause.Done>(Math.ceil(patience / frameSeconds))
  yield* Effect.tryPromise({ try: () => context.audioWorklet.addModule("/worklet.js"), catch: notLoaded })
  const node = yield* Effect.try({
    try: () =>
      new AudioWorkletNode(context, "framer", {
        channelCount: 1,
        channelCountMode: "explicit",
        processorOptions: { frameSeconds }
      }),
    catch: unsupported
  })
  const fail = (error: MicrophoneError): void => void Queue.failCauseUnsafe(queue, Cause.fail(error))
  yield* Effect.acquireRelease(
    Effect.sync(() => {
      node.port.addEventListener("message", ({ data }: MessageEvent<ArrayBuffer | undefined>) => {
        if (data === undefined) Queue.endUnsafe(queue)
        else if (!Queue.offerUnsafe(queue, new Uint8Array(data))) fail(tooSlow)
      })
      node.port.start()
      // Its output is silence. Safari asks only those nodes for sound that lead to a loudspeaker.
      source.connect(node).connect(context.destination)
    }),
    () =>
      Effect.sync(() => {
        node.port.close()
        source.disconnect()
        node.disconnect()
      })
  )
  yield* Effect.tryPromise({ try: () => context.resume(), catch: unsupported })
  return {
    sampleRate: context.sampleRate,
    audio: Stream.fromQueue(queue),
    stop: Effect.sync(() => node.port.postMessage("stop", [])),
    fail
  }
})
