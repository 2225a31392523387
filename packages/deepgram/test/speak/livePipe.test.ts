import { assert, describe, it } from "@effect/vitest"
import { type Cause, Data, Deferred, Effect, Fiber, Queue, Stream } from "effect"
import { LiveAudio, SpeakV1, SpeakV2 } from "effect-deepgram"
import { pass, watchSleeps } from "../support/clock.ts"
import { begin, hear, transports } from "../support/live.ts"
import {
  aura,
  cleared,
  connected,
  ending,
  flux,
  interrupted,
  metadata,
  outline,
  over,
  sound,
  total,
  warning
} from "../support/liveSpeech.ts"
import { accept, type Peer, serveSockets, serving } from "../support/sockets.ts"

class Broken extends Data.TaggedError("Broken")<{ readonly what: string }> {}

const speak = (text: string) => ({ type: "Speak", text })

/** What has come, in short. */
const said = (peer: Peer) =>
  peer.frames.map((frame) => {
    const { text, type } = JSON.parse(String(frame)) as { readonly type: string; readonly text?: string }
    return text ?? type
  })

/** A text, or interruptions, that the test hands out. */
const handing = <A>() =>
  Effect.map(Queue.unbounded<A, Cause.Done>(), (queue) => ({
    give: (...elements: ReadonlyArray<A>) => Queue.offerAll(queue, elements),
    end: Queue.end(queue),
    stream: Stream.fromQueue(queue)
  }))

