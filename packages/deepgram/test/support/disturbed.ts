/** JSON as the vendor may send it any day: with fields that nobody knows, and without those that may be absent. */
import { Schema, SchemaAST } from "effect"

/** What the server sends, and what is to come of it. */
export interface Disturbed {
  readonly sent: unknown
  readonly expected: unknown
}

const same = (json: unknown): Disturbed => ({ sent: json, expected: json })

/** A choice out of so many. */
type Choose = (count: number) => number

/** Whether the place of an item in a list says something. */
type Lists = "loose" | "positional"

/** Choices that depend on the seed alone. */
export const chooser = (seed: number): Choose => {
  let state = seed >>> 0
  return (count) => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5 >>> 0
    return (state >>> 8) % count
  }
}

const newcomers: ReadonlyArray<unknown> = [null, 7, "x", false, [], [null], {}, { deep: [{ er: null }] }]

const takes = (ast: SchemaAST.AST, json: unknown): boolean => Schema.is(Schema.make(ast))(json)

const objectDisturbed = (ast: SchemaAST.Objects, json: object, choose: Choose, lists: Lists): Disturbed => {
  const sent: Array<readonly [string, unknown]> = []
  const expected: Array<readonly [string, unknown]> = []
  for (const [name, member] of Object.entries(json)) {
    const property = ast.propertySignatures.find((signature) => signature.name === name)
    if (property === undefined) {
      sent.push([name, member])
      expected.push([name, member])
    } else if (SchemaAST.isOptional(property.type) && choose(4) === 0) {
      // Absent, or `null`, which is the same where the types do not know it.
      if (choose(2) === 0) continue
      sent.push([name, null])
      if (takes(property.type, null)) expected.push([name, null])
    } else {
      const inner = disturbed(property.type, member, choose, lists)
      sent.push([name, inner.sent])
      expected.push([name, inner.expected])
    }
  }
  if (ast.indexSignatures.length === 0 && choose(2) === 0) {
    const newcomer = [`future_${choose(10)}`, newcomers[choose(newcomers.length)]] as const
    sent.splice(choose(sent.length + 1), 0, newcomer)
    expected.push(newcomer)
  }
  return { sent: Object.fromEntries(sent), expected: Object.fromEntries(expected) }
}

export const disturbed = (ast: SchemaAST.AST, json: unknown, choose: Choose, lists: Lists): Disturbed => {
  // Names that tell messages apart are not disturbed.
  if (SchemaAST.isUnknown(ast) || SchemaAST.isLiteral(ast)) return same(json)
  // Every set of names is open, and a whole number may stand where fractions do.
  if (typeof json === "string") return same(choose(3) === 0 ? "brand-new" : json)
  if (typeof json === "number") return same(choose(3) === 0 ? choose(1000) : json)
  if (SchemaAST.isUnion(ast)) {
    return disturbed(ast.types.find((type) => takes(type, json)) ?? SchemaAST.unknown, json, choose, lists)
  }
  if (SchemaAST.isArrays(ast) && Array.isArray(json)) {
    const items = json.map((item) => disturbed(ast.rest[0]!, item, choose, lists))
    const sent = items.map((item) => item.sent)
    const expected = items.map((item) => item.expected)
    if (lists === "loose" && choose(4) === 0) {
      sent.splice(choose(sent.length + 1), 0, null)
      if (takes(ast.rest[0]!, null)) return same(json)
    }
    return { sent, expected }
  }
  return SchemaAST.isObjects(ast) && typeof json === "object" && json !== null
    ? objectDisturbed(ast, json, choose, lists)
    : same(json)
}
