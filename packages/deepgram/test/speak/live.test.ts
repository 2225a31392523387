import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { SpeakV1, SpeakV2 } from "effect-deepgram"
import { begin, failing, hear, requestId, transports } from "../support/live.ts"
import {
  aura,
  cleared,
  connected,
  ending,
  flushed,
  flux,
  interrupted,
  metadata,
  openAura,
  openFlux,
  outline,
  over,
  sound,
  total,
  warning
} from "../support/liveSpeech.ts"
import { accept, serveSockets } from "../support/sockets.ts"
import { untyped } from "../support/untyped.ts"

/** One of each, with what the types do not know. */
const auraMessages: ReadonlyArray<object> = [
  { ...metadata, model_name: "m", model_version: "1", model_uuid: "u", additional_model_uuids: ["v"], more: [1] },
  { ...flushed(0), more: 1 },
  cleared(1),
  { type: "Flushed" },
  { type: "Cleared" },
  { type: "Warning", warn_code: "EXCESSIVE_FLUSH", warn_msg: "too many" },
  warning("EXCESSIVE_FLUSH"),
  { type: "Warning" }
]

const turn = {
  speech_id: "dg_sp_0123456789ab",
  audio_duration_ms: 1200,
  input_character_count: 20,
  billable_character_count: 18,
  controls_applied: { pronunciations_applied: 1, breaks_applied: 0, pronunciation_warnings: 0, more: 1 }
}

const fluxMessages: ReadonlyArray<object> = [
  { ...connected, model_name: "m", model_version: "1", model_uuids: ["u"], more: 1 },
  { type: "SpeechStarted", speech_id: turn.speech_id },
  { type: "Flushed", speech_id: turn.speech_id },
  { type: "SpeechMetadata", ...turn },
  { type: "SpeechInterrupted", audio_played_ms: 1, text_spoken: "a", text_remaining: "b", metadata: turn },
  { type: "SpeechInterrupted" },
  { type: "ConfigureSuccess", applied: { speed: 1.1, more: 2 } },
  { type: "ConfigureFailure", code: "SOMETHING_NEW", field: "speed", value: 9, description: "no" },
  warning("NO_SYNTHESIZABLE_TEXT"),
  { type: "SpeechStarted" },
  { ...total, total_input_character_count: 1, total_billable_character_count: 1, more: null }
]

const unknown: ReadonlyArray<readonly [sent: object | string, message: object]> = [
  [{ type: "SomethingNew", a: 1 }, { type: "Unrecognized", name: "SomethingNew", raw: { type: "SomethingNew", a: 1 } }],
  [{ a: 1 }, { type: "Unrecognized", raw: { a: 1 } }],
  // Nobody may pass for audio.
  [{ type: "Audio", audio: "x" }, { type: "Unrecognized", name: "Audio", raw: { type: "Audio", audio: "x" } }],
  ["no JSON", { type: "Unrecognized", raw: "no JSON" }]
]

const sentence = "Forty characters make a short sentence. "

/** Texts that are longer than a message may be, with the lengths of the fewest pieces. */
const longTexts: ReadonlyArray<readonly [text: string, ...lengths: ReadonlyArray<number>]> = [
  ["x".repeat(2000), 2000],
  ["x".repeat(5000), 2000, 2000, 1000],
  ["😀".repeat(1500), 2000, 1000],
  // The space between two sentences leads the second one.
  [sentence.repeat(100), 1999, 1960, 41],
  [`${sentence.repeat(60)}\n`, 1959, 442],
  [sentence.repeat(49) + "y".repeat(1990), 1959, 1991],
  // What is behind the last sentence may stand between it and the next text.
  [`${"x".repeat(4000)}\n`, 1999, 1999, 3],
  [`${"x".repeat(1999)}. \n `, 1997, 6],
  [" ".repeat(2000), 2000]
]

