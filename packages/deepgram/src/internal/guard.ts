/**
 * Tells what is of a type, as `Schema.is` does, in a fraction of its time: nothing is copied, and nothing explained.
 * Whatever is out of the ordinary, in a type or in a value, is left to `Schema.is`.
 */
import * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
import { isJson } from "./normalize.ts"

export type Guard = (value: unknown) => boolean

type Members = SchemaAST.Objects["propertySignatures"]

/** Whether a node is that of `Schema.Finite`, as nearly all numbers are. */
export const isFiniteNumber = (ast: SchemaAST.AST): boolean =>
  ast._tag === "Number" && ast.checks === Schema.Finite.ast.checks

/** The type of all items of a list. */
export const itemOf = (ast: SchemaAST.Arrays): SchemaAST.AST | undefined =>
  ast.elements.length === 0 && ast.rest.length === 1 ? ast.rest[0] : undefined

/** The members of an object that has no others that count, and none that all objects inherit. */
export const membersOf = (ast: SchemaAST.Objects): Members | undefined => {
  const { indexSignatures, propertySignatures } = ast
  return indexSignatures.length === 0 && propertySignatures.length > 0 &&
      propertySignatures.every(({ name }) => typeof name === "string" && !(name in Object.prototype))
    ? propertySignatures
    : undefined
}

export const isOptional = (ast: SchemaAST.AST): boolean => ast.context?.isOptional === true

/** The type of the values of a record with any names. */
const valueOf = ({ indexSignatures: [signature, another], propertySignatures }: SchemaAST.Objects) =>
  another === undefined && propertySignatures.length === 0 && signature?.parameter === Schema.String.ast
    ? signature.type
    : undefined

const memberGuard = (members: Members, otherwise: Guard): Guard => {
  const tests = new Map(members.map(({ name, type }) => [name, [astGuard(type), isOptional(type) ? 0 : 1]] as const))
  const required = members.filter(({ type }) => !isOptional(type)).length
  return (value) => {
    if (!isJson(value)) return false
    // What comes as JSON has this one; of another, members may be inherited, or hidden from the loop below.
    if (Object.getPrototypeOf(value) !== Object.prototype) return otherwise(value)
    // By what there is and not by what there may be: to find that a member is absent takes longest of all.
    let seen = 0
    for (const name in value) {
      const test = tests.get(name)
      if (test === undefined) continue
      if (!test[0](value[name])) return false
      seen += test[1]
    }
    return seen === required
  }
}

const recordGuard = (type: SchemaAST.AST): Guard => {
  const fits = astGuard(type)
  return (value) => isJson(value) && Object.keys(value).every((name) => fits(value[name]))
}

const listGuard = (item: SchemaAST.AST): Guard => {
  const fits = astGuard(item)
  return (value) => {
    if (!Array.isArray(value)) return false
    // Gaps are `undefined`.
    for (let index = 0; index < value.length; index++) if (!fits(value[index])) return false
    return true
  }
}

const unionGuard = (types: ReadonlyArray<SchemaAST.AST>): Guard => {
  const guards = types.map(astGuard)
  return (value) => guards.some((fits) => fits(value))
}

const plainGuard = (ast: SchemaAST.AST, otherwise: Guard): Guard => {
  switch (ast._tag) {
    case "String":
      return (value) => typeof value === "string"
    case "Number":
      return (value) => typeof value === "number"
    case "Boolean":
      return (value) => typeof value === "boolean"
    case "Null":
      return (value) => value === null
    case "Undefined":
      return (value) => value === undefined
    case "Unknown":
      return () => true
    case "Literal":
      return (value) => value === ast.literal
    case "Union":
      return ast.options?.mode === "oneOf" ? otherwise : unionGuard(ast.types)
    case "Arrays": {
      const item = itemOf(ast)
      return item === undefined ? otherwise : listGuard(item)
    }
    case "Objects": {
      const members = membersOf(ast)
      if (members !== undefined) return memberGuard(members, otherwise)
      const type = valueOf(ast)
      return type === undefined ? otherwise : recordGuard(type)
    }
    default:
      return otherwise
  }
}

/** Of a node of a type, as `Schema.toType` has it: without encodings. */
export const astGuard = (ast: SchemaAST.AST): Guard => {
  if (isFiniteNumber(ast)) return Number.isFinite
  const otherwise = Schema.is(Schema.make(ast))
  return ast.checks === undefined ? plainGuard(ast, otherwise) : otherwise
}
