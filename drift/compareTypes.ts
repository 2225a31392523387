/** Compares names and types within an operation, by the rules that `compare.ts` states. */
import { type Field, type Fields, merged, type Scalar, scalar, type Type, union, type Values } from "./description.ts"
import { type Side, sideOf, sideOfField, sideOfFields, sideOfType } from "./show.ts"

/**
 * - `missing`, `extra`: there and not here, here and not there.
 * - `type`: typed otherwise.
 * - `required`: required on one side only.
 * - `unread`: not understood, so not compared.
 */
export type Kind = "missing" | "extra" | "type" | "required" | "unread"

/** A difference within an operation. */
export interface Found {
  /** `query model`, `body url`, `response 200 results.channels[].alternatives`; empty for the operation as a whole. */
  readonly place: string
  readonly kind: Kind
  readonly here?: Side
  readonly there?: Side
}

type All = ReadonlyArray<Found>

/** Where we are: in a section (`query`, `response 200`), along a path of fields. */
export interface Place {
  readonly section: string
  readonly path: string
  /** Answers are read tolerantly. */
  readonly answer: boolean
}

export const nameOf = ({ path, section }: Place, as?: string): string =>
  section + (path === "" ? "" : ` ${path}`) + (as === undefined ? "" : ` as ${as}`)

const fieldOf = (place: Place, name: string): Place => ({
  ...place,
  path: place.path === "" ? name : `${place.path}.${name}`
})

const itemsOf = (place: Place): Place => ({ ...place, path: `${place.path}[]` })

export const missing = (place: string, there: Side): All => [{ place, kind: "missing", there }]
export const extra = (place: string, here: Side): All => [{ place, kind: "extra", here }]

/** Goes through the keys of both sides, the vendor's first. */
export const compareMaps = <A, B>(
  here: ReadonlyMap<string, A>,
  there: ReadonlyMap<string, A>,
  onMissing: (key: string, there: A) => ReadonlyArray<B>,
  onExtra: (key: string, here: A) => ReadonlyArray<B>,
  onBoth: (key: string, here: A, there: A) => ReadonlyArray<B>
): ReadonlyArray<B> => [
  ...Array.from(there, ([key, theirs]) => {
    const ours = here.get(key)
    return ours === undefined ? onMissing(key, theirs) : onBoth(key, ours, theirs)
  }).flat(),
  ...Array.from(here, ([key, ours]) => there.has(key) ? [] : onExtra(key, ours)).flat()
]

export const compareNames = (
  here: ReadonlyMap<string, Field>,
  there: ReadonlyMap<string, Field>,
  place: Place,
  text: boolean
) =>
  compareMaps(
    here,
    there,
    (name, theirs) => missing(nameOf(fieldOf(place, name)), sideOfField(theirs)),
    (name, ours) => extra(nameOf(fieldOf(place, name)), sideOfField(ours)),
    (name, ours, theirs) => {
      const at = fieldOf(place, name)
      return [
        ...compareRequired(ours, theirs, at),
        ...(text ? compareText(ours.type, theirs.type, at) : compareTypes(ours.type, theirs.type, at))
      ]
    }
  )

const compareRequired = (here: Field, there: Field, place: Place): All => {
  if (here.required === there.required || (place.answer && there.required)) return []
  const word = ({ required }: Field) => sideOf(required ? "required" : "optional")
  return [{ place: nameOf(place), kind: "required", here: word(here), there: word(there) }]
}

const figures = /^-?\d+(\.\d+)?$/
const booleans = ["true", "false"]

/**
 * A closed set of words as what the words mean. A set of which only some are figures or booleans is taken apart when the
 * other side has numbers or booleans: then it is the remaining words that differ.
 */
