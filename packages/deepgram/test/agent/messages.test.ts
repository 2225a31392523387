import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import type { DeepgramError } from "effect-deepgram"
import { agentV1 } from "effect-deepgram/DeepgramChannels"
import { calling, type Message, openAgent, said, think } from "../support/agent.ts"
import { failing, hear, requestId, transports } from "../support/live.ts"
import { untyped } from "../support/untyped.ts"

const call = calling({ name: "look", id: "1", thought_signature: "s" })

/** Everything that a server may say once it has taken the settings, in every shape that is known. */
const known: ReadonlyArray<Message> = [
  { type: "ConversationText", role: "user", content: "Hello.", languages: ["en"], languages_hinted: ["en", "de"] },
  { type: "ConversationText", role: "assistant", content: "" },
  { type: "ConversationText", role: "somebody", content: "else" },
  { type: "UserStartedSpeaking" },
  { type: "AgentThinking", content: "Hm." },
  { type: "AgentThinking" },
  { type: "EndOfThought" },
  { type: "AgentStartedSpeaking", total_latency: 1.5, tts_latency: 0.25, ttt_latency: 1.25 },
  { type: "AgentStartedSpeaking" },
  { type: "AgentAudioDone" },
  { type: "LatencyReport", stt_latency: 0.1 },
  { type: "LatencyReport", ttt_token_latency: 0.1, ttt_text_latency: 0.2 },
  { type: "LatencyReport", ttt_tool_latency: 1, ttt_thinking_latency: 2, tts_latency: 3, total_latency: 4 },
  { type: "LatencyReport" },
  call,
  { type: "FunctionCallRequest", functions: [{ id: "2", name: "old", arguments: "" }] },
  { type: "FunctionCallRequest", functions: [] },
  { type: "FunctionCallCancelled", functions: [{ id: "1", name: "look" }, { id: "2" }] },
  { type: "FunctionCallResponse", id: "3", name: "server", content: "{}", thought_signature: "s" },
  { type: "FunctionCallResponse", name: "server", content: "text" },
  { type: "History", role: "user", content: "Hello." },
  {
    type: "History",
    function_calls: [{ id: "1", name: "look", client_side: true, arguments: "{}", response: "\"nothing\"" }]
  },
  { type: "ListenUpdated" },
  { type: "ThinkUpdated" },
  { type: "SpeakUpdated" },
  { type: "PromptUpdated" },
  { type: "InjectionRefused", message: "The user speaks." },
  { type: "InjectionRefused" },
  { type: "Warning", code: "PROMPT_TOO_LONG", description: "It was cut." },
  { type: "Warning" },
  { type: "__customFromThinkProvider", content: [null, { a: 1 }] },
  { type: "__customFromThinkProvider", content: null }
]

