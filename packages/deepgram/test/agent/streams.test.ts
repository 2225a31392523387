/** The events and the audio of a conversation. */
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Queue, Stream } from "effect"
import type { AgentV1, DeepgramError } from "effect-deepgram"
import { openConversation } from "../support/agent.ts"
import { begin, hear, requestId, settled, transports } from "../support/live.ts"

const started = { type: "UserStartedSpeaking" }
const done = { type: "AgentAudioDone" }
const frame = (value: number) => new Uint8Array(640).fill(value)

/** What is to be played, in short: the first byte of audio, or the type. */
const brief = (audio: ReadonlyArray<AgentV1.AgentAudio>) =>
  audio.map((one) => one.type === "Audio" ? one.audio[0] : one.type)

/** Waits until everything that was sent so far has arrived: a message behind it has. */
const arrived = <E>(
  { conversation: { events }, peer }: {
    readonly conversation: Pick<AgentV1.Conversation<E>, "events">
    readonly peer: { readonly send: (message: object) => Effect.Effect<void> }
  }
) =>
  Effect.andThen(
    peer.send({ type: "EndOfThought" }),
    Stream.runCollect(Stream.takeUntil(events, ({ type }) => type === "EndOfThought"))
  )

describe.each(transports)("the agent's voice over $name", (transport) => {
  it.effect("is handed out in order, apart from everything else", () =>
    Effect.gen(function*() {
      const opened = yield* openConversation(transport)
      const { conversation: { audio }, peer } = opened
      yield* peer.send({ type: "AgentStartedSpeaking" }, frame(1), { type: "AgentThinking" }, frame(2), done)
      const events = yield* arrived(opened)
      assert.deepStrictEqual(events.map(({ type }) => type), [
        "Welcome",
        "SettingsApplied",
        "AgentStartedSpeaking",
        "AgentThinking",
        "AgentAudioDone",
        "EndOfThought"
      ])
      assert.deepStrictEqual(brief(yield* Stream.runCollect(Stream.take(audio, 3))), [1, 2, "AgentAudioDone"])
    }))

  it.effect("is dropped as far as it was not taken, when the user begins to speak", () =>
    Effect.gen(function*() {
      const opened = yield* openConversation(transport)
      const { conversation: { audio }, peer } = opened
      yield* peer.send(frame(1), frame(2), frame(3), frame(4))
      yield* arrived(opened)
      assert.deepStrictEqual(brief(yield* Stream.runCollect(Stream.take(audio, 2))), [1, 2])
      yield* peer.send(started)
      // What comes behind it is new, the end of what was interrupted included.
      yield* peer.send(done, frame(5), frame(6), done)
      const events = yield* arrived(opened)
      assert.include(events.map(({ type }) => type), started.type)
      assert.deepStrictEqual(brief(yield* Stream.runCollect(Stream.take(audio, 5))), [
        "Interrupted",
        "AgentAudioDone",
        5,
        6,
        "AgentAudioDone"
      ])
    }))

  it.effect("is interrupted once where that was not heard of, and each time where it was", () =>
    Effect.gen(function*() {
      const opened = yield* openConversation(transport)
      const { conversation: { audio }, peer } = opened
      yield* peer.send(frame(1), started, frame(2), done, started, started, frame(3))
      yield* arrived(opened)
      assert.deepStrictEqual(brief(yield* Stream.runCollect(Stream.take(audio, 2))), ["Interrupted", 3])
      for (const value of [4, 5]) {
        yield* peer.send(started, frame(value))
        assert.deepStrictEqual(brief(yield* Stream.runCollect(Stream.take(audio, 2))), ["Interrupted", value])
      }
    }))

  it.effect("reaches who waits for it, and who is slow hears what is left", () =>
    Effect.gen(function*() {
      const opened = yield* openConversation(transport)
      const { conversation: { audio }, peer } = opened
      const heard = yield* Queue.unbounded<AgentV1.AgentAudio>()
      const gate = yield* Deferred.make<void>()
      yield* begin(Stream.runForEach(audio, (one) =>
        Effect.andThen(
          Queue.offer(heard, one),
          one.type === "Audio" && one.audio[0] === 2 ? Deferred.await(gate) : Effect.void
        )))
      yield* peer.send(frame(1))
      assert.deepStrictEqual(brief([yield* Queue.take(heard)]), [1])
      // It plays the second while the third is dropped.
      yield* peer.send(frame(2), frame(3))
      yield* Queue.take(heard)
      yield* arrived(opened)
      yield* peer.send(started, frame(4))
      yield* arrived(opened)
      yield* Deferred.succeed(gate, undefined)
      assert.deepStrictEqual(brief([yield* Queue.take(heard), yield* Queue.take(heard)]), ["Interrupted", 4])
    }))

  it.effect("that nobody takes ends the conversation at 16 MiB, and what there is can still be heard", () =>
    Effect.gen(function*() {
      const { conversation: { audio, events }, peer, server } = yield* openConversation(transport)
      const reading = yield* begin(hear(events))
      const mebibyte = new Uint8Array(1_048_576)
      for (let count = 0; count < 16; count++) yield* peer.send(mebibyte)
      yield* peer.send(done)
      yield* peer.send(Uint8Array.of(1))
      const { error } = yield* Fiber.join(reading)
      assert.deepInclude({ ...error }, { _tag: "SlowConsumer", buffered: 16_777_217, operation: "AgentV1.converse" })
      const heard = yield* hear(audio)
      assert.strictEqual(heard.error, error)
      assert.strictEqual(heard.messages.length, 18)
      yield* (yield* server.dial(0)).gone
    }))

  it.effect("may wait while the rest is read, as long as it is less", () =>
    Effect.gen(function*() {
      const opened = yield* openConversation(transport)
      const { conversation: { audio }, peer } = opened
      const mebibyte = new Uint8Array(1_048_576)
      for (let round = 0; round < 3; round++) {
        for (let count = 0; count < 16; count++) yield* peer.send(mebibyte)
        yield* arrived(opened)
        yield* peer.send(started)
      }
      yield* peer.send(frame(1))
      yield* arrived(opened)
      assert.deepStrictEqual(brief(yield* Stream.runCollect(Stream.take(audio, 2))), ["Interrupted", 1])
    }))
})

