/** Sessions on `/v2/speak` over sockets: turns, settings, and ways to end. */
import { Emulator } from "@effect-deepgram/emulator"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { DeepgramChannels } from "effect-deepgram"
import { TestClock } from "effect/testing"
import { connect, type Json, last, typesOf } from "./socket.ts"
import { millisOf, only, outlineOf, textOf, until, untilHeard } from "./spoken.ts"

const path = "/v2/speak?model=flux-haley-en"

const Server = Schema.Union(Object.values(DeepgramChannels.speakV2.server))

const speak = (text: string) => ({ type: "Speak", text })

const flush = { type: "Flush" }
const close = { type: "Close" }

const opened = Effect.fnUntraced(function*(query = "") {
  const socket = yield* connect(`${path}${query}`)
  assert.strictEqual((yield* socket.next)["type"], "Connected")
  const talk = (...messages: ReadonlyArray<Json>) => Effect.forEach(messages, socket.say, { discard: true })
  return { ...socket, talk }
})

/** All that is said to these messages, and how the session ended. */
const session = Effect.fnUntraced(function*(query: string, ...messages: ReadonlyArray<Json>) {
  const { end, talk } = yield* opened(query)
  yield* talk(...messages)
  const ended = yield* end
  for (const message of ended.messages) {
    if (message["type"] !== "Audio") assert.isTrue(Schema.is(Server)(message), JSON.stringify(message))
  }
  return ended
}, Effect.scoped)

const metadataOf = (messages: ReadonlyArray<Json>) => messages.filter(({ type }) => type === "SpeechMetadata")

layer(Emulator.layer())("a turn", (it) => {
  it.effect("is spoken before it is flushed, and told of when it is over", () =>
    Effect.gen(function*() {
      const { end, next, talk } = yield* opened()
      yield* talk(speak("Hel"), speak("lo there. How"))
      const heard = yield* untilHeard(next, "Hello there.")
      yield* talk(speak(" are you?"), flush)
      const rest = yield* until(next, "SpeechMetadata")
      const all = [...heard, ...rest]
      assert.deepStrictEqual(outlineOf(all), ["SpeechStarted", "Audio", "Flushed", "Audio", "SpeechMetadata"])
      assert.strictEqual(textOf(all), "Hello there. How are you?")
      const { speech_id } = only(all, "SpeechStarted")
      assert.match(String(speech_id), /^dg_sp_[0-9a-f]{12}$/)
      assert.deepStrictEqual(only(all, "Flushed"), { type: "Flushed", speech_id })
      assert.deepStrictEqual(last(rest), {
        type: "SpeechMetadata",
        speech_id,
        audio_duration_ms: Math.round(millisOf(all)),
        input_character_count: 25,
        billable_character_count: 25,
        controls_applied: { pronunciations_applied: 0, breaks_applied: 0, pronunciation_warnings: 0 }
      })
      yield* talk(close)
      const { messages, ...closed } = yield* end
      assert.deepStrictEqual(closed, { code: 1000, reason: "" })
      assert.deepStrictEqual(messages, [{
        type: "SessionMetadata",
        total_audio_duration_ms: Math.round(millisOf(all)),
        total_input_character_count: 25,
        total_billable_character_count: 25
      }])
    }))

  it.effect("follows the one before, whenever its text came", () =>
    Effect.gen(function*() {
      const texts = ["This is the first turn.", "Second.", "And the third one. With two sentences."]
      const { code, messages } = yield* session("", ...texts.flatMap((text) => [speak(text), flush]), close)
      assert.strictEqual(code, 1000)
      const turn = ["SpeechStarted", "Audio", "Flushed", "Audio", "SpeechMetadata"]
      const short = ["SpeechStarted", "Flushed", "Audio", "SpeechMetadata"]
      assert.deepStrictEqual(outlineOf(messages), [...short, ...short, ...turn, "SessionMetadata"])
      const ids = messages.flatMap(({ speech_id }) => typeof speech_id === "string" ? [speech_id] : [])
      assert.strictEqual(new Set(ids).size, 3)
      const starts = messages.flatMap(({ type }, index) => type === "SpeechStarted" ? [index] : [])
      starts.forEach((start, index) => {
        const own = messages.slice(start, starts[index + 1])
        assert.strictEqual(textOf(own), texts[index])
        assert.strictEqual(only(own, "SpeechMetadata")["audio_duration_ms"], Math.round(millisOf(own)))
        assert.deepStrictEqual(new Set(own.flatMap((message) => message["speech_id"] ?? [])).size, 1)
      })
    }))

  it.effect("that is not flushed is drained, without saying so, when the session closes", () =>
    Effect.gen(function*() {
      const { messages } = yield* session("", speak("Good bye"), close, speak("Too late."), flush)
      assert.deepStrictEqual(outlineOf(messages), ["SpeechStarted", "Audio", "SpeechMetadata", "SessionMetadata"])
      assert.strictEqual(textOf(messages), "Good bye")
    }))

  it.effect("without a word has no audio", () =>
    Effect.gen(function*() {
      const { messages } = yield* session("", speak(" \n"), speak("..."), flush, speak("Well."), close)
      assert.deepStrictEqual(outlineOf(messages), [
        "SpeechStarted",
        "Warning",
        "Flushed",
        "SpeechMetadata",
        "SpeechStarted",
        "Audio",
        "SpeechMetadata",
        "SessionMetadata"
      ])
      assert.deepInclude(only(messages, "Warning"), { code: "NO_SYNTHESIZABLE_TEXT" })
      assert.deepInclude(metadataOf(messages)[0], {
        audio_duration_ms: 0,
        input_character_count: 5,
        billable_character_count: 0
      })
    }))

  it.effect("is needed for a flush", () =>
    Effect.gen(function*() {
      const { messages } = yield* session("", flush, speak("Hello."), flush, flush, close)
      const warnings = messages.filter(({ type }) => type === "Warning")
      assert.deepStrictEqual(warnings.map(({ code }) => code), ["NO_ACTIVE_SPEECH", "NO_ACTIVE_SPEECH"])
      assert.strictEqual(textOf(messages), "Hello.")
    }))
})

