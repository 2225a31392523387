/** Building blocks that several endpoints share. */
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"

/** Completion for the known names, and any other string: Deepgram adds names without notice. The string goes first: it is the cheaper test. */
export const openEnum = <const Names extends ReadonlyArray<string>>(names: Names) =>
  Schema.Union([Schema.StringForLiteralAutocomplete, Schema.Literals(names)])

/** A member of an answer that may be absent, and where `null` is kept. */
export const nullable = <S extends Schema.Constraint>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

/** A query parameter that is repeated, one value each: never joined by commas (inventory 1.0.3, trap 5). */
export const repeatable = Schema.Union([Schema.String, Schema.Array(Schema.String)])

export const CallbackMethod = Schema.Literals(["POST", "PUT"])

/** Where a result is sent instead of being waited for. */
export const callbackParameters = {
  callback: Schema.optional(Schema.String),
  callback_method: Schema.optional(CallbackMethod)
}

/** What is to be found out about a text, be it spoken or written. */
export const insightParameters = {
  custom_intent: Schema.optional(repeatable),
  custom_intent_mode: Schema.optional(openEnum(["extended", "strict"])),
  custom_topic: Schema.optional(repeatable),
  custom_topic_mode: Schema.optional(openEnum(["extended", "strict"])),
  intents: Schema.optional(Schema.Boolean),
  sentiment: Schema.optional(Schema.Boolean),
  summarize: Schema.optional(Schema.Union([Schema.Boolean, Schema.Literal("v2")])),
  topics: Schema.optional(Schema.Boolean)
}

const pairsToRecord = (pairs: string | ReadonlyArray<string>): Readonly<Record<string, string>> =>
  Object.fromEntries((typeof pairs === "string" ? [pairs] : pairs).map((pair) => {
    const colon = pair.indexOf(":")
    return colon < 0 ? [pair, ""] : [pair.slice(0, colon), pair.slice(colon + 1)]
  }))

/** `key:value` strings on the wire, a record in code (trap 5). */
export const keyValuePairs = repeatable.pipe(
  Schema.decodeTo(
    Schema.Record(Schema.String, Schema.String),
    SchemaTransformation.transform({
      decode: pairsToRecord,
      encode: (record): string | ReadonlyArray<string> =>
        Object.entries(record).map(([key, value]) => `${key}:${value}`)
    })
  )
)

/**
 * The id of something, as a part of a path. Deepgram's are UUIDs; whatever could be read as more than one part, or as
 * none, is refused: `..` and an empty id would name something else.
 */
export const Id = Schema.String.check(
  Schema.makeFilter((id: string) => /^(?!\.{1,2}$)[\w.~-]+$/.test(id) || `${JSON.stringify(id)} is not an id`)
)

/** The path of what belongs to a project. */
export const InProject = { project_id: Id }

/** An object whose members nobody knows beforehand. */
export const JsonObject = Schema.Record(Schema.String, Schema.Unknown)

/** How many results a page has at most; Deepgram's default is 10. */
export const Limit = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1000 }))

/** An e-mail address, as a part of a path. */
export const Email = Schema.String.check(
  Schema.makeFilter((email: string) =>
    // Without halves of characters, which no URL can hold.
    /^[^\s@\p{Cc}\p{Cs}]+@[^\s@\p{Cc}\p{Cs}]+$/u.test(email) || `${JSON.stringify(email)} is no e-mail address`
  )
)

/** Where a request was answered. */
export const Deployment = openEnum(["hosted", "beta", "self-hosted"])

/** Which part of the API a request was for. */
export const UsedEndpoint = openEnum(["listen", "read", "speak", "agent"])

/** How a request was answered. */
export const Method = openEnum(["sync", "async", "streaming"])
