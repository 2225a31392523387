/** One turn of Flux: what one answer of an agent is (inventory 2.4). */
import type { MessageOf, speakV2 } from "effect-deepgram/DeepgramChannels"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Result from "effect/Result"
import { randomBytes } from "node:crypto"
import { timedWords } from "../voice/timing.ts"
import { ipaWarnings } from "./ipa.ts"
import { type Draft, makeDraft } from "./liveText.ts"
import { withoutMarkup } from "./markup.ts"
import { isTooLong, lengthOf, maxPronunciations, type Pronunciation, readControls, type Reading } from "./script.ts"

export type ServerMessage = MessageOf<typeof speakV2.server>

/** A part of a turn that is spoken in one go. */
export interface Stretch {
  readonly text: string
  readonly speed: number
}

/** What comes next in a turn. */
export type Step =
  | { readonly _tag: "Speech"; readonly stretch: Stretch }
  | { readonly _tag: "Message"; readonly message: ServerMessage }
  | { readonly _tag: "End" }

/** How a turn was interrupted. */
export interface Interruption {
  /** Milliseconds of the session that were played, if that is known. */
  readonly playedTo: number | undefined
}

/** A turn. */
export interface Turn {
  readonly id: string
  readonly draft: Draft
  /** What is to be said, in order. */
  readonly steps: Queue.Queue<Step>
  readonly interrupted: Deferred.Deferred<void>
  interruption: Interruption | undefined
  /** All that was cut off its text. */
  readonly stretches: Array<Stretch>
  /** Characters, as they came. */
  input: number
  /** Characters that were spoken, or are about to be. */
  spoken: number
  pronunciations: number
  doubtful: number
  /** Milliseconds of the session that went before. */
  start: number
  /** Milliseconds of audio that were made. */
  audio: number
  /** What it takes of the room of the session. */
  held: number
}

/** A turn without a text. */
export const makeTurn: Effect.Effect<Turn> = Effect.map(Queue.unbounded<Step>(), (steps) => ({
  id: `dg_sp_${randomBytes(6).toString("hex")}`,
  draft: makeDraft(1),
  steps,
  interrupted: Deferred.makeUnsafe(),
  interruption: undefined,
  stretches: [],
  input: 0,
  spoken: 0,
  pronunciations: 0,
  doubtful: 0,
  start: 0,
  audio: 0,
  held: 0
}))

const dialect = { pauses: false, pronunciations: true, stressBeforeVowel: false }

const readingOf = (text: string): Reading =>
  Result.getOrElse(readControls(text, dialect), () => ({ parts: [], pronunciations: [] }))

/** The pronunciations that a text asks for. */
export const pronunciationsOf = (text: string): ReadonlyArray<Pronunciation> => readingOf(text).pronunciations

/** A text without controls and markup. */
export const spokenText = (text: string): string =>
  readingOf(withoutMarkup(text)).parts.map((part) => part._tag === "Speech" ? part.text : "").join("")

/** Says that something is wrong, and that the session goes on. */
export const warning = (code: string, description: string): ServerMessage => ({ type: "Warning", code, description })

/** Flux says so of markup that it finds. */
export const markupWarning = warning(
  "INPUT_MARKUP_STRIPPED",
  "Markup in the text is not supported. It was removed."
)

/** What is wrong with the pronunciations that a stretch of a turn asks for; counts those that are applied. */
const pronounce = (turn: Turn, asked: ReadonlyArray<Pronunciation>): ReadonlyArray<ServerMessage> => {
  const fitting = asked.filter((pronunciation) => !isTooLong(pronunciation))
  const applied = fitting.slice(0, maxPronunciations - turn.pronunciations)
  const doubts = applied.map(({ pronounce }) => ipaWarnings(pronounce, dialect.stressBeforeVowel))
    .filter((codes) => codes.length > 0)
  turn.pronunciations += applied.length
  turn.doubtful += doubts.length + asked.length - fitting.length
  const warnings: Array<ServerMessage> = []
  if (doubts.length > 0) {
    const codes = [...new Set(doubts.flat())].join(", ")
    warnings.push(warning("PRONUNCIATION_WARNINGS", `The IPA of a pronunciation is doubtful: ${codes}.`))
  }
  if (fitting.length < asked.length) {
    warnings.push(warning("PRONUNCIATION_TOO_LONG", "A pronunciation is too long. It is not applied."))
  }
  if (applied.length < fitting.length) {
    const most = `A turn may have at most ${maxPronunciations} pronunciations. The others are not applied.`
    warnings.push(warning("PRONUNCIATIONS_LIMIT_EXCEEDED", most))
  }
  return warnings
}

/** Has something said in its place between the audio of a turn. */
export const addMessage = (turn: Turn, message: ServerMessage): void => {
  Queue.offerUnsafe(turn.steps, { _tag: "Message", message })
}

/** Has spoken what was cut off the text of a turn. */
export const addStretch = (turn: Turn, text: string, speed: number): Stretch => {
  // That of one piece was taken out before: this one came in several.
  if (withoutMarkup(text) !== text) addMessage(turn, markupWarning)
  for (const message of pronounce(turn, pronunciationsOf(text))) addMessage(turn, message)
  const stretch = { text: spokenText(text), speed }
  turn.stretches.push(stretch)
  Queue.offerUnsafe(turn.steps, { _tag: "Speech", stretch })
  return stretch
}

/** What a turn was. */
export const reportOf = (turn: Turn) => ({
  speech_id: turn.id,
  audio_duration_ms: Math.round(turn.audio),
  input_character_count: turn.input,
  billable_character_count: turn.spoken,
  controls_applied: {
    pronunciations_applied: turn.pronunciations,
    breaks_applied: 0,
    pronunciation_warnings: turn.doubtful
  }
})

/** Sets times of the test voice, which are exact to the sample, against whole milliseconds. */
const tolerance = 0.5

/**
 * The text of a turn, split behind the last word whose sound was over after so many milliseconds of its audio, of
 * `sampleRate` Hz.
 */
export const splitText = (turn: Turn, played: number, sampleRate: number) => {
  let text = ""
  let place = 0
  let begin = 0
  for (const stretch of turn.stretches) {
    let next = 0
    for (const word of timedWords(stretch.text, stretch.speed, sampleRate)) {
      if ((begin + word.end) * 1000 <= played + tolerance) place = text.length + word.after
      next = word.next
    }
    begin += next
    text += stretch.text
  }
  text += spokenText(turn.draft.text())
  return { text_spoken: text.slice(0, place), text_remaining: text.slice(place) }
}

/** Characters of a stretch. */
export const charactersOf = ({ text }: Stretch): number => lengthOf(text)