layer(Emulator.layer())("controls", (it) => {
  it.effect("of pronunciation are applied, and not counted as characters", () =>
    Effect.gen(function*() {
      const control = (word: string, pronounce: string) => `\\{"word":"${word}","pronounce":"${pronounce}"\\}`
      const text = `${control("tomato", "təˈmeɪtoʊ")} or ${control("potato", "p0tato")} or ${
        control("pea", "p".repeat(31))
      }`
      const { messages } = yield* session("", speak(text.slice(0, 20)), speak(text.slice(20)), flush, close)
      assert.strictEqual(textOf(messages), "tomato or potato or pea")
      const codes = messages.filter(({ type }) => type === "Warning").map(({ code }) => code)
      assert.deepStrictEqual(codes, ["PRONUNCIATION_WARNINGS", "PRONUNCIATION_TOO_LONG"])
      assert.deepInclude(only(messages, "SpeechMetadata"), {
        input_character_count: text.length,
        billable_character_count: "tomato or potato or pea".length,
        controls_applied: { pronunciations_applied: 2, breaks_applied: 0, pronunciation_warnings: 2 }
      })
    }))

  it.effect("of pronunciation are 500 in a turn", () =>
    Effect.gen(function*() {
      const many = "\\{\"word\":\"a\",\"pronounce\":\"ə\"\\} ".repeat(260)
      const { end, next, talk } = yield* opened("&sample_rate=8000&encoding=mulaw")
      yield* talk(speak(many), speak(many), flush)
      const messages = yield* until(next, "SpeechMetadata")
      assert.deepStrictEqual(
        new Set(messages.filter(({ type }) => type === "Warning").map(({ code }) => code)),
        new Set(["PRONUNCIATIONS_LIMIT_EXCEEDED"])
      )
      assert.deepInclude(last(messages)["controls_applied"], { pronunciations_applied: 500 })
      yield* talk(close)
      assert.strictEqual((yield* end).code, 1000)
    }))

  for (
    const [what, query, ...asked] of [
      ["a pause", "", speak("One \\{pause:500ms\\} two.")],
      ["a pause in two pieces", "", speak("One \\{pau"), speak("se:500ms\\} two.")],
      ["a pause in another form", "", speak("One {pause:{duration_ms:500}} two.")],
      ["a pause that is written wrongly", "", speak("One {pause:500ms} two.")],
      ["a pronunciation at another speed", "&speed=1.1", speak("\\{\"word\":\"a\",\"pronounce\":\"ə\"\\} b")],
      [
        "a pronunciation after a change of speed",
        "",
        { type: "Configure", speed: 0.9 },
        speak("\\{\"word\":\"a\",\"pro"),
        speak("nounce\":\"ə\"\\}")
      ]
    ] as const
  ) {
    it.effect(`that Flux does not take here end the session: ${what}`, () =>
      Effect.gen(function*() {
        const { code, messages, reason } = yield* session(query, ...asked, flush, close)
        assert.strictEqual(code, 1008)
        assert.match(reason, /data0002$/)
        assert.deepInclude(last(messages), { type: "Error", code: "DATA-0002" })
        assert.strictEqual(textOf(messages), "")
      }))
  }

  it.effect("of other vendors are taken out also when they come in pieces", () =>
    Effect.gen(function*() {
      const texts = ["One <bre", "ak time=\"1s\"/> two. Three <em", "phasis>"]
      const { messages } = yield* session("", ...texts.map(speak), flush, speak("<aud"), speak("io>"), flush, close)
      assert.strictEqual(textOf(messages), "One two. Three")
      assert.deepStrictEqual(
        messages.filter(({ type }) => type === "Warning").map(({ code }) => code),
        ["INPUT_MARKUP_STRIPPED", "INPUT_MARKUP_STRIPPED", "NO_SYNTHESIZABLE_TEXT"]
      )
      assert.deepInclude(metadataOf(messages)[0], { billable_character_count: "One  two. Three ".length })
    }))

  it.effect("of other vendors are taken out", () =>
    Effect.gen(function*() {
      const text = "<speak>Well<break time=\"1s\"/>, <prosody rate=\"slow\">yes</prosody>. <b>1 < 2</b></speak>"
      const { messages } = yield* session("", speak(text), speak(" Plain."), flush, close)
      assert.strictEqual(textOf(messages), "Well, yes. <b>1 < 2</b> Plain.")
      assert.deepInclude(only(messages, "Warning"), { code: "INPUT_MARKUP_STRIPPED" })
      assert.deepInclude(only(messages, "SpeechMetadata"), {
        input_character_count: text.length + 7,
        billable_character_count: "Well, yes. <b>1 < 2</b> Plain.".length
      })
    }))
})

