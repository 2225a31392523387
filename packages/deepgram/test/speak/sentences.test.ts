import { assert, describe, it } from "@effect/vitest"
import { makeSentences } from "../../src/internal/speech/sentences.ts"

const units = (text: string) => text.split("")

/** What comes out, and what only the end of the text brings, after a bar. */
const cut = (text: string, maxLength = 2000) => {
  const sentences = makeSentences({ maxLength })
  const complete = units(text).flatMap((unit) => sentences.push(unit))
  return [...complete, "|", ...sentences.rest()]
}

const examples: Record<string, ReadonlyArray<string>> = {
  "plain sentences": ["Hello.", " How are you?", " Fine!", "|", " And you"],
  "a text without a stop": ["|", "and so on"],
  "several stops": ["What?!", " No!!", " ok.", "|", " Yes"],
  "numbers": ["It is 3.14 or v2.0.", " Or .5 of it, at 10.30.", "|", " Then"],
  "titles": ["|", "Dr. Smith, Mrs. Jones and Prof. Li met St. James, Mr.\nFox"],
  "initials": ["J. R. R. Tolkien wrote it.", "|", " I"],
  "abbreviations within": ["Fruit, e.g. this, i.e. (vs. that), z.B. Obst, approx. 5, etc. and so on.", "|", " I"],
  "the U.S.": ["The U.S. Senate and the U.S.A. agree.", "|", " I"],
  "abbreviations before small letters": ["Be there at 5 p.m. tomorrow, Smith Inc. says.", "|", " I"],
  "abbreviations before large letters": [
    "Be there at 5 p.m.",
    " Bring fruit etc.",
    " Solve for x.",
    " At 5 a.m.",
    "\n2 go.",
    " Thanks.",
    "|",
    " I"
  ],
  "abbreviations before numbers": ["See No. 5, Fig. 2 and Jan. 3.", " No.", "|", " I will not"],
  "ordinals": ["Am 3. Oktober.", " I am 42.", " I have 3.", "|", " Yes"],
  "addresses": ["See https://a.example/b.html?c=1!d, or mail a.b@c.example.", "|", " I"],
  "ellipses": ["Well... that is… it.", " Hmm...", " Yes…", "|", " I"],
  "a stop within a quotation": ["\"What?\" he said.", " \"Nothing.\"", " (So it is.)", " [Yes.]", "|", " I"],
  "curly quotation marks": ["“Go.”", " ‘Now!’", " «Oui.»", "|", " I"],
  "French spaces": ["« Bonjour\u00a0!\u00a0» dit-il.", "|", " I"],
  "a doubtful end before a quotation": ["We buy apples etc.", " \"Good.\"", "|", " I"],
  "a doubtful end before small print": ["|", "Well... *that* is it"],
  "Markdown": ["**Stop.**", " _Go!_", " `x.y`.", "|", " I"],
  "lists": ["1. First.", "\n2. Second", "\n- third", "\n* fourth", "|", "\n            2.1. Fifth"],
  "broken lines": ["A line\nand its rest.", "|", "\nI"],
  "paragraphs": ["A heading", "\n\nthen text, e.g.", "\n\nmore", "|", "\r\n\r\nmore yet"],
  "signs alone": ["|", "***\n\n— \n\n!!! Hello"],
  "Japanese": ["今日は。", "「行く。", "来る。」", "と！？", "は！?", "言った…と。", "|", "次"],
  "Japanese quotations that are not closed": ["「行く", "\n今日は。", "|"],
  "Chinese": ["他说：“好。”", "然后？", "|", "走"],
  "Arabic": ["كيف حالك؟", " بخير.", "|", " نعم"],
  "Hindi": ["यह है।", " वह है।", "|", "हाँ"],
  "emoji": ["Great 👍🏽.", " 👨‍👩‍👧!", " 🇩🇪🇫🇷?", "|", " 😀"],
  "pauses": ["One\\{pause:1.5s\\}.", " {pause:{ duration_ms: 500. }} two.", "|", " \\{pause:500ms\\}"],
  "controls of several lines": ["|", "One {pause:{\nduration_ms:500}}Two"],
  "pronunciations": ["Say \\{\"word\":\"U.S. a\",\"pronounce\":\"x. y! z\"\\} now.", "|", " I"],
  "braces that control nothing": ["{ no.", " {pal.", " {\"words.", " {\"word\": {x.", "|", " I"],
  "the start of a control twice": ["|", "{pause{pause:1. S}"]
}

