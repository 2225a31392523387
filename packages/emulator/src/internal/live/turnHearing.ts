/** Hears turns: what a user says in the audio of a session, until it is the other one's turn. Every time is one of the audio. */
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import { Recognizer } from "../../Recognizer.ts"
import type { AudioRequest } from "../audio/decode.ts"
import { mix } from "../audio/mix.ts"
import type { Frames } from "../audio/pcm.ts"
import { makeLiveDecoder } from "./decoder.ts"
import { type Answer, inPieces, type LiveProblem, type LiveSession } from "./session.ts"
import { makeTurns } from "./turn.ts"
import { openTurnEar, type TurnEar } from "./turnEar.ts"
import type { TurnSaid } from "./turnMessages.ts"
import type { Settings } from "./turnSettings.ts"

/** Hears the audio of a session, frame by frame; says what became known of turns. */
export interface TurnHearing extends LiveSession<TurnSaid> {
  /** Ends the turn with every word whose sound has ended; nothing when there is none. */
  readonly forceEndTurn: Answer<TurnSaid>
}

/** Hears until the scope closes, by the settings of the moment. Several channels are heard as one. */
export const openTurnHearing = Effect.fnUntraced(function*(
  audio: AudioRequest,
  settings: () => Settings
): Effect.fn.Return<TurnHearing, never, Recognizer | Scope.Scope> {
  const scope = yield* Effect.scope
  const recognizer = yield* Recognizer
  const decoder = yield* makeLiveDecoder(audio)
  const turns = makeTurns(settings)
  let ear: TurnEar | undefined

  const listener = Effect.fnUntraced(function*(sampleRate: number) {
    ear ??= yield* openTurnEar(sampleRate).pipe(Effect.provideService(Recognizer, recognizer), Scope.provide(scope))
    return ear
  })

  const hear = Effect.fnUntraced(
    function*(frames: ReadonlyArray<Frames>): Effect.fn.Return<ReadonlyArray<TurnSaid>, LiveProblem> {
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
    push: (bytes) => inPieces(bytes, (piece) => Effect.flatMap(decoder.push(piece), hear)),
    forceEndTurn: Effect.suspend(() =>
      ear === undefined ? Effect.succeed([]) : Effect.map(ear.settle, (moment) => turns.force(moment))
    ),
    finish: Effect.gen(function*() {
      const said = yield* Effect.flatMap(decoder.end, hear)
      return ear === undefined ? said : [...said, ...turns.finish(yield* ear.finish)]
    }),
    verdict: decoder.verdict,
    heard: () => ({ seconds: ear?.seconds() ?? 0, channels: decoder.format()?.channels ?? 0 })
  }
})
