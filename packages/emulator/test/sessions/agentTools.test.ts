/** Long conversations in audio, in which the agent calls tools: several at a time, and not all of them come to something. */
import { Thinker } from "@effect-deepgram/emulator"
import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Queue, Schema } from "effect"
import { AgentV1 } from "effect-deepgram"
import { Tool, Toolkit } from "effect/ai"
import { TestClock } from "effect/testing"
import { answer, eventsUntil, heardIn, listening, type Talk, talk, textOf, think } from "./agent.ts"
import { turnOfLoop } from "./leaks.ts"
import { patiently, served, transports } from "./support.ts"

const looking = { parameters: Schema.Struct({ at: Schema.String }), success: Schema.Int, failure: Schema.String }

const tools = Toolkit.make(
  Tool.make("look", looking),
  // What cannot be taken back.
  Tool.make("send", looking).annotate(AgentV1.DeferUntilEndOfTurn, true)
)

const look = (at: string) => ({ name: "look", arguments: { at } })
const send = (at: string) => ({ name: "send", arguments: { at } })

/** What an agent makes of an answer. */
const found = (response: string): string =>
  response.includes("did not answer") ? "late" : response.includes("error") ? "nothing" : response

const report: Thinker.Answering = ({ messages }) => {
  const last = messages.at(-1)
  return last?._tag === "Calls" ? `I found ${last.calls.map(({ response }) => found(response)).join(", ")}.` : "?"
}

const numbers = ["one", "two", "three", "four", "five"]

const thinker = Thinker.rules([
  { when: "five things", answer: { calls: numbers.map(look) }, afterwards: report },
  {
    when: "everywhere",
    answer: { text: "One moment.", calls: [...numbers.slice(0, 4).map(look), { name: "listen" }] },
    afterwards: report
  },
  {
    when: "send it",
    answer: { calls: [look("one"), send("two"), look("three"), look("four"), send("five")] },
    afterwards: report
  }
])

const options = { ...patiently, keepAlive: false, tools, toolTimeout: "1 second" } as const

/** Hands of which every move is the test's. */
const makeHands = Effect.gen(function*() {
  const began = yield* Queue.unbounded<string>()
  const interrupted = yield* Queue.unbounded<string>()
  let found = new Map<string, Deferred.Deferred<number, string>>()
  const placeOf = (at: string) => {
    const place = found.get(at) ?? Deferred.makeUnsafe<number, string>()
    found.set(at, place)
    return place
  }
  const reach = ({ at }: { readonly at: string }) =>
    Queue.offer(began, at).pipe(
      Effect.andThen(Deferred.await(placeOf(at))),
      Effect.onInterrupt(() => Queue.offer(interrupted, at))
    )
  return {
    handlers: tools.toLayer({ look: reach, send: reach }),
    interrupted: Queue.take(interrupted),
    find: (at: string, what: number) => Deferred.succeed(placeOf(at), what),
    miss: (at: string) => Deferred.fail(placeOf(at), "gone"),
    /** Waits until all of these have been begun: they are called at the same time. */
    reaching: Effect.fnUntraced(function*(...places: ReadonlyArray<string>) {
      assert.sameMembers([...yield* Queue.takeN(began, places.length)], [...places])
    }),
    /** What was found is there no more. */
    forget: () => {
      found = new Map()
    }
  }
})

/** What becomes of the next so many calls, in the order of the requests. */
const watching = (talk: Talk) => {
  const order: Array<string> = []
  const outcomes = new Map<string, string>()
  let requests = 0
  return {
    /** All outcomes that are known, once these many are. */
    known: Effect.fnUntraced(function*(count: number) {
      while (outcomes.size < count) {
        for (const event of yield* eventsUntil(talk, ({ type }) => type === "FunctionCallHandled")) {
          if (event.type === "FunctionCallHandled") outcomes.set(event.id, event.outcome)
          if (event.type !== "FunctionCallRequest") continue
          requests++
          order.push(...event.functions.map(({ id }) => id))
        }
      }
      return order.map((id) => outcomes.get(id))
    }),
    requests: () => requests
  }
}

const small = [
  "Good morning.",
  "How are you?",
  "Where is my parcel?",
  "It should have come on Monday.",
  "I was at home all day.",
  "Could you look again?",
  "My number is seven.",
  "Thank you very much.",
  "Is there anything else?",
  "What is your name?",
  "That is a nice name.",
  "I have one more question.",
  "Do you speak German?",
  "Is it late?",
  "That is all.",
  "Goodbye now."
]

