// The public surface of a package, in words of TypeScript: what its modules export, and all that is reachable from there,
// without comments and in a fixed order. Made from declarations, so that the inside of functions has no part in it.
import { readdirSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"

const tools = createRequire(new URL("../published/tools/package.json", import.meta.url))

const options = (ts) => ({
  lib: ["lib.es2024.d.ts", "lib.dom.d.ts"],
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  strict: true,
  types: []
})

const fence = "```"

const sorted = (items) => Array.from(items).toSorted()

/** The modules that `exports` of its package.json lets in, by the names of their files. */
const modulesOf = (folder) => {
  const { exports } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"))
  const isOpen = (name) => name === "index" ? exports["."] !== undefined : exports[`./${name}`] !== null
  return readdirSync(`${folder}/dist`)
    .filter((name) => name.endsWith(".d.ts"))
    .map((name) => name.slice(0, -".d.ts".length))
    .filter(isOpen)
    .toSorted()
}

export const apiReport = (folder) => {
  const ts = tools("typescript-5.9")
  const dist = `${folder}/dist/`
  const modules = modulesOf(folder)
  const program = ts.createProgram(modules.map((name) => `${dist}${name}.d.ts`), options(ts))
  const checker = program.getTypeChecker()
  const printer = ts.createPrinter({ removeComments: true, newLine: ts.NewLineKind.LineFeed })
  const isOurs = (file) => file.fileName.startsWith(dist)

  /** Of each file: the statements that belong to the surface, and the imports by which these name other things. */
  const reached = new Map()
  const at = (file) => {
    if (!reached.has(file)) reached.set(file, { statements: new Set(), imports: new Set(), exports: new Set() })
    return reached.get(file)
  }

  const statementOf = (node) => {
    let statement = node
    while (statement.parent !== undefined && !ts.isSourceFile(statement.parent)) statement = statement.parent
    return statement
  }

  const target = (symbol) => symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol

  const exportsOf = (file) => {
    const symbol = checker.getSymbolAtLocation(file)
    return symbol === undefined ? [] : checker.getExportsOfModule(symbol)
  }

  const isTypeOnly = (symbol) => symbol.declarations?.some(ts.isTypeOnlyImportOrExportDeclaration) ?? false

  const importOf = (declaration) => {
    if (ts.isNamespaceImport(declaration)) return `* as ${declaration.name.text}`
    if (ts.isImportClause(declaration)) return `default as ${declaration.name.text}`
    const { name, propertyName } = declaration
    return `{ ${propertyName === undefined ? "" : `${propertyName.text} as `}${name.text} }`
  }

  const reach = (symbol) => {
    for (const declaration of target(symbol).declarations ?? []) {
      const file = declaration.getSourceFile()
      // A whole module.
      if (declaration === file) {
        if (isOurs(file)) surface(file)
      } else if (isOurs(file)) visit(statementOf(declaration))
    }
  }

  const visit = (statement) => {
    const file = statement.getSourceFile()
    const { imports, statements } = at(file)
    if (statements.has(statement)) return
    statements.add(statement)
    const walk = (node) => {
      if (ts.isImportTypeNode(node) && node.qualifier === undefined) {
        const whole = checker.getSymbolAtLocation(node.argument.literal)
        if (whole !== undefined) reach(whole)
      }
      if (ts.isIdentifier(node)) {
        const symbol = checker.getSymbolAtLocation(node)
        for (const declaration of symbol?.declarations ?? []) {
          if (
            ts.isNamespaceImport(declaration) || ts.isImportSpecifier(declaration) || ts.isImportClause(declaration)
          ) {
            const from = ts.findAncestor(declaration, ts.isImportDeclaration).moduleSpecifier.text
            imports.add(`import ${importOf(declaration)} from "${from}"`)
          }
        }
        // Of a namespace only what is named of it.
        const isNamed = ts.isQualifiedName(node.parent) || ts.isPropertyAccessExpression(node.parent)
        const isModule = symbol !== undefined && (target(symbol).flags & ts.SymbolFlags.ValueModule) !== 0
        if (symbol !== undefined && !(isNamed && isModule)) reach(symbol)
      }
      ts.forEachChild(node, walk)
    }
    walk(statement)
  }

  /** An export that is not said where the thing is declared: from another module, or by another name. */
  const exportOf = (symbol, file) => {
    const [declaration] = target(symbol).declarations ?? []
    const from = declaration?.getSourceFile()
    const original = declaration === from ? "*" : target(symbol).name
    const renamed = original === symbol.name ? "" : ` as ${symbol.name}`
    const names = `export ${isTypeOnly(symbol) ? "type " : ""}{ ${original}${renamed} }`
    if (from === file && declaration !== from) return names
    const module = from !== undefined && isOurs(from) ? from.fileName.slice(dist.length, -".d.ts".length) : "elsewhere"
    return `${names} from "${module}"`
  }

  const surfaces = new Set()
  /** Reaches all that a module exports, and takes down by which names. */
  const surface = (file) => {
    if (surfaces.has(file)) return
    surfaces.add(file)
    for (const symbol of exportsOf(file)) {
      const [declaration] = target(symbol).declarations ?? []
      const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0
      if (isAlias || declaration?.getSourceFile() !== file) at(file).exports.add(exportOf(symbol, file))
      reach(symbol)
    }
  }

  for (const name of modules) {
    const file = program.getSourceFile(`${dist}${name}.d.ts`)
    surface(file)
    // What changes types of others, without a name.
    for (const statement of file.statements) if (ts.isModuleDeclaration(statement)) visit(statement)
  }

  const reportOf = (file, { exports, imports, statements }) => {
    // Overloads are in an order that matters, and stay together.
    const groups = Map.groupBy(
      Array.from(statements).toSorted((one, other) => one.pos - other.pos),
      (statement) => statement.name?.text ?? statement.declarationList?.declarations[0].name.text ?? ""
    )
    const texts = Array.from(groups.keys()).toSorted().map((name) =>
      groups.get(name).map((statement) => printer.printNode(ts.EmitHint.Unspecified, statement, file)).join("\n")
    )
    const parts = [sorted(imports).join("\n"), sorted(exports).join("\n"), ...texts].filter((text) => text !== "")
    return `${fence}ts\n${parts.join("\n\n")}\n${fence}\n`
  }

  return new Map(
    Array.from(reached)
      .map(([file, found]) => [file.fileName.slice(dist.length, -".d.ts".length), reportOf(file, found)])
      .toSorted(([one], [other]) => one < other ? -1 : 1)
  )
}
