import { assert, describe, it } from "@effect/vitest"
import { Data, Deferred, Effect, Fiber, Queue, Stream } from "effect"
import { LiveAudio, SpeakV1, SpeakV2 } from "effect-deepgram"
import { pass, watchSleeps } from "../support/clock.ts"
import { begin, hear, transports } from "../support/live.ts"
import {
  aura,
  connected,
  ending,
  flux,
  handing,
  metadata,
  outline,
  over,
  sound,
  speak,
  total
} from "../support/liveSpeech.ts"
import { accept, type Peer, serveSockets, serving } from "../support/sockets.ts"

class Broken extends Data.TaggedError("Broken")<{ readonly what: string }> {}

/** What has come, in short. */
const said = (peer: Peer) =>
  peer.frames.map((frame) => {
    const { text, type } = JSON.parse(String(frame)) as { readonly type: string; readonly text?: string }
    return text ?? type
  })

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

  it.effect("ends a turn when the text pauses, and begins another one: Flux", () =>
    Effect.gen(function*() {
      const sleeps = yield* watchSleeps
      const server = yield* serveSockets(accept())
      const text = yield* handing<string>()
      const fiber = yield* begin(
        hear(
          text.stream.pipe(
            SpeakV2.speakStream({ ...flux, keepAlive: false, flushAfter: "700 millis" }),
            Stream.provide(client(server))
          )
        ).pipe(sleeps.watch)
      )
      const peer = yield* server.peer(0)
      yield* text.give("One. Tw")
      assert.deepStrictEqual(yield* peer.message, speak("One."))
      yield* sleeps.until(700)
      yield* pass(600)
      // What comes begins it anew, also for the sentence that was sent.
      yield* text.give("o. ")
      assert.deepStrictEqual(yield* peer.message, speak(" Two."))
      yield* sleeps.until(700)
      yield* pass(699)
      assert.strictEqual(peer.frames.length, 2)
      yield* pass(1)
      assert.deepStrictEqual(yield* peer.message, { type: "Flush" })
      // Half a sentence is said, too, and only then the turn ends.
      yield* text.give("Three. Fo")
      assert.deepStrictEqual(yield* peer.message, speak("Three."))
      yield* sleeps.until(700)
      yield* pass(700)
      assert.deepStrictEqual([yield* peer.message, yield* peer.message], [speak(" Fo"), { type: "Flush" }])
      // Nothing is open: there is nothing to wait for, nor to flush at the end.
      yield* pass(60_000)
      yield* text.end
      assert.deepStrictEqual(yield* peer.message, { type: "Close" })
      yield* peer.send(sound(1), over("a"), sound(2), over("b"), total)
      yield* peer.close(1000)
      const { error, messages } = yield* Fiber.join(fiber)
      assert.isUndefined(error)
      assert.deepStrictEqual(outline(messages), [1, "SpeechMetadata", 2, "SpeechMetadata", "SessionMetadata"])
      assert.strictEqual(peer.frames.length, 7)
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
})
