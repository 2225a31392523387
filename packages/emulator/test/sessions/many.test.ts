/** Many sessions at once in one process, each with a text of its own. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Latch, Stream } from "effect"
import { type DeepgramError, ListenV1, ListenV2, type Live, LiveTranscript, Requests } from "effect-deepgram"
import { randomFrames } from "../live/support.ts"
import { inProject } from "../server/management.ts"
import { makeRandom } from "../voice/support.ts"
import { leavingNothing, Listening } from "./leaks.ts"
import { patiently, spoken, telephone, transports } from "./support.ts"

const count = 200

const digits = "zero one two three four five six seven eight nine".split(" ")

const textOf = (index: number): string =>
  `${[Math.floor(index / 100), Math.floor(index / 10) % 10, index % 10].map((digit) => digits[digit]).join(", ")}.`

/** Sends half of the audio, the rest when the gate is open, and closes. */
const talk = Effect.fnUntraced(function*<Message>(
  { close, messages, send }: Live.Connection<Message>,
  index: number,
  gate: Effect.Effect<void>,
  finish: Effect.Effect<unknown, DeepgramError.LiveError> = Effect.void
): Effect.fn.Return<Stream.Stream<Message, DeepgramError.LiveError>, DeepgramError.LiveError> {
  const frames = randomFrames(spoken(textOf(index)), makeRandom(index))
  const half = Math.ceil(frames.length / 2)
  yield* Effect.forEach(frames.slice(0, half), send, { discard: true })
  yield* gate
  yield* Effect.forEach(frames.slice(half), send, { discard: true })
  yield* finish
  yield* close
  return messages
})

/** Every fourth is one of Flux: its text. */
const hear = Effect.fnUntraced(function*(index: number, gate: Effect.Effect<void>) {
  if (index % 4 === 3) {
    const connection = yield* ListenV2.connect({ model: "flux-general-en", ...telephone, ...patiently })
    const turns = LiveTranscript.endedTurns(yield* talk(connection, index, gate, connection.forceEndTurn))
    return (yield* Stream.runCollect(turns)).map(({ text }) => text).join(" ")
  }
  const connection = yield* ListenV1.connect({ model: "nova-3", punctuate: true, ...telephone, ...patiently })
  return yield* LiveTranscript.text()(yield* talk(connection, index, gate))
}, Effect.scoped)

describe("200 sessions at once", () => {
  for (const transport of transports) {
    it.live(`over ${transport.name}: each hears its own, and nothing is left`, () =>
      leavingNothing(
        transport,
        Effect.gen(function*() {
          const { most, total } = yield* Listening
          const gate = yield* Latch.make()
          let waiting = 0
          // Nobody goes on before everybody is there.
          const meet = Effect.suspend(() => ++waiting === count ? gate.open : gate.await)
          const indices = Array.from({ length: count }, (_, index) => index)
          const texts = yield* Effect.forEach(indices, (index) => hear(index, meet), { concurrency: "unbounded" })
          assert.deepStrictEqual(texts, indices.map(textOf))
          assert.strictEqual(total(), count)
          assert.isAtLeast(most(), count / 2)
        }),
        () =>
          Effect.gen(function*() {
            const { requests } = yield* inProject((id) => Requests.list(id, { limit: 1000, method: "streaming" }))
            assert.strictEqual(requests.length, count)
            assert.isTrue(requests.every(({ code }) => code === 200))
          })
      ), 60_000)
  }
})
