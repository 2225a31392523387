/** Reads the schemas of our contract, as they are on the wire. */
import { hasProperty } from "effect/Predicate"
import type * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import * as Description from "./description.ts"

const isWhole = (check: SchemaAST.Check<never>): boolean =>
  check._tag === "FilterGroup"
    ? check.checks.some(isWhole)
    : hasProperty(check.annotations?.["representation"], "id") &&
      check.annotations["representation"].id === "effect/schema/isInt"

/** `ast` is of the encoded side. */
const readAst = (ast: SchemaAST.AST, within: ReadonlyArray<SchemaAST.AST>): Description.Type => {
  const inner = [...within, ast]
  switch (ast._tag) {
    case "String":
    case "TemplateLiteral":
      return Description.scalar("string")
    case "Number":
      return ast.checks?.some(isWhole) === true ? Description.wholeNumber : Description.scalar("number")
    case "Boolean":
      return Description.scalar("boolean")
    case "Null":
      return Description.scalar("null")
    case "Literal":
      return typeof ast.literal === "bigint" ? Description.unread("bigint") : Description.literal(ast.literal)
    case "Unknown":
    case "Any":
      return Description.anything
    case "Undefined":
    case "Void":
    case "Never":
      return Description.nothing
    case "Union":
      return Description.union(ast.types.map((type) => readAst(type, inner)))
    case "Arrays":
      return Description.list(Description.union([...ast.elements, ...ast.rest].map((item) => readAst(item, inner))))
    case "Objects":
      return Description.object(
        readFields(ast, inner),
        ast.indexSignatures.length === 0
          ? undefined
          : Description.union(ast.indexSignatures.map(({ type }) => readAst(type, inner)))
      )
    case "Suspend": {
      const target = ast.thunk()
      return within.includes(target) ? Description.unread("a schema within itself") : readAst(target, inner)
    }
    case "Declaration":
      return isJson(ast) ? Description.anything : Description.unread(`declaration ${SchemaAST.resolveIdentifier(ast)}`)
    default:
      return Description.unread(ast._tag)
  }
}

const isJson = (ast: SchemaAST.Declaration): boolean =>
  hasProperty(ast.annotations?.["representation"], "id") &&
  ast.annotations["representation"].id === "effect/schema/Json"

const readFields = (
  ast: SchemaAST.Objects,
  within: ReadonlyArray<SchemaAST.AST>
): ReadonlyMap<string, Description.Field> =>
  new Map(
    ast.propertySignatures.map(({ name, type }) => [
      String(name),
      { type: readAst(type, within), required: type.context?.isOptional !== true }
    ])
  )

export const readType = (ast: SchemaAST.AST): Description.Type => readAst(SchemaAST.toEncoded(ast), [])

/** The names that a schema has. What is no object stands under `*`. */
export const readNames = (schema: Schema.Top): ReadonlyMap<string, Description.Field> => {
  const ast = SchemaAST.toEncoded(schema.ast)
  return ast._tag === "Objects" ? readFields(ast, []) : new Map([["*", { type: readAst(ast, []), required: true }]])
}