describe.each(transports)("speakStream over $name", ({ client }) => {
  it.effect("says a text sentence by sentence, and gives what comes until the end: Aura", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(
        serving((peer) => Effect.andThen(peer.send(metadata), ending([sound(1), sound(2)])(peer)))
      )
      const { error, messages } = yield* hear(
        Stream.make("Good mor", "ning. How ", "are", " you? I am fi", "ne").pipe(
          SpeakV1.speakStream(aura),
          Stream.provide(client(server))
        )
      )
      assert.isUndefined(error)
      assert.deepStrictEqual(outline(messages), ["Metadata", 1, 2])
      const peer = yield* server.peer(0)
      assert.deepStrictEqual(said(peer), ["Good morning.", "Flush", " How are you?", "Flush", " I am fine", "Close"])
    }))

  it.effect("makes one turn of a text: Flux", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(serving((peer) =>
        Effect.gen(function*() {
          for (let index = 0; index < 3; index++) yield* peer.message
          yield* peer.send(connected, sound(1), over("a"))
          yield* ending([total])(peer)
        })
      ))
      const bytes = yield* Stream.make("Good mor", "ning. How are you?").pipe(
        SpeakV2.speakStream(flux),
        LiveAudio.bytes,
        Stream.provide(client(server)),
        Stream.runCollect
      )
      assert.deepStrictEqual(bytes, [sound(1)])
      assert.deepStrictEqual(said(yield* server.peer(0)), ["Good morning.", " How are you?", "Flush", "Close"])
    }))

  it.effect.each([["nothing", []], ["an empty text", [""]], ["blanks", [" ", "\n", ""]]] as const)(
    "of %s only closes",
    ([, text]) =>
      Effect.gen(function*() {
        const server = yield* serveSockets(serving(ending([total])))
        const voices = [
          Stream.fromIterable(text).pipe(SpeakV1.speakStream(aura), Stream.runDrain),
          Stream.fromIterable(text).pipe(SpeakV2.speakStream(flux), Stream.runDrain)
        ]
        for (const voice of voices) yield* Effect.provide(voice, client(server))
        assert.deepStrictEqual(said(yield* server.peer(0)), ["Close"])
        assert.deepStrictEqual(said(yield* server.peer(1)), ["Close"])
      })
  )

  it.effect("does not keep half a sentence for ever", () =>
    Effect.gen(function*() {
      const sleeps = yield* watchSleeps
      const server = yield* serveSockets(accept())
      const text = yield* handing<string>()
      yield* begin(
        text.stream.pipe(
          SpeakV1.speakStream({ ...aura, keepAlive: false, flushAfter: "700 millis" }),
          Stream.runDrain,
          Effect.provide(client(server)),
          sleeps.watch
        )
      )
      const peer = yield* server.peer(0)
      yield* text.give("That is")
      yield* sleeps.until(700)
      yield* pass(500)
      // What comes begins it anew.
      yield* text.give(" so")
      yield* sleeps.until(700)
      yield* pass(699)
      assert.deepStrictEqual(said(peer), [])
      yield* pass(1)
      assert.deepStrictEqual([yield* peer.message, yield* peer.message], [speak("That is so"), { type: "Flush" }])
      yield* text.give(", and")
      yield* sleeps.until(700)
      yield* pass(700)
      assert.deepStrictEqual(yield* peer.message, speak(", and"))
    }))

  it.effect("fails with what the text fails with, behind the audio, and closes without a word", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const gate = yield* Deferred.make<void>()
      const text = Stream.concat(
        Stream.make("One. ", "Two"),
        Stream.fromEffect(Effect.andThen(Deferred.await(gate), Effect.fail(new Broken({ what: "text" }))))
      )
      const heard = yield* Queue.unbounded<unknown>()
      const fiber = yield* begin(hear(
        text.pipe(
          SpeakV1.speakStream(aura),
          Stream.tap((message) => Queue.offer(heard, message)),
          Stream.provide(client(server))
        )
      ))
      const peer = yield* server.peer(0)
      yield* peer.message
      yield* peer.send(sound(1))
      yield* Queue.take(heard)
      yield* Deferred.succeed(gate, undefined)
      const { error, messages } = yield* Fiber.join(fiber)
      assert.deepStrictEqual(error, new Broken({ what: "text" }))
      assert.deepStrictEqual(outline(messages), [1])
      assert.strictEqual((yield* peer.closed).code, 1000)
      assert.notInclude(said(peer), "Close")
    }))

  it.effect("dies with what the text dies with", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const exit = yield* Stream.die("of the text").pipe(
        SpeakV2.speakStream(flux),
        Stream.runDrain,
        Effect.provide(client(server)),
        Effect.exit
      )
      assert.include(String(exit), "of the text")
    }))

  it.effect("fails with what the interruptions fail with; their end is nothing", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(serving(ending()))
      const interruptions = Stream.fail(new Broken({ what: "interruptions" }))
      const { error } = yield* hear(
        Stream.never.pipe(SpeakV1.speakStream({ ...aura, interruptions }), Stream.provide(client(server)))
      )
      assert.deepStrictEqual(error, new Broken({ what: "interruptions" }))
      const { error: none } = yield* hear(
        Stream.make("a").pipe(
          SpeakV1.speakStream({ ...aura, interruptions: Stream.empty }),
          Stream.provide(client(server))
        )
      )
      assert.isUndefined(none)
    }))

  it.effect("lets go of everything when its reader stops, or is interrupted", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(serving((peer) => peer.send(sound(1), sound(2), sound(3))))
      const released = { text: 0, interruptions: 0 }
      const release = (what: keyof typeof released) => Effect.sync(() => void released[what]++)
      const text = Stream.concat(Stream.make("One. "), Stream.never).pipe(Stream.ensuring(release("text")))
      const interruptions = Stream.never.pipe(Stream.ensuring(release("interruptions")))
      const messages = text.pipe(SpeakV1.speakStream({ ...aura, interruptions }), Stream.provide(client(server)))
      assert.deepStrictEqual(outline(yield* Stream.runCollect(Stream.take(messages, 2))), [1, 2])
      yield* (yield* server.dial(0)).gone
      assert.deepStrictEqual(released, { text: 1, interruptions: 1 })
      const seen = yield* Deferred.make<void>()
      const fiber = yield* begin(Stream.runForEach(messages, () => Deferred.succeed(seen, undefined)))
      yield* Deferred.await(seen)
      yield* Fiber.interrupt(fiber)
      yield* (yield* server.dial(1)).gone
      assert.deepStrictEqual(released, { text: 2, interruptions: 2 })
    }))

  it.effect("fails with what ends the session, behind all messages, whatever the text does", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(serving((peer) =>
        Effect.gen(function*() {
          yield* peer.message
          yield* peer.send(sound(1))
          yield* peer.close(1008, "DATA-0001")
        })
      ))
      const { error, messages } = yield* hear(
        Stream.concat(Stream.make("One. Two."), Stream.never).pipe(
          SpeakV1.speakStream(aura),
          Stream.provide(client(server))
        )
      )
      assert.deepStrictEqual(outline(messages), [1])
      assert.strictEqual(error?._tag, "ConnectionClosed")
    }))

  it.effect("drops at an interruption what was taken, and goes on with what comes: Aura", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const text = yield* handing<string>()
      const interruptions = yield* handing<void>()
      const fiber = yield* begin(hear(
        text.stream.pipe(
          SpeakV1.speakStream({ ...aura, interruptions: interruptions.stream }),
          Stream.provide(client(server))
        )
      ))
      const peer = yield* server.peer(0)
      yield* text.give("One. Tw")
      assert.deepStrictEqual([yield* peer.message, yield* peer.message], [speak("One."), { type: "Flush" }])
      yield* peer.send(sound(1))
      yield* interruptions.give(undefined)
      assert.deepStrictEqual(yield* peer.message, { type: "Clear" })
      yield* peer.send(sound(2), cleared(0), sound(3))
      // A second one, with nothing said in between.
      yield* interruptions.give(undefined)
      assert.deepStrictEqual(yield* peer.message, { type: "Clear" })
      yield* text.give("o was not")
      yield* peer.send(cleared(1))
      yield* text.give(" said. Three")
      yield* text.end
      const rest = yield* peer.message
      yield* ending([sound(4)])(peer)
      const { error, messages } = yield* Fiber.join(fiber)
      assert.isUndefined(error)
      assert.include(["o was not said.", " said."], (rest as { readonly text: string }).text)
      const heard = outline(messages)
      assert.notInclude(heard, 2)
      assert.deepStrictEqual(heard.filter((message) => message !== 1 && message !== 3), ["Cleared", "Cleared", 4])
    }))

  it.effect("interrupts the last turn while it is spoken: Flux", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const interruptions = yield* handing<SpeakV2.Interruption>()
      const fiber = yield* begin(hear(
        Stream.make("One. ", "Two.").pipe(
          SpeakV2.speakStream({ ...flux, interruptions: interruptions.stream }),
          Stream.provide(client(server))
        )
      ))
      const peer = yield* server.peer(0)
      for (let index = 0; index < 3; index++) yield* peer.message
      yield* peer.send(sound(1))
      const playback_offset = { type: "time_ms", value: 7 } as const
      yield* interruptions.give({ playback_offset })
      assert.deepStrictEqual(yield* peer.message, { type: "Interrupt", playback_offset })
      yield* peer.send(sound(2), interrupted(7))
      yield* ending([total])(peer)
      const { error, messages } = yield* Fiber.join(fiber)
      assert.isUndefined(error)
      assert.deepStrictEqual(
        outline(messages).filter((message) => message !== 1),
        ["SpeechInterrupted", "SessionMetadata"]
      )
    }))

  it.effect("is silent after an interruption behind the end of the text: Aura", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const interruptions = yield* handing<void>()
      const dealtWith = yield* Deferred.make<void>()
      const watched = Stream.onEnd(interruptions.stream, Deferred.succeed(dealtWith, undefined))
      const fiber = yield* begin(hear(
        Stream.make("One.").pipe(
          SpeakV1.speakStream({ ...aura, interruptions: watched }),
          Stream.provide(client(server))
        )
      ))
      const peer = yield* server.peer(0)
      assert.deepStrictEqual([yield* peer.message, yield* peer.message], [speak("One."), { type: "Close" }])
      yield* interruptions.give(undefined, undefined)
      yield* interruptions.end
      yield* Deferred.await(dealtWith)
      yield* peer.send(sound(1), warning("W"), sound(2))
      yield* peer.close(1000)
      const { error, messages } = yield* Fiber.join(fiber)
      assert.isUndefined(error)
      assert.deepStrictEqual(outline(messages), ["Warning"])
    }))

  it.effect("drops all of a text that is ahead by more than it takes in", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const interruptions = yield* handing<void>()
      const after = yield* Deferred.make<void>()
      let taken = 0
      const ahead = Stream.fromIterable(Array.from({ length: 5000 }, (_, index) => `Old ${index}. `)).pipe(
        Stream.rechunk(1),
        Stream.tap(() => Effect.sync(() => taken++))
      )
      const text = Stream.concat(ahead, Stream.fromEffect(Effect.as(Deferred.await(after), "New.")))
      const fiber = yield* begin(hear(
        text.pipe(
          SpeakV1.speakStream({
            ...aura,
            charactersPerMinute: 10,
            keepAlive: false,
            interruptions: interruptions.stream
          }),
          Stream.provide(client(server))
        )
      ))
      const peer = yield* server.peer(0)
      assert.deepStrictEqual([yield* peer.message, yield* peer.message], [speak("Old 0."), { type: "Flush" }])
      yield* Effect.whileLoop({ while: () => taken < 4098, body: () => Effect.yieldNow, step: () => {} })
      const before = taken
      yield* interruptions.give(undefined)
      assert.deepStrictEqual(yield* peer.message, { type: "Clear" })
      yield* peer.send(cleared(0))
      yield* pass(120_000)
      const { text: next } = yield* peer.message as Effect.Effect<{ readonly text: string }>
      assert.isAtLeast(Number(/\d+/.exec(next)?.[0]), before)
      yield* Fiber.interrupt(fiber)
    }))
})
