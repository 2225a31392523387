import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { addStretch, makeTurn, splitText } from "../../src/internal/speak/liveTurn.ts"
import { timedWords } from "../../src/internal/voice/timing.ts"

const sampleRate = 24_000

describe("the text of a turn", () => {
  it.effect("is split behind the last word that was heard, to the millisecond", () =>
    Effect.gen(function*() {
      const turn = yield* makeTurn
      const texts = ["One two, three four five.  ", "Six seven eight nine ten eleven twelve."]
      for (const text of texts) addStretch(turn, text, 1)
      turn.draft.append(" And so")
      const ends = [...timedWords(texts.join(""), 1, sampleRate)].map(({ end }) => Math.round(end * 1000))
      const words = texts.join("").trim().split(/\s+/)
      assert.strictEqual(ends.length, words.length)
      for (const [index, end] of ends.entries()) {
        for (const [played, count] of [[end - 1, index], [end, index + 1]] as const) {
          const { text_remaining, text_spoken } = splitText(turn, played, sampleRate)
          assert.strictEqual(text_spoken + text_remaining, `${texts.join("")} And so`)
          assert.deepStrictEqual(text_spoken.split(/\s+/).filter((word) => word !== ""), words.slice(0, count))
        }
      }
      assert.strictEqual(splitText(turn, -100, sampleRate).text_spoken, "")
      assert.strictEqual(splitText(turn, 1e9, sampleRate).text_remaining, " And so")
    }))

  it.effect("that is spoken at several speeds is split at those", () =>
    Effect.gen(function*() {
      const turn = yield* makeTurn
      addStretch(turn, "One two. ", 0.5)
      addStretch(turn, "Three four.", 1.5)
      const spoken = (played: number) => splitText(turn, played, sampleRate).text_spoken
      const slow = [...timedWords("One two. ", 0.5, sampleRate)].at(-1)!.next * 1000
      const [three] = timedWords("Three four.", 1.5, sampleRate)
      assert.strictEqual(spoken(slow + three!.end * 1000 - 1), "One two.")
      assert.strictEqual(spoken(slow + three!.end * 1000), "One two. Three")
    }))
})
