/** What goes wrong: errors that end the session, and warnings that do not. */
import { Emulator, Recognizer, Synthesizer, Thinker } from "@effect-deepgram/emulator"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { FetchHttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import type { Json } from "../server/socket.ts"
import { audio, audioOf, brief, type Client, converse, heardIn, open, quiet, sendSpeech, speech } from "./support.ts"

const settings = { type: "Settings", audio, agent: {} }

const ask = ({ say }: Client, content: string) => say({ type: "InjectUserMessage", content })

/** The session ends with this error, said last, and this code. */
const endsWith = Effect.fnUntraced(function*({ end }: Client, error: string, code: number, description?: RegExp) {
  const { code: closed, messages, reason } = yield* end
  const last = messages.at(-1)
  assert.deepInclude(last, { type: "Error", code: error })
  if (description !== undefined) assert.match(String(last?.["description"]), description)
  assert.deepStrictEqual({ closed, reason }, { closed: code, reason: error })
})

layer(Emulator.layer())("the first message", (it) => {
  it.effect("may come late, and in any case after Welcome", () =>
    Effect.gen(function*() {
      const client = yield* open
      assert.deepStrictEqual(yield* client.next, { type: "Welcome", request_id: client.headers["dg-request-id"] })
      yield* client.say(settings)
      assert.deepStrictEqual(yield* client.next, { type: "SettingsApplied" })
    }))

  for (
    const [what, message] of [
      ["audio", quiet(0.1)],
      ["KeepAlive", { type: "KeepAlive" }],
      ["another message", { type: "InjectUserMessage", content: "Hello." }]
    ] as const
  ) {
    it.effect(`cannot be ${what}`, () =>
      Effect.gen(function*() {
        const client = yield* open
        yield* message instanceof Uint8Array ? client.send(message) : client.say(message)
        yield* endsWith(client, "NON_SETTINGS_MESSAGE_BEFORE_SETTINGS", 1008)
      }))
  }

  it.effect("cannot be repeated", () =>
    Effect.gen(function*() {
      const client = yield* converse()
      yield* client.say(settings)
      yield* endsWith(client, "SETTINGS_ALREADY_APPLIED", 1008)
    }))
})

layer(Emulator.layer())("a message that cannot be read", (it) => {
  const unreadable: Readonly<Record<string, string>> = {
    "no JSON": "hello",
    "an empty text": "",
    "no object": "[]",
    "no type": "{}",
    "a type of another channel": "{\"type\":\"Finalize\"}",
    "the name of a property of every object": "{\"type\":\"constructor\"}",
    "another member": "{\"type\":\"KeepAlive\",\"now\":true}",
    "a member of another type": "{\"type\":\"UpdatePrompt\",\"prompt\":1}",
    "a member that is null": "{\"type\":\"InjectAgentMessage\",\"message\":\"Hi.\",\"behavior\":null}",
    "no required member": "{\"type\":\"FunctionCallResponse\",\"name\":\"get\"}"
  }
  for (const [what, text] of Object.entries(unreadable)) {
    it.effect(`ends the session: ${what}`, () =>
      Effect.gen(function*() {
        const client = yield* converse()
        yield* client.send(text)
        // Nobody hears that.
        yield* ask(client, "Hello.")
        yield* endsWith(client, "UNPARSABLE_CLIENT_MESSAGE", 1008)
      }))
  }

  const members: Readonly<Record<string, Json>> = {
    "an unknown member": { surprise: true },
    "null": { tags: null },
    "text for a flag": { mip_opt_out: "false" },
    "a deep unknown member": { agent: { listen: { provider: { type: "deepgram", language_hint: "en" } } } },
    "thresholds without version v2": {
      agent: { listen: { provider: { type: "deepgram", model: "flux-general-en", eot_threshold: 0.7 } } }
    },
    "a language of a voice of Deepgram": {
      agent: { speak: { provider: { type: "deepgram", model: "aura-2-thalia-en", language: "en" } } }
    },
    "an unknown provider": { agent: { think: { provider: { type: "acme", model: "x" } } } },
    "what only some may use": { agent: { think_conversational: {} } }
  }
  for (const [what, more] of Object.entries(members)) {
    it.effect(`may be Settings: ${what}`, () =>
      Effect.gen(function*() {
        const client = yield* open
        yield* client.say({ ...settings, ...more })
        yield* endsWith(client, "UNPARSABLE_CLIENT_MESSAGE", 1008)
      }))
  }
})

layer(Emulator.layer())("an agent that speaks", (it) => {
  it.effect("says nothing any more when the session has failed", () =>
    Effect.gen(function*() {
      const greeting = Array.from({ length: 1500 }, (_, i) => `word${i}`).join(" ")
      const client = yield* converse({ greeting })
      yield* client.until("AgentStartedSpeaking")
      client.socket.pause()
      yield* client.send("hello")
      client.socket.resume()
      yield* endsWith(client, "UNPARSABLE_CLIENT_MESSAGE", 1008)
    }))
})

layer(Emulator.layer())("audio", (it) => {
  it.effect("that cannot be decoded ends the session", () =>
    Effect.gen(function*() {
      const client = yield* converse({}, { audio: { input: { encoding: "amr-nb", sample_rate: 8000 } } })
      yield* client.send(new Uint8Array(250_000).fill(7))
      yield* endsWith(client, "USER_AUDIO_FORMAT", 1008, /amr-nb/)
    }))

  it.effect("that is too little to be any does so when no more comes", () =>
    Effect.gen(function*() {
      const client = yield* converse({}, { audio: { input: { encoding: "flac", sample_rate: 8000 } } })
      yield* client.send(new Uint8Array(100).fill(7))
      yield* client.settled
      yield* TestClock.adjust("10 seconds")
      yield* endsWith(client, "USER_AUDIO_FORMAT", 1008)
    }))
})

const overloaded = new Thinker.ThinkError({ message: "Overloaded" })

const provider = (type: string) => ({ provider: { type, model: "m" } })

const thinker = Thinker.rules([
  { when: "broken", answer: () => Effect.die("It broke") },
  {
    when: ({ provider, said }) => said.includes("fail") && provider.type !== "anthropic",
    answer: ({ provider }) => provider.type === "open_ai" ? Effect.fail(overloaded) : Effect.die("It broke")
  },
  { when: "slowly", answer: () => Effect.as(Effect.sleep("7 seconds"), "Done.") }
])

layer(Emulator.layer({ thinker }))("a thinker that fails", (it) => {
  it.effect("is followed by the next one", () =>
    Effect.gen(function*() {
      const client = yield* converse({ think: [provider("open_ai"), provider("google"), provider("anthropic")] })
      yield* ask(client, "Please fail.")
      const messages = yield* client.until("AgentAudioDone")
      const warnings = messages.filter(({ type }) => type === "Warning")
      assert.deepStrictEqual(warnings, [
        { type: "Warning", description: "open_ai failed to think: Overloaded", code: "THINK_REQUEST_FAILED" },
        { type: "Warning", description: "google failed to think: It broke", code: "THINK_REQUEST_FAILED" }
      ])
      assert.strictEqual(heardIn(audioOf(messages)), "You said: Please fail.")
    }))

  it.effect("ends the session when there is no other", () =>
    Effect.gen(function*() {
      const client = yield* converse({ think: [provider("google"), provider("open_ai")] })
      yield* ask(client, "Please fail.")
      yield* endsWith(client, "FAILED_TO_THINK", 1011, /^open_ai failed to think: Overloaded$/)
    }))
})

describe("a thinker that takes its time", () => {
  it.effect("is complained about once", () =>
    Effect.gen(function*() {
      const client = yield* converse()
      yield* ask(client, "Do it slowly.")
      yield* client.until("ConversationText")
      yield* TestClock.adjust("6 seconds")
      assert.deepStrictEqual(brief(yield* client.until("Warning")), ["Warning SLOW_THINK_REQUEST"])
      yield* TestClock.adjust("1 seconds")
      const messages = yield* client.until("AgentAudioDone")
      assert.strictEqual(heardIn(audioOf(messages)), "Done.")
      assert.deepInclude(messages.find(({ type }) => type === "AgentStartedSpeaking"), {
        total_latency: 7,
        ttt_latency: 7,
        tts_latency: 0
      })
    }).pipe(Effect.provide(Emulator.layer({ thinker, idleTimeout: "1 hour" }))))
})

layer(Emulator.layer())("a voice that fails", (it) => {
  // The speed is none that it can have, which shows when it is to speak.
  const fast = { provider: { type: "deepgram", version: "v2", model: "flux-kit-en", speed: 3 } }
  const aura = { provider: { type: "deepgram", model: "aura-2-thalia-en" } }

  it.effect("is followed by the next one", () =>
    Effect.gen(function*() {
      const client = yield* converse({ speak: [fast, aura], greeting: "Hello." })
      const messages = yield* client.until("AgentAudioDone")
      assert.deepInclude(brief(messages), "Warning SPEAK_REQUEST_FAILED")
      assert.strictEqual(heardIn(audioOf(messages)), "Hello.")
    }))

  it.effect("ends the session when there is no other", () =>
    Effect.gen(function*() {
      const client = yield* converse({ speak: fast, greeting: "Hello." })
      yield* endsWith(client, "FAILED_TO_SPEAK", 1011, /speed/)
    }))
})

describe("engines that break", () => {
  const withVoice = (speak: Synthesizer.Synthesizer["Service"]["speak"]) =>
    Layer.provide(Emulator.layerNoDeps(), [
      Recognizer.layer,
      Thinker.layer,
      FetchHttpClient.layer,
      Layer.succeed(Synthesizer.Synthesizer, { speak })
    ])

  it.effect("in the middle of a text end the session: half of it is said already", () =>
    Effect.gen(function*() {
      const client = yield* converse({
        speak: [{ provider: { type: "deepgram", model: "aura-asteria-en" } }, {
          provider: { type: "deepgram", model: "aura-luna-en" }
        }]
      })
      yield* ask(client, "Hello.")
      const { messages } = yield* client.end
      assert.deepStrictEqual(brief(messages).slice(2), ["AgentStartedSpeaking", "Error FAILED_TO_SPEAK"])
    }).pipe(Effect.provide(withVoice(() =>
      Stream.concat(
        Stream.make(new Float32Array(8000)),
        Stream.fail(new Synthesizer.SynthesisError({ reason: "EngineFailure", message: "It broke" }))
      )
    ))))

  it.effect("while they listen end the session", () =>
    Effect.gen(function*() {
      const client = yield* converse()
      yield* client.send(speech("Hello."))
      yield* endsWith(client, "INTERNAL_SERVER_ERROR", 1011)
    }).pipe(Effect.provide(Layer.provide(Emulator.layerNoDeps(), [
      Synthesizer.layer,
      Thinker.layer,
      FetchHttpClient.layer,
      Layer.succeed(Recognizer.Recognizer, {
        open: () =>
          Effect.succeed({
            push: () => Effect.fail(new Recognizer.RecognitionError({ reason: "EngineFailure", message: "It broke" })),
            finish: Effect.succeed([])
          })
      })
    ]))))
})

describe("a prompt that is too long", () => {
  it.effect("is cut off, with a warning, unless the provider is the client's own", () =>
    Effect.gen(function*() {
      const prompt = "x".repeat(24_999)
      const client = yield* converse({ think: { ...provider("open_ai"), prompt } })
      yield* client.say({ type: "UpdatePrompt", prompt: "y".repeat(100) })
      assert.deepStrictEqual(brief(yield* client.until("Warning")), ["PromptUpdated", "Warning PROMPT_TOO_LONG"])
      yield* ask(client, "How long?")
      assert.strictEqual(heardIn(audioOf(yield* client.until("AgentAudioDone"))), "25000")
      const endpoint = { url: "https://llm.example" }
      yield* client.say({ type: "UpdateThink", think: { ...provider("open_ai"), endpoint, prompt: prompt + prompt } })
      yield* ask(client, "How long?")
      const messages = yield* client.until("AgentAudioDone")
      assert.notInclude(brief(messages), "Warning PROMPT_TOO_LONG")
      assert.strictEqual(heardIn(audioOf(messages)), "49998")
    }).pipe(Effect.provide(Emulator.layer({
      thinker: Thinker.rules([{ when: "how long", answer: ({ prompt }) => String(prompt.length) }])
    }))))
})

describe("time", () => {
  it.effect("passes for a client that says nothing", () =>
    Effect.gen(function*() {
      const client = yield* converse()
      yield* TestClock.adjust("9 seconds")
      yield* client.say({ type: "KeepAlive" })
      yield* client.settled
      yield* TestClock.adjust("9 seconds")
      yield* client.send(quiet(0.1))
      yield* client.settled
      yield* TestClock.adjust("9 seconds")
      yield* client.settled
      assert.strictEqual(client.socket.readyState, client.socket.OPEN)
      yield* TestClock.adjust("1 seconds")
      yield* endsWith(client, "CLIENT_MESSAGE_TIMEOUT", 1011)
    }).pipe(Effect.provide(Emulator.layer())))

  it.effect("is over after two hours, which is announced", () =>
    Effect.gen(function*() {
      const client = yield* converse()
      yield* TestClock.adjust("114 minutes")
      yield* client.say({ type: "UpdatePrompt", prompt: "Be brief." })
      assert.deepStrictEqual(brief(yield* client.until("PromptUpdated")), ["PromptUpdated"])
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(brief(yield* client.until("Warning")), ["Warning MAXIMUM_SESSION_LENGTH_APPROACHING"])
      yield* sendSpeech(client, speech("Are we still there?"))
      assert.strictEqual(heardIn(audioOf(yield* client.until("AgentAudioDone"))), "You said: Are we still there?")
      yield* TestClock.adjust("5 minutes")
      yield* endsWith(client, "MAXIMUM_SESSION_LENGTH_REACHED", 1011)
    }).pipe(Effect.provide(Emulator.layer({ idleTimeout: "3 hours" }))))
})
