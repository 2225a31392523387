import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { documentOf } from "../../src/internal/analyze/document.ts"
import { stem } from "../../src/internal/analyze/stem.ts"
import { countTokens } from "../../src/internal/analyze/tokens.ts"
import { Text, textOf, wordsOf } from "./support.ts"

const sentencesOf = (text: string): ReadonlyArray<string> => {
  const document = documentOf(text)
  return document.sentences.map(document.text)
}

describe("words", () => {
  it.prop("are what stands between white space", { pieces: Text }, ({ pieces }) => {
    const text = textOf(pieces)
    const document = documentOf(text)
    assert.deepStrictEqual(
      document.words.map((_, index) => document.text({ from: index, end: index + 1 })),
      wordsOf(text)
    )
  })

  it("are counted as Deepgram counts them", () => {
    // Its own example: the first sentence of the second segment begins with word 34, and ends with word 73.
    const text = "Our model research team has developed novel transformer architectures equipped to deal with the " +
      "nuances of conversational audio–across different languages, accents, and dialects, while handling " +
      "disfluencies and the changing rhythms, tones, cadences, and inflections that occur in natural, " +
      "back-and-forth conversations."
    assert.strictEqual(documentOf(text).words.length, 73 - 34 + 1)
  })
})

describe("sentences", () => {
  it.prop("hold all words, in order, and are parts of the text", { pieces: Text }, ({ pieces }) => {
    const text = textOf(pieces)
    const document = documentOf(text)
    let next = 0
    for (const { end, from } of document.sentences) {
      assert.strictEqual(from, next)
      assert.isTrue(end > from && end - from <= 60)
      assert.isTrue(text.includes(document.text({ from, end })))
      next = end
    }
    assert.strictEqual(next, document.words.length)
  })

  it("end at marks and blank lines, not at abbreviations", () => {
    assert.deepStrictEqual(sentencesOf("Dr. Smith called, e.g. today. Really?! Yes…\nNo"), [
      "Dr. Smith called, e.g. today.",
      "Really?!",
      "Yes…",
      "No"
    ])
    assert.deepStrictEqual(sentencesOf("A heading\n\nThe text\nin two lines"), ["A heading", "The text\nin two lines"])
    assert.deepStrictEqual(sentencesOf(" \n\n "), [])
  })

  it("without an end are cut", () => {
    const document = documentOf("word ".repeat(130))
    assert.deepStrictEqual(document.sentences, [{ from: 0, end: 43 }, { from: 43, end: 86 }, { from: 86, end: 130 }])
    assert.strictEqual(documentOf("word ".repeat(60)).sentences.length, 1)
  })
})

describe("stem", () => {
  const same = [
    "refund refunds refunded refunding",
    "cancel cancels cancelled canceling cancellation cancellations",
    "plan plans planned planning",
    "plane planes",
    "hate hates hated hating",
    "hat hats",
    "update updates updated updating",
    "bill bills billed billing",
    "leave leaves leaving",
    "judge judged judging",
    "receive receives received receiving",
    "choose choosing",
    "argue argued arguing",
    "install installs installed installing installation",
    "city cities",
    "apply applies applied applying",
    "address addresses addressed",
    "box boxes",
    "price prices priced pricing",
    "pay payment payments paying",
    "try tries tried trying",
    "quick quickly",
    "customer customers customer's customers'",
    "feed feeds feeding",
    "news",
    "new",
    "business",
    "king",
    "series",
    "don't"
  ]

  it("is the same for the forms of a word, and another one for other words", () => {
    const stems = same.map((forms) => forms.split(" ").map(stem))
    for (const [index, forms] of stems.entries()) assert.strictEqual(new Set(forms).size, 1, same[index])
    assert.strictEqual(new Set(stems.map(([first]) => first)).size, same.length)
  })

  it("leaves symbols out, unless there is nothing else", () => {
    assert.strictEqual(stem("great🎉"), "great")
    assert.strictEqual(stem("🎉"), "🎉")
    assert.strictEqual(stem("—"), "—")
  })

  it.prop("is never empty, and ends for any text", { key: Schema.NonEmptyString }, ({ key }) => {
    assert.isTrue(stem(key).length > 0)
  })
})

describe("tokens", () => {
  it("are words and marks", () => {
    assert.strictEqual(countTokens(""), 0)
    assert.strictEqual(countTokens("  \n"), 0)
    assert.strictEqual(countTokens("Don't stop, please!"), 5)
    assert.strictEqual(countTokens("👩‍👩‍👧 ok"), 2)
  })

  it.prop("of two texts are those of both", { a: Text, b: Text }, ({ a, b }) => {
    assert.strictEqual(
      countTokens(`${textOf(a)}\n\n${textOf(b)}`),
      countTokens(textOf(a)) + countTokens(textOf(b))
    )
  })
})
