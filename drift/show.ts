/** Types as text. */
import { type Content, type Field, type Fields, json, nothing, type Scalar, type Type } from "./description.ts"

/** One side of a difference. */
export interface Side {
  /** On one line, for people: without what fields hold. */
  readonly text: string
  /** Everything, so that another text is another type. Order says nothing, so there is one order only. */
  readonly full: string
}

const mostNamed = 10

const nameOf = (name: Scalar, value: string): string => name === "string" ? JSON.stringify(value) : value

const showFields = ({ fields, others }: Fields): string => {
  const names = Array.from(fields, ([name, { required }]) => required ? name : `${name}?`)
  if (others === undefined) return `{ ${names.join(", ")} }`
  if (names.length > 0) return `{ ${[...names, `others: ${show(others)}`].join(", ")} }`
  return others.anything ? "any object" : `map of ${show(others)}`
}

const show = ({ anything, items, objects, scalars, unread }: Type): string => {
  const parts = [
    ...(anything ? ["anything"] : []),
    ...Array.from(scalars, ([name, { listed, open, whole }]) => {
      if (open) return whole ? "integer" : name
      const names = listed.slice(0, mostNamed).map((value) => nameOf(name, value)).join(" | ")
      return listed.length > mostNamed ? `${names} | … (${listed.length} ${name}s)` : names
    }),
    ...(items === undefined ? [] : [`list of ${show(items)}`]),
    ...objects.map(showFields),
    ...unread.map((why) => `unread (${why})`)
  ]
  return parts.length === 0 ? "nothing" : parts.join(" | ")
}

const fieldsInFull = ({ fields, others }: Fields): string => {
  const all = Array.from(fields, ([name, { required, type }]) => `${name}${required ? "" : "?"}: ${inFull(type)}`)
  if (others === undefined) return `{ ${all.toSorted().join(", ")} }`
  if (all.length > 0) return `{ ${[...all.toSorted(), `others: ${inFull(others)}`].join(", ")} }`
  return inFull(others) === "anything" ? "any object" : `map of ${inParentheses(inFull(others))}`
}

const inParentheses = (text: string): string => text.includes(" | ") ? `(${text})` : text

const inFull = ({ anything, items, objects, scalars, unread }: Type): string => {
  const parts = [
    ...(anything ? ["anything"] : []),
    ...Array.from(scalars, ([name, { listed, open, whole }]) => [
      ...(open ? [whole ? "integer" : name] : []),
      ...listed.map((value) => nameOf(name, value))
    ]).flat(),
    ...(items === undefined ? [] : [`list of ${inParentheses(inFull(items))}`]),
    ...objects.map(fieldsInFull),
    ...unread.map((why) => `unread (${why})`)
  ]
  return parts.length === 0 ? "nothing" : parts.toSorted().join(" | ")
}

/** A word that says all. */
export const sideOf = (word: string): Side => ({ text: word, full: word })

export const sideOfType = (type: Type): Side => ({ text: show(type), full: inFull(type) })

export const sideOfFields = (fields: Fields): Side => sideOfType({ ...nothing, objects: [fields] })

const map = ({ full, text }: Side, f: (text: string) => string): Side => ({ text: f(text), full: f(full) })

/** What one side only has: that it must be there is a difference too. */
export const sideOfField = ({ required, type }: Field): Side =>
  map(sideOfType(type), (text) => required ? `${text}, required` : text)

/** The bodies of an answer; JSON is not named. */
export const sideOfContent = (content: Content): Side => {
  const sides = Array.from(
    content,
    ([mediaType, type]) => map(sideOfType(type), (text) => mediaType === json ? text : `(${mediaType}) ${text}`)
  )
  const joined = (texts: ReadonlyArray<string>) => texts.length === 0 ? "nothing" : texts.join(" | ")
  return {
    text: joined(sides.map(({ text }) => text)),
    full: joined(sides.map(({ full }) => full).toSorted())
  }
}
