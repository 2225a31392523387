import { assert, describe, it } from "@effect/vitest"
import { makeDraft } from "../../src/internal/speak/liveText.ts"
import { integer, makeRandom, pick, Seed } from "../voice/support.ts"

/** What is cut off a text that comes in these pieces, and what is left. */
const written = (shortest: number, ...pieces: ReadonlyArray<string>) => {
  const draft = makeDraft(shortest)
  const cuts = pieces.flatMap((piece) => draft.append(piece))
  return [...cuts, draft.rest()]
}

const sentence = (length: number) => "x".repeat(length - 1) + "."

describe("a text that is being written", () => {
  it("is cut behind the white space after a sentence", () => {
    assert.deepStrictEqual(written(1, "Hello there. How are you? Fine"), ["Hello there. ", "How are you? ", "Fine"])
    assert.deepStrictEqual(written(1, "\"Yes!\"  He said\nso."), ["\"Yes!\" ", " He said\nso."])
    assert.deepStrictEqual(written(1, "It costs 3.14 dollars, more or less "), ["It costs 3.14 dollars, more or less "])
  })

  it("is not cut before it is sure that the sentence is over", () => {
    assert.deepStrictEqual(written(1, "It is 3.", "14.", " Really."), ["It is 3.14. ", "Really."])
    const draft = makeDraft(1)
    assert.deepStrictEqual(draft.append("Hello."), [])
    assert.strictEqual(draft.text(), "Hello.")
    assert.deepStrictEqual(draft.append("\t"), ["Hello.\t"])
    assert.strictEqual(draft.text(), "")
  })

  it("is not cut where sentences are too short", () => {
    assert.deepStrictEqual(written(20, "One. Two. Three. Four. Five. Six."), ["One. Two. Three. Four. ", "Five. Six."])
    assert.deepStrictEqual(written(20, `${sentence(19)} `), [`${sentence(19)} `])
    assert.deepStrictEqual(written(20, `${sentence(20)} `), [`${sentence(20)} `, ""])
  })

  it("is cut between words when no sentence ends", () => {
    const long = `${"word ".repeat(60)}`
    assert.deepStrictEqual(written(1, `${long}and more`), [`${long}and `, "more"])
    assert.deepStrictEqual(written(1, "x".repeat(5000)), ["x".repeat(5000)])
  })

  it("is not cut within what controls the voice", () => {
    const control = "\\{\"word\":\"Dr. No\", \"pronounce\":\"a. b\"\\}"
    assert.deepStrictEqual(written(1, `Say ${control} now. Please.`), [`Say ${control} now. `, "Please."])
    // A brace that nobody closes does not hold up everything.
    const [first = ""] = written(1, `Look { ${"a. ".repeat(500)}`)
    assert.strictEqual(first.length, 1003)
  })

  it("is not cut within markup", () => {
    const long = "word ".repeat(59)
    const tag = "<prosody rate=\"slow\" pitch=\"low\">"
    assert.deepStrictEqual(written(1, `${long}or ${tag}more and more`), [`${long}or ${tag}more `, "and more"])
    // What looks like it does not hold up everything.
    const [first = ""] = written(1, `Look <break ${"a. ".repeat(500)}`)
    assert.strictEqual(first.length, 1002)
    assert.deepStrictEqual(written(1, "1 < 2. So"), ["1 < 2. ", "So"])
  })

  it("is not cut before there is something to speak", () => {
    assert.deepStrictEqual(written(1, "... \n - . Well. So"), ["... \n - . Well. ", "So"])
    assert.deepStrictEqual(written(1, "... ! ? "), ["... ! ? "])
  })

  it("takes no time to speak of when there is nothing to speak", () => {
    const blank = " .".repeat(500_000)
    assert.deepStrictEqual(written(1, blank), [blank])
  })

  it.prop("is cut the same in whatever pieces it comes, and nothing is lost", { seed: Seed }, ({ seed }) => {
    const random = makeRandom(seed)
    const text = Array.from(
      { length: integer(random, 0, 200) },
      () => pick(random, ["word", ". ", "! ", " ", "3.5", "{", "} ", "\n", "…", "\u{1f600}", ", and "])
    ).join("")
    const shortest = pick(random, [1, 30, 60])
    const pieces: Array<string> = []
    for (let at = 0; at < text.length;) {
      const length = integer(random, 0, 9)
      pieces.push(text.slice(at, at + length))
      at += length
    }
    const cuts = written(shortest, ...pieces)
    assert.deepStrictEqual(cuts, written(shortest, text))
    assert.strictEqual(cuts.join(""), text)
  })
})
