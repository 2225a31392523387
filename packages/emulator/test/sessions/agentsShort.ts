/** Short conversations, each with a text of its own, ended in every way there is. */
import { assert } from "@effect/vitest"
import { Effect, Latch, Schema, Stream } from "effect"
import { AgentV1 } from "effect-deepgram"
import { Tool, Toolkit } from "effect/ai"
import { answer, heardIn, listening, talk, textOf, think } from "./agent.ts"
import { patiently } from "./support.ts"

class Unplugged extends Schema.TaggedError<Unplugged>()("Unplugged", {}) {}

const tools = Toolkit.make(Tool.make("look", { success: Schema.String }))

const digits = "zero one two three four five six seven eight nine".split(" ")

const saidBy = (index: number): string =>
  `${[Math.floor(index / 100), Math.floor(index / 10) % 10, index % 10].map((digit) => digits[digit]).join(", ")}.`

const settings = (index: number) => ({
  agent: {
    think,
    listen: listening[index % 3 === 2 ? "flux" : "nova"],
    greeting: index % 5 === 4 ? "Hello." : undefined
  }
})

const options = { ...patiently, tools, answerTimeout: "2 minutes" } as const

/** Says something, and hears it repeated. */
const exchanged = (index: number, ending: (conversation: AgentV1.Conversation) => Effect.Effect<unknown, unknown>) =>
  talk(
    settings(index),
    (settings) => AgentV1.converse(settings, options),
    Effect.fnUntraced(function*(talk) {
      if (index % 5 === 4) assert.strictEqual(heardIn((yield* answer(talk)).bytes), "Hello.")
      yield* talk.speak(saidBy(index))
      assert.strictEqual((yield* textOf(talk, "user"))?.toLowerCase(), saidBy(index))
      const heard = heardIn((yield* answer(talk)).bytes)
      yield* Effect.orDie(ending(talk))
      return heard.toLowerCase()
    })
  )

/** A conversation that is given up before or while it is open. */
const givenUp = (index: number) =>
  Effect.gen(function*() {
    const opened = yield* Latch.make()
    yield* Stream.never.pipe(
      AgentV1.converse(settings(index), options),
      Effect.tap(opened.open),
      Effect.flatMap(({ events }) => Stream.runDrain(events)),
      Effect.scoped,
      Effect.raceFirst(index % 2 === 0 ? opened.await : Effect.yieldNow)
    )
  })

/** A conversation whose microphone breaks. */
const broken = (index: number) =>
  Stream.fail(new Unplugged()).pipe(
    AgentV1.converse(settings(index), options),
    Effect.flatMap(({ events }) => Stream.runDrain(events)),
    Effect.scoped,
    Effect.flip,
    Effect.map((error) => assert.strictEqual(error._tag, "Unplugged"))
  )

/** A conversation. */
export const conversed = Effect.fnUntraced(function*(index: number) {
  switch (index % 10) {
    case 7:
      return yield* givenUp(Math.floor(index / 10))
    case 8:
      return yield* broken(index)
    default: {
      // Closed, or left to the end of the scope.
      const heard = yield* exchanged(index, ({ close }) => index % 2 === 0 ? close : Effect.void)
      return assert.strictEqual(heard, `you said: ${saidBy(index)}`)
    }
  }
}, Effect.provide(tools.toLayer({ look: () => Effect.succeed("nothing") })))
