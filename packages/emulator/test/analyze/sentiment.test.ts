import { assert, describe, it } from "@effect/vitest"
import { emojiValences, valences } from "../../src/internal/analyze/lexicon.ts"
import { call, scoreOf, sentimentsOf } from "./support.ts"

const increasing = (...texts: ReadonlyArray<string>) => {
  const scores = texts.map(scoreOf)
  for (const [index, score] of scores.entries()) {
    if (index > 0) assert.isTrue(score > (scores[index - 1] ?? 1), `${texts[index - 1]} < ${texts[index]}`)
  }
}

describe("sentiment", () => {
  it("of neighbouring sentences that feel the same is one segment", () => {
    assert.deepStrictEqual(
      sentimentsOf("I love it. It is great! The box is blue.\nThe lid is red. But the handle is broken."),
      {
        segments: [
          {
            text: "I love it. It is great!",
            start_word: 0,
            end_word: 5,
            sentiment: "positive",
            sentiment_score: 0.6309
          },
          {
            text: "The box is blue.\nThe lid is red.",
            start_word: 6,
            end_word: 13,
            sentiment: "neutral",
            sentiment_score: 0
          },
          {
            text: "But the handle is broken.",
            start_word: 14,
            end_word: 18,
            sentiment: "negative",
            sentiment_score: -0.5547
          }
        ],
        average: { sentiment: "neutral", sentiment_score: 0.0533 }
      }
    )
  })

  it("changes during a call", () => {
    const { segments = [] } = sentimentsOf(call)
    const of = (words: string) => segments.find(({ text = "" }) => text.includes(words))?.sentiment
    assert.strictEqual(of("Thank you for calling"), "positive")
    assert.strictEqual(of("My name is Josh"), "neutral")
    assert.strictEqual(of("very disappointed"), "negative")
    assert.strictEqual(of("happy to help"), "positive")
    assert.strictEqual(of("order number"), "neutral")
    assert.strictEqual(of("wonderful service"), "positive")
  })

  it("is turned by negations, and only near them", () => {
    increasing("It is not good.", "It is blue.", "It is good.")
    increasing("It was bad.", "It was blue.", "It was never bad.")
    increasing("It has flaws.", "It is blue.", "It is without flaws.")
    assert.strictEqual(scoreOf("No, it is good."), scoreOf("It is good."))
    assert.strictEqual(scoreOf("Not that we walked at all, but good."), scoreOf("It is good."))
  })

  it("is more or less so with other words", () => {
    increasing("It is slightly bad.", "It is blue.", "It is somewhat good.", "It is good.", "It is very good.")
    increasing("It is extremely bad.", "It is bad.", "It is rather bad.")
    increasing("It is good.", "It is good and nice.", "It is good and nice and perfect.")
  })

  it("is what is said after a `but`", () => {
    increasing("It is good but bad.", "It is blue.", "It is bad but good.")
  })

  it("is that of all forms of a word, unless they mean something else", () => {
    for (const word of ["admire", "admires", "admired", "admiring"]) {
      assert.strictEqual(scoreOf(`We ${word} it.`), 0.5547)
    }
    for (const word of ["hat", "hats", "please", "mean", "well"]) assert.strictEqual(scoreOf(`The ${word} is.`), 0)
    assert.strictEqual(scoreOf("We are pleased."), 0.5547)
  })

  it("is in emoji", () => {
    increasing("😡", "👎", "🙂", "😍")
    assert.strictEqual(scoreOf("ok😡"), scoreOf("😡 ok"))
    assert.strictEqual(scoreOf("👍🏽"), scoreOf("👍"))
    assert.strictEqual(scoreOf("👩‍👩‍👧"), 0)
  })

  it("never leaves its range", () => {
    assert.strictEqual(scoreOf("perfect ".repeat(5000)), 0.9999)
    assert.isTrue(scoreOf(`${"😡".repeat(100_000)}.`) >= -1)
  })
})

describe("the lexicon", () => {
  it("has valences within its range, for words as they are compared", () => {
    assert.isTrue(valences.size > 500 && emojiValences.size > 40)
    for (const [word, valence] of valences) {
      assert.match(word, /^[a-z]+$/)
      assert.isTrue(Math.abs(valence) >= 1 && Math.abs(valence) <= 3)
    }
  })
})
