/** Flux: the transcription of `/v2/listen`, turn by turn (inventory 2.2). Every time is one of the audio. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import type { Recognizer } from "../../Recognizer.ts"
import type { Answer, LiveSession } from "./session.ts"
import { openTurnHearing } from "./turnHearing.ts"
import type { Configure, Said, ServerMessage } from "./turnMessages.ts"
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
  let settings = settingsOf(query)
  const hearing = yield* openTurnHearing(
    { encoding: query.encoding, sampleRate: query.sample_rate },
    () => settings
  )
  let sequence = 0

  const number = (said: Said): ServerMessage => {
    const head = { type: said.type, request_id: about.requestId, sequence_id: sequence++ }
    return { ...head, ...said }
  }

  const numbered = (said: ReadonlyArray<Said>): ReadonlyArray<ServerMessage> => said.map(number)

  return {
    connected: Effect.sync(() => number({ type: "Connected" })),
    push: (bytes) => Effect.map(hearing.push(bytes), numbered),
    configure: (message) =>
      Effect.sync(() => {
        const next = configured(settings, message)
        if (Result.isFailure(next)) return [number({ type: "ConfigureFailure", ...next.failure })]
        settings = next.success
        return [number(success(settings))]
      }),
    forceEndTurn: Effect.map(
      hearing.forceEndTurn,
      (said) => numbered(said.length === 0 ? [noActiveTurn] : said)
    ),
    finish: Effect.map(hearing.finish, numbered),
    verdict: hearing.verdict,
    fatal: (code, description) => Effect.sync(() => number({ type: "Error", code, description })),
    heard: hearing.heard
  }
})
