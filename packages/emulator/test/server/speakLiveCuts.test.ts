/** Speech that is cut off: `Clear` and `Interrupt` while it is made, and what is said of it. */
import { Emulator, Synthesizer } from "@effect-deepgram/emulator"
import { assert, describe, it, layer } from "@effect/vitest"
import { Deferred, Effect, Stream } from "effect"
import { connect, type Json, last, typesOf } from "./socket.ts"
import { speaking } from "./speech.ts"
import { millisOf, only, outlineOf, textOf, until, untilHeard, wordsOf } from "./spoken.ts"

const aura = "/v1/speak?model=aura-2-thalia-en"
const flux = "/v2/speak?model=flux-haley-en"

const speak = (text: string) => ({ type: "Speak", text })

const flush = { type: "Flush" }
const close = { type: "Close" }

const interrupt = (value?: number) => ({
  type: "Interrupt",
  ...(value === undefined ? undefined : { playback_offset: { type: "time_ms", value } })
})

/** A voice that does not come to an end with a text that begins so. */
const endless = (text: string, { sampleRate }: Synthesizer.SpeakOptions) =>
  text.startsWith("Endless")
    ? Stream.forever(Stream.sync(() => new Float32Array(sampleRate / 2)))
    : Stream.make(Synthesizer.speak(text, { sampleRate }))

const opened = Effect.fnUntraced(function*(path: string) {
  const socket = yield* connect(path)
  yield* socket.next
  const talk = (...messages: ReadonlyArray<Json>) => Effect.forEach(messages, socket.say, { discard: true })
  return { ...socket, talk }
})

layer(speaking(endless))("Clear", (it) => {
  it.effect("stops at once what is being spoken", () =>
    Effect.gen(function*() {
      const { end, next, talk } = yield* opened(aura)
      yield* talk(speak("Endless."), flush, speak("Forgotten."), flush)
      yield* until(next, "Audio")
      yield* talk({ type: "Clear" }, speak("And now this."), flush)
      yield* until(next, "Cleared")
      const rest = yield* until(next, "Flushed")
      assert.strictEqual(textOf(rest), "And now this.")
      yield* talk(close)
      assert.deepStrictEqual(yield* end, { code: 1000, reason: "", messages: [] })
    }))

  it.effect("forgets the flush of what it stops, and not that it was asked to close", () =>
    Effect.gen(function*() {
      const { end, next, talk } = yield* opened(aura)
      yield* talk(speak("Endless."), flush, close)
      yield* until(next, "Audio")
      yield* talk({ type: "Clear" }, { type: "Clear" })
      const { code, messages } = yield* end
      assert.strictEqual(code, 1000)
      const answers = messages.filter(({ type }) => type !== "Audio")
      assert.deepStrictEqual(answers[0], { type: "Cleared", sequence_id: 0 })
      assert.notInclude(typesOf(answers), "Flushed")
    }))
})

layer(speaking(endless))("Interrupt", (it) => {
  it.effect("stops at once the turn that is being spoken, and no other", () =>
    Effect.gen(function*() {
      const { end, next, talk } = yield* opened(flux)
      yield* talk(speak("Endless."), flush, speak("The next turn."), flush)
      const before = yield* until(next, "Audio")
      yield* talk(interrupt())
      const [interrupted, after] = [yield* until(next, "SpeechInterrupted"), yield* until(next, "SpeechMetadata")]
      const { speech_id } = only(before, "SpeechStarted")
      const made = Math.round(millisOf([...before, ...interrupted]))
      assert.deepStrictEqual(last(interrupted), {
        type: "SpeechInterrupted",
        audio_played_ms: made,
        metadata: {
          speech_id,
          audio_duration_ms: made,
          input_character_count: 8,
          billable_character_count: 8,
          controls_applied: { pronunciations_applied: 0, breaks_applied: 0, pronunciation_warnings: 0 }
        }
      })
      assert.deepStrictEqual(outlineOf(after), ["SpeechStarted", "Flushed", "Audio", "SpeechMetadata"])
      assert.strictEqual(textOf(after), "The next turn.")
      yield* talk(close)
      assert.deepInclude(only((yield* end).messages, "SessionMetadata"), {
        total_audio_duration_ms: Math.round(made + millisOf(after)),
        total_input_character_count: 22
      })
    }))

  it.effect("ends a session that is being drained", () =>
    Effect.gen(function*() {
      const { end, next, talk } = yield* opened(flux)
      yield* talk(speak("Endless."), close)
      yield* until(next, "Audio")
      yield* talk(interrupt(1))
      const { code, messages } = yield* end
      assert.strictEqual(code, 1000)
      assert.deepStrictEqual(outlineOf(messages).slice(-2), ["SpeechInterrupted", "SessionMetadata"])
      assert.deepInclude(only(messages, "SpeechInterrupted"), { text_spoken: "", text_remaining: "Endless." })
    }))
})

