import { Thinker } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"

const said = (content: string): Thinker.Message => ({ _tag: "Text", role: "user", content })

const answered = (...responses: ReadonlyArray<string>): Thinker.Message => ({
  _tag: "Calls",
  calls: responses.map((response) => ({ name: "f", arguments: "{}", response }))
})

/** What comes to mind after some messages. */
const thought = (rules: ReadonlyArray<Thinker.Rule>, ...messages: ReadonlyArray<Thinker.Message>) =>
  Effect.flatMap(Thinker.Thinker, ({ think }) =>
    think({
      said: messages.findLast((message) => message._tag === "Text")?.content ?? "",
      prompt: "",
      messages,
      functions: [],
      provider: { type: "open_ai", model: "gpt-4o" }
    })).pipe(Effect.provide(Thinker.rules(rules)))

const call: Thinker.Thought = { calls: [{ name: "f" }] }

describe("rules", () => {
  it.effect("fit by a text in capitals or not, a pattern, or a test; the first one counts", () =>
    Effect.gen(function*() {
      const rules: ReadonlyArray<Thinker.Rule> = [
        { when: "WEATHER", answer: "text" },
        { when: /^what (?:is|are)/gi, answer: "pattern" },
        { when: ({ messages }) => messages.length > 1, answer: "test" },
        { when: "time", answer: "never" },
        { when: /time/, answer: "second" }
      ]
      const of = (...messages: ReadonlyArray<string>) =>
        Effect.map(thought(rules, ...messages.map(said)), ({ text }) => text)
      assert.strictEqual(yield* of("How is the weather?"), "text")
      // A pattern that remembers where it matched does not count from there.
      assert.strictEqual(yield* of("What is that?"), "pattern")
      assert.strictEqual(yield* of("What are these?"), "pattern")
      assert.strictEqual(yield* of("Hello.", "Goodbye."), "test")
      assert.strictEqual(yield* of("The time?"), "never")
      assert.strictEqual(yield* of("Nothing of that."), "You said: Nothing of that.")
    }))

  it.effect("answer with a text, a thought, or what is found out", () =>
    Effect.gen(function*() {
      const of = (answer: Thinker.Answering) => thought([{ when: "", answer }], said("Hello."))
      assert.deepStrictEqual(yield* of("Hi."), { text: "Hi." })
      assert.deepStrictEqual(yield* of(call), call)
      assert.deepStrictEqual(yield* of(({ said }) => said), { text: "Hello." })
      assert.deepStrictEqual(yield* of(() => Effect.succeed(call)), call)
      const error = new Thinker.ThinkError({ message: "Overloaded" })
      assert.strictEqual(yield* Effect.flip(of(() => Effect.fail(error))), error)
    }))

  it.effect("say what functions answered, unless something else is said afterwards", () =>
    Effect.gen(function*() {
      const rule = { when: "do", answer: call }
      const messages = [said("Do it."), answered("sunny", "\"warm\"", "{\"a\":1}")]
      assert.deepStrictEqual(yield* thought([rule], ...messages), { text: "sunny warm {\"a\":1}" })
      assert.deepStrictEqual(yield* thought([], ...messages), { text: "sunny warm {\"a\":1}" })
      assert.deepStrictEqual(yield* thought([{ ...rule, afterwards: "Done." }], ...messages), { text: "Done." })
      // What was answered before the user spoke again is over.
      assert.deepStrictEqual(yield* thought([{ ...rule, afterwards: "Done." }], ...messages, said("Do it.")), call)
    }))
})
