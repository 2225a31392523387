/** Conversations: what is heard, thought and spoken. */
import { Emulator, Thinker } from "@effect-deepgram/emulator"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Queue, Schema } from "effect"
import type { Json } from "../server/socket.ts"
import { audioOf, brief, type Client, converse, flux, heardIn, quiet, sendSpeech, speech } from "./support.ts"

const historyOf = (messages: ReadonlyArray<Json>): ReadonlyArray<Json> =>
  messages.filter(({ type }) => type === "History")

/** Says something, and waits until the agent has answered. */
const exchange = Effect.fnUntraced(function*(client: Client, text: string) {
  yield* sendSpeech(client, speech(text))
  return yield* client.until("AgentAudioDone")
})

const Latencies = Schema.Struct({
  total_latency: Schema.Finite,
  tts_latency: Schema.Finite,
  ttt_latency: Schema.Finite
})

layer(Emulator.layer())("an agent that repeats", (it) => {
  it.effect("hears a turn in audio and answers in audio", () =>
    Effect.gen(function*() {
      const client = yield* converse()
      const messages = yield* exchange(client, "Good morning.")
      assert.deepStrictEqual(brief(messages), [
        "UserStartedSpeaking",
        "ConversationText user Good morning.",
        "ConversationText assistant You said: Good morning.",
        "AgentStartedSpeaking",
        "AgentAudioDone"
      ])
      assert.strictEqual(heardIn(audioOf(messages)), "You said: Good morning.")
      Schema.decodeUnknownSync(Latencies)(messages.find(({ type }) => type === "AgentStartedSpeaking"))
      const reports = messages.filter(({ type }) => type === "LatencyReport").flatMap(Object.keys)
      assert.includeMembers(reports, ["stt_latency", "ttt_text_latency", "tts_latency", "total_latency"])
      assert.deepStrictEqual(historyOf(messages), [
        { type: "History", role: "user", content: "Good morning." },
        { type: "History", role: "assistant", content: "You said: Good morning." }
      ])
    }))

  for (const listen of [flux, { type: "deepgram", model: "nova-3" }]) {
    it.effect(`holds a conversation with ${listen.model}`, () =>
      Effect.gen(function*() {
        const client = yield* converse({ listen: { provider: listen } })
        for (const text of ["Hello there.", "How are you?", "Goodbye now."]) {
          const messages = yield* exchange(client, text)
          assert.deepStrictEqual(brief(messages)[1], `ConversationText user ${text}`)
          assert.strictEqual(heardIn(audioOf(messages)), `You said: ${text}`)
        }
      }))
  }

  it.effect("ends turns that end no sentence after a second of silence with Nova", () =>
    Effect.gen(function*() {
      const client = yield* converse()
      yield* sendSpeech(client, speech("and so", 0.9))
      yield* client.say({ type: "UpdatePrompt", prompt: "Wait." })
      assert.deepStrictEqual(brief(yield* client.until("PromptUpdated")), ["UserStartedSpeaking", "PromptUpdated"])
      yield* sendSpeech(client, quiet(0.2))
      assert.include(brief(yield* client.until("AgentAudioDone")), "ConversationText user and so")
    }))

  it.effect("greets before anything else", () =>
    Effect.gen(function*() {
      const client = yield* converse({ greeting: "Hello! How can I help?" })
      const messages = yield* client.until("AgentAudioDone")
      assert.deepStrictEqual(brief(messages), [
        "ConversationText assistant Hello! How can I help?",
        "AgentStartedSpeaking",
        "AgentAudioDone"
      ])
      assert.strictEqual(heardIn(audioOf(messages)), "Hello! How can I help?")
    }))

  it.effect("answers a turn by text behind what it says already", () =>
    Effect.gen(function*() {
      const client = yield* converse({ greeting: "Hello! How can I help?" })
      yield* client.say({ type: "InjectUserMessage", content: "Tell me a story." })
      const first = yield* client.until("AgentAudioDone")
      const second = yield* client.until("AgentAudioDone")
      assert.strictEqual(heardIn(audioOf(first)), "Hello! How can I help?")
      assert.strictEqual(heardIn(audioOf(second)), "You said: Tell me a story.")
      assert.notInclude(brief([...first, ...second]), "UserStartedSpeaking")
    }))

  it.effect("says nothing of the history when it is told not to", () =>
    Effect.gen(function*() {
      const client = yield* converse({}, { flags: { history: false } })
      assert.deepStrictEqual(historyOf(yield* exchange(client, "Good morning.")), [])
    }))

  it.effect("says which languages it heard, with the model that knows several", () =>
    Effect.gen(function*() {
      const provider = { ...flux, model: "flux-general-multi", language_hints: ["en", "es"] }
      const client = yield* converse({ listen: { provider } })
      const messages = yield* exchange(client, "Thank you very much for the nice evening.")
      const said = messages.find(({ role }) => role === "user")
      assert.deepInclude(said, { languages: ["en"], languages_hinted: ["en", "es"] })
    }))

  it.effect("does not answer silence", () =>
    Effect.gen(function*() {
      const client = yield* converse()
      yield* client.send(quiet(6))
      yield* client.send(new Uint8Array(0))
      yield* client.say({ type: "UpdatePrompt", prompt: "Wait." })
      assert.deepStrictEqual(brief(yield* client.until("PromptUpdated")), ["PromptUpdated"])
    }))

  it.effect("is held with many at once", () =>
    Effect.forEach(
      Array.from({ length: 12 }, (_, i) => `This is conversation number ${i}.`),
      Effect.fnUntraced(function*(text) {
        const client = yield* converse()
        assert.strictEqual(heardIn(audioOf(yield* exchange(client, text))), `You said: ${text}`)
      }, Effect.scoped),
      { concurrency: "unbounded", discard: true }
    ))
})

