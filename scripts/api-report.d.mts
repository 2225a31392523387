/**
 * Reports, as Markdown, on the package in a folder, by file: one for each public module, and one for each internal
 * module that public ones lead to.
 */
export const apiReport: (folder: string) => ReadonlyMap<string, string>
