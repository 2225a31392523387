import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { SpeakV1 } from "effect-deepgram"
import { begin } from "../support/live.ts"
import { aura } from "../support/liveSpeech.ts"
import { noting, passing, type Sent, timeless } from "../support/sendTimes.ts"

const minute = 60_000

/** Milliseconds of a step of time. */
const step = 200

/** The most that any minute has. */
const mostOf = (sent: ReadonlyArray<Sent>, amount: (message: Sent) => number): number =>
  Math.max(
    0,
    ...sent.map(({ at }) =>
      sent.filter((other) => other.at >= at && other.at < at + minute)
        .reduce((sum, message) => sum + amount(message), 0)
    )
  )

const flushesOf = (sent: ReadonlyArray<Sent>) => mostOf(sent, ({ type }) => type === "Flush" ? 1 : 0)
const charactersOf = (sent: ReadonlyArray<Sent>) => mostOf(sent, ({ text }) => text.length)
const textOf = (sent: ReadonlyArray<Sent>) => sent.map(({ text }) => text).join("")

/** The longest, in milliseconds, that something waits for its sound to be asked for. */
const longestWait = (sent: ReadonlyArray<Sent>): number =>
  Math.max(
    0,
    ...sent.map(({ at, type }, index) =>
      type === "Speak" ? sent.slice(index).find(({ type }) => type !== "Speak")!.at - at : 0
    )
  )

/** A text as it comes: pieces, with pauses in milliseconds before them. */
type Script = ReadonlyArray<readonly [pause: number, text: string]>

/** What is sent of a text by the pipe, with its times. */
const sentOf = Effect.fnUntraced(function*(
  script: Script,
  options: Partial<SpeakV1.StreamOptions> = {},
  timePasses: (fiber: Fiber.Fiber<unknown, unknown>) => Effect.Effect<void> = (fiber) => passing(fiber, step)
) {
  const { client, sent, server } = yield* noting
  const text = Stream.fromIterable(script).pipe(
    Stream.rechunk(1),
    Stream.mapEffect(([pause, text]) => pause === 0 ? Effect.succeed(text) : Effect.as(Effect.sleep(pause), text))
  )
  const fiber = yield* begin(
    text.pipe(
      SpeakV1.speakStream({ ...aura, ...timeless, ...options } as SpeakV1.StreamOptions),
      Stream.runDrain,
      Effect.provide(client)
    )
  )
  const peer = yield* server.peer(0)
  yield* timePasses(fiber)
  yield* Fiber.join(fiber)
  // What left is what came.
  assert.deepStrictEqual(
    peer.frames.map((frame) => JSON.parse(String(frame))),
    sent.map(({ text, type }) => type === "Speak" ? { type, text } : { type })
  )
  assert.strictEqual(sent.at(-1)?.type, "Close")
  assert.strictEqual(sent.findIndex(({ type }) => type === "Close"), sent.length - 1)
  assert.strictEqual(textOf(sent).trimEnd(), script.map(([, text]) => text).join("").trimEnd())
  assert.isAtMost(Math.max(...sent.map(({ text }) => text.length)), 2000)
  assert.strictEqual(sent.some(({ text, type }) => type === "Speak" && text === ""), false)
  return sent
})