describe.each(transports)("what an agent says over $name", (transport) => {
  it.effect("is handed out as it is, fields that nobody knows included", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openAgent(transport)
      const all = [...known, ...known.map((message) => ({ ...message, tomorrow: { a: [1] } }))]
      // Every type but the two of the opening, and the one of the end.
      assert.sameMembers(
        [...new Set(known.map(({ type }) => type)), "Welcome", "SettingsApplied", "Error"],
        Object.keys(agentV1.server)
      )
      yield* peer.send(...all)
      const messages = yield* connection.messages.pipe(Stream.drop(2), Stream.take(all.length), Stream.runCollect)
      assert.deepStrictEqual<ReadonlyArray<unknown>>(messages, all)
    }))

  it.effect("is Unrecognized where nobody knows its type, and null where it may be absent is absent", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openAgent(transport)
      const message = { type: "Tomorrow", content: "?" }
      yield* peer.send(message, "no JSON", "[1]", {
        type: "ConversationText",
        role: "user",
        content: "a",
        languages: null
      })
      const messages = yield* connection.messages.pipe(Stream.drop(2), Stream.take(4), Stream.runCollect)
      assert.deepStrictEqual<ReadonlyArray<unknown>>(messages, [
        { type: "Unrecognized", name: "Tomorrow", raw: message },
        { type: "Unrecognized", raw: "no JSON" },
        { type: "Unrecognized", raw: [1] },
        { type: "ConversationText", role: "user", content: "a" }
      ])
    }))

  it.effect("is audio where it is binary, each frame with bytes of its own, in order among the rest", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openAgent(transport)
      const frames = [1, 2, 3].map((value) => new Uint8Array(value * 3).fill(value))
      yield* peer.send(frames[0]!, { type: "AgentStartedSpeaking" }, frames[1]!, frames[2]!, { type: "AgentAudioDone" })
      const messages = yield* connection.messages.pipe(Stream.drop(2), Stream.take(5), Stream.runCollect)
      assert.deepStrictEqual(messages.map(({ type }) => type), [
        "Audio",
        "AgentStartedSpeaking",
        "Audio",
        "Audio",
        "AgentAudioDone"
      ])
      const audio = messages.flatMap((message) => message.type === "Audio" ? [message.audio] : [])
      assert.deepStrictEqual(audio.map((bytes) => Array.from(bytes)), frames.map((bytes) => Array.from(bytes)))
      for (const { buffer, byteLength, byteOffset } of audio) {
        assert.deepStrictEqual([byteOffset, buffer.byteLength], [0, byteLength])
      }
    }))

  const malformed: ReadonlyArray<readonly [Message, string]> = [
    [{ type: "ConversationText" }, "role"],
    [untyped({ type: "FunctionCallRequest", functions: [{ id: 5, name: "a", arguments: "{}" }] }), `["id"]`],
    [untyped({ type: "History", role: "user" }), "History"],
    [untyped({ type: "LatencyReport", tts_latency: "fast" }), "tts_latency"]
  ]

  it.effect.each(malformed)(
    "that cannot be understood fails the session: %j",
    ([message, issue]) =>
      Effect.gen(function*() {
        const { connection, peer } = yield* openAgent(transport)
        yield* peer.send({ type: "EndOfThought" }, message, { type: "EndOfThought" })
        const { error, messages } = yield* hear(connection.messages)
        assert.strictEqual(messages.length, 3)
        assert.deepInclude({ ...error }, { _tag: "ProtocolError", raw: JSON.stringify(message), requestId })
        if (issue !== "History") assert.include(error?.message ?? "", issue)
        yield* failing("ProtocolError", connection.injectUserMessage("?"))
        yield* peer.closed
      })
  )

  const ends: ReadonlyArray<
    readonly [
      what: string,
      message: object,
      code: number,
      reason: string,
      error: Partial<DeepgramError.ConnectionClosed>
    ]
  > = [
    [
      "with a code and a description",
      { code: "FAILED_TO_THINK", description: "No provider can." },
      1011,
      "",
      { _tag: "ConnectionClosed", code: 1011, errorCode: "FAILED_TO_THINK", detail: "No provider can." }
    ],
    ["of older servers", { message: "No way." }, 1005, "", { _tag: "ConnectionClosed", code: 1005, detail: "No way." }],
    ["empty", { message: "" }, 1000, "", { _tag: "ConnectionClosed", code: 1000 }],
    ["that says nothing", {}, 1000, "over", { _tag: "ConnectionClosed", code: 1000, reason: "over" }],
    [
      "of somebody who was silent",
      { code: "CLIENT_MESSAGE_TIMEOUT", description: "Nothing came." },
      1008,
      "",
      untyped({ _tag: "IdleTimeout", code: 1008 })
    ]
  ]

  it.effect.each(ends)(
    "an Error %s is a message, and what the session fails with",
    ([, said, code, reason, expected]) =>
      Effect.gen(function*() {
        const { connection, peer } = yield* openAgent(transport)
        const message = { type: "Error", ...said }
        yield* peer.send(message)
        yield* (code === 1005 ? peer.close() : peer.close(code, reason))
        const { error, messages } = yield* hear(connection.messages)
        assert.deepStrictEqual<unknown>(messages.at(-1), message)
        assert.deepInclude({ ...error }, { ...expected, requestId })
        if (error?._tag === "ConnectionClosed") assert.strictEqual("detail" in error, "detail" in expected)
        assert.strictEqual(yield* Effect.flip(connection.send(new Uint8Array(2))), error)
        assert.strictEqual(yield* Effect.flip(connection.updatePrompt("?")), error)
        assert.strictEqual(yield* Effect.flip(connection.close), error)
      })
  )

  it.effect("that ends without an Error fails too, also with 1000", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openAgent(transport)
      yield* peer.close(1000)
      const { error } = yield* hear(connection.messages)
      assert.deepInclude({ ...error }, { _tag: "ConnectionClosed", code: 1000 })
      assert.include(error?.message ?? "", "the server ended the session before it was closed here")
    }))
})

