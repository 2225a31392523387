import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { makeSentences } from "../../src/internal/speech/sentences.ts"

const controls = [
  "\\{pause:1.5s\\}",
  "{pause:{duration_ms: 500}}",
  "\\{\"word\":\"U.S. a\", \"pronounce\":\"a? b\"\\}"
] as const

const fragments = [
  ...controls,
  "word",
  "a",
  "Then",
  "I",
  "Dr",
  "e.g.",
  "p.m.",
  "U.S",
  "3",
  "14",
  ".",
  ".",
  "?",
  "...",
  "…",
  ",",
  "\"",
  "”",
  "(",
  ")",
  "**",
  "- ",
  " ",
  " ",
  " ",
  "  ",
  "\u00a0",
  "\n",
  "\r\n",
  "\n\n",
  "今日は",
  "。",
  "！",
  "「",
  "」",
  "，",
  "؟",
  "है",
  "।",
  "cafe\u0301",
  "😀",
  "👍🏽",
  "🇩🇪",
  "👨‍👩‍👧",
  "{ "
] as const

const Text = Schema.Array(Schema.Literals(fragments)).check(Schema.isMaxLength(80))
const Sizes = Schema.NonEmptyArray(Schema.Literals([1, 1, 2, 3, 5, 8, 13, 40]))

const inTokens = (text: string, sizes: ReadonlyArray<number>): ReadonlyArray<string> => {
  const tokens: Array<string> = []
  for (let at = 0; at < text.length;) {
    const size = sizes[tokens.length % sizes.length] ?? 1
    tokens.push(text.slice(at, at + size))
    at += size
  }
  return tokens
}

const cut = (tokens: ReadonlyArray<string>, maxLength: number) => {
  const sentences = makeSentences({ maxLength })
  return [...tokens.flatMap((token) => sentences.push(token)), ...sentences.rest()]
}

const runs = (runs: number) => ({ arbitrary: { runs }, timeout: 60_000 })
const bare = (text: string) => text.replace(/\s/g, "")
const occurrences = (text: string, part: string) => text.split(part).length - 1
const longestBlank = (text: string) => Math.max(0, ...(text.match(/\s+/g) ?? []).map((blank) => blank.length))
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" })

describe("sentences of random texts in random tokens", () => {
  it.prop(
    "hold everything but white space, whatever the length, none of them blank or too long",
    { parts: Text, sizes: Sizes, maxLength: Schema.Literals([2, 3, 5, 10, 30, 2000]) },
    ({ maxLength, parts, sizes }) => {
      const text = parts.join("")
      const pieces = cut(inTokens(text, sizes), maxLength)
      assert.strictEqual(bare(pieces.join("")), bare(text))
      for (const piece of pieces) {
        assert.isAtMost(piece.length, maxLength)
        assert.notStrictEqual(piece.trim(), "")
        assert.isTrue(piece.isWellFormed())
      }
      assert.deepStrictEqual(pieces, cut(text.split(""), maxLength))
    },
    runs(500)
  )

  it.prop(
    "are verbatim, and leave characters and controls whole, where there is room",
    { parts: Text, sizes: Sizes, extra: Schema.Literals([0, 20, 2000]) },
    ({ extra, parts, sizes }) => {
      const text = parts.join("")
      const pieces = cut(inTokens(text, sizes), 60 + longestBlank(text) + extra)
      const joined = pieces.join("")
      assert.strictEqual(joined, text.slice(0, joined.length))
      assert.strictEqual(text.slice(joined.length).trim(), "")
      for (const control of controls) {
        const whole = pieces.reduce((sum, piece) => sum + occurrences(piece, control), 0)
        assert.strictEqual(whole, occurrences(text, control))
      }
      const starts = new Set([...graphemes.segment(text)].map(({ index }) => index))
      let at = 0
      for (const piece of pieces) {
        assert.isTrue(starts.has(at))
        at += piece.length
      }
    },
    runs(500)
  )
})
