/** Flux: the transcription of `/v2/listen`, turn by turn (inventory 2.2). Every time is one of the audio. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import { Recognizer } from "../../Recognizer.ts"
import { mix } from "../audio/mix.ts"
import { makeLiveDecoder } from "./decoder.ts"
import { type Answer, inPieces, type LiveProblem, type LiveSession } from "./session.ts"
import { makeTurns } from "./turn.ts"
import { openTurnEar, type TurnEar } from "./turnEar.ts"
import type { Configure, Said, ServerMessage, TurnSaid } from "./turnMessages.ts"
import { configured, type FluxQuery, type Settings, settingsOf } from "./turnSettings.ts"

export { readClientMessage } from "./turnMessages.ts"
export { FluxQuery, refusedSettings } from "./turnSettings.ts"

/** A session on `/v2/listen`. Its messages are numbered in the order in which it makes them: none may be left out. */
export interface FluxSession extends LiveSession<ServerMessage> {
  /** The first message. */
  readonly connected: Effect.Effect<ServerMessage>
  /** Changes the settings from here on, all of them or none. */
  readonly configure: (message: Configure) => Answer<ServerMessage>
  /** Ends the turn with every word whose sound has ended. */
  readonly forceEndTurn: Answer<ServerMessage>
  /** The last message before the server closes the session because of an error. */
  readonly fatal: (code: string, description: string) => Effect.Effect<ServerMessage>
}

const success = (settings: Settings): Said => ({
  type: "ConfigureSuccess",
  thresholds: {
    ...(settings.eagerThreshold === undefined ? undefined : { eager_eot_threshold: settings.eagerThreshold }),
    eot_threshold: settings.threshold,
    eot_timeout_ms: settings.timeout
  },
  keyterms: settings.keyterms,
  ...(settings.multilingual ? { language_hints: settings.languageHints } : undefined),
  numerals: settings.numerals,
  profanity_filter: settings.profanityFilter
})

const noActiveTurn: Said = {
  type: "Warning",
  code: "FORCE_END_TURN_NO_ACTIVE_TURN",
  description: "ForceEndTurn was ignored: there is no active turn."
}

/**
 * Opens a session; it is over with the scope. What a handshake can refuse is taken as it is. Several channels are heard
 * as one. `profanity_filter` and `redact` are not modelled: what was said stays.
 */
export const openListenV2 = Effect.fnUntraced(function*(
  query: FluxQuery,
  about: { readonly requestId: string }
): Effect.fn.Return<FluxSession, never, Recognizer | Scope.Scope> {
  const scope = yield* Effect.scope
  const recognizer = yield* Recognizer
  const decoder = yield* makeLiveDecoder({ encoding: query.encoding, sampleRate: query.sample_rate })
  let settings = settingsOf(query)
  const turns = makeTurns(() => settings)
  let ear: TurnEar | undefined
  let sequence = 0

  const number = (said: Said): ServerMessage => {
    const head = { type: said.type, request_id: about.requestId, sequence_id: sequence++ }
    return { ...head, ...said }
  }

  const numbered = (said: ReadonlyArray<Said>): ReadonlyArray<ServerMessage> => said.map(number)

  const listener = Effect.fnUntraced(function*(sampleRate: number) {
    ear ??= yield* openTurnEar(sampleRate).pipe(Effect.provideService(Recognizer, recognizer), Scope.provide(scope))
    return ear
  })

  const hear = Effect.fnUntraced(
    function*(frames: Effect.Success<typeof decoder.end>): Effect.fn.Return<ReadonlyArray<TurnSaid>, LiveProblem> {
      const format = decoder.format()
      if (format === undefined || frames.length === 0) return []
      const said: Array<TurnSaid> = []
      const { hear } = yield* listener(format.sampleRate)
      for (const channels of frames) {
        yield* hear(mix(channels), (moment) => {
          for (const message of turns.advance(moment)) said.push(message)
        })
      }
      return said
    }
  )

  return {
    connected: Effect.sync(() => number({ type: "Connected" })),
    push: (bytes) => Effect.map(inPieces(bytes, (piece) => Effect.flatMap(decoder.push(piece), hear)), numbered),
    configure: (message) =>
      Effect.sync(() => {
        const next = configured(settings, message)
        if (Result.isFailure(next)) return [number({ type: "ConfigureFailure", ...next.failure })]
        settings = next.success
        return [number(success(settings))]
      }),
    forceEndTurn: Effect.suspend(() =>
      ear === undefined
        ? Effect.succeed(numbered([noActiveTurn]))
        : Effect.map(ear.settle, (moment) => {
          const said = turns.force(moment)
          return numbered(said.length === 0 ? [noActiveTurn] : said)
        })
    ),
    finish: Effect.gen(function*() {
      const said = yield* Effect.flatMap(decoder.end, hear)
      return numbered(ear === undefined ? said : [...said, ...turns.finish(yield* ear.finish)])
    }),
    verdict: decoder.verdict,
    fatal: (code, description) => Effect.sync(() => number({ type: "Error", code, description })),
    heard: () => ({ seconds: ear?.seconds() ?? 0, channels: decoder.format()?.channels ?? 0 })
  }
})
