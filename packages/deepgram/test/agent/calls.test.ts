/** Functions that an agent calls: side by side, cancelled, and when the conversation ends. */
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Queue, Schema, Scope, Stream } from "effect"
import type { AgentV1 } from "effect-deepgram"
import { Tool, Toolkit } from "effect/ai"
import { answers, calling, handled, openConversation, said } from "../support/agent.ts"
import { begin, hear, settled, transports, ws } from "../support/live.ts"

const tools = Toolkit.make(
  Tool.make("wait", { parameters: Schema.Struct({ for: Schema.String }), success: Schema.String })
)

/** What a handler does: it begins, and ends, is interrupted, or tidies up. */
type Step = readonly [what: "began" | "interrupted" | "tidied", of: string]

/** Tools whose calls wait until the test lets them go. */
const gated = Effect.gen(function*() {
  const steps = yield* Queue.unbounded<Step>()
  const gates = new Map<string, Deferred.Deferred<string>>()
  const gate = (name: string) => {
    const known = gates.get(name) ?? Deferred.makeUnsafe<string>()
    gates.set(name, known)
    return known
  }
  const tidying = Deferred.makeUnsafe<void>()
  const handlers = tools.toLayer({
    wait: ({ for: name }) =>
      Deferred.await(gate(name)).pipe(
        Effect.onInterrupt(() => Queue.offer(steps, ["interrupted", name])),
        Effect.ensuring(
          name.startsWith("slow")
            ? Effect.andThen(Deferred.await(tidying), Queue.offer(steps, ["tidied", name]))
            : Effect.void
        ),
        (waiting) => Effect.andThen(Queue.offer(steps, ["began", name]), waiting)
      )
  })
  return {
    handlers,
    next: Queue.take(steps),
    all: Queue.clear(steps),
    letGo: (name: string) => Deferred.succeed(gate(name), `it was ${name}`),
    tidy: Deferred.succeed(tidying, undefined)
  }
})

const call = (id: string, more: Partial<AgentV1.RequestedFunction> = {}) => ({
  name: "wait",
  id,
  arguments: JSON.stringify({ for: id }),
  ...more
})

const cancelling = (...ids: ReadonlyArray<string>) => ({
  type: "FunctionCallCancelled",
  functions: ids.map((id) => ({ id, name: "wait" }))
})

const answer = (id: string) => ({ id, name: "wait", content: `it was ${id}` })

describe.each(transports)("calls of functions over $name", (transport) => {
  it.effect("run side by side, and are answered in the order in which they end", () =>
    Effect.gen(function*() {
      const { all, handlers, letGo, next } = yield* gated
      const { conversation: { events }, peer } = yield* openConversation(transport, { options: { tools } }).pipe(
        Effect.provide(handlers)
      )
      const ids = ["a", "b", "c", "d", "e"]
      yield* peer.send(calling(call("a"), call("b"), call("c")), calling(call("d")), calling(call("e")))
      for (const id of ids) assert.deepStrictEqual(yield* next, ["began", id])
      const order = ["d", "a", "e", "c", "b"]
      for (const id of order) {
        yield* letGo(id)
        assert.deepStrictEqual(yield* answers(peer, 1), [answer(id)])
      }
      const events5 = yield* handled(events, 5)
      assert.deepStrictEqual(events5.map((event) => "id" in event && event.id), order)
      assert.deepStrictEqual(yield* all, [])
    }))

  it.effect("let the rest of the conversation go on", () =>
    Effect.gen(function*() {
      const { handlers, letGo, next } = yield* gated
      const { conversation: { audio, events, injectUserMessage }, peer } = yield* openConversation(transport, {
        options: { tools }
      }).pipe(Effect.provide(handlers))
      yield* peer.send(calling(call("a")))
      yield* next
      yield* peer.send({ type: "AgentThinking", content: "Hm." }, Uint8Array.of(1, 2))
      yield* injectUserMessage("Are you there?")
      assert.deepStrictEqual(yield* peer.message, { type: "InjectUserMessage", content: "Are you there?" })
      assert.isDefined(yield* Stream.runHead(audio))
      yield* Stream.runDrain(Stream.takeUntil(events, ({ type }) => type === "AgentThinking"))
      yield* letGo("a")
      yield* answers(peer, 1)
    }))

  it.effect("that are Deepgram's are left to it, and those that do not say whose they are are not", () =>
    Effect.gen(function*() {
      const { handlers, letGo, next } = yield* gated
      const { peer } = yield* openConversation(transport, { options: { tools } }).pipe(Effect.provide(handlers))
      const { client_side: _, ...silent } = calling(call("b")).functions[0]!
      yield* peer.send({
        type: "FunctionCallRequest",
        functions: [{ ...silent, ...call("a"), client_side: false }, silent, { ...silent, ...call("c") }]
      })
      assert.deepStrictEqual([yield* next, yield* next], [["began", "b"], ["began", "c"]])
      yield* letGo("a")
      yield* letGo("c")
      yield* letGo("b")
      assert.sameDeepMembers([...yield* answers(peer, 2)], [answer("c"), answer("b")])
    }))

  it.effect("that are cancelled are interrupted, tidy up, and are not answered", () =>
    Effect.gen(function*() {
      const { handlers, letGo, next, tidy } = yield* gated
      const { conversation: { events }, peer } = yield* openConversation(transport, { options: { tools } }).pipe(
        Effect.provide(handlers)
      )
      yield* peer.send(calling(call("slow"), call("b"), call("c")))
      for (const id of ["slow", "b", "c"]) assert.deepStrictEqual(yield* next, ["began", id])
      yield* peer.send(cancelling("slow", "nobody", "b"))
      assert.deepStrictEqual([yield* next, yield* next], [["interrupted", "slow"], ["interrupted", "b"]])
      // Whoever reads hears of it while one still tidies up.
      assert.deepStrictEqual<unknown>(yield* handled(events, 2), [
        { type: "FunctionCallHandled", id: "slow", name: "wait", outcome: "cancelled" },
        { type: "FunctionCallHandled", id: "b", name: "wait", outcome: "cancelled" }
      ])
      yield* tidy
      assert.deepStrictEqual(yield* next, ["tidied", "slow"])
      for (const id of ["slow", "b", "c"]) yield* letGo(id)
      assert.deepStrictEqual(yield* answers(peer, 1), [answer("c")])
      // What is over cannot be cancelled.
      yield* peer.send(cancelling("c"), { type: "EndOfThought" })
      const rest = yield* Stream.runCollect(Stream.takeUntil(events, ({ type }) => type === "EndOfThought"))
      assert.deepStrictEqual(rest.map(({ type }) => type), [
        "FunctionCallHandled",
        "FunctionCallCancelled",
        "EndOfThought"
      ])
      assert.strictEqual(said(peer).length, 1)
    }))

  it.effect("that are cancelled in the same breath do not begin", () =>
    Effect.gen(function*() {
      const { all, handlers } = yield* gated
      const { conversation: { events }, peer } = yield* openConversation(transport, { options: { tools } }).pipe(
        Effect.provide(handlers)
      )
      yield* peer.send(calling(call("a")), cancelling("a"))
      assert.deepStrictEqual<unknown>(yield* handled(events, 1), [
        { type: "FunctionCallHandled", id: "a", name: "wait", outcome: "cancelled" }
      ])
      yield* settled(() => peer.frames.length)
      assert.deepStrictEqual(said(peer), [])
      // If it has begun nevertheless, it was interrupted.
      const steps = yield* all
      assert.strictEqual(steps.filter(([what]) => what === "began").length, steps.length / 2)
    }))

  it.effect("that are asked for twice run once, while they run", () =>
    Effect.gen(function*() {
      const { all, handlers, letGo, next } = yield* gated
      const { conversation: { events }, peer } = yield* openConversation(transport, { options: { tools } }).pipe(
        Effect.provide(handlers)
      )
      yield* peer.send(calling(call("a"), call("a")), calling(call("a")))
      yield* next
      yield* letGo("a")
      assert.deepStrictEqual(yield* answers(peer, 1), [answer("a")])
      yield* peer.send({ type: "EndOfThought" })
      const heard = yield* Stream.runCollect(Stream.takeUntil(events, ({ type }) => type === "EndOfThought"))
      assert.strictEqual(heard.filter(({ type }) => type === "FunctionCallHandled").length, 1)
      assert.deepStrictEqual(yield* all, [])
      assert.strictEqual(said(peer).length, 1)
    }))
})

