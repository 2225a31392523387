/** What is said and heard on each channel, by whoever it is; every kind of message comes up that this client can cause. */
import { Recognizer, Recording, Thinker } from "@effect-deepgram/emulator"
import { assert } from "@effect/vitest"
import { Effect, type Scope } from "effect"
import { createHash } from "node:crypto"
import { dig, listAt, textAt } from "../plain.ts"
import type { Stage } from "../support.ts"
import { audioOf, type Message, type Name, only, type Opening, outline, type Talk } from "./talk.ts"

/** Opens a session of the channel that the script is about. */
type Open = (
  opening?: Partial<Omit<Opening, "channel">>
) => Effect.Effect<Talk, never, Scope.Scope>

export type Script = (open: Open, stage: Stage) => Effect.Effect<void, never, Scope.Scope>

const raw = { encoding: "linear16", sampleRate: 16_000 } as const

const format = { encoding: "linear16", sample_rate: 16_000 } as const

const said = (text: string, pause: number): Uint8Array => Recording.raw([{ text, pause }], raw)

const heardIn = (messages: ReadonlyArray<Message>): string => Recognizer.text(audioOf(messages), raw)

/** In frames of 20 ms. */
const speak = Effect.fnUntraced(function*({ send }: Talk, audio: Uint8Array) {
  for (let at = 0; at < audio.length; at += 640) yield* send(audio.subarray(at, at + 640))
})

const transcriptOf = (message: Message) => textAt(message, "channel", "alternatives", 0, "transcript")

/** The end of a session: whoever sees the code of the close frame sees this one. */
const endsWith = Effect.fnUntraced(function*({ until }: Talk, ...codes: ReadonlyArray<number>) {
  const messages = yield* until("(closed)")
  const { code = codes[0] } = messages.at(-1)!
  assert.oneOf(code, [...codes])
  return messages
})

/** The session ends with this error, which is its last message, or how the session fails. */
const failsWith = Effect.fnUntraced(function*(talk: Talk, error: string, ...codes: ReadonlyArray<number>) {
  const messages = yield* endsWith(talk, ...codes)
  const { errorCode } = messages.at(-1)!
  const told = messages.find(({ type }) => type === "Error")
  assert.strictEqual(told?.["code"] ?? errorCode, error)
})

const listenV1: Script = Effect.fnUntraced(function*(open) {
  const greeting = said("Good morning. How are you?", 2)
  const rest = said("And so on", 0.1)
  const talk = yield* open({
    query: {
      ...format,
      model: "nova-3",
      punctuate: true,
      interim_results: true,
      vad_events: true,
      utterance_end_ms: 1000
    }
  })
  yield* talk.say({ type: "KeepAlive" })
  yield* speak(talk, greeting)
  const utterance = yield* talk.until("UtteranceEnd")
  assert.deepStrictEqual(utterance.find(({ type }) => type === "SpeechStarted")?.["channel"], [0, 1])
  const finals = utterance.filter(({ is_final }) => is_final === true)
  assert.strictEqual(finals.map(transcriptOf).filter((text) => text !== "").join(" "), "Good morning. How are you?")
  assert.isTrue(utterance.some(({ is_final, type }) => type === "Results" && is_final === false))
  yield* speak(talk, rest)
  yield* talk.say({ type: "Finalize" })
  const finalized = yield* talk.until("Results", { from_finalize: true })
  assert.include(finalized.filter(({ is_final }) => is_final === true).map(transcriptOf).join(" "), "And so on")
  yield* talk.say({ type: "CloseStream" })
  const metadata = only(yield* endsWith(talk, 1000), "Metadata")
  assert.strictEqual(metadata["channels"], 1)
  // Every byte of it has come.
  assert.strictEqual(metadata["sha256"], createHash("sha256").update(greeting).update(rest).digest("hex"))
})