layer(Emulator.layer())("what was heard", (it) => {
  it.effect("are the words whose sound was over, of all the text of the turn", () =>
    Effect.gen(function*() {
      const text = "Sure, I can help  you. One \\{\"word\":\"moment\",\"pronounce\":\"m\"\\} please. Let me"
      const whole = "Sure, I can help  you. One moment please. Let me"
      const spoken = Synthesizer.speak("Sure, I can help you. One moment please. ", { sampleRate: 24_000 })
      const made = spoken.length / 24
      const words = yield* Effect.gen(function*() {
        const { next, talk } = yield* opened(flux)
        yield* talk(speak(text), flush)
        return wordsOf(yield* until(next, "SpeechMetadata"))
      })
      assert.strictEqual(words.length, 10)
      const ends = words.map(({ end }) => Math.round(end * 1000))
      for (
        const [offset, heard] of [
          [0, 0],
          [ends[0]! - 20, 0],
          [ends[0]! + 20, 1],
          [ends[3]! - 20, 3],
          [ends[4]! + 20, 5],
          [ends[6]! - 20, 6],
          [ends[6]! + 20, 7],
          // More than was made cannot have been heard.
          [60_000, 8]
        ] as const
      ) {
        const { end, next, talk } = yield* opened(flux)
        yield* talk(speak(text))
        const before: Array<Json> = []
        while (millisOf(before) < made) before.push(yield* next)
        yield* talk(interrupt(offset), close)
        const { messages } = yield* end
        const { audio_played_ms, text_remaining, text_spoken } = only(messages, "SpeechInterrupted")
        assert.strictEqual(audio_played_ms, Math.min(offset, Math.round(made)))
        assert.strictEqual(`${text_spoken}${text_remaining}`, whole)
        assert.strictEqual(String(text_spoken).split(/\s+/).filter((word) => word !== "").length, heard, String(offset))
        assert.notMatch(String(text_spoken), /\s$/)
        // That is what was made, played or not.
        assert.deepInclude(last(messages), { total_audio_duration_ms: Math.round(made) })
      }
    }).pipe(Effect.scoped))

  it.effect("is told by the time of the session, which goes on from what was played", () =>
    Effect.gen(function*() {
      const { end, next, talk } = yield* opened(flux)
      const turn = Effect.fnUntraced(function*(text: string, offset: number) {
        yield* talk(speak(`${text} `))
        yield* untilHeard(next, text)
        yield* talk(interrupt(offset))
        return only(yield* until(next, "SpeechInterrupted"), "SpeechInterrupted")
      })
      yield* talk(speak("Before."), flush)
      const before = Math.round(millisOf(yield* until(next, "SpeechMetadata")))
      // "One" is over after 0.16 seconds, "two" after 0.42.
      assert.deepInclude(yield* turn("One two three.", before + 300), {
        audio_played_ms: before + 300,
        text_spoken: "One",
        text_remaining: " two three. "
      })
      assert.deepInclude(yield* turn("One two three.", before + 300 + 450), { text_spoken: "One two" })
      // The client still plays the turn before.
      yield* talk(speak("Played"), flush)
      yield* until(next, "SpeechMetadata")
      assert.deepInclude(yield* turn("One two three.", before + 300 + 450 + 50), {
        text_spoken: "",
        text_remaining: "One two three. "
      })
      yield* talk(close)
      yield* end
    }))

  it.effect("is no more than was made, whatever the client says: it may interrupt again", () =>
    Effect.gen(function*() {
      const { next, talk } = yield* opened(flux)
      let made = 0
      for (const text of ["One two three.", "Four five six."]) {
        yield* talk(speak(`${text} `))
        const heard = yield* untilHeard(next, text)
        yield* talk(interrupt(made + 1_000_000))
        const rest = yield* until(next, "SpeechInterrupted")
        made += millisOf([...heard, ...rest])
        assert.deepInclude(last(rest), { audio_played_ms: Math.round(made), text_spoken: text })
      }
    }))

  it.effect("must be more each time, also after what the server took for played", () =>
    Effect.gen(function*() {
      const { end, next, talk } = yield* opened(flux)
      const turn = speak("One two three. ")
      const code = Effect.map(until(next, "Warning"), (messages) => last(messages)["code"])
      yield* talk(turn)
      yield* until(next, "Audio")
      yield* talk(interrupt(100))
      yield* until(next, "SpeechInterrupted")
      yield* talk(turn)
      yield* until(next, "SpeechStarted")
      yield* talk(interrupt(100), interrupt(99))
      assert.deepStrictEqual([yield* code, yield* code], ["INVALID_INTERRUPT_OFFSET", "INVALID_INTERRUPT_OFFSET"])
      // Nothing has happened by that.
      yield* talk(speak("Four."), flush)
      yield* until(next, "SpeechMetadata")
      yield* talk(turn)
      yield* until(next, "SpeechStarted")
      yield* talk(interrupt())
      const played = Number(last(yield* until(next, "SpeechInterrupted"))["audio_played_ms"])
      assert.isAbove(played, 100)
      yield* talk(turn)
      yield* until(next, "SpeechStarted")
      yield* talk(interrupt(played))
      assert.strictEqual(yield* code, "INVALID_INTERRUPT_OFFSET")
      yield* talk(interrupt(played + 1), close)
      const { messages } = yield* end
      assert.deepInclude(only(messages, "SpeechInterrupted"), { audio_played_ms: played + 1 })
    }))

  it.effect("is nothing before there is audio, or when no turn is left", () =>
    Effect.gen(function*() {
      const { end, next, talk } = yield* opened(flux)
      yield* talk(interrupt(), speak("Hello"), interrupt(5), flush)
      const first = yield* until(next, "SpeechMetadata")
      assert.strictEqual(textOf(first), "Hello")
      assert.deepStrictEqual(first.filter(({ type }) => type === "Warning").map(({ code }) => code), [
        "NO_AUDIO_GENERATED",
        "NO_AUDIO_GENERATED"
      ])
      yield* talk(interrupt(100), close)
      const { messages } = yield* end
      assert.deepStrictEqual(typesOf(messages), ["Warning", "SessionMetadata"])
      assert.deepInclude(messages[0], { code: "NO_ACTIVE_SPEECH" })
    }))
})

