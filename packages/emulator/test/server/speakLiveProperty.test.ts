/** Whatever a client says and whenever: nothing is spoken twice, nothing is lost, and every turn has one end. */
import { Emulator } from "@effect-deepgram/emulator"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { integer, makeRandom, pick, type Random, Seed } from "../voice/support.ts"
import { connect, type Json, last } from "./socket.ts"
import { audioOf, millisOf, textOf } from "./spoken.ts"

const speak = (text: string) => ({ type: "Speak", text })

/** Every word is said once, so that each can be told from all others. */
const makeWriter = (random: Random) => {
  let count = 0
  return () =>
    Array.from({ length: integer(random, 1, 8) }, () => `w${count++}${pick(random, [" ", " ", ", ", ". "])}`).join("")
}

const wordsOf = (text: string): ReadonlyArray<string> => text.split(/\s+/).filter((word) => word !== "")

/** Says all this, now and then waiting until something was heard; everything that comes back. */
const conversation = Effect.fnUntraced(function*(random: Random, path: string, messages: ReadonlyArray<Json>) {
  const { end, say, settled } = yield* connect(path)
  for (const message of messages) {
    yield* say(message)
    if (integer(random, 0, 2) === 0) yield* settled
  }
  yield* say({ type: "Close" })
  const ended = yield* end
  assert.strictEqual(ended.code, 1000)
  return ended.messages
}, Effect.scoped)

const runs = { timeout: 60_000, arbitrary: { runs: 40 } }

layer(Emulator.layer())("live speech", (it) => {
  it.effect.prop(
    "of Aura is all that was written since it was cleared",
    { seed: Seed },
    Effect.fnUntraced(function*({ seed }) {
      const random = makeRandom(seed)
      const write = makeWriter(random)
      const asked = Array.from({ length: integer(random, 1, 20) }, () => {
        const dice = integer(random, 0, 5)
        return dice < 3 ? speak(write()) : dice < 5 ? { type: "Flush" } : { type: "Clear" }
      })
      const heard = yield* conversation(random, "/v1/speak?encoding=mulaw", asked)
      const isClear = ({ type }: Json) => type === "Clear"
      const text = (messages: ReadonlyArray<Json>) => messages.map((message) => message["text"] ?? "").join("")
      const since = heard.slice(heard.findLastIndex(({ type }) => type === "Cleared") + 1)
      assert.deepStrictEqual(
        wordsOf(textOf(since, { encoding: "mulaw", sampleRate: 8000 })),
        wordsOf(text(asked.slice(asked.findLastIndex(isClear) + 1)))
      )
      assert.strictEqual(
        heard.filter(({ type }) => type === "Cleared").length,
        asked.filter(isClear).length
      )
      const numbers = heard.filter(({ type }) => type === "Flushed" || type === "Cleared")
      assert.deepStrictEqual(numbers.map(({ sequence_id }) => sequence_id), numbers.map((_, index) => index))
    }),
    runs
  )

  it.effect.prop(
    "of Flux is all that was written, turn by turn, but for what was interrupted",
    { seed: Seed },
    Effect.fnUntraced(function*({ seed }) {
      const random = makeRandom(seed)
      const write = makeWriter(random)
      let played = 0
      const asked = Array.from({ length: integer(random, 1, 20) }, () => {
        const dice = integer(random, 0, 6)
        if (dice < 3) return speak(write())
        if (dice < 5) return { type: "Flush" }
        played += integer(random, 1, 500)
        return { type: "Interrupt", playback_offset: { type: "time_ms", value: played } }
      })
      const format = { encoding: "mulaw", sampleRate: 8000 } as const
      const heard = yield* conversation(random, "/v2/speak?model=flux-haley-en&encoding=mulaw&sample_rate=8000", asked)
      let own: Array<Json> = []
      let turn: unknown
      let total = 0
      const words: Array<string> = []
      for (const message of heard.slice(1)) {
        switch (message["type"]) {
          case "SpeechStarted":
            assert.isUndefined(turn)
            turn = message["speech_id"]
            own = []
            break
          case "Audio":
            assert.isDefined(turn)
            own.push(message)
            break
          case "SpeechMetadata":
            assert.strictEqual(message["speech_id"], turn)
            assert.strictEqual(message["audio_duration_ms"], Math.round(millisOf(own, format)))
            words.push(...wordsOf(textOf(own, format)))
            total += audioOf(own).length / 8
            turn = undefined
            break
          case "SpeechInterrupted": {
            const { metadata, text_remaining, text_spoken } = message
            assert.strictEqual(Object(metadata).speech_id, turn)
            assert.strictEqual(Object(metadata).audio_duration_ms, Math.round(millisOf(own, format)))
            words.push(...wordsOf(`${text_spoken}${text_remaining}`))
            total += audioOf(own).length / 8
            turn = undefined
            break
          }
        }
      }
      assert.isUndefined(turn)
      assert.deepStrictEqual(words, wordsOf(asked.map((message) => "text" in message ? message.text : "").join("")))
      assert.deepInclude(last(heard), { type: "SessionMetadata", total_audio_duration_ms: Math.round(total) })
    }),
    runs
  )
})
