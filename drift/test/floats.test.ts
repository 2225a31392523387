/** Newer documents print fractions as texts with the title `float`. */
import { assert, describe, it } from "@effect/vitest"
import { known } from "../differences.ts"
import { makeReport } from "../report.ts"
import { complaints, contract, described, edited, noticed, type Path, schema } from "./support/vendor.ts"

const start: Path = schema("ListenV1ResponseResultsChannelsItemsAlternativesItemsWordsItems", "properties", "start")
const place = "POST /v1/listen response 200 results.channels[].alternatives[].words[].start"

/** A document as newer ones are, and how much of it is otherwise. */
const withFloats = (document: unknown) => {
  let count = 0
  const rewrite = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(rewrite)
    if (typeof value !== "object" || value === null) return value
    if ("type" in value && value.type === "number") {
      const { format: _, ...rest } = value as Record<string, unknown>
      count++
      return { ...rest, type: "string", title: "float" }
    }
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, rewrite(member)]))
  }
  return { document: rewrite(document), count }
}

describe("a text with the title float", () => {
  it("is a number wherever it stands", () => {
    const { count, document } = withFloats(edited())
    assert.isAbove(count, 50)
    assert.deepStrictEqual(complaints(makeReport(contract, described(document), known)), [])
  })

  it("may be null", () => {
    assert.deepStrictEqual(noticed([start, { type: ["string", "null"], title: "float" }]), [])
  })

  it("is a text with any other title", () => {
    assert.deepStrictEqual(noticed([start, { type: "string", title: "Start" }]), [`type ${place} (number; string)`])
  })

  it("is a text that we have as one", () => {
    assert.deepStrictEqual(
      noticed([schema("ListenV1ResponseMetadata", "properties", "sha256"), { type: "string", title: "float" }]),
      ["type POST /v1/listen response 200 metadata.sha256 (string; number)"]
    )
  })
})