describe("an interruption", () => {
  it.effect("is one at a time", () =>
    Effect.gen(function*() {
      const begun = yield* Deferred.make<void>()
      const stopped = yield* Deferred.make<void>()
      const rest = Effect.andThen(Deferred.succeed(begun, undefined), Deferred.await(stopped))
      const stubborn = speaking(() =>
        Stream.concat(
          Stream.make(new Float32Array(100)),
          Stream.fromEffect(Effect.as(Effect.uninterruptible(rest), new Float32Array(100)))
        )
      )
      yield* Effect.gen(function*() {
        const { end, next, talk } = yield* opened(flux)
        yield* talk(speak("Hello."), flush)
        yield* Deferred.await(begun)
        yield* talk(interrupt(10), interrupt(20))
        const warnings = yield* until(next, "Warning")
        assert.deepInclude(last(warnings), { code: "INTERRUPT_IN_PROGRESS" })
        assert.notInclude(typesOf(warnings), "SpeechInterrupted")
        yield* Deferred.succeed(stopped, undefined)
        yield* until(next, "SpeechInterrupted")
        yield* talk(interrupt(20), close)
        assert.deepInclude((yield* end).messages[0], { type: "Warning", code: "NO_ACTIVE_SPEECH" })
      }).pipe(Effect.provide(stubborn))
    }))
})
