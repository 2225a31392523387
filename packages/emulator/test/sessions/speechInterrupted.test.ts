/** Speech that is interrupted at any moment: nothing of what was dropped is heard later, nothing that follows is lost. */
import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Queue, Stream } from "effect"
import { type Deepgram, type DeepgramError, SpeakV1, SpeakV2 } from "effect-deepgram"
import { integer, makeRandom, pick, type Random } from "../voice/support.ts"
import { turnOfLoop } from "./leaks.ts"
import { format, randomText, tokensOf, wordsOf } from "./speech.ts"
import { patiently, served, transports } from "./support.ts"

const turnsOfLoop = (count: number): Effect.Effect<void> =>
  Effect.forEach(Array.from({ length: count }), () => turnOfLoop, { discard: true })

type Message = SpeakV1.ServerMessage | SpeakV2.ServerMessage

type Voice = (
  text: Stream.Stream<string>,
  interruptions: Stream.Stream<void>
) => Stream.Stream<Message, DeepgramError.LiveError, Deepgram.Deepgram>

/** What says that nothing of the text before it follows. */
const isEnd = (message: Message): boolean =>
  message.type === "Cleared" || message.type === "SpeechInterrupted" ||
  message.type === "Warning" && message.code === "NO_ACTIVE_SPEECH"

const generations: ReadonlyArray<{ readonly name: string; readonly seeds: number; readonly voice: Voice }> = [
  {
    name: "Aura",
    seeds: 20,
    voice: (text, interruptions) =>
      SpeakV1.speakStream({
        model: "aura-2-thalia-en",
        flushAfter: "20 millis",
        ...format,
        ...patiently,
        interruptions
      })(text)
  },
  {
    name: "Flux",
    seeds: 20,
    voice: (text, interruptions) =>
      SpeakV2.speakStream({ model: "flux-kit-en", flushAfter: "20 millis", ...format, ...patiently, interruptions })(
        text
      )
  }
]

/** Interruptions that the test asks for, one after the other, each of which is over when it has been dealt with. */
const interrupting = Effect.gen(function*() {
  const asked = yield* Queue.unbounded<Deferred.Deferred<void>>()
  let last: Deferred.Deferred<void> | undefined
  const next = Effect.suspend(() => {
    if (last !== undefined) Deferred.doneUnsafe(last, Effect.void)
    return Effect.map(Queue.take(asked), (done) => {
      last = done
    })
  })
  return {
    stream: Stream.fromEffectRepeat(next),
    /** Nothing that is written after it is dropped. */
    interrupt: Effect.flatMap(
      Deferred.make<void>(),
      (done) => Effect.andThen(Queue.offer(asked, done), Deferred.await(done))
    )
  }
})

/**
 * Speaks texts, interrupts each but the last at some moment, and gives what was heard of each, and how many frames of it
 * when it had been dropped already.
 */
const heardOf = Effect.fnUntraced(function*(texts: ReadonlyArray<string>, voice: Voice, random: Random) {
  const { interrupt, stream } = yield* interrupting
  const heard: Array<Array<Uint8Array>> = [[]]
  let frames = 0
  let late = 0
  let lastDropped = -1
  const waits: Array<{ readonly from: number; readonly done: Deferred.Deferred<void> }> = []
  const look = () => {
    for (const { done, from } of waits) if (frames >= from) Deferred.doneUnsafe(done, Effect.void)
  }
  /** Waits until so much more was heard. */
  const hearing = (count: number) =>
    Effect.flatMap(Deferred.make<void>(), (done) => {
      waits.push({ from: frames + count, done })
      look()
      return Deferred.await(done)
    })
  const slowness = pick(random, [0, 0, 1, 5])
  const moment = () =>
    random() < 0.6
      ? Effect.andThen(hearing(integer(random, 1, 12)), turnsOfLoop(integer(random, 0, 3)))
      : turnsOfLoop(integer(random, 0, 30))
  const drop = (index: number) =>
    Effect.map(Effect.andThen(moment(), interrupt), () => {
      lastDropped = index
    })
  const writing = Stream.fromIterable(texts.entries()).pipe(
    Stream.rechunk(1),
    Stream.flatMap(([index, text]) => {
      const tokens = Stream.rechunk(Stream.fromIterable(tokensOf(text, random)), 1).pipe(
        Stream.tap(() => turnsOfLoop(pick(random, [0, 0, 0, 2])))
      )
      return index === texts.length - 1
        ? tokens
        : Stream.concat(tokens, Stream.drain(Stream.fromEffect(drop(index))))
    })
  )
  yield* Stream.runForEach(voice(writing, stream), (message) =>
    Effect.suspend(() => {
      if (message.type === "Audio") {
        heard.at(-1)!.push(message.audio)
        if (heard.length - 1 <= lastDropped) late++
        frames++
        look()
      }
      if (isEnd(message)) heard.push([])
      return turnsOfLoop(slowness)
    }))
  return { heard, late }
})

for (const transport of transports) {
  layer(served(transport), { excludeTestServices: true })(`over ${transport.name}`, (it) => {
    for (const { name, seeds, voice } of generations) {
      it.effect.each(Array.from({ length: seeds }, (_, seed) => seed))(
        `what is interrupted is heard up to there, and the rest in full: ${name}, seed %s`,
        (seed) =>
          Effect.gen(function*() {
            const random = makeRandom(seed)
            const texts = Array.from(
              { length: integer(random, 2, 5) },
              () => `${randomText(random, 1, 3)}well and good `
            )
            const { heard, late } = yield* heardOf(texts, voice, random)
            // As many parts as texts: each interruption was answered once.
            assert.strictEqual(heard.length, texts.length)
            // One of each may have been on its way to the reader.
            assert.isAtMost(late, texts.length - 1)
            for (const [index, text] of texts.entries()) {
              const words = text.trim().split(/\s+/)
              const said = wordsOf(heard[index]!)
              if (index === texts.length - 1) assert.deepStrictEqual(said, words)
              else {
                // The last word may have been cut off.
                const whole = said.slice(0, -1)
                assert.deepStrictEqual(whole, words.slice(0, whole.length))
                assert.isAtMost(said.length, words.length)
              }
            }
          })
      )
    }
  })
}
