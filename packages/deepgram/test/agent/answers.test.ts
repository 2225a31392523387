/** What an agent hears of the functions that it calls. */
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Schema } from "effect"
import { type AgentV1, Deepgram } from "effect-deepgram"
import { AiError, Tool, Toolkit } from "effect/ai"
import { CurrentCallOptions } from "../../src/internal/options.ts"
import { answers, calling, greeting, handled, openConversation, said } from "../support/agent.ts"
import { pass, watchSleeps } from "../support/clock.ts"
import { transports, ws } from "../support/live.ts"
import { observed } from "../support/observed.ts"
import { untyped } from "../support/untyped.ts"

class Unknown extends Schema.TaggedError<Unknown>()("Unknown", { place: Schema.String }) {}

/** Is told of the place as handlers see it. */
class Here extends Context.Service<Here, string>()("test/Here") {}

const place = { parameters: Schema.Struct({ place: Schema.String, since: Schema.optionalKey(Schema.DateFromString) }) }

const tools = Toolkit.make(
  Tool.make("text", { ...place, success: Schema.String }),
  Tool.make("struct", {
    ...place,
    success: Schema.Struct({ at: Schema.DateFromString, celsius: Schema.NullOr(Schema.Int) })
  }),
  Tool.make("nothing"),
  Tool.make("number", { success: Schema.Number }),
  Tool.make("fails", { ...place, success: Schema.String, failure: Unknown }),
  Tool.make("returns", { ...place, success: Schema.String, failure: Unknown, failureMode: "return" }),
  Tool.make("text_failure", { failure: Schema.String }),
  Tool.make("ai", { success: Schema.String }),
  Tool.make("ai_returned", { success: Schema.String, failureMode: "return" }),
  Tool.make("dies"),
  Tool.make("throws"),
  Tool.make("interrupts"),
  Tool.make("misfit", { success: Schema.Struct({ celsius: Schema.Number }) }),
  Tool.make("strict", { parameters: Schema.Struct({ count: Schema.Int }), success: Schema.Int }),
  Tool.make("lenient", { parameters: Schema.Struct({ count: Schema.Int }), failureMode: "return" }),
  Tool.make("service", { success: Schema.String, dependencies: [Here] }),
  Tool.make("slow", { parameters: Schema.Struct({ seconds: Schema.Number }), success: Schema.String }),
  Tool.make("steps", { success: Schema.Int }),
  Tool.make("nested", { ...place, success: Schema.String }),
  Tool.make("stubborn", { success: Schema.String }),
  Tool.make("options", { success: Schema.Array(Schema.String) })
)

/** How often the handler of `nested` was called. */
let nested = 0

const inner = new AiError.ToolParameterValidationError({ toolName: "inner", description: "the inner one" })

const reason = new AiError.InvalidOutputError({ description: "nothing that is one" })

const handlers = tools.toLayer({
  text: ({ place }) => Effect.succeed(`It rains in ${place}.`),
  struct: ({ since }) => Effect.succeed({ at: since ?? new Date(0), celsius: null }),
  nothing: () => Effect.void,
  number: () => Effect.succeed(0.5),
  fails: ({ place }) => Effect.fail(new Unknown({ place })),
  returns: ({ place }) => Effect.fail(new Unknown({ place })),
  text_failure: () => Effect.fail("not today"),
  ai: () => Effect.fail(reason),
  ai_returned: () => Effect.fail(reason),
  dies: () => Effect.die(new Error("broken inside")),
  throws: () => {
    throw new Error("broken inside")
  },
  interrupts: () => Effect.interrupt,
  misfit: () => Effect.succeed({ celsius: untyped<number>("warm") }),
  strict: ({ count }) => Effect.succeed(count),
  lenient: () => Effect.void,
  service: () => Effect.map(Here, (here) => here),
  slow: ({ seconds }) => Effect.as(Effect.sleep(seconds * 1000), "at last"),
  steps: (_, { preliminary }) => Effect.andThen(Effect.all([preliminary(1), preliminary(2)]), Effect.succeed(3)),
  nested: () => {
    nested++
    return Effect.fail(inner)
  },
  stubborn: () => Effect.uninterruptible(Effect.as(Effect.sleep("1 minute"), "too late")),
  options: () => Effect.map(CurrentCallOptions, (options) => Object.keys(options).filter((name) => name !== "retry"))
})

type Outcome = AgentV1.FunctionCallHandled["outcome"]

const inJson = (value: unknown) => JSON.stringify(value)

const error = (message: unknown) => inJson({ error: message })

const cases: ReadonlyArray<
  readonly [what: string, name: string, given: string, outcome: Outcome, content: string | RegExp]
