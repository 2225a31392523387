/** Conversations in audio, from the SDK's microphone to its speaker, with the emulator's agent in between. */
import { Thinker } from "@effect-deepgram/emulator"
import { assert, layer } from "@effect/vitest"
import { Effect, Queue, Schema, Stream } from "effect"
import { AgentConfigurations, AgentV1 } from "effect-deepgram"
import { Tool, Toolkit } from "effect/ai"
import { inProject } from "../server/management.ts"
import {
  answer,
  eventsUntil,
  type Format,
  heardIn,
  heardInFile,
  listening,
  talk,
  textOf,
  think,
  usual
} from "./agent.ts"
import { patiently, served, transports } from "./support.ts"

/** Some minutes of speech. */
const story = `${Array.from({ length: 200 }, () => "Once there was a parcel, and it was late.").join(" ")} The end.`

/** What cannot be taken back, and what can. */
const careful = Toolkit.make(
  Tool.make("wait", { success: Schema.String }),
  Tool.make("send").annotate(AgentV1.DeferUntilEndOfTurn, true)
)

const thinker = Thinker.rules([
  { when: "story", answer: story },
  { when: "send it", answer: { calls: [{ name: "send" }] }, afterwards: "It is sent." },
  { when: "wait for it", answer: { text: "One moment.", calls: [{ name: "wait" }] } }
])

/** Compressed audio is of its voices only. */
const aura = { provider: { type: "deepgram", model: "aura-2-thalia-en" } } as const

const options = { ...patiently, keepAlive: false }

