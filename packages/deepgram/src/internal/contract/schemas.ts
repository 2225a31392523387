/** Building blocks that several endpoints share. */
import * as Context from "effect/Context"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import type { Hosts } from "../../DeepgramConfig.ts"

/** Completion for the known names, and any other string: Deepgram adds names without notice. The string goes first: it is the cheaper test. */
export const openEnum = <const Names extends ReadonlyArray<string>>(names: Names) =>
  Schema.Union([Schema.StringForLiteralAutocomplete, Schema.Literals(names)])

/** A query parameter that is repeated, one value each: never joined by commas (inventory 1.0.3, trap 5). */
export const repeatable = Schema.Union([Schema.String, Schema.Array(Schema.String)])

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

/** Which server an endpoint lives on; only a few are not on the API host (inventory 1.0.1). */
export const Host = Context.Reference<keyof Hosts>("effect-deepgram/contract/Host", { defaultValue: () => "api" })
