import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { alternative, transcript } from "./speech.ts"

const units = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen " +
  "seventeen eighteen nineteen"
const tens = "_ _ twenty thirty forty fifty sixty seventy eighty ninety"

const belowThousand = (n: number, and: boolean): Array<string> => {
  const hundreds = Math.floor(n / 100)
  const rest = n % 100
  return [
    ...(hundreds > 0 ? [units.split(" ")[hundreds]!, "hundred"] : []),
    ...(hundreds > 0 && rest > 0 && and ? ["and"] : []),
    ...(rest >= 20 ? [tens.split(" ")[Math.floor(rest / 10)]!] : []),
    ...(rest >= 20 && rest % 10 > 0 ? [units.split(" ")[rest % 10]!] : []),
    ...(rest > 0 && rest < 20 ? [units.split(" ")[rest]!] : [])
  ]
}

const spell = (n: number, and: boolean): Array<string> => {
  if (n === 0) return ["zero"]
  const result: Array<string> = []
  for (const [scale, name] of [[1e12, "trillion"], [1e9, "billion"], [1e6, "million"], [1e3, "thousand"]] as const) {
    const part = Math.floor(n / scale) % 1000
    if (part > 0) result.push(...belowThousand(part, and), name)
  }
  return [...result, ...belowThousand(n % 1000, and)]
}

const Whole = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 999_999_999_999_999 }))
const Small = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1300 }))

describe("numerals", () => {
  const reads = (and: boolean, hyphen: boolean) => ({ n }: { readonly n: number }) => {
    const spelled = spell(n, and).join(" ").replace(
      /(\w+ty) (one|two|three|four|five|six|seven|eight|nine)\b/g,
      (all) => hyphen ? all.replace(" ", "-") : all
    )
    assert.strictEqual(transcript({ numerals: true, punctuate: true }, `It is ${spelled}.`), `It is ${n}.`)
    assert.strictEqual(transcript({ smart_format: true }, `It is ${spelled}.`), `It is ${n}.`)
  }

  it.prop("read any whole number", { n: Whole }, reads(false, false))
  it.prop("read any whole number with `and` and hyphens", { n: Whole }, reads(true, true))
  it.prop("read any small number", { n: Small }, reads(true, false))

  it.prop(
    "read decimals, digit by digit",
    { n: Small, digits: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9 }))) },
    ({ digits, n }) => {
      const fraction = digits.map((digit) => units.split(" ")[digit])
      const spelled = digits.length === 0 ? spell(n, true) : [...spell(n, true), "point", ...fraction]
      assert.strictEqual(
        transcript({ numerals: true }, spelled.join(" ")),
        digits.length === 0 ? String(n) : `${n}.${digits.join("")}`
      )
    }
  )

  const cases: ReadonlyArray<readonly [spoken: string, numerals: string, smart?: string]> = [
    ["I have twenty five apples.", "I have 25 apples."],
    ["One hundred and five.", "105."],
    ["three point one four", "3.14"],
    ["zero point five, point five", "0.5, point 5"],
    ["three point fourteen", "3.14"],
    ["two point oh", "2.0"],
    ["one point five million and three point one four thousand", "1500000 and 3140"],
    ["in two thousand twenty six", "in 2026"],
    ["in twenty twenty six or nineteen ninety nine or nineteen oh five", "in 2026 or 1999 or 1905"],
    ["nineteen hundred, twenty five hundred", "1900, 2500"],
    ["a hundred and one, half a million, a thousand thanks", "101, half a million, 1000 thanks"],
    ["one thousand two thousand", "1000 2000"],
    ["one hundred two hundred", "100 200"],
    ["five thousand six million", "5000 6000000"],
    ["twenty, five", "20, 5"],
    ["twenty-five-year-old", "twenty-five-year-old"],
    ["“Twenty five!” she said.", "“25!” she said."],
    ["hundreds of twenties, a hundred", "hundreds of twenties, 100"],
    ["five five five one two three four", "5 5 5 1 2 3 4", "5551234"],
    ["code nine oh oh seven", "code 9 0 0 7", "code 9007"],
    ["oh no, five oh", "oh no, 5 oh"],
    ["five five five oh no", "5 5 5 oh no", "555 oh no"],
    ["twenty fifteen hundred, twenty five hundred thousand", "20 1500, 2500 thousand"],
    ["nineteen oh fifth", "19 oh fifth"],
    ["one two", "1 2"],
    ["one two three hundred", "1 2 300"],
    ["one nine two point one six eight", "1 9 2.168", "192.168"],
    ["twenty first, one hundred and third, two thousandth, eleventh, twelfth", "21st, 103rd, 2000th, 11th, 12th"],
    ["nine hundredth, thirty-second", "900th, 32nd"],
    ["the first and the second one", "the first and the second 1"],
    ["May fifth, the third of June, you may first", "May 5th, the 3rd of June, you may first"],
    ["one third, two thirds, three quarters", "one third, two thirds, three quarters"],
    ["No one has this one, one of them, only one another.", "No one has this one, one of them, only one another."],
    ["one second", "1 second"],
    ["25 and twenty", "25 and 20"],
    ["and a point", "and a point"]
  ]

  for (const [spoken, numerals, smart = numerals] of cases) {
    it(`${spoken} → ${numerals}`, () => {
      assert.strictEqual(transcript({ numerals: true, punctuate: true }, spoken), numerals)
      assert.strictEqual(transcript({ smart_format: true }, spoken), smart)
      assert.strictEqual(transcript({ punctuate: true }, spoken), spoken)
    })
  }

  it("take the time of the words they are made of", () => {
    assert.deepStrictEqual(alternative({ numerals: true, punctuate: true }, "about twenty five.").words, [
      { word: "about", start: 0, end: 0.3, confidence: 0.75, punctuated_word: "about" },
      { word: "25", start: 0.4, end: 1.1, confidence: 0.84375, punctuated_word: "25." }
    ])
  })

  it("are not made of the words of two speakers or of both sides of a pause", () => {
    assert.strictEqual(transcript({ numerals: true }, "0: twenty", "1: five"), "20 5")
    assert.strictEqual(transcript({ numerals: true }, "twenty", 1, "five"), "20 5")
    assert.strictEqual(transcript({ numerals: true }, "twenty", 0.5, "five"), "25")
  })

  it("are English", () => {
    assert.strictEqual(transcript({ numerals: true, language: "en-GB" }, "six million"), "6000000")
    assert.strictEqual(transcript({ numerals: true, language: "multi" }, "six million"), "6000000")
    assert.strictEqual(transcript({ numerals: true, language: "fr" }, "six million"), "six million")
    const french = "je suis avec vous pour six million"
    assert.strictEqual(transcript({ numerals: true, detect_language: true }, french), french)
  })
})
