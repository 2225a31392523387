/**
 * What is known of OpenAPI and AsyncAPI documents, by the thing that has it: the keys that are read, and those that are
 * not, with the reason. Any other key is reported as not understood, unless it is an extension (`x-…`), which is for tools.
 */

interface Known {
  readonly read: string
  /** By reason. */
  readonly ignored: Readonly<Record<string, string>>
}

const words = "Texts, names and examples: nothing of what stands on the wire."
const signing = "The transport signs every request (DeepgramAuth)."
const versions = "What a version of the format has and another has not are keys, which are unread."

const known = {
  document: {
    read: "paths servers components",
    ignored: {
      [words]: "info tags externalDocs",
      [signing]: "security",
      [versions]: "openapi"
    }
  },
  path: {
    read: "$ref servers parameters get put post delete options head patch trace",
    ignored: { [words]: "summary description" }
  },
  operation: {
    read: "servers parameters requestBody responses",
    ignored: {
      [words]: "tags summary description externalDocs operationId deprecated",
      [signing]: "security",
      "What the client's own server gets: nothing that a client asks for.": "callbacks"
    }
  },
  server: { read: "url", ignored: { [words]: "description name" } },
  parameter: { read: "name in required schema", ignored: { [words]: "description example examples deprecated" } },
  body: {
    read: "content",
    ignored: { [words]: "description", "Where there is a body, the SDK always sends one.": "required" }
  },
  response: { read: "content", ignored: { [words]: "summary description" } },
  "media type": { read: "schema", ignored: { [words]: "example examples" } },
  schema: {
    read: "$ref type enum const oneOf anyOf properties required additionalProperties items",
    ignored: {
      [words]: "description example examples deprecated externalDocs",
      "A name, with one exception: schemas.ts.": "title",
      "What stands for what is left out.": "default",
      "Deepgram checks bounds, lengths and formats; in schemas.ts `binary` is a type.":
        "format pattern minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength minItems " +
        "maxItems uniqueItems minProperties maxProperties",
      "Requests and answers have schemas of their own.": "readOnly writeOnly"
    }
  },
  "document of sockets": {
    read: "channels servers components",
    ignored: { [words]: "info id tags externalDocs", [versions]: "asyncapi" }
  },
  "server of sockets": {
    read: "url protocol",
    ignored: { [words]: "description tags", [signing]: "security" }
  },
  channel: { read: "$ref servers bindings publish subscribe", ignored: { [words]: "description" } },
  bindings: { read: "ws", ignored: {} },
  handshake: { read: "query headers", ignored: { [versions]: "bindingVersion" } },
  side: {
    read: "message",
    ignored: { [words]: "operationId summary description tags externalDocs", [signing]: "security" }
  },
  messages: { read: "oneOf", ignored: {} },
  message: {
    read: "name payload",
    ignored: { [words]: "messageId title summary description tags externalDocs examples" }
  }
} satisfies Readonly<Record<string, Known>>

export type Thing = keyof typeof known

export const isExtension = (key: string): boolean => key.startsWith("x-")

const split = (keys: string): ReadonlyArray<string> => keys.split(" ")

const keysOf = (choose: (known: Known) => ReadonlyArray<string>): ReadonlyMap<string, ReadonlySet<string>> =>
  new Map(Object.entries(known).map(([thing, one]) => [thing, new Set(choose(one).flatMap(split))]))

const read = keysOf((one) => [one.read])
const ignored = keysOf((one) => Object.values(one.ignored))

/** The keys that say something of what stands on the wire, or may do so. */
export const tellingKeys = (thing: Thing, object: object): ReadonlyArray<string> =>
  Object.keys(object).filter((key) => !isExtension(key) && ignored.get(thing)?.has(key) !== true)

/** The keys that are not understood. */
export const strangeKeys = (thing: Thing, object: object): ReadonlyArray<string> =>
  tellingKeys(thing, object).filter((key) => read.get(thing)?.has(key) !== true)