for (const transport of transports) {
  layer(served(transport, { thinker, idleTimeout: "1 hour" }))(`over ${transport.name}`, (it) => {
    it.effect("functions are called before the turn is surely over, and cancelled, unless they are not to be", () =>
      Effect.gen(function*() {
        const steps = yield* Queue.unbounded<string>()
        const handlers = careful.toLayer({
          wait: () =>
            Effect.andThen(Queue.offer(steps, "began"), Effect.never).pipe(
              Effect.onInterrupt(() => Queue.offer(steps, "interrupted"))
            ),
          send: () => Effect.asVoid(Queue.offer(steps, "sent"))
        })
        const provider = { ...listening.flux.provider, eager_eot_threshold: 0.3, eot_threshold: 0.8 }
        yield* talk(
          { agent: { think, listen: { provider } } },
          (settings) => AgentV1.converse(settings, { ...options, tools: careful }),
          Effect.fnUntraced(function*(talk) {
            // Sure enough to think, but not to speak.
            yield* talk.speak("Please wait for it.", 0.3)
            assert.strictEqual(yield* Queue.take(steps), "began")
            yield* talk.speak("No,", 0.1)
            const first = yield* eventsUntil(talk, ({ type }) => type === "FunctionCallHandled")
            assert.deepInclude({ ...first.at(-1) }, { name: "wait", outcome: "cancelled" })
            assert.notInclude(first.map(({ type }) => type), "ConversationText")
            assert.strictEqual(yield* Queue.take(steps), "interrupted")
            yield* talk.speak("send it.", 0.3)
            yield* talk.speak("Now.", 0.8)
            const second = yield* eventsUntil(talk, ({ type }) => type === "FunctionCallHandled")
            const types = second.map(({ type }) => type)
            assert.isBelow(types.indexOf("ConversationText"), types.indexOf("FunctionCallRequest"))
            assert.deepInclude({ ...second.at(-1) }, { name: "send", outcome: "succeeded" })
            assert.strictEqual(heardIn((yield* answer(talk)).bytes), "It is sent.")
            assert.deepStrictEqual(yield* Queue.clear(steps), ["sent"])
          })
        ).pipe(Effect.provide(handlers))
      }))

    it.effect.each(["nova", "flux"] as const)(
      "what was dropped by a barge-in is not heard, and the rest is: %s",
      (ears) =>
        talk(
          { agent: { think, listen: listening[ears] } },
          (settings) => AgentV1.converse(settings, options),
          Effect.fnUntraced(function*(talk) {
            for (const count of [1, 10, 25]) {
              yield* talk.speak("Tell me a story.")
              // So much is played before the user has had enough.
              const before = yield* Stream.runCollect(
                Stream.take(Stream.filter(talk.audio, ({ type }) => type === "Audio"), count)
              )
              yield* talk.speak("Enough of that.")
              // Behind that of the story.
              yield* eventsUntil(talk, ({ type }) => type === "UserStartedSpeaking")
              yield* eventsUntil(talk, ({ type }) => type === "UserStartedSpeaking")
              const { bytes, played } = yield* answer(talk)
              assert.strictEqual(played[0]?.type, "Interrupted")
              assert.strictEqual(played.filter(({ type }) => type === "Interrupted").length, 1)
              assert.strictEqual(heardIn(bytes), "You said: Enough of that.")
              const heard = heardIn(before.flatMap((one) => one.type === "Audio" ? [one.audio] : [])).split(" ")
              // The last word may be cut.
              assert.isTrue(story.startsWith(heard.slice(0, -1).join(" ")), heard.join(" "))
              yield* eventsUntil(talk, ({ type }) => type === "AgentAudioDone")
            }
          })
        )
    )

    it.effect("an agent that Deepgram keeps greets, is injected texts, and is changed", () =>
      Effect.gen(function*() {
        const { agent_id } = yield* inProject((id) =>
          AgentConfigurations.create(id, { config: { think, greeting: "Hello! How can I help?" } })
        )
        yield* talk(
          { agent: agent_id },
          (settings) => AgentV1.converse(settings, options),
          Effect.fnUntraced(function*(talk) {
            const heard = Effect.map(answer(talk), ({ bytes }) => heardIn(bytes))
            assert.strictEqual(yield* heard, "Hello! How can I help?")
            yield* talk.injectUserMessage("Good morning.")
            assert.strictEqual(yield* heard, "You said: Good morning.")
            yield* talk.injectAgentMessage("By the way, it rains.")
            assert.strictEqual(yield* heard, "By the way, it rains.")
            yield* talk.injectAgentMessage("Listen.", { behavior: "interrupt" })
            yield* talk.injectAgentMessage("Wait.", { behavior: "queue" })
            assert.strictEqual(yield* heard, "Listen.")
            assert.strictEqual(yield* heard, "Wait.")
            yield* talk.updatePrompt("Be kind.")
            yield* talk.updateThink({ provider: { type: "anthropic", model: "claude-sonnet-4-20250514" } })
            yield* talk.updateListen(listening.flux)
            yield* talk.updateSpeak({ provider: { type: "deepgram", model: "aura-2-zeus-en" } })
            yield* talk.speak("Is all of it changed?")
            assert.strictEqual(yield* heard, "You said: Is all of it changed?")
            assert.isDefined(yield* talk.requestId)
            yield* talk.close
            const rest = yield* Stream.runCollect(talk.events)
            assert.includeMembers(rest.map(({ type }) => type), [
              "PromptUpdated",
              "ThinkUpdated",
              "ListenUpdated",
              "SpeakUpdated"
            ])
          })
        )
      }))

    const raw: ReadonlyArray<Format> = [
      { encoding: "linear16", sample_rate: 8000 },
      { encoding: "linear16", sample_rate: 48_000 },
      { encoding: "mulaw", sample_rate: 8000 },
      { encoding: "alaw", sample_rate: 8000 }
    ]

    it.effect.each(raw)("is held in $encoding of $sample_rate Hz", (format) =>
      talk(
        { audio: { input: format, output: format }, agent: { think } },
        (settings) => AgentV1.converse(settings, options),
        Effect.fnUntraced(function*(talk) {
          yield* talk.speak("Good morning.")
          assert.strictEqual(yield* textOf(talk, "user"), "Good morning.")
          assert.strictEqual(heardIn((yield* answer(talk)).bytes, format), "You said: Good morning.")
        })
      ))

    it.effect.each(["mp3", "opus", "flac", "aac", "wav"])("is heard in %s", (encoding) =>
      talk(
        {
          audio: {
            input: usual,
            output: encoding === "wav" ? { encoding: "linear16", container: "wav", sample_rate: 16_000 } : { encoding }
          },
          agent: { think, speak: aura, greeting: "Good morning." }
        },
        (settings) => AgentV1.converse(settings, options),
        Effect.fnUntraced(function*(talk) {
          assert.strictEqual(yield* heardInFile((yield* answer(talk)).bytes), "Good morning.")
        })
      ))
  })
}
