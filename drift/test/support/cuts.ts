/** Descriptions that lack one thing, for every thing. */
import { asText } from "../../compareTypes.ts"
import {
  type Content,
  type Description,
  type Field,
  type Fields,
  list,
  noMessages,
  type Operation,
  type Scalar,
  type Type,
  type Values
} from "../../description.ts"

/** Something that lacks one thing. */
export interface Cut<A> {
  /** What it lacks. */
  readonly what: string
  readonly rest: A
}

function* inMap<A>(
  map: ReadonlyMap<string, A>,
  within: (value: A, key: string) => Iterable<Cut<A>>,
  name: (key: string) => string
): Generator<Cut<ReadonlyMap<string, A>>> {
  for (const [key, value] of map) {
    yield { what: name(key), rest: new Map([...map].filter(([other]) => other !== key)) }
    for (const { rest, what } of within(value, key)) {
      yield { what: `${name(key)}${what}`, rest: new Map(map).set(key, rest) }
    }
  }
}

function* inValues(values: Values): Generator<Cut<Values>> {
  for (const value of values.listed) {
    yield { what: ` as "${value}"`, rest: { ...values, listed: values.listed.filter((other) => other !== value) } }
  }
}

function* inFields(object: Fields): Generator<Cut<Fields>> {
  for (const { rest, what } of inMap(object.fields, inField, (name) => `.${name}`)) {
    yield { what, rest: { ...object, fields: rest } }
  }
  if (object.others !== undefined && object.fields.size === 0) {
    for (const { rest, what } of inType(object.others)) yield { what: `.*${what}`, rest: { ...object, others: rest } }
  }
}

function* inType(type: Type): Generator<Cut<Type>> {
  for (const { rest, what } of inMap(type.scalars, inValues, (name) => ` as ${name}`)) {
    // `null` stands for absence.
    if (what !== " as null") yield { what, rest: { ...type, scalars: rest as ReadonlyMap<Scalar, Values> } }
  }
  if (type.items !== undefined) {
    yield { what: " as list", rest: { ...type, items: undefined } }
    for (const { rest, what } of inType(type.items)) yield { what: `[]${what}`, rest: { ...type, items: rest } }
  }
  for (const [i, object] of type.objects.entries()) {
    yield { what: ` as variant ${i}`, rest: { ...type, objects: type.objects.toSpliced(i, 1) } }
    for (const { rest, what } of inFields(object)) {
      yield { what, rest: { ...type, objects: type.objects.with(i, rest) } }
    }
  }
}

function* inField({ required, type }: Field): Generator<Cut<Field>> {
  if (required) yield { what: " required", rest: { type, required: false } }
  for (const { rest, what } of inType(type)) yield { what, rest: { required, type: rest } }
}

const inContent = (content: Content): Iterable<Cut<Content>> => inMap(content, inType, (mediaType) => ` (${mediaType})`)

/** A text or a list of texts is a key that may be repeated, and so is the list alone. */
const canonical = (parameters: ReadonlyMap<string, Field>): ReadonlyMap<string, Field> =>
  new Map(
    Array.from(parameters, ([name, { required, type }]) => {
      const { repeated, value } = asText(type)
      return [name, { required, type: repeated ? list(value) : value }]
    })
  )

/** An operation without each of its parts. */
export function* inOperation(operation: Operation): Generator<Cut<Operation>> {
  for (const section of ["path", "query", "header"] as const) {
    const parameters = canonical(operation.parameters[section])
    for (const { rest, what } of inMap(parameters, inField, (name) => `${section} ${name}`)) {
      yield { what, rest: { ...operation, parameters: { ...operation.parameters, [section]: rest } } }
    }
  }
  for (const { rest, what } of inContent(operation.body)) {
    yield { what: `body${what}`, rest: { ...operation, body: rest } }
  }
  for (const { rest, what } of inMap(operation.responses, inContent, (status) => `response ${status}`)) {
    yield { what, rest: { ...operation, responses: rest } }
  }
  for (const side of ["client", "server"] as const) {
    for (const { rest, what } of inMap(operation.messages[side], inType, (type) => `${side} ${type}`)) {
      yield { what, rest: { ...operation, messages: { ...operation.messages, [side]: rest } } }
    }
  }
}

/** A channel message by message, for one says nothing of the others; another operation as it is. */
export const partsOf = (operation: Operation): ReadonlyArray<Operation> => [
  { ...operation, messages: noMessages },
  ...(["client", "server"] as const).flatMap((side) =>
    Array.from(operation.messages[side], ([type, payload]): Operation => ({
      ...operation,
      parameters: { path: new Map(), query: new Map(), header: new Map() },
      messages: { ...noMessages, [side]: new Map([[type, payload]]) }
    }))
  )
]

export const only = (operation: Operation): Description => ({ operations: [operation], servers: [], unread: [] })
