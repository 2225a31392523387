/** The guards of `guard.ts` as code: members of a known name are found at once. */
import * as Result from "effect/Result"
import type * as SchemaAST from "effect/SchemaAST"
import { astGuard, type Guard, isFiniteNumber, isOptional, itemOf, membersOf } from "./guard.ts"

/** The code of a guard, and the guards that it calls as `o`. */
const write = (ast: SchemaAST.AST) => {
  const names = new Map<SchemaAST.AST, string>()
  const functions: Array<string> = []
  const others: Array<Guard> = []

  /** The name of the function of a node, which may be part of several others. */
  const functionOf = (ast: SchemaAST.AST, body: () => string): string => {
    const known = names.get(ast)
    if (known !== undefined) return known
    const name = `f${names.size}`
    names.set(ast, name)
    functions.push(`function ${name}(i){${body()}return true}`)
    return name
  }

  const memberTest = ({ name, type }: SchemaAST.PropertySignature): string => {
    const key = JSON.stringify(name)
    const fits = testOf(type, "v")
    return `v=i[${key}];if(${
      isOptional(type) ? `(v!==void 0||${key} in i)&&!${fits}` : `!${fits}||v===void 0&&!(${key} in i)`
    })return false;`
  }

  const plainTest = (ast: SchemaAST.AST, value: string): string | undefined => {
    switch (ast._tag) {
      case "String":
      case "Number":
      case "Boolean":
        return `(typeof ${value}==="${ast._tag.toLowerCase()}")`
      case "Null":
        return `(${value}===null)`
      case "Undefined":
        return `(${value}===void 0)`
      case "Unknown":
        return "true"
      case "Literal":
        return typeof ast.literal === "bigint" ? undefined : `(${value}===${JSON.stringify(ast.literal)})`
      case "Union":
        return ast.options?.mode === "oneOf"
          ? undefined
          : `(${["false", ...ast.types.map((type) => testOf(type, value))].join("||")})`
      case "Arrays": {
        const item = itemOf(ast)
        return item &&
          functionOf(
              ast,
              () =>
                `if(!Array.isArray(i))return false;for(let n=0;n<i.length;n++){const v=i[n];if(!${
                  testOf(item, "v")
                })return false}`
            ) +
            `(${value})`
      }
      case "Objects": {
        const members = membersOf(ast)
        return members &&
          functionOf(
              ast,
              () =>
                `if(typeof i!=="object"||i===null||Array.isArray(i))return false;let v;${
                  members.map(memberTest).join("")
                }`
            ) +
            `(${value})`
      }
      default:
        return undefined
    }
  }

  /** An expression that tells whether a value is of a type. */
  const testOf = (ast: SchemaAST.AST, value: string): string =>
    isFiniteNumber(ast)
      ? `Number.isFinite(${value})`
      : (ast.checks === undefined ? plainTest(ast, value) : undefined) ??
        `o[${others.push(astGuard(ast)) - 1}](${value})`

  const test = testOf(ast, "i")
  return { code: `"use strict";${functions.join("")}return function(i){return ${test}}`, others }
}

const generate = (ast: SchemaAST.AST): Result.Result<Guard, unknown> =>
  Result.try(() => {
    const { code, others } = write(ast)
    return new Function("o", code)(others) as Guard
  })

let isForbidden = false

/** Of a node of a type, as `astGuard`; that itself, where generating code is forbidden. */
export const compiledGuard = (ast: SchemaAST.AST): Guard => {
  if (isForbidden) return astGuard(ast)
  const guard = generate(ast)
  if (Result.isSuccess(guard)) return guard.success
  // Tried once: a content security policy may report each time.
  isForbidden = guard.failure instanceof EvalError
  return astGuard(ast)
}
