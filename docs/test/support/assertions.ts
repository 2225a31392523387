/**
 * Makes a runnable module of an example. `// => value` behind a statement says what its value is: an expression's, or
 * that of the constant which it declares.
 */
import { Result } from "effect"
import { parseAst } from "vitest/node"

/** A statement of an example: its value, and the value that the example promises. */
export interface Statement {
  /** Line in the example, from 1. */
  readonly line: number
  readonly actual: unknown
  readonly expected?: () => unknown
}

/** The export in which the module keeps its statements. */
export const statementsExport = "$statements"

// On the first line of the module, so that all lines stay where they are.
const prelude = `export const ${statementsExport} = []; ` +
  `const $is = (line, actual, expected) => ${statementsExport}.push({ line, actual, expected }); `

const mark = "// =>"

const parse = (text: string) => parseAst(text, { lang: "ts", sourceType: "module" }).body

const isExpression = (text: string): boolean => Result.isSuccess(Result.try(() => parse(`(${text})`)))

/** The value that a comment promises; it may go on over the comment lines that follow. */
const promised = (comments: string, at: string): string | undefined => {
  const start = comments.indexOf(mark)
  if (start === -1) return undefined
  const [first = "", ...following] = comments.slice(start + mark.length).split("\n")
  let value = first
  while (!isExpression(value)) {
    const comment = /^\s*\/\/(.*)$/.exec(following.shift() ?? "")
    if (comment === null) throw new Error(`${at}: what follows "${mark}" is not a value`)
    value += ` ${comment[1]}`
  }
  if (following.join("\n").includes(mark)) throw new Error(`${at}: one statement has several "${mark}"`)
  return value.trim()
}

interface Edit {
  readonly at: number
  readonly text: string
}

const constantOf = (statement: ReturnType<typeof parse>[number]): string | undefined => {
  const declaration = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement
  if (declaration?.type !== "VariableDeclaration" || declaration.declarations.length !== 1) return undefined
  const id = declaration.declarations[0]?.id
  return id?.type === "Identifier" ? id.name : undefined
}

/** The example as a module that exports its statements; lines stay where they are. */
export const instrument = (text: string): string => {
  const statements = parse(text)
  const edits: Array<Edit> = []
  const lineOf = (index: number) => text.slice(0, index).split("\n").length
  if (text.slice(0, statements[0]?.start).includes(mark)) throw new Error(`line 1: no statement is before "${mark}"`)
  statements.forEach((statement, i) => {
    const line = lineOf(statement.start)
    const at = `line ${line}`
    if (text.slice(statement.start, statement.end).includes(mark)) {
      throw new Error(`${at}: "${mark}" belongs behind the whole statement`)
    }
    const value = promised(text.slice(statement.end, statements[i + 1]?.start), at)
    const expected = value === undefined ? "" : `, () => (${value})`
    if (statement.type === "ExpressionStatement") {
      const { end, start } = statement.expression
      edits.push({ at: start, text: `$is(${line}, ` }, { at: end, text: `${expected})` })
    } else if (value !== undefined) {
      const constant = constantOf(statement)
      if (constant === undefined) throw new Error(`${at}: "${mark}" belongs behind an expression or one constant`)
      edits.push({ at: statement.end, text: `;$is(${line}, ${constant}${expected})` })
    }
  })
  let position = 0
  let module = prelude
  for (const edit of edits) {
    module += text.slice(position, edit.at) + edit.text
    position = edit.at
  }
  return module + text.slice(position)
}