describe("what a thinker is told", () => {
  it.effect("is the prompt, the conversation, the functions and the provider", () =>
    Effect.gen(function*() {
      const situations = yield* Queue.unbounded<Thinker.Situation>()
      const thinker = Thinker.rules([{
        when: (situation) => Queue.offerUnsafe(situations, situation),
        answer: { thinking: "Hm.", text: "I see." }
      }])
      yield* Effect.gen(function*() {
        const parameters = { type: "object", properties: {} }
        const client = yield* converse({
          context: {
            messages: [
              { type: "History", role: "assistant", content: "We spoke before." },
              {
                type: "History",
                function_calls: [{ id: "1", name: "look", client_side: true, arguments: "{}", response: "nothing" }]
              }
            ]
          },
          think: {
            provider: { type: "google", model: "gemini-2.5-flash", temperature: 0.5 },
            prompt: "Be kind.",
            functions: [{ name: "look", description: "Looks.", parameters }]
          }
        })
        yield* client.say({ type: "UpdatePrompt", prompt: "Be short." })
        yield* client.say({ type: "InjectUserMessage", content: "Are you there?" })
        const messages = yield* client.until("AgentAudioDone")
        assert.deepInclude(messages, { type: "AgentThinking", content: "Hm." })
        assert.deepStrictEqual<unknown>(yield* Queue.take(situations), {
          said: "Are you there?",
          prompt: "Be kind.\nBe short.",
          messages: [
            { _tag: "Text", role: "assistant", content: "We spoke before." },
            { _tag: "Calls", calls: [{ name: "look", arguments: "{}", response: "nothing" }] },
            { _tag: "Text", role: "user", content: "Are you there?" }
          ],
          functions: [{ name: "look", description: "Looks.", parameters }],
          provider: { type: "google", model: "gemini-2.5-flash" }
        })
        // What has not been said is not known: the last thing is what the agent answered.
        yield* client.say({ type: "InjectUserMessage", content: "Good." })
        yield* client.until("AgentAudioDone")
        assert.deepStrictEqual((yield* Queue.take(situations)).messages.slice(3), [
          { _tag: "Text", role: "assistant", content: "I see." },
          { _tag: "Text", role: "user", content: "Good." }
        ])
        // Another think provider has a prompt of its own.
        const provider = { type: "open_ai", model: "gpt-4o-mini" }
        yield* client.say({
          type: "UpdateThink",
          think: { provider, endpoint: { url: "https://llm.example" }, context_length: 10, prompt: "Be loud." }
        })
        yield* client.say({ type: "InjectUserMessage", content: "Bye." })
        yield* client.until("AgentAudioDone")
        assert.deepStrictEqual<unknown>(yield* Queue.take(situations), {
          said: "Bye.",
          prompt: "Be loud.",
          messages: [{ _tag: "Text", role: "assistant", content: "I see." }, {
            _tag: "Text",
            role: "user",
            content: "Bye."
          }],
          functions: [],
          provider
        })
      }).pipe(Effect.provide(Emulator.layer({ thinker })))
    }))
})
