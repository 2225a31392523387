/** From text to a validated value. */
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { astGuard } from "./guard.ts"
import { parseJson } from "./json.ts"

/** Whether places in lists count: of channels and words they do, and a `null` among them is not left out. */
type Lists = "loose" | "positional"

let makeGuard = astGuard

/** Has validators that are made from now on compiled. */
export const compileWith = (compiler: typeof astGuard): void => {
  makeGuard = compiler
}

/** Tells what is of a type; nothing is copied. */
export const guardOf = <S extends Schema.Top>(schema: S) =>
  makeGuard(Schema.toType(schema).ast) as (value: unknown) => value is S["Type"]

/**
 * Validates without copying: a value that fits is handed out as it is, fields that the types do not know included.
 * `null` stands for absence where the schema has no place for it (inventory 6.29), in lists too, unless they are
 * `positional`.
 */
export const makeValidator = <A>(
  schema: Schema.Codec<A, unknown>,
  lists: Lists = "loose"
): (value: unknown) => Result.Result<A, string> => {
  const fits = guardOf(schema)
  const explain = Schema.decodeUnknownResult(Schema.toType(schema), { errors: "all" })
  return (value) => {
    if (fits(value)) return Result.succeed(value)
    const first = explain(value)
    const relaxed = Result.isFailure(first) && dropNulls(value, first.failure.issue, lists) ? explain(value) : first
    return Result.mapBoth(relaxed, { onSuccess: () => value as A, onFailure: ({ message }) => message })
  }
}

/** From a text, by way of a value that may have to be brought into the shape that is typed. */
export const makeDecoder = <A>(
  schema: Schema.Codec<A, unknown>,
  lists?: Lists
): (text: string, normalize?: (json: unknown) => unknown) => Result.Result<A, string> => {
  const validate = makeValidator(schema, lists)
  return (text, normalize) => {
    // No body reaches the normalization as `undefined`: for some operations it is an answer.
    const json = text.trim() === "" ? Option.some(undefined) : parseJson(text)
    if (Option.isNone(json)) return Result.fail("Expected JSON")
    const value = normalize === undefined ? json.value : normalize(json.value)
    return value === undefined ? Result.fail("Expected JSON, got nothing") : validate(value)
  }
}

const formatIssue = SchemaIssue.makeFormatterStandardSchemaV1()

/** Removes the items at these indices, in place and in one go: one by one they would be moved over and over. */
const removeItems = (items: Array<unknown>, indices: ReadonlySet<PropertyKey>): void => {
  let kept = 0
  for (const [index, item] of items.entries()) if (!indices.has(index)) items[kept++] = item
  items.length = kept
}

/** Removes the members and items that are `null` where that is what the issue is about; tells whether there was any. */
const dropNulls = (root: unknown, issue: SchemaIssue.Issue, lists: Lists): boolean => {
  let dropped = false
  // Items go last: the paths of the other issues count them.
  const items = new Map<Array<unknown>, Set<PropertyKey>>()
  for (const { path } of formatIssue(issue).issues) {
    const keys = (path ?? []).map((segment) => typeof segment === "object" ? segment.key : segment)
    let holder: unknown = root
    for (const key of keys.slice(0, -1)) holder = (holder as Record<PropertyKey, unknown> | undefined)?.[key]
    const last = keys.at(-1)
    if (typeof holder !== "object" || holder === null || last === undefined) continue
    if ((holder as Record<PropertyKey, unknown>)[last] !== null) continue
    if (Array.isArray(holder) && lists === "positional") continue
    dropped = true
    if (Array.isArray(holder)) items.set(holder, (items.get(holder) ?? new Set()).add(last))
    else delete (holder as Record<PropertyKey, unknown>)[last]
  }
  for (const [list, indices] of items) removeItems(list, indices)
  return dropped
}
