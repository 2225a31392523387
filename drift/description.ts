/** What an API looks like, in words that the contract and the vendor's document have in common. */

/** The kinds of value that have no parts. Whole numbers are `number` too. */
export type Scalar = "string" | "number" | "boolean" | "null" | "bytes"

/** Which values of a kind there are. */
export interface Values {
  /** Others than the listed ones too. */
  readonly open: boolean
  readonly listed: ReadonlyArray<string>
  /** No fractions; of numbers. */
  readonly whole: boolean
}

/** A named part: a field, or a parameter. */
export interface Field {
  readonly type: Type
  readonly required: boolean
}

/** An object: named fields, and what all others hold if there may be others. */
export interface Fields {
  readonly fields: ReadonlyMap<string, Field>
  readonly others: Type | undefined
}

/** Everything that may stand at one place; a union is one `Type`. */
export interface Type {
  readonly anything: boolean
  readonly scalars: ReadonlyMap<Scalar, Values>
  /** What its list holds, if it may be a list. */
  readonly items: Type | undefined
  /** The shapes of object that it may have. */
  readonly objects: ReadonlyArray<Fields>
  /** What could not be read, and so not be compared. */
  readonly unread: ReadonlyArray<string>
}

/** Bodies by media type; none where nothing is sent. */
export type Content = ReadonlyMap<string, Type>

/** `https://api.deepgram.com` */
export type Servers = ReadonlyArray<string>

/** What either side of a socket may say. */
export interface Messages {
  /** Messages of the client, by their `type`. */
  readonly client: ReadonlyMap<string, Type>
  /** Messages of the server, by their `type`. */
  readonly server: ReadonlyMap<string, Type>
}

/** A request and its answers, or a channel over WebSocket. */
export interface Operation {
  /** Of a channel `WS`. */
  readonly method: string
  /** `/v1/projects/{project_id}` */
  readonly path: string
  readonly parameters: Readonly<Record<"path" | "query" | "header", ReadonlyMap<string, Field>>>
  readonly body: Content
  /** By status. */
  readonly responses: ReadonlyMap<string, Content>
  /** None but of channels. */
  readonly messages: Messages
  /** Where it is, if that is said of it. */
  readonly servers: Servers | undefined
  /** Places and what stands there that could not be read: `response 200 headers`. */
  readonly unread: ReadonlyArray<string>
}

export interface Description {
  readonly operations: ReadonlyArray<Operation>
  /** Where the operations are, of which nothing is said. */
  readonly servers: Servers
  /** As that of an operation, outside operations. */
  readonly unread: ReadonlyArray<string>
}

/** As entries and reports name an operation. */
export const operationName = ({ method, path }: Operation): string => `${method} ${path}`

/** What tells an operation apart on the wire: not the names of its path parameters. */
export const shapeOf = (name: string): string => name.replace(/\{[^}]*\}/g, "{}")

export const json = "application/json"

/** As entries and reports name a body; of JSON nothing is said. */
export const bodyName = (section: string, mediaType: string): string =>
  mediaType === json ? section : `${section} (${mediaType})`

/** The method of channels. */
export const socket = "WS"

/** As entries and reports name a message that is no JSON. */
export const binary = "(binary)"

export const noMessages: Messages = { client: new Map(), server: new Map() }

export const nothing: Type = { anything: false, scalars: new Map(), items: undefined, objects: [], unread: [] }

export const anything: Type = { ...nothing, anything: true }

/** A place that the reader does not understand. */
export const unread = (why: string): Type => ({ ...nothing, unread: [why] })

const values = (scalar: Scalar, of: Values): Type => ({ ...nothing, scalars: new Map([[scalar, of]]) })

/** Any value of a kind. */
export const scalar = (name: Scalar): Type => values(name, { open: true, listed: [], whole: false })

export const wholeNumber: Type = values("number", { open: true, listed: [], whole: true })

/** One value. */
export const literal = (value: string | number | boolean): Type =>
  values(typeof value as Scalar, { open: false, listed: [String(value)], whole: Number.isInteger(value) })

export const list = (items: Type): Type => ({ ...nothing, items })

/** An object without fields may hold anything. */
export const object = (fields: ReadonlyMap<string, Field>, others?: Type): Type => ({
  ...nothing,
  objects: [{ fields, others: fields.size === 0 ? others ?? anything : others }]
})

const bothValues = (a: Values, b: Values): Values => ({
  open: a.open || b.open,
  listed: [...new Set([...a.listed, ...b.listed])],
  whole: a.whole && b.whole
})

const both = (a: Type, b: Type): Type => {
  const scalars = new Map(a.scalars)
  for (const [name, of] of b.scalars) {
    const known = scalars.get(name)
    scalars.set(name, known === undefined ? of : bothValues(known, of))
  }
  return {
    anything: a.anything || b.anything,
    scalars,
    items: a.items === undefined || b.items === undefined ? a.items ?? b.items : both(a.items, b.items),
    objects: [...a.objects, ...b.objects],
    unread: [...a.unread, ...b.unread]
  }
}

/** What stands at a place where any of the types may stand. */
export const union = (types: Iterable<Type>): Type => {
  let result = nothing
  for (const type of types) result = both(result, type)
  return result
}

/** One object that reads all of them: what is in some only is optional. */
export const merged = (objects: ReadonlyArray<Fields>): Fields => {
  const names = new Set(objects.flatMap(({ fields }) => [...fields.keys()]))
  const others = objects.flatMap(({ others }) => others ?? [])
  return {
    fields: new Map(Array.from(names, (name) => {
      const found = objects.flatMap(({ fields }) => fields.get(name) ?? [])
      const required = found.length === objects.length && found.every((field) => field.required)
      return [name, { type: union(found.map(({ type }) => type)), required }]
    })),
    others: others.length === 0 ? undefined : union(others)
  }
}
