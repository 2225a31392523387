/** A text that is spoken while it is written, and heard while it is spoken, is the same text. */
import { assert, layer } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { LiveAudio } from "effect-deepgram"
import { makeRandom } from "../voice/support.ts"
import { generations, randomText, tokensOf, transcribed, written } from "./speech.ts"
import { served, transports } from "./support.ts"

for (const [index, transport] of transports.entries()) {
  layer(served(transport))(`over ${transport.name}`, (it) => {
    for (const { formats, name, speak } of generations) {
      it.effect.each(formats)(
        `text is spoken and heard: ${name}, $encoding, $sample_rate Hz`,
        (format) =>
          Effect.gen(function*() {
            const { encoding, sample_rate } = format
            const random = makeRandom(sample_rate + 31 * encoding.length + index)
            const whole = randomText(random, 1, 8)
            // Its end may be seen, or not.
            const text = random() < 0.5 ? whole : whole.trimEnd()
            const heard = yield* Stream.fromIterable(tokensOf(text, random)).pipe(
              Stream.rechunk(1),
              speak(format),
              LiveAudio.bytes,
              transcribed(format)
            )
            assert.strictEqual(heard, written(text))
          })
      )
    }
  })
}
