import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { alternative, channel, transcript, words } from "./speech.ts"

describe("keyterm", () => {
  it("writes words as the key term is written, and is surer of them", () => {
    const { transcript, words } = alternative({ keyterm: ["iPhone", "New York"] }, "My iphone, in new york.")
    assert.strictEqual(transcript, "my iPhone in New York")
    assert.deepStrictEqual(words?.map((word) => word.confidence), [0.75, 0.90625, 0.875, 0.96875, 0.875])
  })

  it("keeps the punctuation that was spoken, and that of the key term", () => {
    assert.strictEqual(
      transcript({ keyterm: ["dr. Smith", "NASA", "c++"], punctuate: true }, "Ask dr smith, “Nasa!” and C++."),
      "Ask dr. Smith, “NASA!” and c++."
    )
    assert.strictEqual(transcript({ keyterm: "Yahoo!", punctuate: true }, "yahoo yahoo!"), "Yahoo! Yahoo!")
  })

  it("in lower case keeps the capital at the start of a sentence", () => {
    assert.strictEqual(
      transcript({ keyterm: "deepgram", punctuate: true }, "Deepgram is DEEPGRAM. Deepgram!"),
      "Deepgram is deepgram. Deepgram!"
    )
  })

  it("prefers the longer term, and is not turned into digits", () => {
    assert.strictEqual(
      transcript({ keyterm: ["nova", "Nova Three"], numerals: true }, "nova three, nova four"),
      "Nova Three nova 4"
    )
  })

  it("takes a weight literally, and matches whole words only", () => {
    assert.strictEqual(transcript({ keyterm: ["SNUFFLE:5", "Pod", ""] }, "snuffle podcast"), "snuffle podcast")
  })
})

describe("replace", () => {
  const cases: ReadonlyArray<readonly [rules: string | ReadonlyArray<string>, spoken: string, written: string]> = [
    ["monika:Monica", "Hello Monika, monika!", "Hello Monica, Monica!"],
    [["this:that", "ZenDesk:Zendesk"], "This zendesk ZenDesk.", "that zendesk Zendesk."],
    ["new york:NYC", "In New York, now.", "In NYC, now."],
    ["nyc:New York City", "In NYC.", "In New York City."],
    [["new:old", "new york:NYC"], "New York, new!", "NYC, old!"],
    ["um:", "Well, um, yes.", "Well, yes."],
    ["um", "Um um um", ""],
    ["monika:", "I see Monika. Good.", "I see. Good."],
    ["a:b", "A b.", "b b."],
    [["a:b", "b:a"], "a b", "b a"],
    [":x", "x", "x"],
    ["at:at:all", "at", "at:all"],
    ["five:many", "twenty five", "20 many"],
    ["twenty five:many", "twenty five", "many"]
  ]

  for (const [rules, spoken, written] of cases) {
    it(`${String(rules)} in ${spoken}`, () => {
      assert.strictEqual(transcript({ replace: rules, punctuate: true, numerals: true }, spoken), written)
    })
  }

  it("divides the time among the new words", () => {
    const { words } = alternative({ replace: "nyc:New York" }, "in NYC now")
    assert.deepStrictEqual(words?.map(({ end, start, word }) => [word, start, Number(end.toFixed(6))]), [
      ["in", 0, 0.3],
      ["New", 0.4, 0.528571],
      ["York", 0.4 + 0.3 * 3 / 7, 0.7],
      ["now", 0.8, 1.1]
    ])
    const { words: merged } = alternative({ replace: "new york:NYC" }, "new york")
    assert.deepStrictEqual(merged, [{ word: "NYC", start: 0, end: 0.7, confidence: 0.78125 }])
  })

  it("does not find words of two speakers", () => {
    assert.strictEqual(transcript({ replace: "new york:NYC" }, "0: new", "1: york"), "new york")
  })
})