> = [
  ["a text is the answer", "text", inJson({ place: "Oslo" }), "succeeded", "It rains in Oslo."],
  [
    "a struct is JSON, as its schema writes it",
    "struct",
    inJson({ place: "Oslo", since: "2026-11-21T00:00:00.000Z" }),
    "succeeded",
    inJson({ at: "2026-11-21T00:00:00.000Z", celsius: null })
  ],
  ["nothing is null", "nothing", "{}", "succeeded", "null"],
  ["a number is JSON", "number", "{}", "succeeded", "0.5"],
  ["the last of several steps is the answer", "steps", "{}", "succeeded", "3"],
  ["empty arguments are none", "nothing", "", "succeeded", "null"],
  ["blank arguments are none", "nothing", " \n", "succeeded", "null"],
  ["arguments that nobody knows are left alone", "strict", inJson({ count: 3, more: 1 }), "succeeded", "3"],
  [
    "a failure is told in the words of its schema",
    "fails",
    inJson({ place: "Atlantis" }),
    "failed",
    error({ _tag: "Unknown", place: "Atlantis" })
  ],
  [
    "a failure that is returned is one, too",
    "returns",
    inJson({ place: "Atlantis" }),
    "failed",
    error({ _tag: "Unknown", place: "Atlantis" })
  ],
  ["a failure may be a text", "text_failure", "{}", "failed", error("not today")],
  ["a failure may be one of Effect AI", "ai", "{}", "failed", /nothing that is one/],
  ["and be returned", "ai_returned", "{}", "failed", /nothing that is one/],
  ["a defect is not told", "dies", "{}", "failed", error("the function dies is out of order")],
  ["nor is one that is thrown", "throws", "{}", "failed", error("the function throws is out of order")],
  ["nor an interruption", "interrupts", "{}", "failed", error("the function interrupts is out of order")],
  ["a result that does not fit is a failure", "misfit", "{}", "failed", /misfit|celsius/],
  [
    "there is no such function",
    "unknown",
    "{}",
    "refused",
    /^\{"error":"there is no function unknown: there is text, /
  ],
  ["no function is inherited", "toString", "{}", "refused", /there is no function toString/],
  ["arguments are no JSON", "text", "place: Oslo", "refused", error("the arguments are not JSON")],
  ["arguments are cut off", "text", "{\"place\":\"Os", "refused", error("the arguments are not JSON")],
  ["arguments do not fit", "strict", inJson({ count: "three" }), "refused", /strict.*count/s],
  ["arguments are missing", "strict", "", "refused", /strict.*count/s],
  ["arguments are no object", "strict", "5", "refused", /strict/],
  ["arguments are null", "strict", "null", "refused", /strict/],
  ["arguments do not fit where failures are returned", "lenient", inJson({ count: 0.5 }), "refused", /lenient.*count/s],
  [
    "null is absence, where a member may be absent",
    "struct",
    inJson({ place: "Oslo", since: null }),
    "succeeded",
    inJson({ at: "1970-01-01T00:00:00.000Z", celsius: null })
  ],
  ["null is none where a member may not be absent", "text", inJson({ place: null }), "refused", /text.*place/s],
  ["a handler sees the services of the conversation", "service", "{}", "succeeded", "here"]
]

describe("a function that an agent calls is answered", () => {
  it.effect.each(cases)("%s", ([, name, given, outcome, content]) =>
    Effect.gen(function*() {
      const { exit } = yield* observed(Effect.gen(function*() {
        const { conversation: { events }, peer } = yield* openConversation(ws, { options: { tools } })
        yield* peer.send(calling({ name, id: "call-5", arguments: given, thought_signature: "s1gned" }))
        const [answer] = yield* answers(peer, 1)
        const said = String(answer?.["content"])
        if (typeof content === "string") assert.strictEqual(said, content)
        else assert.match(said, content)
        if (outcome !== "succeeded") assert.doesNotThrow(() => JSON.parse(said))
        assert.deepStrictEqual(answer, { id: "call-5", name, content: said, thought_signature: "s1gned" })
        assert.deepStrictEqual<unknown>(yield* handled(events, 1), [
          { type: "FunctionCallHandled", id: "call-5", name, outcome, content: said }
        ])
      }))
      yield* exit
    }).pipe(Effect.provideService(Here, "here"), Effect.provide(handlers)))

  it.effect("defects and interruptions are logged, with their cause, and nothing else is", () =>
    Effect.gen(function*() {
      const { exit, seen } = yield* observed(Effect.gen(function*() {
        const { conversation: { events }, peer } = yield* openConversation(ws, { options: { tools } })
        yield* peer.send(calling({ name: "fails", arguments: inJson({ place: "Atlantis" }) }))
        yield* handled(events, 1)
        yield* peer.send(calling({ name: "dies" }))
        yield* handled(events, 1)
      }))
      yield* exit
      assert.include(seen.logs.join("\n"), "The tool dies broke.")
      assert.include(seen.logs.join("\n"), "broken inside")
    }).pipe(Effect.provideService(Here, "here"), Effect.provide(handlers)))

  it.effect("that takes too long, as soon as its time is over, and the next one in time", () =>
    Effect.gen(function*() {
      const sleeps = yield* watchSleeps
      const { conversation: { events }, peer } = yield* sleeps.watch(
        openConversation(ws, { options: { tools, toolTimeout: "5 seconds", keepAlive: false } })
      )
      yield* peer.send(calling({ name: "slow", id: "1", arguments: inJson({ seconds: 6 }) }))
      yield* sleeps.until(5000)
      yield* sleeps.until(6000)
      yield* pass(4999)
      assert.strictEqual(said(peer).length, 0)
      yield* pass(1)
      const content = error("the function slow did not answer within 5s")
      assert.deepStrictEqual(yield* answers(peer, 1), [{ id: "1", name: "slow", content }])
      yield* peer.send(calling({ name: "slow", id: "2", arguments: inJson({ seconds: 4 }) }))
      yield* sleeps.until(5000)
      yield* sleeps.until(4000)
      yield* pass(4000)
      assert.deepStrictEqual(yield* answers(peer, 1), [{ id: "2", name: "slow", content: "at last" }])
      const outcomes = (yield* handled(events, 2)).map((event) => "outcome" in event && event.outcome)
      assert.deepStrictEqual(outcomes, ["timedOut", "succeeded"])
    }).pipe(Effect.provideService(Here, "here"), Effect.provide(handlers)))

  it.effect("after 30 seconds by default", () =>
    Effect.gen(function*() {
      const sleeps = yield* watchSleeps
      const { peer } = yield* sleeps.watch(openConversation(ws, { options: { tools, keepAlive: false } }))
      yield* peer.send(calling({ name: "slow", arguments: inJson({ seconds: 60 }) }))
      yield* sleeps.until(30_000)
      yield* sleeps.until(60_000)
      yield* pass(30_000)
      const [answer] = yield* answers(peer, 1)
      assert.include(String(answer?.["content"]), "within 30s")
    }).pipe(Effect.provideService(Here, "here"), Effect.provide(handlers)))
})

describe("a handler", () => {
  it.effect("is called once, also where it fails as if it had not been called", () =>
    Effect.gen(function*() {
      const { conversation: { events }, peer } = yield* openConversation(ws, { options: { tools } })
      nested = 0
      yield* peer.send(calling({ name: "nested", arguments: inJson({ place: "Oslo", since: null }) }))
      const [answer] = yield* answers(peer, 1)
      assert.include(String(answer?.["content"]), "the inner one")
      yield* peer.send(calling({ name: "nested", id: "2", arguments: inJson({ place: "Oslo" }) }))
      const outcomes = (yield* handled(events, 2)).map((event) => "outcome" in event && event.outcome)
      assert.deepStrictEqual(outcomes, ["failed", "failed"])
      assert.strictEqual(nested, 2)
    }).pipe(Effect.provideService(Here, "here"), Effect.provide(handlers)))

  it.effect("that cannot be interrupted is not waited for", () =>
    Effect.gen(function*() {
      const sleeps = yield* watchSleeps
      const { conversation: { events }, peer } = yield* sleeps.watch(
        openConversation(ws, { options: { tools, toolTimeout: "5 seconds", keepAlive: false } })
      )
      yield* peer.send(calling({ name: "stubborn", id: "1" }))
      yield* sleeps.until(5000)
      yield* sleeps.until(60_000)
      yield* pass(5000)
      assert.deepStrictEqual(yield* answers(peer, 1), [
        { id: "1", name: "stubborn", content: error("the function stubborn did not answer within 5s") }
      ])
      yield* peer.send(calling({ name: "stubborn", id: "2" }))
      yield* sleeps.until(60_000)
      yield* peer.send({ type: "FunctionCallCancelled", functions: [{ id: "2" }] })
      const outcomes = (yield* handled(events, 2)).map((event) => "outcome" in event && event.outcome)
      assert.deepStrictEqual(outcomes, ["timedOut", "cancelled"])
      // It ends some time, and nobody is told.
      yield* pass(60_000)
      yield* peer.send(calling({ name: "nothing", id: "3" }))
      assert.deepStrictEqual(yield* answers(peer, 1), [{ id: "3", name: "nothing", content: "null" }])
    }).pipe(Effect.provideService(Here, "here"), Effect.provide(handlers)))

  it.effect("has not the options that the conversation was opened with", () =>
    Effect.gen(function*() {
      const { peer } = yield* openConversation(ws, { options: { tools } }).pipe(
        Deepgram.withOptions({ body: { a: 1 }, query: { b: "c" }, headers: { d: "e" } })
      )
      yield* peer.send(calling({ name: "options" }))
      const [answer] = yield* answers(peer, 1)
      assert.notMatch(String(answer?.["content"]), /body|query|headers/)
    }).pipe(Effect.provideService(Here, "here"), Effect.provide(handlers)))
})

describe.each(transports)("without tools over $name", (transport) => {
  it.effect("every call is refused, but those that Deepgram makes", () =>
    Effect.gen(function*() {
      const { conversation: { events }, peer } = yield* openConversation(transport, { script: greeting })
      yield* peer.send(
        calling({ name: "server", id: "1", client_side: false }),
        calling({ name: "old", id: "2" })
      )
      const content = error("there is no function old: there is none")
      assert.deepStrictEqual(yield* answers(peer, 1), [{ id: "2", name: "old", content }])
      const [event] = yield* handled(events, 1)
      assert.deepStrictEqual<unknown>(event, {
        type: "FunctionCallHandled",
        id: "2",
        name: "old",
        outcome: "refused",
        content
      })
      assert.strictEqual(said(peer).length, 1)
    }))
})
