/** What a module exports, and whether it is documented where it is declared. */
import { posix } from "node:path"
import { parseAst } from "vitest/node"

type Statement = ReturnType<typeof parseAst>["body"][number]

interface Module {
  readonly file: string
  readonly text: string
  readonly statements: ReadonlyArray<Statement>
}

/** An exported name. */
export interface Export {
  readonly name: string
  readonly documented: boolean
}

const textOf = (name: { readonly name: string } | { readonly value: string }): string =>
  "name" in name ? name.name : name.value

/** Whether a doc comment ends right before an index, with no empty line between. */
const documentedAt = ({ text }: Module, index: number): boolean => {
  const before = text.slice(0, index)
  return /\*\/[ \t]*\n?[ \t]*$/.test(before) && before.startsWith("/**", before.lastIndexOf("/*"))
}

const hasHead = (module: Module | undefined): boolean => module?.text.replace(/^#!.*\n/, "").startsWith("/**") === true

const declaredBy = (statement: Statement): ReadonlyArray<string> => {
  const declaration = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement
  switch (declaration?.type) {
    case "VariableDeclaration":
      return declaration.declarations.flatMap(({ id }) => id.type === "Identifier" ? [id.name] : [])
    case "FunctionDeclaration":
    case "TSDeclareFunction":
    case "ClassDeclaration":
    case "TSInterfaceDeclaration":
    case "TSTypeAliasDeclaration":
      return declaration.id === null ? [] : [declaration.id.name]
    default:
      return []
  }
}

/** Reads the modules of a repository by their path; `read` gives the text of a file. */
export const makeReader = (read: (file: string) => string) => {
  const modules = new Map<string, Module>()

  const open = (file: string): Module => {
    const known = modules.get(file)
    if (known !== undefined) return known
    const text = read(file)
    const module = { file, text, statements: parseAst(text, { lang: "ts", sourceType: "module" }).body }
    modules.set(file, module)
    return module
  }

  /** Nothing for a package: what it exports is documented there. */
  const target = (from: Module, source: string): Module | undefined =>
    source.startsWith(".") ? open(posix.join(posix.dirname(from.file), source)) : undefined

  const exportsOf = (module: Module): Array<Export> =>
    module.statements.flatMap((statement) => exportedBy(module, statement))

  const exportedBy = (module: Module, statement: Statement): Array<Export> => {
    switch (statement.type) {
      case "ExportDefaultDeclaration":
        return [{ name: "default", documented: documentedAt(module, statement.start) }]
      case "ExportAllDeclaration": {
        const from = target(module, statement.source.value)
        if (statement.exported !== null) return [{ name: textOf(statement.exported), documented: hasHead(from) }]
        return from === undefined ? [] : exportsOf(from)
      }
      case "ExportNamedDeclaration": {
        const { source } = statement
        const documented = documentedAt(module, statement.start)
        return [
          ...declaredBy(statement).map((name) => ({ name, documented })),
          ...statement.specifiers.map((specifier) => {
            const local = textOf(specifier.local)
            return {
              name: textOf(specifier.exported),
              documented: documentedAt(module, specifier.start) ||
                (source === null
                  ? isLocalDocumented(module, local)
                  : isExportDocumented(target(module, source.value), local))
            }
          })
        ]
      }
      default:
        return []
    }
  }

  const isExportDocumented = (module: Module | undefined, name: string): boolean => {
    const found = module === undefined ? [] : exportsOf(module).filter((exported) => exported.name === name)
    return found.length > 0 && found.every(({ documented }) => documented)
  }

  /** Whether every declaration of a name is documented: a type and a constant may share it. */
  const isLocalDocumented = (module: Module, name: string): boolean => {
    const declarations = module.statements.filter((statement) => declaredBy(statement).includes(name))
    if (declarations.length > 0) return declarations.every(({ start }) => documentedAt(module, start))
    for (const statement of module.statements) {
      if (statement.type !== "ImportDeclaration") continue
      const specifier = statement.specifiers.find(({ local }) => local.name === name)
      if (specifier === undefined) continue
      const from = target(module, statement.source.value)
      if (specifier.type === "ImportNamespaceSpecifier") return hasHead(from)
      return isExportDocumented(from, specifier.type === "ImportSpecifier" ? textOf(specifier.imported) : "default")
    }
    return false
  }

  return {
    /** The exports of a module. */
    exportsOf: (file: string): ReadonlyArray<Export> => exportsOf(open(file)),
    /** Whether a module begins with a doc comment. */
    hasHead: (file: string): boolean => hasHead(open(file))
  }
}