const fromWords = (words: Values, other: Type): Type | undefined => {
  if (words.open) return undefined
  const { listed } = words
  const of = (name: Scalar, listed: ReadonlyArray<string>): Type => ({
    ...scalar(name),
    scalars: new Map([[name, { ...words, listed }]])
  })
  const numbers = listed.filter((word) => figures.test(word))
  const flags = booleans.every((word) => listed.includes(word)) ? booleans : []
  if (numbers.length === listed.length) return of("number", listed)
  if (flags.length === listed.length) return scalar("boolean")
  const theirNumbers = other.scalars.has("number") ? numbers : []
  const theirFlags = other.scalars.has("boolean") ? flags : []
  const rest = listed.filter((word) => !theirNumbers.includes(word) && !theirFlags.includes(word))
  if (rest.length === listed.length) return undefined
  return union([
    ...(theirNumbers.length > 0 ? [of("number", theirNumbers)] : []),
    ...(theirFlags.length > 0 ? [scalar("boolean")] : []),
    ...(rest.length > 0 ? [of("string", rest)] : [])
  ])
}

/** With the values of its list, for each of them is one of the key. */
const withItems = ({ items, ...rest }: Type): Type =>
  union([{ ...rest, items: undefined }, ...(items === undefined ? [] : [items])])

/** What the value of a key may be, and whether the key may be repeated. */
export const asText = (type: Type, other: Type = union([])): { readonly value: Type; readonly repeated: boolean } => {
  const value = withItems(type)
  const words = value.scalars.get("string")
  const meant = words === undefined ? undefined : fromWords(words, withItems(other))
  const scalars = new Map(value.scalars)
  if (meant !== undefined) scalars.delete("string")
  return {
    value: meant === undefined ? value : union([{ ...value, scalars }, meant]),
    repeated: type.items !== undefined
  }
}

const compareText = (here: Type, there: Type, place: Place): All => {
  if (here.unread.length + there.unread.length > 0 || here.anything !== there.anything) {
    return compareTypes(here, there, place)
  }
  const ours = asText(here, there)
  const theirs = asText(there, here)
  const at = nameOf(place, "list")
  return [
    ...(ours.repeated === theirs.repeated
      ? []
      : ours.repeated
      ? extra(at, sideOfType(here))
      : missing(at, sideOfType(there))),
    ...compareTypes(ours.value, theirs.value, place)
  ]
}

/** The kinds of value that may stand somewhere, by the word for each. */
const kindsOf = (type: Type, answer: boolean): ReadonlyMap<string, Type> => {
  const { items, objects, scalars } = type
  const only = (part: Partial<Type>): Type => ({ ...union([]), ...part })
  return new Map([
    ...Array.from(scalars, ([name, of]): [string, Type] => [name, only({ scalars: new Map([[name, of]]) })])
      .filter(([name]) => !(answer && name === "null")),
    ...(items === undefined ? [] : [["list", only({ items })] as const]),
    ...(objects.length === 0 ? [] : [["object", only({ objects })] as const])
  ])
}

export const compareTypes = (here: Type, there: Type, place: Place): All => {
  const otherwise = (kind: Kind): All => [
    { place: nameOf(place), kind, here: sideOfType(here), there: sideOfType(there) }
  ]
  if (here.unread.length + there.unread.length > 0) return otherwise("unread")
  if (here.anything !== there.anything) return otherwise("type")
  const ours = kindsOf(here, place.answer)
  const theirs = kindsOf(there, place.answer)
  if (!here.anything && ours.size + theirs.size > 0 && ![...ours.keys()].some((kind) => theirs.has(kind))) {
    return otherwise("type")
  }
  return compareMaps(
    ours,
    theirs,
    (kind, type) => missing(nameOf(place, kind), sideOfType(type)),
    (kind, type) => extra(nameOf(place, kind), sideOfType(type)),
    (_, a, b) => compareKind(a, b, place)
  )
}

/** Both sides are of one kind. */
const compareKind = (here: Type, there: Type, place: Place): All => {
  if (here.items !== undefined && there.items !== undefined) {
    return compareTypes(here.items, there.items, itemsOf(place))
  }
  const [ours] = here.scalars.values()
  const [theirs] = there.scalars.values()
  if (ours !== undefined && theirs !== undefined) return compareValues(ours, theirs, here, there, place)
  return compareObjects(here.objects, there.objects, place)
}

