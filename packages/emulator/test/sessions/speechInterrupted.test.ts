/** Speech that is interrupted at any moment: nothing of what was dropped is heard later, nothing that follows is lost. */
import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Queue, Stream } from "effect"
import { integer, makeRandom, pick, type Random } from "../voice/support.ts"
import {
  type Format,
  type Generation,
  generations,
  type Message,
  randomText,
  transcribed,
  turnsOfLoop,
  written
} from "./speech.ts"
import { served, transports } from "./support.ts"

/** Each format is interrupted so often, over each transport. */
const rounds = 2

/** What no audio of a turn comes behind; of Aura, of a text that was interrupted. */
const isEnd = ({ type }: Message): boolean =>
  type === "Cleared" || type === "SpeechInterrupted" || type === "SpeechMetadata"

/** What each text begins with, and none goes on with. */
const beginnings = ["six", "seven", "eight", "nine", "zero"]

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
 * Speaks texts, and interrupts each but the last at some moment. Gives the audio of each turn, the messages that ended one,
 * and how many frames came when they had been dropped already.
 */
const heardOf = Effect.fnUntraced(function*(
  texts: ReadonlyArray<string>,
  { format, random, speak }: { readonly format: Format; readonly random: Random; readonly speak: Generation["speak"] }
) {
  const { interrupt, stream } = yield* interrupting
  const turns: Array<Array<Uint8Array>> = [[]]
  const ends: Array<string> = []
  let frames = 0
  let late = 0
  let isDropped = false
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
  const drop = Effect.gen(function*() {
    yield* moment()
    yield* interrupt
    isDropped = true
    // Whoever reads slowly would go on with what is there.
    yield* turnsOfLoop(pick(random, [0, 2, 30]))
    isDropped = false
  })
  const writing = Stream.fromIterable(texts.entries()).pipe(
    Stream.rechunk(1),
    Stream.flatMap(([index, text]) => {
      // Whoever pauses within a word is heard to do so.
      const tokens = Stream.rechunk(Stream.fromIterable(text.match(/\S+\s+/g) ?? []), 1).pipe(
        Stream.tap(() => turnsOfLoop(pick(random, [0, 0, 0, 2])))
      )
      return index === texts.length - 1
        ? tokens
        : Stream.concat(tokens, Stream.drain(Stream.fromEffect(drop)))
    })
  )
  const spoken = writing.pipe(speak({ ...format, flushAfter: "20 millis", interruptions: stream }))
  yield* Stream.runForEach(spoken, (message) =>
    Effect.suspend(() => {
      if (message.type === "Audio") {
        turns.at(-1)!.push(message.audio)
        if (isDropped) late++
        frames++
        look()
      }
      if (isEnd(message)) {
        ends.push(message.type)
        turns.push([])
      }
      return turnsOfLoop(slowness)
    }))
  return { ends, late, turns }
})

/** The words of each turn, by the text that it is of. */
const byText = (turns: ReadonlyArray<ReadonlyArray<string>>, count: number) => {
  const found: Array<Array<ReadonlyArray<string>>> = Array.from({ length: count }, () => [])
  let current = 0
  for (const words of turns) {
    const begun = beginnings.indexOf(words[0] ?? "")
    if (begun >= 0) {
      assert.isAtLeast(begun, current)
      current = begun
    }
    if (words.length > 0) found[current]!.push(words)
  }
  return found
}

/** What was heard for sure of a text that was interrupted: the last word may be cut off, and be the first of the next text. */
const surely = (turns: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> =>
  turns.slice(0, turns.findLastIndex((words) => words.length > 1) + 1).flat().slice(0, -1)

for (const [index, transport] of transports.entries()) {
  layer(served(transport), { excludeTestServices: true })(`over ${transport.name}`, (it) => {
    for (const { formats, name, speak } of generations) {
      const seeds = Array.from({ length: rounds * formats.length }, (_, i) => {
        const format = formats[i % formats.length]!
        return { ...format, format, seed: 1000 * index + i }
      })
      it.effect.each(seeds)(
        `what is interrupted is heard up to there, and the rest in full: ${name}, $encoding, $sample_rate Hz, seed $seed`,
        ({ format, seed }) =>
          Effect.gen(function*() {
            const random = makeRandom(seed)
            const texts = beginnings.slice(0, integer(random, 2, 5)).map((beginning) =>
              `${beginning} ${randomText(random, 1, 3)}well and good `
            )
            const { ends, late, turns } = yield* heardOf(texts, { format, random, speak })
            // Each is answered once; of Flux those of nothing are not, and those of several turns are more often.
            if (name === "Aura") assert.deepStrictEqual(ends, texts.slice(1).map(() => "Cleared"))
            // One of each may have been on its way to the reader.
            assert.isAtMost(late, texts.length - 1)
            const words = yield* Effect.forEach(turns, (audio) =>
              Effect.map(
                transcribed(format)(Stream.fromIterable(audio)),
                (text) => text.split(" ").filter((word) => word !== "")
              ))
            const heard = byText(words, texts.length)
            for (const [i, text] of texts.entries()) {
              const all = written(text).split(" ")
              if (i === texts.length - 1) assert.deepStrictEqual(heard[i]!.flat(), all)
              else {
                const sure = surely(heard[i]!)
                assert.deepStrictEqual(sure, all.slice(0, sure.length))
              }
            }
          })
      )
    }
  })
}