for (const transport of transports) {
  layer(served(transport, { thinker, idleTimeout: "1 hour" }))(`over ${transport.name}`, (it) => {
    it.effect.each(["nova", "flux"] as const)(
      "twenty turns are held in audio, with five calls at a time: %s",
      (ears) =>
        Effect.gen(function*() {
          const hands = yield* makeHands
          yield* talk(
            { agent: { think, listen: listening[ears] } },
            (settings) => AgentV1.converse(settings, options),
            Effect.fnUntraced(function*(talk) {
              const says = Effect.fnUntraced(function*(expected: string) {
                assert.strictEqual(heardIn((yield* answer(talk)).bytes), expected)
              })
              for (const text of small) {
                yield* talk.speak(text)
                assert.strictEqual(yield* textOf(talk, "user"), text)
                assert.strictEqual(yield* textOf(talk, "assistant"), `You said: ${text}`)
                yield* says(`You said: ${text}`)
              }

              yield* talk.speak("Look for five things.")
              yield* hands.reaching(...numbers)
              // They end in another order than they began.
              for (const [i, at] of [...numbers.entries()].toReversed()) yield* hands.find(at, i + 1)
              assert.strictEqual(yield* textOf(talk, "assistant"), "I found 1, 2, 3, 4, 5.")
              yield* says("I found 1, 2, 3, 4, 5.")

              for (const ending of ["timedOut", "cancelled"] as const) {
                hands.forget()
                const calls = watching(talk)
                yield* talk.speak("Look everywhere.")
                yield* hands.reaching("one", "two", "three", "four")
                yield* hands.find("two", 20)
                yield* hands.find("one", 10)
                yield* hands.miss("three")
                const before = ["succeeded", "succeeded", "failed", undefined, "refused"]
                assert.deepStrictEqual(yield* calls.known(4), before)
                yield* says("One moment.")
                yield* turnOfLoop
                yield* ending === "timedOut" ? TestClock.adjust("1 second") : talk.speak("Never mind.")
                assert.deepStrictEqual(yield* calls.known(5), before.toSpliced(3, 1, ending))
                assert.strictEqual(calls.requests(), 1)
                assert.strictEqual(yield* hands.interrupted, "four")
                if (ending === "timedOut") {
                  assert.strictEqual(yield* textOf(talk, "assistant"), "I found 10, 20, nothing, late, nothing.")
                  yield* says("I found 10, 20, nothing, late, nothing.")
                }
              }
              assert.strictEqual(yield* textOf(talk, "user"), "Never mind.")
              yield* says("You said: Never mind.")
              yield* talk.close
            })
          ).pipe(Effect.provide(hands.handlers))
        })
    )

    it.effect("of five calls at a time one fails, one is out of time, and one is cancelled", () =>
      Effect.gen(function*() {
        const hands = yield* makeHands
        const provider = { ...listening.flux.provider, eager_eot_threshold: 0.3, eot_threshold: 0.8 }
        yield* talk(
          { agent: { think, listen: { provider } } },
          (settings) => AgentV1.converse(settings, options),
          Effect.fnUntraced(function*(talk) {
            const calls = watching(talk)
            // Sure enough to look, but not to send.
            yield* talk.speak("Please send it.", 0.3)
            yield* hands.reaching("one", "three", "four")
            yield* turnOfLoop
            yield* TestClock.adjust("500 millis")
            yield* talk.speak("", 0.8)
            yield* hands.reaching("two", "five")
            yield* hands.find("two", 2)
            yield* hands.find("one", 1)
            yield* hands.miss("three")
            // In the order of the two requests.
            const before = ["succeeded", "failed", undefined, "succeeded", undefined]
            assert.deepStrictEqual(yield* calls.known(3), before)
            assert.strictEqual(calls.requests(), 2)
            // Those of the first have less time left.
            yield* TestClock.adjust("500 millis")
            assert.deepStrictEqual(yield* calls.known(4), before.with(2, "timedOut"))
            assert.strictEqual(yield* hands.interrupted, "four")
            yield* talk.speak("Never mind.", 1)
            assert.deepStrictEqual(yield* calls.known(5), before.with(2, "timedOut").with(4, "cancelled"))
            assert.strictEqual(yield* hands.interrupted, "five")
            assert.strictEqual(heardIn((yield* answer(talk)).bytes), "You said: Never mind.")
          })
        ).pipe(Effect.provide(hands.handlers))
      }))
  })
}