describe.each(transports)("live speech over $name", (transport) => {
  it.effect("gives every message of Aura as it was sent", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openAura(transport)
      yield* begin(ending([...auraMessages, ...unknown.map(([sent]) => sent)])(peer))
      yield* connection.close
      const { error, messages } = yield* hear(connection.messages)
      assert.isUndefined(error)
      const given: ReadonlyArray<unknown> = messages
      assert.deepStrictEqual(given, [...auraMessages, ...unknown.map(([, message]) => message)])
      assert.strictEqual(yield* connection.requestId, requestId)
    }))

  it.effect("gives every message of Flux as it was sent", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openFlux(transport)
      yield* begin(ending([...unknown.map(([sent]) => sent), ...fluxMessages])(peer))
      yield* connection.close
      const { error, messages } = yield* hear(connection.messages)
      assert.isUndefined(error)
      const given: ReadonlyArray<unknown> = messages
      assert.deepStrictEqual(given, [...unknown.map(([, message]) => message), ...fluxMessages])
      assert.strictEqual(yield* connection.requestId, requestId)
    }))

  it.effect("gives audio in its place, in memory of its own", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openAura(transport)
      const frames = [1, 2, 7, 640, 0, 125, 126, 65_535, 65_536].map((length, index) => sound(index + 1, length))
      yield* begin(ending([metadata, ...frames.flatMap((frame, index) => [frame, flushed(index)])])(peer))
      yield* connection.close
      const { messages } = yield* hear(connection.messages)
      assert.strictEqual(messages.length, 1 + 2 * frames.length)
      for (const [index, frame] of frames.entries()) {
        const message = messages[1 + 2 * index]
        if (message?.type !== "Audio") return assert.fail(message?.type)
        assert.strictEqual(Object.getPrototypeOf(message.audio), Uint8Array.prototype)
        assert.strictEqual(message.audio.byteOffset, 0)
        assert.strictEqual(message.audio.buffer.byteLength, frame.length)
        assert.deepStrictEqual(message.audio, frame)
      }
    }))

  it.effect.each(
    [
      ["Flushed", { type: "Flushed", sequence_id: "0" }],
      ["Metadata", { type: "Metadata", request_id: 7 }],
      ["Warning", { type: "Warning", warn_code: 1 }]
    ] as const
  )("fails behind everything before a malformed %s of Aura", ([, malformed]) =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openAura(transport)
      const speaking = yield* begin(Effect.result(connection.flush))
      yield* peer.message
      yield* peer.send(sound(1), malformed, sound(2))
      const { error, messages } = yield* hear(connection.messages)
      assert.deepStrictEqual(outline(messages), [1])
      if (error?._tag !== "ProtocolError") return assert.fail(String(error))
      assert.strictEqual(error.raw, JSON.stringify(malformed))
      assert.deepStrictEqual((yield* Fiber.join(speaking))._tag, "Failure")
      assert.strictEqual(yield* Effect.flip(connection.speak("x")), error)
      assert.strictEqual(yield* Effect.flip(connection.clear), error)
      assert.strictEqual(yield* Effect.flip(connection.close), error)
    }))

  it.effect("fails for malformed messages of Flux", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openFlux(transport)
      yield* peer.send(connected, { type: "SpeechMetadata", audio_duration_ms: "1" })
      const error = yield* failing("ProtocolError", Stream.runDrain(connection.messages))
      assert.include(error.issue, "audio_duration_ms")
      assert.strictEqual(error.requestId, requestId)
    }))

  it.effect("sends what is handed over, in order, and closes at the end", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openAura(transport)
      const speaking = yield* Effect.forEach(["One. ", " two ", "\n"], (text) => begin(connection.speak(text)))
      const flushing = yield* begin(connection.flush)
      yield* Effect.forEach(speaking, Fiber.join)
      const closing = yield* begin(connection.close)
      assert.deepStrictEqual(yield* Effect.forEach([1, 2, 3, 4, 5], () => peer.message), [
        { type: "Speak", text: "One. " },
        { type: "Speak", text: " two " },
        { type: "Speak", text: "\n" },
        { type: "Flush" },
        { type: "Close" }
      ])
      yield* failing("SendAfterClose", connection.speak("late"))
      yield* failing("SendAfterClose", connection.flush)
      yield* peer.send(sound(1), flushed(0), sound(2))
      assert.deepStrictEqual(yield* Fiber.join(flushing), flushed(0))
      assert.isUndefined(closing.pollUnsafe())
      yield* peer.close(1000)
      yield* Fiber.join(closing)
      const { error, messages } = yield* hear(connection.messages)
      assert.isUndefined(error)
      assert.deepStrictEqual(outline(messages), [1, "Flushed", 2])
      yield* failing("SendAfterClose", connection.speak("late"))
      yield* connection.close
    }))

  it.effect("refuses an empty text, and cuts a long one into few pieces that make the whole", () =>
    Effect.gen(function*() {
      const v1 = yield* openAura(transport, { charactersPerMinute: Infinity })
      const v2 = yield* openFlux(transport)
      const operations = [[v1, "SpeakV1"], [v2, "SpeakV2"]] as const
      for (const [{ connection, peer }, name] of operations) {
        const error = yield* failing("BadRequest", connection.speak(""))
        assert.strictEqual(error.message, `${name}.speak: not sent: there is no text to speak`)
        for (const [text, ...lengths] of longTexts) {
          yield* connection.speak(text)
          // Behind all of its pieces.
          yield* connection.speak("end")
          const pieces: Array<string> = []
          for (let piece = ""; piece !== "end";) {
            piece = (yield* peer.message as Effect.Effect<{ readonly text: string }>).text
            pieces.push(piece)
          }
          pieces.pop()
          assert.strictEqual(pieces.join(""), text)
          assert.isAtMost(Math.max(...pieces.map(({ length }) => length)), 2000)
          const halves = pieces.flatMap((piece) => [...piece]).filter((char) => char.codePointAt(0)! >> 11 === 0x1b)
          assert.deepStrictEqual(halves, [])
          assert.deepStrictEqual(pieces.map(({ length }) => length), lengths)
        }
      }
    }))

  it.effect("says in the query what was asked for, and nothing else", () =>
    Effect.gen(function*() {
      const { server } = yield* openAura(transport, {
        encoding: "mulaw",
        sample_rate: 8000,
        speed: 1.2,
        mip_opt_out: true,
        charactersPerMinute: 100,
        flushesPerMinute: 3,
        answerTimeout: "1 second",
        openTimeout: "5 seconds",
        drainTimeout: "5 seconds",
        keepAlive: false
      })
      assert.deepStrictEqual(
        Object.fromEntries(server.dials[0]!.query),
        { model: aura.model, encoding: "mulaw", sample_rate: "8000", speed: "1.2", mip_opt_out: "true" }
      )
      assert.isTrue(server.dials[0]!.target.startsWith("/v1/speak?"))
      const { server: other } = yield* openFlux(transport, {
        encoding: "linear16",
        sample_rate: 44_100,
        speed: 0.85,
        expressivity: -2,
        tag: ["a", "b c"],
        answerTimeout: 5
      })
      const [dial] = other.dials
      assert.deepStrictEqual([...dial!.query].toSorted(), [
        ["encoding", "linear16"],
        ["expressivity", "-2"],
        ["model", flux.model],
        ["sample_rate", "44100"],
        ["speed", "0.85"],
        ["tag", "a"],
        ["tag", "b c"]
      ])
      assert.isTrue(dial!.target.startsWith("/v2/speak?"))
    }))

  it.effect("refuses options that are none, without dialling", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const refused: ReadonlyArray<readonly [object, string]> = [
        [{ sample_rat: 8000 }, "there is no option sample_rat"],
        [{ container: "wav" }, "there is no option container"],
        [{ speed: "fast" }, "speed"],
        [{ sample_rate: 8000.5 }, "sample_rate"]
      ]
      for (const [options, reason] of refused) {
        const attempts = [
          SpeakV1.connect(untyped<SpeakV1.LiveOptions>({ ...aura, ...options })),
          SpeakV2.connect(untyped<SpeakV2.LiveOptions>({ ...flux, ...options })),
          Stream.runDrain(SpeakV1.speakStream(untyped<SpeakV1.StreamOptions>({ ...aura, ...options }))(Stream.never)),
          Stream.runDrain(SpeakV2.speakStream(untyped<SpeakV2.StreamOptions>({ ...flux, ...options }))(Stream.never))
        ]
        for (const attempt of attempts) {
          const error = yield* failing("BadRequest", Effect.asVoid(attempt)).pipe(
            Effect.provide(transport.client(server))
          )
          assert.include(error.message, "not sent: ")
          assert.include(error.message, reason)
        }
      }
      assert.strictEqual(server.dials.length, 0)
    }))

  it.effect("takes texts while it is dialled", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(accept())
      const connection = yield* SpeakV2.connect({ ...flux, waitForOpen: false }).pipe(
        Effect.provide(transport.client(server))
      )
      const speaking = yield* begin(connection.speak("Hello."))
      const flushing = yield* begin(connection.flush)
      const closing = yield* begin(connection.close)
      const peer = yield* server.peer(0)
      yield* Fiber.join(speaking)
      assert.deepStrictEqual(yield* Effect.forEach([1, 2, 3], () => peer.message), [
        { type: "Speak", text: "Hello." },
        { type: "Flush" },
        { type: "Close" }
      ])
      yield* peer.send(over("a"), total)
      yield* peer.close(1000)
      assert.deepStrictEqual<object | undefined>(yield* Fiber.join(flushing), over("a"))
      yield* Fiber.join(closing)
      const { error, messages } = yield* hear(connection.messages)
      assert.isUndefined(error)
      assert.deepStrictEqual(outline(messages), ["SpeechMetadata", "SessionMetadata"])
    }))

  it.effect("needs SessionMetadata before the end of Flux", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openFlux(transport)
      yield* begin(ending([sound(1), interrupted(1)], 1001)(peer))
      const error = yield* failing("ConnectionClosed", connection.close)
      assert.strictEqual(error.code, 1001)
    }))
})
