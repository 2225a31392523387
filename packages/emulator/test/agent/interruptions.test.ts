/** Who speaks when: barge-in, injections, and turns that the client ends. */
import { Emulator, Recognizer, Synthesizer, Thinker } from "@effect-deepgram/emulator"
import { assert, describe, it, layer } from "@effect/vitest"
import { Deferred, Effect, Layer, Queue, Stream } from "effect"
import { FetchHttpClient } from "effect/http"
import { audioOf, brief, type Client, converse, flux, heardIn, sampleRate, sendSpeech, speech } from "./support.ts"

const ask = ({ say }: Client, content: string) => say({ type: "InjectUserMessage", content })

const inject = ({ say }: Client, message: string, behavior?: string) =>
  say({ type: "InjectAgentMessage", message, ...(behavior === undefined ? undefined : { behavior }) })

/** Some ten minutes of speech, or 20 MB of audio. */
const words = Array.from({ length: 1500 }, (_, i) => `word${i}`).join(" ")

const thinker = Thinker.rules([
  { when: "story", answer: words },
  { when: "forever", answer: () => Effect.never }
])

layer(Emulator.layer({ thinker }))("a user who speaks while the agent does", (it) => {
  it.effect("makes it stop, also when the client reads slowly", () =>
    Effect.gen(function*() {
      const client = yield* converse()
      yield* ask(client, "Tell me a story.")
      yield* client.until("AgentStartedSpeaking")
      client.socket.pause()
      yield* sendSpeech(client, speech("Enough of that."))
      client.socket.resume()
      const told = yield* client.until("UserStartedSpeaking")
      const length = audioOf(told).length / 2 / sampleRate
      // What was in the buffers of both sides comes through; the rest was never made.
      assert.isBelow(length, 300)
      const rest = yield* client.until("ConversationText")
      assert.deepStrictEqual(brief([...told, ...rest]), [
        "UserStartedSpeaking",
        "AgentAudioDone",
        "ConversationText user Enough of that."
      ])
      assert.strictEqual(audioOf(rest).length, 0)
      assert.strictEqual(heardIn(audioOf(yield* client.until("AgentAudioDone"))), "You said: Enough of that.")
    }))

  it.effect("makes it forget what it was about to think", () =>
    Effect.gen(function*() {
      const client = yield* converse()
      yield* ask(client, "Think forever.")
      yield* sendSpeech(client, speech("Hello?"))
      assert.deepStrictEqual(brief(yield* client.until("AgentAudioDone")), [
        "ConversationText user Think forever.",
        "UserStartedSpeaking",
        "ConversationText user Hello?",
        "ConversationText assistant You said: Hello?",
        "AgentStartedSpeaking",
        "AgentAudioDone"
      ])
    }))
})

layer(Emulator.layer({ thinker }))("a turn by text", (it) => {
  it.effect("waits until the agent has said what it says", () =>
    Effect.gen(function*() {
      const client = yield* converse()
      yield* ask(client, "Tell me a story.")
      yield* client.until("AgentStartedSpeaking")
      client.socket.pause()
      yield* ask(client, "Thank you.")
      client.socket.resume()
      const story = audioOf(yield* client.until("AgentAudioDone"))
      // The last seconds of it.
      assert.match(heardIn(story.slice(-sampleRate * 2 * 10)), / word1498 word1499$/)
      assert.strictEqual(heardIn(audioOf(yield* client.until("AgentAudioDone"))), "You said: Thank you.")
    }))

  it.effect("is not answered when another one has come meanwhile", () =>
    Effect.gen(function*() {
      const client = yield* converse({ greeting: words })
      yield* client.until("AgentStartedSpeaking")
      client.socket.pause()
      yield* ask(client, "Is that all?")
      yield* ask(client, "Hello?")
      client.socket.resume()
      yield* client.until("AgentAudioDone")
      assert.strictEqual(heardIn(audioOf(yield* client.until("AgentAudioDone"))), "You said: Hello?")
      yield* inject(client, "That was all.", "queue")
      assert.strictEqual(heardIn(audioOf(yield* client.until("AgentAudioDone"))), "That was all.")
    }))
})

describe("audio", () => {
  it.effect("is made when it can be sent, and no longer than it is wanted", () =>
    Effect.gen(function*() {
      let made = 0
      const stopped = yield* Deferred.make<void>()
      const endless = Layer.succeed(Synthesizer.Synthesizer, {
        speak: () =>
          Stream.fromEffectRepeat(Effect.sync(() => {
            made++
            return new Float32Array(sampleRate)
          })).pipe(Stream.ensuring(Deferred.succeed(stopped, undefined)))
      })
      yield* Effect.gen(function*() {
        const client = yield* converse()
        yield* ask(client, "Speak.")
        yield* client.until("AgentStartedSpeaking")
        client.socket.pause()
        yield* sendSpeech(client, speech("Enough of that."))
        yield* Deferred.await(stopped)
        // Seconds: the buffers of the operating system take some MB.
        assert.isBelow(made, 1000)
      }).pipe(Effect.provide(Layer.provide(Emulator.layerNoDeps(), [
        Recognizer.layer,
        endless,
        Thinker.layer,
        FetchHttpClient.layer
      ])))
    }))
})

