import { type Language, languages, type Script } from "./languages.ts"
import { keyOf, pieces, split } from "./words.ts"

/** The language of a text. */
export interface Detection {
  /** As the candidates write it, else BCP-47. */
  readonly language: string
  /** 0 to 1. */
  readonly confidence: number
}

const scripts: Readonly<Record<Script, RegExp>> = {
  latin: /\p{Script=Latin}/gu,
  cyrillic: /\p{Script=Cyrillic}/gu,
  arabic: /\p{Script=Arabic}/gu,
  devanagari: /\p{Script=Devanagari}/gu,
  hangul: /\p{Script=Hangul}/gu,
  kana: /[\p{Script=Hiragana}\p{Script=Katakana}]/gu,
  han: /\p{Script=Han}/gu
}

const scriptNames = Object.keys(scripts) as ReadonlyArray<Script>

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0

/** Share of the letters that each script has. Japanese writes Chinese characters too. */
const shares = (text: string): Partial<Record<Script, number>> => {
  const total = count(text, /\p{L}/gu)
  if (total === 0) return {}
  const result: Partial<Record<Script, number>> = {}
  for (const name of scriptNames) result[name] = Math.min(1, count(text, scripts[name]) / total)
  const { han = 0, kana = 0 } = result
  return kana > 0 ? { ...result, kana: Math.min(1, kana + han), han: 0 } : result
}

interface Profile extends Language {
  readonly known: ReadonlySet<string>
  readonly alphabet: ReadonlySet<string>
}

const toProfile = (language: Language): Profile => ({
  ...language,
  known: new Set(language.words.split(" ").filter((word) => word !== "")),
  alphabet: new Set(language.letters)
})

const profiles: ReadonlyArray<Profile> = languages.map(toProfile)

const profilesOf: ReadonlyMap<Script, ReadonlyArray<Profile>> = Map.groupBy(profiles, ({ script }) => script)

/** How much less likely a word makes the languages that it does not belong to. */
const unlikely = Math.log(0.1)

/** Probability of each language of a script. A word says something when it is frequent in some, or has rare letters. */
const likelihoods = (profiles: ReadonlyArray<Profile>, keys: ReadonlyArray<string>): ReadonlyArray<number> => {
  const scores = profiles.map(() => 0)
  for (const key of keys) {
    const frequent = profiles.map(({ known }) => known.has(key))
    const anywhere = frequent.includes(true)
    const rare = key.match(/[^\P{L}a-z]/gu) ?? []
    for (const [index, { alphabet }] of profiles.entries()) {
      const strange = rare.some((letter) => !alphabet.has(letter))
      scores[index] = (scores[index] ?? 0) + (anywhere && frequent[index] !== true ? unlikely : 0) +
        (strange ? unlikely : 0)
    }
  }
  const best = Math.max(...scores)
  const weights = scores.map((score) => Math.exp(score - best))
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}

const primary = (tag: string): string => tag.split("-", 1)[0]?.toLowerCase() ?? ""

/** Whether a language can be detected, given its BCP-47 tag. */
export const isDetectable = (tag: string): boolean => profiles.some(({ code }) => code === primary(tag))

/**
 * The language of a text: by its script, and by frequent words and letters where several languages share one. The
 * confidence is low for texts without such words. With `candidates` it is one of these; how confident one can be does
 * not rise by having less choice.
 *
 * Nothing for a text without letters, or when none of the candidates can be detected.
 */
export const detectLanguage = (text: string, candidates?: ReadonlyArray<string>): Detection | undefined => {
  const shareOf = shares(text)
  const keys = pieces(text).map((piece) => keyOf(split(piece).core))
  const found: Array<Detection> = []
  for (const [script, profiles] of profilesOf) {
    const share = shareOf[script]
    if (share === undefined) continue
    const probabilities = likelihoods(profiles, keys)
    for (const [index, { code }] of profiles.entries()) {
      const confidence = share * (probabilities[index] ?? 0)
      if (candidates === undefined) {
        found.push({ language: code, confidence })
      } else {
        for (const tag of candidates) if (primary(tag) === code) found.push({ language: tag, confidence })
      }
    }
  }
  return found.reduce<Detection | undefined>(
    (best, next) => best === undefined || next.confidence > best.confidence ? next : best,
    undefined
  )
}
