/** How an agent hears: the turns of a user in the audio of a session. Every time is one of the audio. */
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import { Recognizer } from "../../Recognizer.ts"
import { mix } from "../audio/mix.ts"
import type { Frames } from "../audio/pcm.ts"
import { makeLiveDecoder } from "../live/decoder.ts"
import { inPieces, type LiveProblem } from "../live/session.ts"
import { makeTurns } from "../live/turn.ts"
import { openTurnEar, type TurnEar } from "../live/turnEar.ts"
import type { TurnSaid } from "../live/turnMessages.ts"
import type { Settings } from "../live/turnSettings.ts"
import type { Plan } from "./plan.ts"

/** Hears the audio of a session, frame by frame. */
export interface Hearing {
  /** What became known of turns. */
  readonly push: (bytes: Uint8Array) => Effect.Effect<ReadonlyArray<TurnSaid>, LiveProblem>
  /** The client has stopped sending: fails when what it sent is too little to be audio. */
  readonly verdict: Effect.Effect<void, LiveProblem>
  /** Ends the turn with every word whose sound has ended; nothing when there is none. */
  readonly forceEndTurn: Effect.Effect<ReadonlyArray<TurnSaid>, LiveProblem>
}

/** Hears until the scope closes, by the settings of the moment. */
export const openHearing = Effect.fnUntraced(function*(
  { encoding, sampleRate }: Plan["input"],
  settings: () => Settings
): Effect.fn.Return<Hearing, never, Recognizer | Scope.Scope> {
  const scope = yield* Effect.scope
  const recognizer = yield* Recognizer
  const decoder = yield* makeLiveDecoder({ encoding, sampleRate })
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
    verdict: decoder.verdict,
    forceEndTurn: Effect.suspend(() =>
      ear === undefined ? Effect.succeed([]) : Effect.map(ear.settle, (moment) => turns.force(moment))
    )
  }
})