describe.each(transports)("both streams of a conversation over $name", (transport) => {
  it.effect("end with close, behind everything that came before", () =>
    Effect.gen(function*() {
      const { conversation: { audio, close, events, injectUserMessage, requestId: id }, peer } =
        yield* openConversation(transport)
      yield* peer.send(frame(1), done)
      yield* settled(() => peer.frames.length)
      yield* close
      const heard = yield* hear(events)
      assert.isUndefined(heard.error)
      assert.deepStrictEqual(heard.messages.map(({ type }) => type), ["Welcome", "SettingsApplied", "AgentAudioDone"])
      const played = yield* hear(audio)
      assert.isUndefined(played.error)
      assert.deepStrictEqual(brief(played.messages), [1, "AgentAudioDone"])
      assert.strictEqual((yield* Effect.flip(injectUserMessage("?")))._tag, "SendAfterClose")
      assert.strictEqual(yield* id, requestId)
      assert.strictEqual((yield* peer.closed).code, 1000)
    }))

  it.effect("fail alike, behind everything that came before", () =>
    Effect.gen(function*() {
      const { conversation: { audio, close, events }, peer } = yield* openConversation(transport)
      yield* peer.send(frame(1), { type: "Error", code: "FAILED_TO_THINK", description: "No provider can." })
      yield* peer.close(1011)
      const heard = yield* hear(events)
      const played = yield* hear(audio)
      assert.deepInclude({ ...heard.error }, {
        _tag: "ConnectionClosed",
        operation: "AgentV1.converse",
        errorCode: "FAILED_TO_THINK"
      })
      assert.strictEqual(played.error, heard.error)
      assert.deepStrictEqual(brief(played.messages), [1])
      assert.deepStrictEqual(heard.messages.map(({ type }) => type), ["Welcome", "SettingsApplied", "Error"])
      assert.strictEqual((yield* Effect.exit(close))._tag, "Failure")
    }))

  it.effect("have one reader at a time", () =>
    Effect.gen(function*() {
      const opened = yield* openConversation(transport)
      const { conversation: { audio, events }, peer } = opened
      yield* arrived(opened)
      const readTwice = <A>(stream: Stream.Stream<A, DeepgramError.LiveError>, message: object) =>
        Effect.gen(function*() {
          const first = yield* begin(Stream.runHead(stream))
          const error = yield* Effect.flip(Stream.runHead(stream))
          assert.deepInclude(Object.assign({}, error), { _tag: "BadRequest", operation: "AgentV1.converse" })
          yield* peer.send(message)
          return yield* Effect.fromOption(yield* Fiber.join(first))
        })
      assert.deepStrictEqual<unknown>(yield* readTwice(events, { type: "AgentThinking" }), { type: "AgentThinking" })
      assert.deepStrictEqual(brief([yield* readTwice(audio, frame(1))]), [1])
    }))

  it.effect("lose nothing to a reader that stops", () =>
    Effect.gen(function*() {
      const opened = yield* openConversation(transport)
      const { conversation: { audio }, peer } = opened
      yield* peer.send(frame(1), frame(2), frame(3))
      yield* arrived(opened)
      for (const value of [1, 2, 3]) {
        assert.deepStrictEqual(brief(yield* Stream.runCollect(Stream.take(audio, 1))), [value])
      }
      const waiting = yield* begin(Stream.runHead(audio))
      yield* Fiber.interrupt(waiting)
      yield* peer.send(frame(4))
      assert.deepStrictEqual(brief(yield* Stream.runCollect(Stream.take(audio, 1))), [4])
    }))
})
