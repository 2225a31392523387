import { atomsOf } from "./numberWords.ts"
import { type Phrase, rewritePhrases } from "./phrases.ts"
import { merge, type Token } from "./words.ts"

interface Unit extends Phrase {
  readonly abbreviation: string
}

const unit = (abbreviation: string, ...names: ReadonlyArray<string>): ReadonlyArray<Unit> =>
  names.map((name) => ({ abbreviation, keys: name.split(" ") }))

const metric = (abbreviation: string, american: string, british = american): ReadonlyArray<Unit> =>
  unit(abbreviation, american, `${american}s`, ...(british === american ? [] : [british, `${british}s`]))

const units: ReadonlyArray<Unit> = [
  ...metric("g", "gram"),
  ...metric("kg", "kilogram"),
  ...metric("mg", "milligram"),
  ...metric("mcg", "microgram"),
  ...metric("l", "liter", "litre"),
  ...metric("dl", "deciliter", "decilitre"),
  ...metric("ml", "milliliter", "millilitre"),
  ...metric("m", "meter", "metre"),
  ...metric("km", "kilometer", "kilometre"),
  ...metric("cm", "centimeter", "centimetre"),
  ...metric("mm", "millimeter", "millimetre"),
  ...unit("km/h", "kilometers per hour", "kilometres per hour"),
  ...unit("in", "inch", "inches"),
  ...unit("ft", "foot", "feet"),
  ...unit("yd", "yard", "yards"),
  ...unit("mi", "mile", "miles"),
  ...unit("mph", "miles per hour"),
  ...unit("oz", "ounce", "ounces"),
  ...unit("lb", "pound", "pounds"),
  ...unit("gal", "gallon", "gallons"),
  ...unit("°C", "degrees celsius"),
  ...unit("°F", "degrees fahrenheit"),
  ...unit("Hz", "hertz"),
  ...unit("kHz", "kilohertz"),
  ...unit("MHz", "megahertz")
]

const amount = /^(?:digit|teen|ten|hundred|scale)$/

const isNumber = ({ core, key, suffix }: Token): boolean =>
  suffix === "" &&
  (/^-?[\d.,]+$/.test(core) || atomsOf(key)?.every(({ kind, ordinal }) => amount.test(kind) && !ordinal) === true)

/** Abbreviates the English units of measurement that follow a number. */
export const applyMeasurements = (tokens: ReadonlyArray<Token>): ReadonlyArray<Token> =>
  rewritePhrases(
    tokens,
    units,
    ({ abbreviation }, matched, previous) =>
      previous !== undefined && previous.voice === matched[0].voice && isNumber(previous) &&
        !matched.some(({ fixed }) => fixed)
        ? { tokens: [merge(matched, abbreviation)] }
        : undefined
  )
