/** English number words and what they mean in a row. */

/** What a word can be in a number. */
export interface Atom {
  readonly kind: "digit" | "teen" | "ten" | "hundred" | "scale" | "oh" | "and" | "a" | "point"
  readonly value: number
  /** `third`, `twentieth`: the number ends here. */
  readonly ordinal: boolean
}

const entry = (word: string, kind: Atom["kind"], value: number, ordinal = false): readonly [string, Atom] => [
  word,
  { kind, value, ordinal }
]

const series = (kind: Atom["kind"], from: number, step: number, words: string, ordinals: string) => [
  ...words.split(" ").map((word, index) => entry(word, kind, from + step * index)),
  ...ordinals.split(" ").map((word, index) => entry(word, kind, from + step * index, true))
]

const vocabulary: ReadonlyMap<string, Atom> = new Map([
  entry("zero", "digit", 0),
  ...series(
    "digit",
    1,
    1,
    "one two three four five six seven eight nine",
    "first second third fourth fifth sixth seventh eighth ninth"
  ),
  ...series(
    "teen",
    10,
    1,
    "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
    "tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
  ),
  ...series(
    "ten",
    20,
    10,
    "twenty thirty forty fifty sixty seventy eighty ninety",
    "twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth"
  ),
  entry("hundred", "hundred", 100),
  entry("hundredth", "hundred", 100, true),
  ...["thousand", "million", "billion", "trillion"].flatMap((word, index) => [
    entry(word, "scale", 1000 ** (index + 1)),
    entry(`${word}th`, "scale", 1000 ** (index + 1), true)
  ]),
  entry("oh", "oh", 0),
  entry("o", "oh", 0),
  entry("and", "and", 0),
  entry("a", "a", 1),
  entry("an", "a", 1),
  entry("point", "point", 0)
])

/** The parts of a word, `twenty-five` having two; `undefined` for a word that is in no number. */
export const atomsOf = (key: string): ReadonlyArray<Atom> | undefined => {
  const atoms = key.split("-").map((part) => vocabulary.get(part))
  return atoms.every((atom) => atom !== undefined) ? atoms : undefined
}

/** A number as digits. */
export interface Numeral {
  readonly text: string
  /** The first atom, and the one after the last. */
  readonly from: number
  readonly end: number
}

interface Value {
  readonly value: number
  readonly end: number
  readonly ordinal: boolean
}

type Atoms = ReadonlyArray<Atom | undefined>

const isDigit = (atom: Atom | undefined): atom is Atom =>
  (atom?.kind === "digit" || atom?.kind === "oh") && !atom.ordinal

const isMultiplier = (atom: Atom | undefined): boolean => atom?.kind === "hundred" || atom?.kind === "scale"

const afterAnd = (atoms: Atoms, at: number): number => atoms[at]?.kind === "and" ? at + 1 : at

/** 1 to 99. */
const small = (atoms: Atoms, at: number): Value | undefined => {
  const atom = atoms[at]
  if (atom === undefined || atom.value === 0) return undefined
  const { ordinal, value } = atom
  if (atom.kind === "digit" || atom.kind === "teen" || (atom.kind === "ten" && ordinal)) {
    return { value, end: at + 1, ordinal }
  }
  if (atom.kind !== "ten") return undefined
  const unit = atoms[at + 1]
  return unit?.kind === "digit" && unit.value > 0
    ? { value: value + unit.value, end: at + 2, ordinal: unit.ordinal }
    : { value, end: at + 1, ordinal }
}

/** 1 to 999, and hundreds such as `twenty five hundred`. */
const group = (atoms: Atoms, at: number): Value | undefined => {
  const head = atoms[at]?.kind === "a" && isMultiplier(atoms[at + 1])
    ? { value: 1, end: at + 1, ordinal: false }
    : small(atoms, at)
  const hundred = head && atoms[head.end]
  if (head === undefined || head.ordinal || hundred?.kind !== "hundred") return head
  const value = head.value * 100
  if (hundred.ordinal) return { value, end: head.end + 1, ordinal: true }
  const rest = small(atoms, afterAnd(atoms, head.end + 1))
  return rest === undefined || atoms[rest.end]?.kind === "hundred"
    ? { value, end: head.end + 1, ordinal: false }
    : { ...rest, value: value + rest.value }
}