const listenV2: Script = Effect.fnUntraced(function*(open) {
  const query = { ...format, model: "flux-general-en" }
  const talk = yield* open({ query })
  yield* talk.say({ type: "ForceEndTurn" })
  assert.strictEqual((yield* talk.until("Warning")).at(-1)!["code"], "FORCE_END_TURN_NO_ACTIVE_TURN")
  yield* talk.say({ type: "Configure", thresholds: { eot_threshold: 0.8 }, keyterms: ["Deepgram"], numerals: true })
  const configured = (yield* talk.until("ConfigureSuccess")).at(-1)!
  assert.deepStrictEqual(
    [dig(configured, "thresholds", "eot_threshold"), configured["keyterms"], configured["numerals"]],
    [0.8, ["Deepgram"], true]
  )
  yield* talk.say({ type: "Configure", thresholds: { eot_threshold: 2 } })
  yield* talk.until("ConfigureFailure")
  yield* speak(talk, said("I would like to", 0.1))
  yield* talk.say({ type: "ForceEndTurn" })
  const turn = yield* talk.until("TurnInfo", { event: "EndOfTurn" })
  assert.strictEqual(turn[0]?.["event"], "StartOfTurn")
  assert.deepInclude(turn.at(-1), { transcript: "I would like to", trigger: "manual", turn_index: 0 })
  yield* talk.say({ type: "CloseStream" })
  yield* endsWith(talk, 1005)
  const broken = yield* open({ query })
  yield* broken.say({ type: "Configure", numerals: "true" })
  yield* failsWith(broken, "UNPARSABLE_CLIENT_MESSAGE", 1005)
})

const speakV1: Script = Effect.fnUntraced(function*(open) {
  const talk = yield* open({ query: { ...format, model: "aura-2-thalia-en" } })
  yield* talk.say({ type: "Speak", text: "Good morning. How " })
  yield* talk.say({ type: "Speak", text: "are you?" })
  yield* talk.say({ type: "Flush" })
  const spoken = yield* talk.until("Flushed")
  assert.strictEqual(heardIn(spoken), "Good morning. How are you?")
  assert.strictEqual(only(spoken, "Metadata")["model_name"], "aura-2-thalia-en")
  yield* talk.say({ type: "Speak", text: "Never mind." })
  yield* talk.say({ type: "Clear" })
  assert.deepStrictEqual(outline(yield* talk.until("Cleared")), ["Cleared"])
  yield* talk.say({ type: "Speak", text: "" })
  yield* talk.say({ type: "Speak", text: "Good bye." })
  yield* talk.say({ type: "Close" })
  assert.strictEqual(heardIn(yield* endsWith(talk, 1000)), "Good bye.")
})

const speakV2: Script = Effect.fnUntraced(function*(open) {
  const query = { ...format, model: "flux-haley-en" }
  const talk = yield* open({ query })
  yield* talk.say({ type: "Configure", speed: 1.15 })
  assert.deepStrictEqual((yield* talk.until("ConfigureSuccess")).at(-1)!["applied"], { speed: 1.15 })
  yield* talk.say({ type: "Configure", speed: 2 })
  assert.strictEqual((yield* talk.until("ConfigureFailure")).at(-1)!["code"], "SPEED_OUT_OF_RANGE")
  yield* talk.say({ type: "Speak", text: "One <break time=\"1s\"/> two." })
  yield* talk.say({ type: "Flush" })
  const turn = yield* talk.until("SpeechMetadata")
  assert.deepStrictEqual(
    new Set(outline(turn)),
    new Set(["SpeechStarted", "Warning", "Flushed", "Audio", "SpeechMetadata"])
  )
  assert.strictEqual(only(turn, "Warning")["code"], "INPUT_MARKUP_STRIPPED")
  assert.strictEqual(heardIn(turn), "One two.")
  // A voice that does not come to an end.
  yield* talk.say({ type: "Speak", text: "Endless words." })
  yield* talk.say({ type: "Flush" })
  yield* talk.until("Audio")
  yield* talk.say({ type: "Interrupt", playback_offset: { type: "time_ms", value: 100_000 } })
  yield* talk.until("SpeechInterrupted")
  yield* talk.say({ type: "Speak", text: "Good bye." })
  yield* talk.say({ type: "Flush" })
  yield* talk.until("SpeechStarted")
  assert.strictEqual(heardIn(yield* talk.until("SpeechMetadata")), "Good bye.")
  yield* talk.say({ type: "Close" })
  assert.strictEqual(outline(yield* endsWith(talk, 1000)).at(-2), "SessionMetadata")
  const broken = yield* open({ query })
  yield* broken.say({ type: "Configure", speed: "1" })
  yield* failsWith(broken, "MESSAGE-0000", 1008)
})

const provider = { type: "open_ai", model: "gpt-4o-mini" }

/** What the agent of the script has in its mind. */
export const thinker = Thinker.rules([
  { when: "weather", answer: { thinking: "Hm.", calls: [{ name: "get_weather" }] } },
  { when: "time", answer: { calls: [{ name: "get_time" }] } },
  { when: "news", answer: { calls: [{ name: "get_news" }] } },
  { when: "forever", answer: () => Effect.never },
  { when: "fail", answer: () => Effect.fail(new Thinker.ThinkError({ message: "Overloaded" })) }
])