layer(Emulator.layer())("Configure", (it) => {
  it.effect("says what is in force, or why it is not", () =>
    Effect.gen(function*() {
      const configure = (speed: number) => ({ type: "Configure", speed })
      const { messages } = yield* session(
        "",
        { type: "Configure" },
        configure(1.15),
        { type: "Configure" },
        configure(1.55),
        configure(0.45),
        configure(1.07),
        configure(1.5),
        close
      )
      assert.deepStrictEqual(messages.slice(0, -1), [
        { type: "ConfigureSuccess", applied: {} },
        { type: "ConfigureSuccess", applied: { speed: 1.15 } },
        { type: "ConfigureSuccess", applied: { speed: 1.15 } },
        ...[1.55, 0.45].map((value) => ({
          type: "ConfigureFailure",
          field: "speed",
          code: "SPEED_OUT_OF_RANGE",
          value,
          description: "'speed' must be between 0.5 and 1.5."
        })),
        {
          type: "ConfigureFailure",
          field: "speed",
          code: "SPEED_INCREMENT_INVALID",
          value: 1.07,
          description: "'speed' must be provided in increments of 0.05."
        },
        { type: "ConfigureSuccess", applied: { speed: 1.5 } }
      ])
      const other = yield* session("&speed=0.9", { type: "Configure" }, close)
      assert.deepStrictEqual(other.messages[0], { type: "ConfigureSuccess", applied: { speed: 0.9 } })
    }))

  it.effect("is for what is not cut off the text yet", () =>
    Effect.gen(function*() {
      const millis = Effect.fnUntraced(function*(...messages: ReadonlyArray<Json>) {
        const ended = yield* session("", ...messages, flush, close)
        assert.strictEqual(textOf(ended.messages), "One two three. Four five six.")
        return only(ended.messages, "SpeechMetadata")["audio_duration_ms"]
      })
      const fast = { type: "Configure", speed: 1.5 }
      const [one, two] = [speak("One two three. "), speak("Four five six.")]
      const durations = yield* Effect.all([
        millis(one, two),
        millis(one, fast, two),
        millis(one, two, fast),
        millis(fast, one, two)
      ])
      // Pauses of 0.1 and 0.4 seconds, two and one in each sentence.
      const [slow = 0] = durations
      const less = 600 - 600 / 1.5
      assert.deepStrictEqual(durations, [slow, Number(slow) - less, Number(slow) - less, Number(slow) - 2 * less])
    }))

  it.effect("cannot change the speed of a turn with pronunciations", () =>
    Effect.gen(function*() {
      const word = speak("\\{\"word\":\"a\",\"pronounce\":\"ə\"\\} b")
      const { messages } = yield* session(
        "",
        word,
        { type: "Configure", speed: 1.1 },
        { type: "Configure", speed: 1 },
        flush,
        { type: "Configure", speed: 1.1 },
        close
      )
      const answers = messages.filter(({ type }) => String(type).startsWith("Configure"))
      assert.deepInclude(answers[0], { code: "CONTROL_COMBINATION_INVALID", field: "speed", value: 1.1 })
      assert.deepStrictEqual(answers.slice(1).map(({ applied }) => applied), [{ speed: 1 }, { speed: 1.1 }])
    }))
})