layer(Emulator.layer({ thinker }))("a message for the agent to say", (it) => {
  it.effect("is said at once when nobody speaks", () =>
    Effect.gen(function*() {
      const client = yield* converse()
      for (const behavior of [undefined, "default", "queue", "interrupt"]) {
        yield* inject(client, "Are you there?", behavior)
        const messages = yield* client.until("AgentAudioDone")
        assert.deepStrictEqual(brief(messages), [
          "ConversationText assistant Are you there?",
          "AgentStartedSpeaking",
          "AgentAudioDone"
        ])
        assert.strictEqual(heardIn(audioOf(messages)), "Are you there?")
      }
    }))

  it.effect("is refused while the agent is at something, queued, or said instead", () =>
    Effect.gen(function*() {
      const client = yield* converse()
      yield* ask(client, "Think forever.")
      yield* client.until("ConversationText")
      yield* inject(client, "One.")
      assert.deepStrictEqual(brief(yield* client.until("InjectionRefused")), ["InjectionRefused"])
      yield* inject(client, "Two.", "queue")
      yield* inject(client, "Three.", "interrupt")
      yield* inject(client, "Four.", "queue")
      const three = yield* client.until("AgentAudioDone")
      assert.strictEqual(heardIn(audioOf(three)), "Three.")
      assert.strictEqual(heardIn(audioOf(yield* client.until("AgentAudioDone"))), "Four.")
    }))

  it.effect("takes the place of what is being said", () =>
    Effect.gen(function*() {
      const client = yield* converse()
      yield* ask(client, "Tell me a story.")
      yield* client.until("AgentStartedSpeaking")
      client.socket.pause()
      yield* inject(client, "Stop.", "interrupt")
      client.socket.resume()
      assert.deepStrictEqual(brief(yield* client.until("AgentAudioDone")), ["AgentAudioDone"])
      assert.strictEqual(heardIn(audioOf(yield* client.until("AgentAudioDone"))), "Stop.")
    }))

  it.effect("is refused while the user speaks, unless it is to interrupt", () =>
    Effect.gen(function*() {
      const client = yield* converse({ listen: { provider: flux } })
      yield* sendSpeech(client, speech("I would like to", 0.1))
      yield* client.until("UserStartedSpeaking")
      for (const behavior of ["default", "queue"]) {
        yield* inject(client, "Excuse me.", behavior)
        assert.deepStrictEqual(brief(yield* client.until("InjectionRefused")), ["InjectionRefused"])
      }
      yield* inject(client, "Excuse me.", "interrupt")
      assert.strictEqual(heardIn(audioOf(yield* client.until("AgentAudioDone"))), "Excuse me.")
      // A user who goes on interrupts, too.
      yield* inject(client, words, "interrupt")
      yield* client.until("AgentStartedSpeaking")
      client.socket.pause()
      yield* sendSpeech(client, speech("order a pizza.", 1))
      client.socket.resume()
      const messages = [...yield* client.until("AgentAudioDone"), ...yield* client.until("ConversationText")]
      assert.deepStrictEqual(brief(messages), [
        "UserStartedSpeaking",
        "AgentAudioDone",
        "ConversationText user I would like to order a pizza."
      ])
    }))
})

layer(Emulator.layer())("ForceEndTurn", (it) => {
  it.effect("ends a turn with Flux", () =>
    Effect.gen(function*() {
      const client = yield* converse({ listen: { provider: { ...flux, eot_threshold: 0.9 } } })
      yield* client.say({ type: "ForceEndTurn" })
      yield* client.send(speech("I would like to", 0.1))
      yield* client.say({ type: "ForceEndTurn" })
      assert.deepStrictEqual(brief(yield* client.until("AgentAudioDone")), [
        "UserStartedSpeaking",
        "ConversationText user I would like to",
        "ConversationText assistant You said: I would like to",
        "AgentStartedSpeaking",
        "AgentAudioDone"
      ])
    }))

  it.effect("is not for Nova", () =>
    Effect.gen(function*() {
      const client = yield* converse()
      yield* client.say({ type: "ForceEndTurn" })
      assert.deepStrictEqual(brief(yield* client.until("Warning")), ["Warning FORCE_END_TURN_UNSUPPORTED"])
      // What it listens with may change.
      yield* client.say({ type: "UpdateListen", listen: { provider: flux } })
      yield* client.say({ type: "ForceEndTurn" })
      yield* client.say({ type: "UpdatePrompt", prompt: "Wait." })
      assert.deepStrictEqual(brief(yield* client.until("PromptUpdated")), ["ListenUpdated", "PromptUpdated"])
    }))
})

describe("a client that goes away", () => {
  it.effect("leaves nothing behind that thinks, speaks or listens", () =>
    Effect.gen(function*() {
      const thinking = yield* Queue.unbounded<"begins" | "ends">()
      const waiting = Layer.succeed(Thinker.Thinker, {
        think: () =>
          Effect.acquireUseRelease(
            Queue.offer(thinking, "begins"),
            () => Effect.never,
            () => Queue.offer(thinking, "ends")
          )
      })
      yield* Effect.gen(function*() {
        for (const leave of ["close", "terminate"] as const) {
          const client = yield* converse()
          yield* ask(client, "Hello.")
          assert.strictEqual(yield* Queue.take(thinking), "begins")
          client.socket[leave]()
          assert.strictEqual(yield* Queue.take(thinking), "ends")
        }
      }).pipe(Effect.provide(Emulator.layer({ thinker: waiting })))
    }))
})