describe.each(transports)("what is said to an agent over $name", (transport) => {
  it.effect("leaves as it is, in order with the audio", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openAgent(transport)
      const audio = (value: number) => new Uint8Array(640).fill(value)
      const content = "Good morning. 🌞 \"quoted\"\n"
      yield* connection.send(audio(1))
      yield* connection.injectUserMessage(content)
      yield* connection.send(new Uint8Array(0))
      yield* connection.injectAgentMessage(content)
      for (const behavior of ["default", "queue", "interrupt", "tomorrow's", undefined]) {
        yield* connection.injectAgentMessage("Wait.", { behavior })
      }
      yield* connection.send(audio(2))
      yield* connection.respond({ id: "1", name: "look", content: "{\"a\":1}", thought_signature: "s" })
      yield* connection.respond({ id: "2", name: "look", content: "", thought_signature: undefined })
      yield* connection.forceEndTurn
      yield* connection.sendToThinkProvider({ any: [null, 1, "JSON"] })
      yield* connection.sendToThinkProvider("text")
      yield* connection.send(audio(3))
      for (let count = 0; count < 14; count++) yield* peer.next
      assert.deepStrictEqual<ReadonlyArray<unknown>>(said(peer), [
        Buffer.from(audio(1)),
        { type: "InjectUserMessage", content },
        { type: "InjectAgentMessage", message: content },
        { type: "InjectAgentMessage", message: "Wait.", behavior: "default" },
        { type: "InjectAgentMessage", message: "Wait.", behavior: "queue" },
        { type: "InjectAgentMessage", message: "Wait.", behavior: "interrupt" },
        { type: "InjectAgentMessage", message: "Wait.", behavior: "tomorrow's" },
        { type: "InjectAgentMessage", message: "Wait." },
        Buffer.from(audio(2)),
        { type: "FunctionCallResponse", id: "1", name: "look", content: "{\"a\":1}", thought_signature: "s" },
        { type: "FunctionCallResponse", id: "2", name: "look", content: "" },
        { type: "ForceEndTurn" },
        { type: "__customToThinkProvider", content: { any: [null, 1, "JSON"] } },
        { type: "__customToThinkProvider", content: "text" },
        Buffer.from(audio(3))
      ])
    }))

  it.effect("is refused where it is nothing that can be said, and the session goes on", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openAgent(transport)
      const wrong = [
        connection.injectUserMessage(untyped(5)),
        connection.injectAgentMessage("a", untyped({ behaviour: "queue" })),
        connection.respond(untyped({ id: "1", name: "a", content: { a: 1 } })),
        connection.respond(untyped({ id: "1", name: "a", content: "", client_side: true })),
        connection.updatePrompt(untyped(null)),
        connection.updateListen(untyped({ provider: { type: "deepgram", version: "v1", eot_threshold: 0.7 } })),
        connection.updateListen(untyped({})),
        connection.updateThink(untyped({ ...think, promt: "a" })),
        connection.updateThink({ ...think, functions: [{ parameters: { most: 1n } }] }),
        connection.sendToThinkProvider({ most: 1n })
      ]
      for (const one of wrong) {
        const error = yield* failing("BadRequest", one)
        assert.deepInclude({ ...error }, { origin: "client" })
        assert.match(error.operation, /^AgentV1\.(respond|inject|update|sendTo)/)
      }
      yield* connection.forceEndTurn
      assert.deepStrictEqual(yield* peer.message, { type: "ForceEndTurn" })
      assert.strictEqual(said(peer).length, 1)
    }))

  it.effect("has the members that its type has, and no others", () =>
    Effect.gen(function*() {
      const { connection } = yield* openAgent(transport)
      assert.sameMembers(Object.keys(connection), [
        "close",
        "forceEndTurn",
        "injectAgentMessage",
        "injectUserMessage",
        "messages",
        "onMessage",
        "requestId",
        "respond",
        "send",
        "sendToThinkProvider",
        "sendUnsafe",
        "updateListen",
        "updatePrompt",
        "updateSpeak",
        "updateThink"
      ])
    }))
})
