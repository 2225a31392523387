/** A session of Aura: text is gathered, spoken, and may be forgotten (inventory 2.3). */
import type { MessageOf, speakV1 } from "effect-deepgram/DeepgramChannels"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Result from "effect/Result"
import type { SynthesisError } from "../../Synthesizer.ts"
import { makeDraft } from "./liveText.ts"
import { type LiveVoice, utter } from "./liveVoice.ts"
import { makeRoom } from "./room.ts"
import { lengthOf, readControls } from "./script.ts"

/** Characters that a sentence must have to be spoken before a `Flush`. */
const longEnough = 60

/** Answers to {@link AuraSession.clear} that may wait for a client that does not read. */
const mostOwed = 1000

/** What a session is opened with. */
export interface AuraOptions {
  readonly voice: LiveVoice
  readonly speed: number
  /** Whether the voice understands pronunciations; it says them as they stand otherwise. */
  readonly pronunciations: boolean
  readonly say: (message: MessageOf<typeof speakV1.server>) => Effect.Effect<void>
  /** So many characters are being spoken. */
  readonly spoken: (characters: number) => Effect.Effect<void>
}

/** What a client can have done. */
export interface AuraSession {
  readonly speak: (text: string) => Effect.Effect<void>
  readonly flush: Effect.Effect<void>
  /**
   * Forgets all that was not sent; a `Flush` that was not answered yet is forgotten with its text. Waits while too many
   * answers are owed.
   */
  readonly clear: Effect.Effect<void>
  /** Whatever is asked for behind it is not done, except {@link clear}. */
  readonly close: Effect.Effect<void>
  /** Speaks and answers, until all is said after {@link close}. */
  readonly run: Effect.Effect<void, SynthesisError>
  /** Whether something is being said. */
  readonly isBusy: () => boolean
}

type Item =
  | { readonly _tag: "Speech"; readonly text: string; readonly cleared: Deferred.Deferred<void> }
  | { readonly _tag: "Flushed" }
  | { readonly _tag: "Cleared"; readonly times: number }
  | { readonly _tag: "Closed" }

/** Opens a session. */
export const openSpeakV1 = Effect.fnUntraced(function*(
  { pronunciations, say, speed, spoken, voice }: AuraOptions
): Effect.fn.Return<AuraSession> {
  const items = yield* Queue.unbounded<Item>()
  const draft = makeDraft(longEnough)
  const owed = makeRoom(mostOwed)
  // Of all speech that was not cleared so far.
  let cleared = Deferred.makeUnsafe<void>()
  let sequence = 0
  let isBusy = false

  const textOf = (text: string): string => {
    const reading = readControls(text, { pauses: false, pronunciations, stressBeforeVowel: true })
    return Result.isFailure(reading)
      ? text
      : reading.success.parts.map((part) => part._tag === "Speech" ? part.text : "").join("")
  }
  const offer = (...texts: ReadonlyArray<string>) => {
    for (const text of texts) {
      if (text !== "") Queue.offerUnsafe(items, { _tag: "Speech", text: textOf(text), cleared })
    }
  }

  const answer = (type: "Flushed" | "Cleared") => Effect.suspend(() => say({ type, sequence_id: sequence++ }))

  const carryOut = (item: Item): Effect.Effect<void, SynthesisError> => {
    switch (item._tag) {
      case "Speech":
        return Effect.raceFirst(
          Deferred.await(item.cleared),
          Effect.andThen(spoken(lengthOf(item.text)), utter(voice, item.text, speed))
        )
      case "Flushed":
        return answer("Flushed")
      case "Cleared":
        return Effect.replicateEffect(
          Effect.andThen(answer("Cleared"), Effect.sync(() => owed.change(-1))),
          item.times,
          { discard: true }
        )
      case "Closed":
        return Effect.void
    }
  }

  return {
    speak: (text) => Effect.sync(() => offer(...draft.append(text))),
    flush: Effect.sync(() => {
      offer(draft.rest())
      Queue.offerUnsafe(items, { _tag: "Flushed" })
    }),
    clear: Effect.map(Effect.andThen(owed.any, Queue.clear(items)), (dropped) => {
      draft.rest()
      Deferred.doneUnsafe(cleared, Effect.void)
      cleared = Deferred.makeUnsafe()
      owed.change(1)
      // All that are owed are one item: the next one would have to move each of them again.
      const times = dropped.reduce((sum, item) => item._tag === "Cleared" ? sum + item.times : sum, 1)
      const end = dropped.filter(({ _tag }) => _tag === "Closed")
      Queue.offerAllUnsafe(items, [{ _tag: "Cleared", times }, ...end])
    }),
    close: Effect.sync(() => {
      offer(draft.rest())
      Queue.offerUnsafe(items, { _tag: "Closed" })
    }),
    run: Effect.gen(function*() {
      while (true) {
        isBusy = false
        const item = yield* Queue.take(items)
        isBusy = true
        yield* carryOut(item)
        if (item._tag === "Closed") return
      }
    }),
    isBusy: () => isBusy
  }
})
