import { assert, describe, it } from "@effect/vitest"
import { call, summaryOf, wordsOf } from "./support.ts"

describe("summary", () => {
  it("has the sentences that say most of the text, in their order", () => {
    assert.strictEqual(
      summaryOf(call),
      "Thank you for calling Premier Phone Services. Hello Josh, I'm calling to get a refund on my recent purchase. " +
        "I have updated your address and the refund confirmation is on its way to your email."
    )
  })

  it("prefers what the text repeats, but does not repeat itself", () => {
    const city = "The new tram line connects the harbour with the old town."
    const text = [
      "Good morning everyone.",
      city,
      "My neighbour has a dog and two cats.",
      city,
      "Many residents waited years for the tram line to the harbour.",
      "Tickets for the tram cost two euros.",
      city,
      "It may rain tomorrow, or so they say.",
      "Somebody lost an umbrella near the market hall."
    ].join(" ")
    const summary = summaryOf(text)
    assert.isTrue(summary.startsWith(city))
    assert.strictEqual(summary.split(city).length, 2)
    assert.isTrue(wordsOf(summary).length <= 25)
  })

  it("is the text itself up to 50 words", () => {
    const words = Array.from({ length: 50 }, (_, index) => `word${index}${index % 10 === 9 ? "." : ""}`)
    assert.strictEqual(summaryOf(words.join(" ")), words.join(" "))
    const longer = `${words.join(" ")} Done.`
    assert.notStrictEqual(summaryOf(longer), longer)
  })

  it("is a part of what has no sentences", () => {
    const spoken = "so we moved the meeting because the projector in the large room is broken and ".repeat(20)
    const summary = summaryOf(spoken)
    assert.isTrue(spoken.includes(summary))
    assert.isTrue(wordsOf(summary).length >= 25 && wordsOf(summary).length <= 60)
  })

  it("is one sentence of a text that says nothing", () => {
    const text = "Yes, it is so. ".repeat(20).trim()
    assert.strictEqual(summaryOf(text), "Yes, it is so.")
  })
})
