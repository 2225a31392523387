/**
 * Whose turn it is (https://developers.deepgram.com/docs/flux/state).
 *
 * A turn begins with its first word, so that `StartOfTurn` never comes without one. `EagerEndOfTurn` is followed by
 * `TurnResumed`, with the next word, or by `EndOfTurn` with the same text. `Update` comes when there was nothing else for
 * about a quarter of a second of audio, also before and between turns: then it has no words, and the number of the next turn.
 */
import type { HeardWord } from "../../Recognizer.ts"
import { exact } from "../seconds.ts"
import { confidenceAfter } from "./turnConfidence.ts"
import type { Moment } from "./turnEar.ts"
import type { TurnEvent, TurnSaid } from "./turnMessages.ts"
import type { Settings } from "./turnSettings.ts"
import { type Reading, readTurn } from "./turnText.ts"

/** Seconds of audio between two messages: a quarter of a second in whole steps. */
const pace = 0.24

/** The turns of a session. */
export interface Turns {
  /** Goes on to the next moment. */
  readonly advance: (moment: Moment) => ReadonlyArray<TurnSaid>
  /** Ends the turn; nothing when there is none. */
  readonly force: (moment: Moment) => ReadonlyArray<TurnSaid>
  /** Says what was heard to the end of the audio. A turn that has not ended does not end by that. */
  readonly finish: (moment: Moment) => ReadonlyArray<TurnSaid>
}

/** Seconds that a recogniser may take to notice that somebody speaks. */
const noticing = 0.1

const none: ReadonlyArray<TurnSaid> = []

export const makeTurns = (settings: () => Settings): Turns => {
  // Between turns; within one; within one that may be over.
  let phase: "idle" | "ongoing" | "awaiting" = "idle"
  let index = 0
  let windowStart = 0
  let saidAt = 0
  let unsaid = false
  let words: Array<HeardWord> = []
  let reading: { readonly of: Settings; readonly is: Reading } | undefined
  let lastEnd = 0
  // Whether somebody speaks, and until when somebody did, as far as the recogniser says.
  let speaking = false
  let spokenUntil: number | undefined

  /** What `EagerEndOfTurn` said stays: settings that came afterwards do not change it. */
  const read = (): Reading => {
    const wanted = settings()
    if (reading === undefined || (reading.of !== wanted && phase !== "awaiting")) {
      reading = { of: wanted, is: readTurn(words, wanted) }
    }
    return reading.is
  }

  /** Seconds since the last word and the last sound, but for sounds of which the recogniser thinks that nobody speaks. */
  const silence = ({ now, sound }: Moment): number => {
    const judged = sound.end < now || now - sound.start > noticing
    const quiet = speaking || spokenUntil === undefined || !judged ? sound.end : Math.min(sound.end, spokenUntil)
    return exact(now - Math.max(lastEnd, quiet))
  }

  const confidence = (moment: Moment): number =>
    words.length === 0 ? confidenceAfter(0, false) : confidenceAfter(silence(moment), read().sentenceEnded)

  const say = (event: TurnEvent, moment: Moment, trigger?: "model" | "manual" | "timeout"): TurnSaid => {
    const { languages, transcript, words } = read()
    const { languageHints } = settings()
    saidAt = moment.now
    unsaid = false
    return {
      type: "TurnInfo",
      event,
      turn_index: index,
      audio_window_start: windowStart,
      audio_window_end: moment.now,
      transcript,
      words,
      end_of_turn_confidence: confidence(moment),
      ...(trigger === undefined ? undefined : { trigger }),
      ...(languages === undefined ? undefined : { languages }),
      ...(languageHints.length === 0 ? undefined : { languages_hinted: languageHints })
    }
  }

  const end = (moment: Moment, trigger: "model" | "manual" | "timeout"): TurnSaid => {
    const said = say("EndOfTurn", moment, trigger)
    phase = "idle"
    index++
    windowStart = moment.now
    words = []
    reading = undefined
    return said
  }

  /** Takes in what was heard: the first word begins the turn, or goes on with it. */
  const take = (moment: Moment): ReadonlyArray<TurnSaid> => {
    const before = words.length
    for (const event of moment.heard) {
      if (event._tag === "Word") {
        words.push(event)
        lastEnd = Math.max(lastEnd, event.end)
        // The turn before may have been ended in the middle of it.
        windowStart = Math.min(windowStart, event.start)
      } else if (event._tag === "SpeechStarted") {
        speaking = true
      } else {
        speaking = false
        spokenUntil = event.end
      }
    }
    if (words.length === before) return none
    reading = undefined
    unsaid = true
    const was = phase
    phase = "ongoing"
    return was === "ongoing" ? none : [say(was === "idle" ? "StartOfTurn" : "TurnResumed", moment)]
  }

  /** Whether the turn is over, or may be. */
  const judge = (moment: Moment): TurnSaid | undefined => {
    const { eagerThreshold, threshold, timeout } = settings()
    const sure = confidence(moment)
    if (sure >= threshold) return end(moment, "model")
    if (silence(moment) * 1000 >= timeout) return end(moment, "timeout")
    if (phase === "awaiting" || eagerThreshold === undefined || sure < eagerThreshold) return undefined
    phase = "awaiting"
    return say("EagerEndOfTurn", moment)
  }

  return {
    advance: (moment) => {
      const began = moment.heard.length === 0 ? none : take(moment)
      const judged = phase === "idle" ? undefined : judge(moment)
      if (judged !== undefined) return [...began, judged]
      return began.length === 0 && exact(moment.now - saidAt) >= pace ? [say("Update", moment)] : began
    },
    force: (moment) => {
      const began = take(moment)
      return phase === "idle" ? none : [...began, end(moment, "manual")]
    },
    finish: (moment) => {
      const began = take(moment)
      return unsaid || moment.now > saidAt ? [...began, say("Update", moment)] : began
    }
  }
}