describe("sentences", () => {
  for (const [name, pieces] of Object.entries(examples)) {
    it(`of ${name}`, () => {
      assert.deepStrictEqual(cut(pieces.filter((piece) => piece !== "|").join("")), pieces)
    })
  }

  it("come as soon as they are certain", () => {
    const sentences = makeSentences({ maxLength: 2000 })
    assert.deepStrictEqual(sentences.push("Hello."), [])
    assert.deepStrictEqual(sentences.push(" "), ["Hello."])
    assert.deepStrictEqual(sentences.push("It is 5 p.m. "), [])
    assert.deepStrictEqual(sentences.push("T"), [" It is 5 p.m."])
    assert.deepStrictEqual(sentences.push("hen? 今日は。"), [" Then?", " 今日は。"])
    assert.deepStrictEqual(sentences.push("はい！"), [])
    assert.deepStrictEqual(sentences.push("次"), ["はい！"])
  })

  it("that are too long are cut between words, or behind a comma", () => {
    assert.deepStrictEqual(cut("one two three four", 10), ["one two", " three", "|", " four"])
    assert.deepStrictEqual(cut("一二三，四五六七八", 6), ["一二三，", "|", "四五六七八"])
    assert.deepStrictEqual(cut("a 1,234,567", 10), ["a", "|", " 1,234,567"])
    assert.deepStrictEqual(cut("abcdefgh", 3), ["abc", "def", "|", "gh"])
    assert.deepStrictEqual(cut("exactly ten.", 12), ["|", "exactly ten."])
  })

  it("that are too long are not cut within characters, if that can be helped", () => {
    assert.deepStrictEqual(cut("a😀😀", 4), ["a😀", "|", "😀"])
    assert.deepStrictEqual(cut("abe\u0301", 3), ["ab", "|", "e\u0301"])
    assert.deepStrictEqual(cut("a👍🏽👍🏽", 7), ["a👍🏽", "|", "👍🏽"])
    assert.deepStrictEqual(cut("🇩🇪🇫🇷🇮🇹", 10), ["🇩🇪🇫🇷", "|", "🇮🇹"])
    assert.deepStrictEqual(cut("ab👨‍👩‍👧", 7), ["ab", "👨‍👩\u200d", "|", "👧"])
    assert.deepStrictEqual(cut("कक्षा", 4), ["क", "|", "क्षा"])
    assert.deepStrictEqual(cut("aकॢ", 2), ["a", "|", "कॢ"])
    assert.deepStrictEqual(cut("a bcde\u0301\u0301", 6), ["a", " bcd", "|", "e\u0301\u0301"])
    assert.deepStrictEqual(cut("a😀", 1), ["a", "|", "😀"])
    assert.deepStrictEqual(cut("กขกำกี่", 6), ["กขกำ", "|", "กี่"])
    assert.deepStrictEqual(cut("e\u0301\u0301\u0301\u0301", 3), ["e\u0301\u0301", "|", "\u0301\u0301"])
  })

  it("that are too long are not cut within controls, if that can be helped", () => {
    assert.deepStrictEqual(cut("abc\\{pause:500ms\\}", 17), ["abc", "|", "\\{pause:500ms\\}"])
    assert.deepStrictEqual(cut("abc {\"word\":\"a b\", \"x\"}", 20), ["abc", "|", " {\"word\":\"a b\", \"x\"}"])
    assert.deepStrictEqual(cut("{pause:500ms}", 10), ["{pause:500", "|", "ms}"])
  })

  it("go on behind a control that never ends", () => {
    const long = `{pause ${"x".repeat(600)}`
    assert.deepStrictEqual(cut(`${long}. Then`), [`${long}.`, "|", " Then"])
  })

  it("lose white space only where there is too much of it, or nothing else", () => {
    assert.deepStrictEqual(cut("a   b", 4), ["a", "|", "   b"])
    assert.deepStrictEqual(cut("a     b", 4), ["a", "|", "   b"])
    assert.deepStrictEqual(cut("a     😀", 4), ["a", "|", "  😀"])
    assert.deepStrictEqual(cut("  \n\n "), ["|"])
    assert.deepStrictEqual(cut("Yes. \n"), ["Yes.", "|"])
    assert.deepStrictEqual(cut(" a \n"), ["|", " a \n"])
  })

  it("can be asked for, and forgotten", () => {
    const sentences = makeSentences({ maxLength: 2000 })
    assert.isTrue(sentences.isEmpty())
    sentences.push("Hello. ")
    assert.isTrue(sentences.isEmpty())
    sentences.push("Wo")
    assert.isFalse(sentences.isEmpty())
    sentences.clear()
    assert.isTrue(sentences.isEmpty())
    assert.deepStrictEqual(sentences.rest(), [])
    sentences.push("\ud83d")
    assert.isFalse(sentences.isEmpty())
    assert.deepStrictEqual(sentences.rest(), ["\ud83d"])
    assert.isTrue(sentences.isEmpty())
    assert.deepStrictEqual(sentences.push("1. One. "), ["1. One."])
  })

  const long: ReadonlyArray<readonly [token: string, maxLength: number]> = [
    ["a", Infinity],
    ["1.", Infinity],
    ["{pause", Infinity],
    ["a", 2000],
    [" a", 2000],
    [" ", 2000],
    ["e\u0301", 2000]
  ]
  for (const [token, maxLength] of long) {
    it(`of a million times ${JSON.stringify(token)}, up to ${maxLength}, take time in proportion`, () => {
      const sentences = makeSentences({ maxLength })
      let length = 0
      for (let count = 0; count < 1_000_000; count++) {
        for (const piece of sentences.push(token)) length += piece.length
      }
      for (const piece of sentences.rest()) length += piece.length
      assert.strictEqual(length, token === " " ? 0 : token.length * 1_000_000)
    }, 30_000)
  }
})