/** Whole numbers below `most`, the same in every run. */
const makeRandom = (seed: number) => {
  let state = seed
  return (most: number): number => {
    state = state + 0x6d2b79f5 >>> 0
    const mixed = Math.imul(state ^ (state >>> 15), state | 1) >>> 0
    return Math.floor(((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32 * most)
  }
}

/** Sentences of any length, cut anywhere, that come at once or as slowly as somebody writes. */
const randomScript = (seed: number): Script => {
  const random = makeRandom(seed)
  const length = 2000 + random(7000)
  const longest = [12, 60, 300, 1500][random(4)]!
  const slowness = [0, 50, 400][random(3)]!
  let text = ""
  while (text.length < length) {
    text += `${"word ".repeat(random(longest) / 5 + 1).trim()}${[".", "?", "!", "\n\n"][random(4)]!} `
  }
  const script: Array<readonly [number, string]> = []
  for (let at = 0; at < text.length;) {
    const size = 1 + random(random(3) === 0 ? 400 : 8)
    script.push([random(4) === 0 ? random(slowness * 10) : slowness, text.slice(at, at + size)])
    at += size
  }
  return script
}

const at = (texts: ReadonlyArray<string>, pause = 0): Script => texts.map((text) => [pause, text])

const scripts: ReadonlyArray<readonly [string, Script]> = [
  ["many tiny sentences at once", at(Array.from({ length: 1000 }, (_, index) => `No ${index}. `))],
  ["many tiny sentences in one piece", at([Array.from({ length: 1000 }, (_, index) => `No ${index}. `).join("")])],
  ["a sentence each second", at(Array.from({ length: 130 }, (_, index) => `It is ${index} o'clock. `), 1000)],
  ["a sentence each 200 milliseconds", at(Array.from({ length: 200 }, () => "Go on. "), 200)],
  ["one text of 20,000 characters without an end", at(["word ".repeat(4000)])],
  ["one text of 20,000 characters without a space", at(["x".repeat(20_000)])],
  ["20,000 characters of sentences", at([..."It is a fine day today, I think. ".repeat(606)])],
  ["sentences of 1900 characters", at(Array.from({ length: 6 }, () => `${"word ".repeat(380).trim()}. `))],
  ["sentences of 1201 characters", at(Array.from({ length: 6 }, () => `${"x".repeat(1199)}. `), 7000)]
]

describe("a text that is spoken as it is written", () => {
  it.effect.each([
    ...scripts,
    ...Array.from({ length: 12 }, (_, seed) => [`seed ${seed}`, randomScript(seed)] as const)
  ])(
    "keeps to what Deepgram allows of Aura: %s",
    ([, script]) =>
      Effect.gen(function*() {
        const sent = yield* sentOf(script)
        assert.isAtMost(flushesOf(sent), 20)
        assert.isAtMost(charactersOf(sent), 2400)
        // The first sentence is spoken at once.
        assert.deepStrictEqual(sent.slice(0, 2).map(({ type }) => type), ["Speak", "Flush"])
        assert.strictEqual(sent[1]!.at, sent[0]!.at)
        assert.isAtMost(longestWait(sent), 5000)
      })
  )

  it.effect.each([0, 1, 2, 3])(
    "keeps to it whoever interrupts, however often: seed %s",
    (seed) =>
      Effect.gen(function*() {
        const { client, sent } = yield* noting
        const random = makeRandom(seed)
        const longest = [600, 6000, 20_000, 60_000][seed]!
        const interruptions = Stream.fromEffectRepeat(Effect.suspend(() => Effect.sleep(1 + random(longest))))
        const text = Stream.fromIterable(randomScript(seed)).pipe(
          Stream.rechunk(1),
          // As slowly as somebody speaks.
          Stream.mapEffect(([, text]) => Effect.as(Effect.sleep(20 * text.length), text))
        )
        const fiber = yield* begin(
          text.pipe(
            SpeakV1.speakStream({ ...aura, ...timeless, interruptions }),
            Stream.runDrain,
            Effect.provide(client)
          )
        )
        yield* passing(fiber, step)
        yield* Fiber.join(fiber)
        assert.isAbove(sent.filter(({ type }) => type === "Clear").length, 3)
        assert.isAtMost(flushesOf(sent), 20)
        assert.isAtMost(charactersOf(sent), 2400)
        assert.isAtMost(longestWait(sent), 61_000)
      })
  )

  it.effect("is not slower than it must be", () =>
    Effect.gen(function*() {
      const text = "word ".repeat(4000)
      const sent = yield* sentOf(at([text]))
      // 2000 characters go, and then in each minute again, with a second to spare.
      assert.isAtMost(sent.at(-1)!.at - sent[0]!.at, 10 * (minute + 1000 + 2 * step))
      const sentences = yield* sentOf(at(Array.from({ length: 300 }, () => "Twenty-four characters. ")))
      assert.isAtMost(sentences.at(-1)!.at - sentences[0]!.at, 2 * (minute + 1000 + 2 * step))
    }))

  it.effect("keeps to what a contract allows", () =>
    Effect.gen(function*() {
      const script = at(Array.from({ length: 100 }, (_, index) => `It is ${index}. `), 300)
      const few = yield* sentOf(script, { charactersPerMinute: 500, flushesPerMinute: 2 })
      assert.isAtMost(charactersOf(few), 500)
      assert.isAtMost(flushesOf(few), 2)
      const one = yield* sentOf(script.slice(0, 10), { flushesPerMinute: 1, charactersPerMinute: 40 })
      assert.isAtMost(flushesOf(one), 1)
      assert.isAtMost(charactersOf(one), 40)
      const many = yield* sentOf(script, { charactersPerMinute: 100_000, flushesPerMinute: 200 })
      assert.isAbove(flushesOf(many), 60)
    }))

  it.effect("goes as it comes where nothing is limited", () =>
    Effect.gen(function*() {
      const sent = yield* sentOf(
        at([...Array.from({ length: 500 }, () => "Good morning to all of you. "), "x".repeat(9000)]),
        { charactersPerMinute: Infinity, flushesPerMinute: Infinity },
        // It needs none.
        () => Effect.void
      )
      assert.isAtLeast(flushesOf(sent), 500)
    }))
})

describe("a connection", () => {
  it.effect("keeps to what Deepgram allows, whoever speaks and flushes, and in their order", () =>
    Effect.gen(function*() {
      const { client, sent } = yield* noting
      const texts = Array.from({ length: 60 }, (_, index) => `${index} ${"x".repeat(index * 53 % 700)} `)
      const long = "word ".repeat(1500)
      const all = Effect.gen(function*() {
        const connection = yield* SpeakV1.connect({ ...aura, ...timeless })
        const speaking = yield* Effect.forEach(
          texts,
          (text) => begin(Effect.andThen(connection.speak(text), connection.flush))
        )
        const last = yield* begin(connection.speak(long))
        yield* Effect.forEach(speaking, Fiber.join)
        yield* Fiber.join(last)
        yield* connection.close
      }).pipe(Effect.scoped, Effect.provide(client))
      const fiber = yield* begin(all)
      yield* passing(fiber, step)
      yield* Fiber.join(fiber)
      assert.isAtMost(flushesOf(sent), 20)
      assert.isAtMost(charactersOf(sent), 2400)
      assert.strictEqual(sent.filter(({ type }) => type === "Flush").length, 60)
      const spoken = textOf(sent)
      assert.deepStrictEqual(texts.filter((text) => !spoken.includes(text)), [])
      assert.include(spoken, long.trimEnd())
      assert.strictEqual(spoken.trimEnd().length, [...texts, long].join("").trimEnd().length)
    }))
})