const cardinalOrOrdinal = (atoms: Atoms, at: number): Value | undefined => {
  let total: Value | undefined
  let limit = Infinity
  for (let next = at;;) {
    const part = group(atoms, next)
    const scale = part === undefined || part.ordinal || part.value >= 1000 ? undefined : atoms[part.end]
    const factor = scale?.kind === "scale" ? scale : undefined
    const value = (part?.value ?? 0) * (factor?.value ?? 1)
    // One thousand two thousand: the second does not belong to the first.
    if (part === undefined || value >= limit) return total
    const end = factor === undefined ? part.end : part.end + 1
    const ordinal = factor?.ordinal ?? part.ordinal
    total = { value: (total?.value ?? 0) + value, end, ordinal }
    if (factor === undefined || ordinal) return total
    limit = factor.value
    next = afterAnd(atoms, end)
  }
}

/** `nineteen ninety nine`, `twenty twenty six`, `nineteen oh five`: 1700 to 2099. */
const year = (atoms: Atoms, at: number): Value | undefined => {
  const century = small(atoms, at)
  if (century === undefined || century.ordinal || century.value < 17 || century.value > 20) return undefined
  const [zero, unit] = atoms.slice(century.end)
  if (zero?.kind === "oh" && unit?.kind === "digit" && unit.value > 0 && !unit.ordinal) {
    return { value: century.value * 100 + unit.value, end: century.end + 2, ordinal: false }
  }
  const rest = small(atoms, century.end)
  return rest === undefined || rest.ordinal || rest.value < 10 || isMultiplier(atoms[rest.end])
    ? undefined
    : { ...rest, value: century.value * 100 + rest.value }
}

/** End of the digits that are said one by one from `at` on; `oh` counts between digits only. */
const endOfDigits = (atoms: Atoms, at: number): number => {
  if (atoms[at]?.kind === "oh") return at
  let end = at
  while (isDigit(atoms[end])) end++
  // The last digit of "one two three hundred" belongs to the hundred.
  if (isMultiplier(atoms[end])) end--
  while (end > at && atoms[end - 1]?.kind === "oh") end--
  return Math.max(at, end)
}

const digits = (atoms: Atoms, from: number, end: number): string =>
  atoms.slice(from, end).map((atom) => atom?.value).join("")

/** The text times a power of ten, without the noise of floats. */
const shift = (whole: string, fraction: string, places: number): string => {
  const all = whole + fraction.padEnd(places, "0")
  const rest = fraction.slice(places)
  const text = all.slice(0, whole.length + places).replace(/^0+(?=\d)/, "")
  return rest === "" ? text : `${text}.${rest}`
}

/** Continues a whole number behind `point`. */
const withFraction = (atoms: Atoms, { end, from, text }: Numeral): Numeral => {
  if (atoms[end]?.kind !== "point") return { end, from, text }
  let after = end + 1
  while (isDigit(atoms[after])) after++
  const compound = after === end + 1 ? small(atoms, after) : undefined
  if (after === end + 1 && (compound === undefined || compound.ordinal)) return { end, from, text }
  const fraction = compound === undefined ? digits(atoms, end + 1, after) : String(compound.value)
  after = compound?.end ?? after
  const scale = atoms[after]
  return scale?.kind === "scale" && !scale.ordinal
    ? { from, end: after + 1, text: shift(text, fraction, Math.round(Math.log10(scale.value))) }
    : { from, end: after, text: `${text}.${fraction}` }
}

const suffix = (value: number): string => {
  const tens = value % 100
  return tens >= 11 && tens <= 13 ? "th" : ["th", "st", "nd", "rd"][value % 10] ?? "th"
}

/**
 * The number that begins at `from`: as one numeral, or as one per digit where three or more digits are said one by one
 * and `joinDigits` is off. Empty when there is none.
 */
export const parseNumber = (atoms: Atoms, from: number, joinDigits: boolean): ReadonlyArray<Numeral> => {
  const end = endOfDigits(atoms, from)
  if (end - from >= 3) {
    if (joinDigits) return [withFraction(atoms, { from, end, text: digits(atoms, from, end) })]
    return Array.from({ length: end - from }, (_, index) => {
      const numeral = { from: from + index, end: from + index + 1, text: digits(atoms, from + index, from + index + 1) }
      return numeral.end === end ? withFraction(atoms, numeral) : numeral
    })
  }
  if (atoms[from]?.kind === "digit" && atoms[from].value === 0) {
    return [withFraction(atoms, { from, end: from + 1, text: "0" })]
  }
  const number = year(atoms, from) ?? cardinalOrOrdinal(atoms, from)
  if (number === undefined) return []
  const text = String(number.value)
  return number.ordinal
    ? [{ from, end: number.end, text: text + suffix(number.value) }]
    : [withFraction(atoms, { from, end: number.end, text })]
}
