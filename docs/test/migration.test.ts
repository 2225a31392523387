/** `docs/guides/migration.md`; `UPDATE_MIGRATION=1` writes its tables anew. That nothing is missing is up to the types. */
import { assert, describe, it } from "@effect/vitest"
import { writeFileSync } from "node:fs"
import { resolve } from "node:path"
import { env } from "node:process"
import { operations } from "./support/migration/operations.ts"
import { names, render } from "./support/migration/table.ts"
import { read, root } from "./support/repository.ts"

const file = "docs/guides/migration.md"

/** From the table of conformance: what was called for the same request of either SDK. */
const witnessed = read("docs/conformance.md").split("\n").flatMap((row) => {
  const [, request = "", ours = "", theirs = ""] = row.split(" | ").flatMap((cell, i) => i === 0 ? ["", cell] : [cell])
  if (!/^\| \[`[A-Z]+ /.test(request)) return []
  const namesIn = (cell: string) => Array.from(cell.matchAll(/`([\w.]+)`/g), ([, name = ""]) => name)
  return namesIn(theirs).map((method) => ({ method, ours: namesIn(ours) }))
})

describe("moving from @deepgram/sdk", () => {
  it("has tables of today", () => {
    const before = read(file)
    if (env["UPDATE_MIGRATION"] === "1") writeFileSync(resolve(root, file), render(before))
    assert.strictEqual(read(file), render(read(file)))
  })

  it("has every table once", () => {
    const found = Array.from(read(file).matchAll(/^<!-- (\w+) -->$/gm), ([, name]) => name).filter((name) =>
      name !== "end"
    )
    assert.sameMembers(found, [...names])
  })

  it("pairs what was seen to send the same request", () => {
    assert.isAbove(witnessed.length, 40)
    assert.sameMembers(witnessed.map(({ method }) => method), Object.keys(operations))
    for (const { method, ours } of witnessed) {
      const paired = Object.entries(operations).find(([name]) => name === method)?.[1] ?? []
      // A stream of it is an operation's other form, and is not run beside it.
      assert.includeMembers(
        [...ours, ...ours.map((name) => name.replace(/generate$/, "generateStream"))],
        [...paired],
        method
      )
    }
  })
})