describe("a voice that cannot be told a speed", () => {
  it.effect("says so", () =>
    Effect.gen(function*() {
      const { end, next, say } = yield* connect("/v2/speak?model=flux-bella-it")
      yield* next
      yield* say({ type: "Configure", speed: 1 })
      yield* say(close)
      assert.deepStrictEqual((yield* end).messages[0], {
        type: "ConfigureFailure",
        field: "speed",
        code: "SPEED_NOT_SUPPORTED",
        description: "'speed' is not supported by this model."
      })
    }).pipe(Effect.provide(Emulator.layer({ models: ["flux-bella-it"] }))))
})

layer(Emulator.layer())("a message that cannot be", (it) => {
  for (
    const [text, code, name] of [
      ["", 1008, "MESSAGE-0000"],
      ["hello", 1008, "MESSAGE-0000"],
      ["{\"text\":\"Hello\"}", 1008, "MESSAGE-0000"],
      ["{\"type\":\"Speak\"}", 1008, "MESSAGE-0000"],
      ["{\"type\":\"Flush\",\"speech_id\":\"dg_sp_000000000000\"}", 1008, "MESSAGE-0000"],
      ["{\"type\":\"Interrupt\",\"playback_offset\":{\"type\":\"samples\",\"value\":1}}", 1008, "MESSAGE-0000"],
      ["{\"type\":\"Interrupt\",\"playback_offset\":{\"type\":\"time_ms\",\"value\":-1}}", 1008, "MESSAGE-0000"],
      ["{\"type\":\"Configure\",\"speed\":\"1\"}", 1008, "MESSAGE-0000"],
      ["{\"type\":\"KeepAlive\"}", 1008, "DATA-0000"],
      ["{\"type\":\"toString\"}", 1008, "DATA-0000"],
      [JSON.stringify(speak("x".repeat(65_536))), 1009, "BIG-0000"]
    ] as const
  ) {
    it.effect(`ends the session: ${text.slice(0, 70) || "an empty one"}`, () =>
      Effect.gen(function*() {
        const { end, send } = yield* opened()
        yield* send(text)
        // Nobody hears that.
        yield* send(JSON.stringify(flush))
        const { messages, ...closed } = yield* end
        assert.strictEqual(closed.code, code)
        assert.deepStrictEqual(messages, [{ type: "Error", code: name, description: closed.reason }])
      }))
  }

  it.effect("ends the session: one that is far too large", () =>
    Effect.gen(function*() {
      const { end, send } = yield* opened()
      yield* send(JSON.stringify(speak("x".repeat(1_100_000))))
      assert.deepStrictEqual(yield* end, { code: 1009, reason: "", messages: [] })
    }))

  for (const [what, text] of [["of one word", "x"], ["without a word", " ."]] as const) {
    it.effect(`ends the session: several ${what}, together`, () =>
      Effect.gen(function*() {
        const half = speak(text.repeat(33_000 / text.length))
        const { code, messages } = yield* session("", half, half, close)
        assert.strictEqual(code, 1009)
        assert.deepInclude(last(messages), { type: "Error", code: "BIG-0000" })
      }))
  }

  it.effect("ends the session: a binary one", () =>
    Effect.gen(function*() {
      const { end, send } = yield* opened()
      yield* send(new TextEncoder().encode(JSON.stringify(close)))
      const { code, messages } = yield* end
      assert.strictEqual(code, 1008)
      assert.deepInclude(last(messages), { type: "Error", code: "MESSAGE-0000" })
    }))
})

describe("a session", () => {
  it.effect("is over when the client is silent for a minute, in which pings count", () =>
    Effect.gen(function*() {
      const { end, next, settled, socket, talk } = yield* opened()
      yield* talk(speak("Hello."), flush)
      yield* until(next, "SpeechMetadata")
      yield* TestClock.adjust("59 seconds")
      yield* settled
      yield* TestClock.adjust("59 seconds")
      assert.strictEqual(socket.readyState, socket.OPEN)
      // Nor does a turn that waits for its text.
      yield* talk(speak("Well"))
      yield* settled
      yield* TestClock.adjust("60 seconds")
      const { code, messages, reason } = yield* end
      assert.strictEqual(code, 1011)
      assert.match(reason, /net0004$/)
      assert.deepStrictEqual(typesOf(messages), ["SpeechStarted", "Error"])
      assert.deepInclude(last(messages), { code: "NET-0004" })
    }).pipe(Effect.provide(Emulator.layer())))

  it.effect("is over after an hour", () =>
    Effect.gen(function*() {
      const { end, settled, socket } = yield* opened()
      for (let minute = 1; minute < 120; minute++) {
        yield* TestClock.adjust("30 seconds")
        yield* settled
      }
      assert.strictEqual(socket.readyState, socket.OPEN)
      yield* TestClock.adjust("30 seconds")
      const { code, messages, reason } = yield* end
      assert.strictEqual(code, 1011)
      assert.match(reason, /net0003$/)
      assert.deepInclude(last(messages), { type: "Error", code: "NET-0003" })
    }).pipe(Effect.provide(Emulator.layer())))
})
