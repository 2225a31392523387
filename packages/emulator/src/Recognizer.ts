/**
 * Speech to text. The emulator's own recogniser decodes the words of the test voice (see `Synthesizer`) out of raw
 * samples; in other audio it hears where somebody speaks, but never a word.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { decodeRaw, defaults, type RawFormat } from "./internal/audio/raw.ts"
import { setDirect } from "./internal/voice/direct.ts"
import { type Engine, makeEngine } from "./internal/voice/engine.ts"
import type { Heard } from "./internal/voice/heard.ts"
import { heard, rateProblem } from "./internal/voice/sampleRate.ts"

export type { RawFormat } from "./internal/audio/raw.ts"
export type { Heard, HeardWord, SpeechEnded, SpeechStarted } from "./internal/voice/heard.ts"

/** Audio cannot be recognised. */
export class RecognitionError extends Schema.TaggedError<RecognitionError>()("RecognitionError", {
  /** `InvalidOptions`: the sample rate; `SessionClosed`: samples after the end; `EngineFailure`: the engine broke. */
  reason: Schema.Literals(["InvalidOptions", "SessionClosed", "EngineFailure"]),
  /** One line that says what to do. */
  message: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {}

/** One channel that is being listened to. */
export interface Session {
  /**
   * Hears more samples (mono, -1 to 1, chunks of any length) and says what became certain by them. The test voice is
   * noticed 60 ms after it began, a word comes 20 ms after its end, the end of speech after 300 ms of silence.
   */
  readonly push: (samples: Float32Array) => Effect.Effect<ReadonlyArray<Heard>, RecognitionError>
  /** The audio has ended: what is still open. Nothing can be pushed any more. */
  readonly finish: Effect.Effect<ReadonlyArray<Heard>, RecognitionError>
}

/** Turns speech into words. */
export class Recognizer extends Context.Service<Recognizer, {
  /** Listens to one channel at `sampleRate` Hz until the scope closes. */
  readonly open: (
    options: { readonly sampleRate: number }
  ) => Effect.Effect<Session, RecognitionError, Scope.Scope>
}>()("@effect-deepgram/emulator/Recognizer") {}

/** Recognises the test voice, at any rate from 8000 to 384000 Hz. */
export const layer: Layer.Layer<Recognizer> = Layer.succeed(Recognizer, {
  open: Effect.fn("Recognizer.open")(function*({ sampleRate }) {
    const problem = invalidRate(sampleRate)
    if (problem !== undefined) return yield* problem
    const { session } = yield* Effect.acquireRelease(
      Effect.sync(() => makeSession(sampleRate)),
      ({ close }) => Effect.sync(close)
    )
    return session
  })
})

const makeSession = (sampleRate: number): { readonly session: Session; readonly close: () => void } => {
  let engine: Engine | undefined = makeEngine(sampleRate)
  const close = () => {
    engine = undefined
  }
  const session: Session = {
    push: (samples) => Effect.suspend(() => engine === undefined ? closed : Effect.succeed(engine.push(samples))),
    finish: Effect.suspend(() => {
      if (engine === undefined) return closed
      const heard = engine.finish()
      close()
      return Effect.succeed(heard)
    })
  }
  setDirect(session, engine.push)
  return { session, close }
}

/**
 * Recognises a whole recording of the test voice at once.
 *
 * @throws {@link RecognitionError} when the sample rate is out of range
 */
export const recognize = (samples: Float32Array, sampleRate: number): ReadonlyArray<Heard> => {
  const problem = invalidRate(sampleRate)
  if (problem !== undefined) throw problem
  const engine = makeEngine(sampleRate)
  return [...engine.push(samples), ...engine.finish()]
}

/**
 * What raw audio of the test voice says, all at once: that of live speech, or of an agent. One channel, in one piece or
 * in several, cut anywhere; the words are joined by spaces. The format is that of `Recording.raw`.
 *
 * @throws {@link RecognitionError} when the sample rate is out of range
 *
 * @example
 * ```ts
 * import { Recognizer, Recording } from "@effect-deepgram/emulator"
 *
 * const audio = Recording.raw("Good morning.", { encoding: "mulaw", sampleRate: 8000 })
 * Recognizer.text([audio.subarray(0, 999), audio.subarray(999)], { encoding: "mulaw", sampleRate: 8000 })
 * // => "Good morning."
 * ```
 */
export const text = (
  audio: Uint8Array | ReadonlyArray<Uint8Array>,
  { encoding = defaults.encoding, sampleRate = defaults.sampleRate }: RawFormat = {}
): string => {
  const problem = invalidRate(sampleRate)
  if (problem !== undefined) throw problem
  const engine = makeEngine(sampleRate)
  const heard = decodeRaw(audio instanceof Uint8Array ? [audio] : audio, encoding)
    .flatMap((samples) => engine.push(samples))
  return [...heard, ...engine.finish()].flatMap((event) => event._tag === "Word" ? [event.text] : []).join(" ")
}

const invalidRate = (sampleRate: number): RecognitionError | undefined => {
  const message = rateProblem(sampleRate, heard)
  return message === undefined ? undefined : new RecognitionError({ reason: "InvalidOptions", message })
}

const closed = Effect.fail(
  new RecognitionError({ reason: "SessionClosed", message: "The session has ended: open another one" })
)
