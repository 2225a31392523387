/** Tests of what changes of the vendor's document are reported as. */
import { assert, describe, it } from "@effect/vitest"
import { type Edit, noticed } from "./vendor.ts"

/** Changes by what they are, and what is complained of because of each. */
export type Changes = Readonly<
  Record<string, { readonly edits: ReadonlyArray<Edit>; readonly lines: ReadonlyArray<string> }>
>

export const noticing = (title: string, changes: Changes, of = noticed) =>
  describe(title, () => {
    for (const [name, { edits, lines }] of Object.entries(changes)) {
      it(name, () => assert.deepStrictEqual(of(...edits), lines))
    }
  })

export const string = { type: "string" }
export const number = { type: "number" }
export const boolean = { type: "boolean" }
export const listOf = (items: unknown) => ({ type: "array", items })
export const objectOf = (properties: object) => ({ type: "object", properties })