const compareValues = (ours: Values, theirs: Values, here: Type, there: Type, place: Place): All => {
  const closed = !ours.open && theirs.open
  const whole = ours.whole && !theirs.whole && ours.open && theirs.open
  const only = (kind: Kind, a: Values, b: Values): All =>
    a.listed.filter((value) => !b.listed.includes(value))
      .map((value) => ({ place: nameOf(place, JSON.stringify(value)), kind }))
  return [
    ...(closed || whole
      ? [{ place: nameOf(place), kind: "type" as const, here: sideOfType(here), there: sideOfType(there) }]
      : []),
    ...only("missing", theirs, ours),
    ...only("extra", ours, theirs)
  ]
}

const compareObjects = (here: ReadonlyArray<Fields>, there: ReadonlyArray<Fields>, place: Place): All => {
  const [first] = here
  if (first !== undefined && here.length === 1 && (there.length === 1 || place.answer)) {
    return compareFields(first, merged(there), place)
  }
  const { found, left, right } = matchVariants(here, there, place)
  const only = (kind: Kind, variants: ReadonlyArray<Fields>): All =>
    variants.map((fields) => ({ place: nameOf(place, sideOfFields(fields).text), kind }))
  return [...found, ...only("missing", right), ...only("extra", left)]
}

/** Variants of both sides that are taken for the same. */
interface Pair {
  readonly ours: Fields
  readonly theirs: Fields
  readonly found: All
}

/** Pairs the variants that differ least; those that say to be another, or have no field in common, stay alone. */
const matchVariants = (here: ReadonlyArray<Fields>, there: ReadonlyArray<Fields>, place: Place) => {
  const left = new Set(here)
  const right = new Set(there)
  const pairs: Array<Pair> = []
  const take = (pair: Pair): void => {
    left.delete(pair.ours)
    right.delete(pair.theirs)
    pairs.push(pair)
  }
  const pairOf = (ours: Fields, theirs: Fields): Pair => ({ ours, theirs, found: compareFields(ours, theirs, place) })
  // Those that do not differ go first: nothing else need be compared with them.
  for (const ours of here) {
    const same = [...right].find((theirs) => haveCommon(ours, theirs) && pairOf(ours, theirs).found.length === 0)
    if (same !== undefined) take({ ours, theirs: same, found: [] })
  }
  const candidates = [...left].flatMap((ours) =>
    [...right].filter((theirs) => haveCommon(ours, theirs)).map((theirs) => pairOf(ours, theirs))
  ).toSorted((a, b) => a.found.length - b.found.length)
  for (const pair of candidates) {
    if (left.has(pair.ours) && right.has(pair.theirs)) take(pair)
  }
  for (const theirs of right) {
    const at = pairs.findIndex((pair) => tagOf(pair.theirs) !== undefined && tagOf(pair.theirs) === tagOf(theirs))
    const pair = pairs[at]
    if (pair === undefined) continue
    right.delete(theirs)
    pairs[at] = pairOf(pair.ours, merged([pair.theirs, theirs]))
  }
  return { left: [...left], right: [...right], found: pairs.flatMap(({ found }) => found) }
}

/** What a variant says that it is. */
const tagOf = ({ fields }: Fields): string | undefined => {
  const values = fields.get("type")?.type.scalars.get("string")
  return values === undefined || values.open ? undefined : values.listed.join()
}

const haveCommon = (a: Fields, b: Fields): boolean => {
  const tag = tagOf(a) ?? tagOf(b)
  if (tag !== (tagOf(b) ?? tag)) return false
  return a.fields.size === 0 ? b.fields.size === 0 : [...a.fields.keys()].some((name) => b.fields.has(name))
}

const compareFields = (here: Fields, there: Fields, place: Place): All => {
  // Fields against an object that takes any: each of them would be a difference, and is the same one.
  if ((here.fields.size > 0) !== (there.fields.size > 0)) {
    return [{ place: nameOf(place), kind: "type", here: sideOfFields(here), there: sideOfFields(there) }]
  }
  const others = fieldOf(place, "*")
  return [
    ...compareNames(here.fields, there.fields, place, false),
    ...(here.others !== undefined && there.others !== undefined
      ? compareTypes(here.others, there.others, others)
      : there.others !== undefined
      ? missing(nameOf(others), sideOfType(there.others))
      : here.others !== undefined
      ? extra(nameOf(others), sideOfType(here.others))
      : [])
  ]
}
