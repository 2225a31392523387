/**
 * The emulator for programs that do not use Effect: started and stopped by promises, whatever the test runner and the
 * client.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import { Emulator, layerNoDeps, type LayerOptions } from "./Emulator.ts"
import type * as Faults from "./Faults.ts"
import { problemOf } from "./internal/problem.ts"
import * as Recognizer from "./Recognizer.ts"
import * as Synthesizer from "./Synthesizer.ts"
import * as Thinker from "./Thinker.ts"

/** Everything has a default: the options of `Emulator.layer`, and what else can be replaced. */
export interface Options extends LayerOptions {
  /** How it hears. Default: the test voice, and where somebody speaks. */
  readonly recognizer?: Layer.Layer<Recognizer.Recognizer> | undefined
  /** How it speaks. Default: by the test voice. */
  readonly synthesizer?: Layer.Layer<Synthesizer.Synthesizer> | undefined
}

/** There is no emulator: an option has a value that cannot be, or the port cannot be had. */
export class NotStarted extends Schema.TaggedError<NotStarted>()("NotStarted", {
  /** One line that says what to do. */
  message: Schema.String,
  cause: Schema.Defect()
}) {}

/** A running emulator. */
export interface Standalone extends AsyncDisposable {
  /** Base URL, for `DEEPGRAM_BASE_URL` or whatever a client calls it. */
  readonly url: string
  /** An API key that is accepted. */
  readonly apiKey: string
  /** What goes wrong on demand. */
  readonly faults: {
    /** Takes the place of the plan there is, for calls that begin from now on. Rejects with `PlanError`. */
    readonly set: (plan: Faults.Plan) => Promise<void>
    /** Nothing goes wrong any more. */
    readonly clear: () => Promise<void>
    /** The faults that happened, in their order. */
    readonly injected: () => Promise<ReadonlyArray<Faults.Injected>>
  }
  /** Accepts an invitation, as that person would: the key of the new member. Rejects when nobody invited that person. */
  readonly acceptInvite: (email: string) => Promise<string>
  /** Stops it; does nothing when it is stopped already. */
  readonly stop: () => Promise<void>
}

const layerOf = ({ recognizer, synthesizer, thinker, ...options }: Options) =>
  Layer.provide(layerNoDeps(options), [
    recognizer ?? Recognizer.layer,
    synthesizer ?? Synthesizer.layer,
    thinker ?? Thinker.layer,
    FetchHttpClient.layer
  ])

/**
 * Starts an emulator. Rejects with {@link NotStarted} when it cannot be; the message says why. Stop it, or the process does
 * not end: `await using` does.
 *
 * @example
 * ```ts
 * import { Recording, Standalone } from "@effect-deepgram/emulator"
 *
 * export const transcribe = async () => {
 *   await using emulator = await Standalone.start()
 *   const response = await fetch(`${emulator.url}/v1/listen?model=nova-3&punctuate=true`, {
 *     method: "POST",
 *     headers: { authorization: `Token ${emulator.apiKey}` },
 *     body: Recording.wav("Good morning.")
 *   })
 *   const { results } = await response.json()
 *   return results.channels[0].alternatives[0].transcript
 * }
 *
 * await transcribe() // => "Good morning."
 * ```
 */
export const start = (options: Options = {}): Promise<Standalone> => {
  const scope = Scope.makeUnsafe()
  const started = Layer.buildWithScope(layerOf(options), scope).pipe(
    Effect.map((context): Standalone => {
      const { acceptInvite, apiKey, faults, url } = Context.get(context, Emulator)
      const stopped = Effect.runSync(Effect.cached(Scope.close(scope, Exit.void)))
      const stop = () => Effect.runPromise(stopped)
      return {
        url,
        apiKey: Redacted.value(apiKey),
        faults: {
          set: (plan) => Effect.runPromise(faults.set(plan)),
          clear: () => Effect.runPromise(faults.clear),
          injected: () => Effect.runPromise(faults.injected)
        },
        acceptInvite: (email) => Effect.runPromise(Effect.map(acceptInvite(email), Redacted.value)),
        stop,
        [Symbol.asyncDispose]: stop
      }
    }),
    Effect.mapError((error) => new NotStarted({ message: problemOf(error, options), cause: error })),
    Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause)))
  )
  return Effect.runPromise(started)
}
