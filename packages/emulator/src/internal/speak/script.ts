/**
 * A text with what controls the voice: pauses and pronunciations, as Deepgram writes them
 * (https://developers.deepgram.com/docs/tts-voice-controls).
 */
import { maxSpokenTextLength } from "effect-deepgram/DeepgramApi"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { isBlank } from "../blank.ts"
import { noCharacters, quoted, type VendorError } from "../vendorError.ts"
import { ipaWarnings } from "./ipa.ts"
import { breaksProblem, findPause, type Pause } from "./pauses.ts"
import {
  controlCombinationInvalid,
  pauseSpeedCapExceeded,
  pronunciationsLimitExceeded,
  pronunciationTooLong,
  tooManyCharacters
} from "./refusals.ts"

/** What is heard one after another. */
export type Part = { readonly _tag: "Speech"; readonly text: string } | Pause

/** A text that can be spoken. */
export interface Script {
  readonly parts: ReadonlyArray<Part>
  /** Of the text without controls; a word with a pronunciation counts as the word. */
  readonly characters: number
  readonly breaks: number
  readonly pronunciations: number
  /** How many pronunciations are doubtful; they are spoken all the same. */
  readonly doubtful: number
  /** The codes of all doubts, each once. */
  readonly warnings: ReadonlyArray<string>
}

/** Which controls a voice understands; what it does not understand is spoken as it stands. */
export interface Dialect {
  readonly pauses: boolean
  readonly pronunciations: boolean
  /** In IPA, a stress mark belongs directly before its vowel. */
  readonly stressBeforeVowel: boolean
}

/** How a word is to be spoken. */
export interface Pronunciation {
  readonly word: string
  readonly pronounce: string
}

/** Of one request, or of one turn. */
export const maxPronunciations = 500
const maxIpaLength = 128
const maxIpaRatio = 10
/** The ratio does not count below. */
const freeIpaLength = 15

/** In characters, not in UTF-16 units. */
export const lengthOf = (text: string): number => {
  let length = 0
  for (let at = 0; at < text.length; length++) at += text.codePointAt(at)! > 0xffff ? 2 : 1
  return length
}

const decodePronunciation = Schema.decodeUnknownOption(
  Schema.fromJsonString(Schema.Struct({ word: Schema.String, pronounce: Schema.String }))
)

const pronunciationMarker = /\\\{\s*("[^{}]*)\\\}/y

/** The pronunciation that stands at an index of a text, if one does, and where it ends. */
const findPronunciation = (text: string, at: number): (Pronunciation & { readonly end: number }) | undefined => {
  pronunciationMarker.lastIndex = at
  const found = pronunciationMarker.exec(text)
  if (found === null) return undefined
  const control = decodePronunciation(`{${found[1]}}`)
  return Option.isNone(control) ? undefined : { ...control.value, end: pronunciationMarker.lastIndex }
}

/** Whether a pronunciation is longer than Deepgram takes. */
export const isTooLong = ({ pronounce, word }: Pronunciation): boolean =>
  lengthOf(pronounce) > Math.min(maxIpaLength, Math.max(freeIpaLength, lengthOf(word) * maxIpaRatio))

/** What stands in a text. */
export interface Reading {
  readonly parts: ReadonlyArray<Part>
  readonly pronunciations: ReadonlyArray<Pronunciation>
}

// Every control begins with a brace, or with a backslash before it.
const controlStart = /\\?\{/g

/** Reads the controls of a text; whatever is left is to be spoken. */
export const readControls = (text: string, dialect: Dialect): Result.Result<Reading, VendorError> =>
  Result.gen(function*() {
    const parts: Array<Part> = []
    const pronunciations: Array<Pronunciation> = []
    let speech = ""
    let at = 0
    const say = () => {
      if (speech !== "") parts.push({ _tag: "Speech", text: speech })
      speech = ""
    }
    for (const { index } of text.matchAll(controlStart)) {
      if (index < at) continue
      const pause = dialect.pauses ? yield* findPause(text, index) : undefined
      const pronunciation = dialect.pronunciations ? findPronunciation(text, index) : undefined
      if (pause !== undefined) {
        speech += text.slice(at, index)
        say()
        parts.push({ _tag: "Pause", seconds: pause.seconds })
        at = pause.end
      } else if (pronunciation !== undefined) {
        speech += text.slice(at, index) + pronunciation.word
        pronunciations.push(pronunciation)
        at = pronunciation.end
      }
    }
    speech += text.slice(at)
    say()
    return { parts, pronunciations }
  })

const pronunciationsProblem = (pronunciations: ReadonlyArray<Pronunciation>): VendorError | undefined => {
  if (pronunciations.length > maxPronunciations) {
    return pronunciationsLimitExceeded(`A request may have at most ${maxPronunciations} pronunciations.`)
  }
  const tooLong = pronunciations.find(isTooLong)
  return tooLong === undefined ? undefined : pronunciationTooLong(
    `The pronunciation of '${
      quoted(tooLong.word)
    }' is too long: it may have ${maxIpaLength} characters, and ${maxIpaRatio} ` +
      `times as many as the word.`
  )
}

const textProblem = (spoken: string): VendorError | undefined =>
  isBlank(spoken)
    ? noCharacters
    : lengthOf(spoken) > maxSpokenTextLength
    ? tooManyCharacters(maxSpokenTextLength)
    : undefined

/** Reads a text; fails with what Deepgram answers to one that it does not speak. */
export const readScript = (text: string, dialect: Dialect): Result.Result<Script, VendorError> =>
  Result.gen(function*() {
    const { parts, pronunciations } = yield* readControls(text, dialect)
    const spoken = parts.map((part) => part._tag === "Speech" ? part.text : "").join("")
    const problem = textProblem(spoken) ?? breaksProblem(parts) ?? pronunciationsProblem(pronunciations)
    if (problem !== undefined) return yield* Result.fail(problem)
    const doubts = pronunciations
      .map(({ pronounce }) => ipaWarnings(pronounce, dialect.stressBeforeVowel))
      .filter((codes) => codes.length > 0)
    return {
      parts,
      characters: lengthOf(spoken),
      breaks: parts.filter((part) => part._tag === "Pause").length,
      pronunciations: pronunciations.length,
      doubtful: doubts.length,
      warnings: [...new Set(doubts.flat())]
    }
  })

/** Why Flux cannot do everything at once that a script asks for; a speed of exactly 1 asks for nothing. */
export const combinationProblem = ({ breaks, pronunciations }: Script, speed: number): VendorError | undefined => {
  if (pronunciations > 0 && breaks > 0) {
    return controlCombinationInvalid("Pronunciation controls cannot be combined with pause controls.")
  }
  if (pronunciations > 0 && speed !== 1) {
    return controlCombinationInvalid("Pronunciation controls cannot be combined with a 'speed' other than 1.0.")
  }
  return breaks > 0 && speed > 1.15
    ? pauseSpeedCapExceeded("'speed' must not exceed 1.15 when the text contains a pause.")
    : undefined
}