describe("calls that run are interrupted", () => {
  const ends: ReadonlyArray<readonly [what: string, error: string | undefined]> = [
    ["when the conversation is closed", undefined],
    ["when Deepgram ends it", "ConnectionClosed"],
    ["when the scope ends", "SendAfterClose"]
  ]

  it.effect.each(ends)("%s", ([what, error]) =>
    Effect.gen(function*() {
      const { all, handlers, next } = yield* gated
      const scope = yield* Scope.make()
      const { conversation: { audio, close, events }, peer } = yield* openConversation(ws, { options: { tools } }).pipe(
        Effect.provide(handlers),
        Scope.provide(scope)
      )
      yield* peer.send(calling(call("a"), call("b")))
      yield* next
      yield* next
      const listening = yield* begin(hear(audio))
      const reading = yield* begin(hear(events))
      if (what.includes("closed")) yield* close
      else if (what.includes("Deepgram")) yield* peer.close(1011)
      else yield* Scope.close(scope, Exit.void)
      const { error: failure, messages } = yield* Fiber.join(reading)
      assert.strictEqual(failure?._tag, error)
      assert.strictEqual((yield* Fiber.join(listening)).error, failure)
      assert.sameDeepMembers([yield* next, yield* next], [["interrupted", "a"], ["interrupted", "b"]])
      assert.deepStrictEqual(yield* all, [])
      // Nobody cancelled them, and nobody was answered.
      assert.deepStrictEqual(messages.map(({ type }) => type), ["Welcome", "SettingsApplied", "FunctionCallRequest"])
      assert.deepStrictEqual(said(peer), [])
      yield* Scope.close(scope, Exit.void)
    }))
})

describe("a function that ends the conversation", () => {
  it.effect("ends it, and is interrupted by that", () =>
    Effect.gen(function*() {
      const bye = Toolkit.make(Tool.make("hang_up"))
      const hangUp = yield* Deferred.make<Effect.Effect<void, unknown>>()
      const ended = yield* Deferred.make<Exit.Exit<void, unknown>>()
      const handlers = bye.toLayer({
        hang_up: () =>
          Effect.flatten(Deferred.await(hangUp)).pipe(
            Effect.onExit((exit) => Deferred.succeed(ended, exit)),
            Effect.orDie
          )
      })
      const { conversation: { audio, close, events }, peer } = yield* openConversation(ws, { options: { tools: bye } })
        .pipe(Effect.provide(handlers))
      yield* Deferred.succeed(hangUp, close)
      yield* peer.send(calling({ name: "hang_up" }))
      assert.isUndefined((yield* hear(events)).error)
      assert.isUndefined((yield* hear(audio)).error)
      assert.strictEqual((yield* peer.closed).code, 1000)
      yield* Deferred.await(ended)
    }))
})
