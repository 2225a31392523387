/** A text that pauses is heard up to there, without a word about its end, and may go on. */
import { assert, layer } from "@effect/vitest"
import { type Cause, Effect, Fiber, Queue, Stream } from "effect"
import { audioOf, format, generations, type Message, wordsOf, written } from "./speech.ts"
import { served, transports } from "./support.ts"

/** It pauses within sentences. */
const parts = ["One parcel arrives. And two", " more come. Tomorrow they", " are here"]

for (const transport of transports) {
  layer(served(transport), { excludeTestServices: true })(`over ${transport.name}`, (it) => {
    for (const { name, speak } of generations) {
      // Of Aura each sentence may be flushed; of Flux all of them are one turn.
      const isOver = ({ type }: Message, isWhole: boolean) =>
        name === "Aura" ? type === "Flushed" && isWhole : type === "SpeechMetadata"

      it.effect(`is heard whenever it pauses: ${name}`, () =>
        Effect.gen(function*() {
          const text = yield* Queue.unbounded<string, Cause.Done>()
          const messages = yield* Queue.unbounded<Message>()
          const speaking = Stream.fromQueue(text).pipe(speak({ ...format, flushAfter: "20 millis" }))
          const fiber = yield* Effect.forkChild(
            Stream.runForEach(speaking, (message) => Queue.offer(messages, message))
          )
          for (const part of parts) {
            yield* Queue.offer(text, part)
            const heard: Array<Message> = []
            const words = () => wordsOf(audioOf(heard)).join(" ")
            do heard.push(yield* Queue.take(messages))
            while (!isOver(heard.at(-1)!, words() === written(part)))
            assert.strictEqual(words(), written(part))
          }
          yield* Queue.end(text)
          yield* Fiber.join(fiber)
          // Nothing of it comes twice, and no turn is ended for nothing.
          const rest = yield* Queue.clear(messages)
          assert.deepStrictEqual(audioOf(rest), [])
          assert.isFalse(rest.some(({ type }) => type === "SpeechMetadata" || type === "Warning"))
        }))
    }
  })
}