describe("search", () => {
  it("finds words and phrases wherever they were spoken", () => {
    const { search } = channel({ search: ["Good morning", "night", "five"] }, "Good, morning! Twenty-five good morning")
    assert.deepStrictEqual(search, [
      {
        query: "Good morning",
        hits: [
          { confidence: 0.78125, start: 0, end: 0.7, snippet: "good morning" },
          { confidence: (0.9375 + 0.75) / 2, start: 1.2, end: 1.9, snippet: "good morning" }
        ]
      },
      { query: "night", hits: [] },
      { query: "five", hits: [] }
    ])
  })

  it("looks at what was spoken, not at what was written", () => {
    const { search } = channel(
      { search: ["twenty five", "25", "old"], numerals: true, replace: "old:new" },
      "twenty five old"
    )
    assert.deepStrictEqual(search?.map(({ hits }) => hits?.length), [1, 0, 1])
  })

  it("does not mind which apostrophe it is", () => {
    assert.strictEqual(channel({ search: "don't" }, "Don’t!").search?.[0]?.hits?.length, 1)
  })

  it("does not mind a dash between two words", () => {
    assert.strictEqual(channel({ search: "well yes" }, "well — yes").search?.[0]?.hits?.[0]?.snippet, "well yes")
  })

  it("finds nothing where there is nothing to find", () => {
    assert.deepStrictEqual(channel({ search: ["", "?"] }, "well ?").search, [{ query: "", hits: [] }, {
      query: "?",
      hits: []
    }])
    assert.isFalse("search" in channel({}, "well"))
  })

  it.prop(
    "finds every word that was said",
    { said: Schema.Array(Schema.Literals(["one", "Two,", "three!"])) },
    ({ said }) => {
      const spoken = words(said.join(" "))
      const results = channel({ search: ["one", "TWO", "three"] }, said.join(" ")).search ?? []
      assert.deepStrictEqual(
        results.flatMap(({ hits = [] }) => hits.map(({ start }) => start ?? -1)).toSorted((a, b) => a - b),
        spoken.map(({ start }) => start)
      )
    }
  )
})

describe("dictation", () => {
  it("turns spoken marks into marks", () => {
    assert.strictEqual(
      transcript(
        { dictation: true, punctuate: true },
        "a headache comma nausea, comma and pain period are you sure question mark yes exclamation point note colon " +
          "first semicolon last full stop"
      ),
      "a headache, nausea, and pain. Are you sure? Yes! Note: first; last."
    )
  })

  it("needs a word before the mark, and English", () => {
    assert.strictEqual(transcript({ dictation: true }, "comma and"), "comma and")
    assert.strictEqual(transcript({ dictation: true, language: "de" }, "und comma"), "und comma")
    assert.strictEqual(transcript({ punctuate: true }, "one comma two"), "one comma two")
    assert.strictEqual(transcript({ dictation: true, keyterm: "Comma" }, "one comma two"), "one Comma two")
    assert.strictEqual(transcript({ dictation: true, keyterm: "eBay" }, "yes period ebay"), "yes. eBay")
    assert.strictEqual(transcript({ dictation: true }, "0: one", "1: comma two"), "one comma two")
  })

  it("ends sentences", () => {
    const { paragraphs } = alternative({ dictation: true, paragraphs: true }, "it works period try it")
    assert.deepStrictEqual(paragraphs?.paragraphs[0]?.sentences.map(({ text }) => text), ["it works.", "Try it"])
  })
})

describe("measurements", () => {
  it("abbreviates units behind numbers", () => {
    const spoken = "thirty three grams and fifty five milliliters, at ten degrees celsius. Pounds per inch, a meter."
    assert.strictEqual(
      transcript({ measurements: true, punctuate: true }, spoken),
      "thirty three g and fifty five ml, at ten °C. Pounds per inch, a meter."
    )
    assert.strictEqual(
      transcript({ measurements: true, smart_format: true }, spoken),
      "33 g and 55 ml, at 10 °C. Pounds per inch, a meter."
    )
    assert.strictEqual(transcript({ measurements: true }, "5.5 kilometres, sixty miles per hour"), "5.5 km sixty mph")
  })

  it("leaves key terms and other speakers alone", () => {
    assert.strictEqual(transcript({ measurements: true, keyterm: "Meters" }, "ten meters"), "ten Meters")
    assert.strictEqual(transcript({ measurements: true }, "0: ten", "1: meters"), "ten meters")
  })

  it("is English", () => {
    assert.strictEqual(transcript({ measurements: true, language: "fr" }, "10 grams"), "10 grams")
  })
})