const agentV1: Script = Effect.fnUntraced(function*(open, { recordingUrl, textUrl }) {
  const flux = { type: "deepgram", version: "v2", model: "flux-general-en" }
  const functions = [
    { name: "get_weather", parameters: { type: "object" } },
    { name: "get_news", parameters: { type: "object" } },
    { name: "get_time", endpoint: { url: textUrl, method: "GET" } }
  ]
  const settings = {
    audio: { input: format, output: { ...format, container: "none" } },
    agent: {
      greeting: "Hello! How can I help?",
      listen: { provider: flux },
      think: { provider, functions },
      speak: { provider: { type: "deepgram", model: "aura-2-thalia-en" } }
    }
  }
  const talk = yield* open({ settings })
  assert.strictEqual(heardIn(yield* talk.until("AgentAudioDone")), "Hello! How can I help?")
  yield* talk.say({ type: "KeepAlive" })

  yield* speak(talk, said("How is the weather?", 0.8))
  const asked = yield* talk.until("FunctionCallRequest")
  assert.include(asked.map(({ content }) => content), "How is the weather?")
  const call = dig(asked.at(-1), "functions", 0)
  assert.deepStrictEqual([dig(call, "name"), dig(call, "client_side")], ["get_weather", true])
  yield* talk.say({ type: "FunctionCallResponse", id: dig(call, "id"), name: "get_weather", content: "It is sunny." })
  const answered = yield* talk.until("AgentAudioDone")
  assert.strictEqual(heardIn(answered), "It is sunny.")
  assert.isAbove(answered.filter(({ type }) => type === "LatencyReport").length, 0)
  assert.isTrue(answered.some((message) => listedCalls(message) === 1))

  yield* talk.say({ type: "InjectUserMessage", content: "What is the time?" })
  const server = yield* talk.until("FunctionCallResponse")
  assert.strictEqual(server.at(-1)!["name"], "get_time")
  yield* talk.until("AgentAudioDone")

  yield* talk.say({ type: "InjectUserMessage", content: "Any news?" })
  yield* talk.until("FunctionCallRequest")
  yield* talk.say({ type: "InjectUserMessage", content: "Never mind." })
  yield* talk.until("FunctionCallCancelled")
  assert.strictEqual(heardIn(yield* talk.until("AgentAudioDone")), "You said: Never mind.")

  yield* talk.say({ type: "UpdatePrompt", prompt: "Be brief." })
  yield* talk.until("PromptUpdated")
  yield* talk.say({ type: "UpdateListen", listen: { provider: { type: "deepgram", model: "nova-3" } } })
  yield* talk.until("ListenUpdated")
  yield* talk.say({ type: "ForceEndTurn" })
  assert.strictEqual((yield* talk.until("Warning")).at(-1)!["code"], "FORCE_END_TURN_UNSUPPORTED")
  yield* talk.say({ type: "UpdateSpeak", speak: { provider: { type: "deepgram", model: "aura-2-luna-en" } } })
  yield* talk.until("SpeakUpdated")

  yield* talk.say({ type: "InjectUserMessage", content: "Think forever." })
  yield* talk.until("ConversationText", { content: "Think forever." })
  yield* talk.say({ type: "InjectAgentMessage", message: "One." })
  yield* talk.until("InjectionRefused")
  yield* talk.say({ type: "InjectAgentMessage", message: "Two.", behavior: "interrupt" })
  assert.strictEqual(heardIn(yield* talk.until("AgentAudioDone")), "Two.")

  const endpoint = { url: recordingUrl.replace("http", "ws") }
  yield* talk.say({ type: "UpdateThink", think: { provider, endpoint, prompt: "Be loud." } })
  yield* talk.until("ThinkUpdated")
  if (talk.can("__customToThinkProvider")) {
    yield* talk.say({ type: "__customToThinkProvider", content: { any: ["thing"] } })
    const echoed = (yield* talk.until("__customFromThinkProvider")).at(-1)!
    assert.deepStrictEqual(echoed["content"], { any: ["thing"] })
  }
  yield* talk.say({ type: "InjectUserMessage", content: "Please fail." })
  yield* failsWith(talk, "FAILED_TO_THINK", 1011)
})

const listedCalls = (message: Message): number =>
  message["type"] === "History" && message["function_calls"] !== undefined
    ? listAt(message, "function_calls").length
    : 0

/** A client that goes away without a word. */
export const leaving: Script = Effect.fnUntraced(function*(open) {
  const talk = yield* open()
  yield* talk.leave
  yield* endsWith(talk, 1000, 1005)
})

export const scripts: Readonly<Record<Name, Script>> = { listenV1, listenV2, speakV1, speakV2, agentV1 }
