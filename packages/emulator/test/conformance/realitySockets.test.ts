/** What was recorded of sockets, where it is not what documents say (inventory 5.3 and 6). */
import { Emulator, Recording } from "@effect-deepgram/emulator"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { connect, type Json, last, typesOf } from "../server/socket.ts"
import { dig, listAt, textAt } from "./plain.ts"
import { keysOf, nova, plainly, raw, rawQuery, refusedSocket, session } from "./reality.ts"

layer(Emulator.layerSdk(), { excludeTestServices: true })("sockets that listen", (it) => {
  it.effect("take the words true and false, not other ones (trap 8)", () =>
    Effect.gen(function*() {
      assert.match(yield* refusedSocket(`${nova}&punctuate=1`), /^400 /)
      const { messages } = yield* session("/v2/listen?model=flux-general-en", { type: "Configure", numerals: "true" })
      assert.deepInclude(last(messages), { type: "Error", code: "UNPARSABLE_CLIENT_MESSAGE" })
    }))

  it.effect("know a KeepAlive only on /v1/listen (trap 9), in text", () =>
    Effect.gen(function*() {
      const nova1 = yield* session(nova, { type: "KeepAlive" }, { type: "CloseStream" })
      assert.deepStrictEqual([nova1.code, typesOf(nova1.messages)], [1000, ["Metadata"]])
      const flux = yield* session("/v2/listen?model=flux-general-en", { type: "KeepAlive" })
      assert.deepInclude(last(flux.messages), { type: "Error", code: "UNPARSABLE_CLIENT_MESSAGE" })
    }))

  it.effect("end with an empty frame on /v1/listen (trap 10)", () =>
    Effect.gen(function*() {
      const { code, messages } = yield* session(`${nova}&${rawQuery}`, raw, new Uint8Array(0), raw)
      assert.strictEqual(code, 1000)
      assert.strictEqual(last(messages)["type"], "Metadata")
    }))

  it.effect("say of a session without audio that it had none, and answer no Finalize then (2.1)", () =>
    Effect.gen(function*() {
      const { code, messages } = yield* session(nova, { type: "Finalize" }, { type: "CloseStream" })
      assert.strictEqual(code, 1000)
      assert.deepStrictEqual(typesOf(messages), ["Metadata"])
      assert.deepInclude(messages[0], { channels: 0, duration: 0, transaction_key: "deprecated" })
      assert.notProperty(messages[0], "models")
    }))

  it.effect("close each in its own way (trap 11)", () =>
    Effect.gen(function*() {
      const nova1 = yield* session(`${nova}&${rawQuery}`, raw, { type: "CloseStream" })
      assert.deepStrictEqual([nova1.code, last(nova1.messages)["type"]], [1000, "Metadata"])
      const flux = yield* session(
        `/v2/listen?model=flux-general-en&${rawQuery}`,
        raw.subarray(0, raw.length / 4 * 2),
        { type: "CloseStream" }
      )
      assert.strictEqual(flux.code, 1005)
      assert.notInclude(flux.messages.map(({ event }) => event), "EndOfTurn")
      assert.isTrue(flux.messages.every(({ type }) => type === "Connected" || type === "TurnInfo"))
    }))

  it.effect("say of a model what it is in two ways (trap 15), of channels in three (trap 16)", () =>
    Effect.gen(function*() {
      const { messages } = yield* session(
        `${nova}&${rawQuery}&interim_results=true&vad_events=true&utterance_end_ms=1000`,
        Recording.raw([{ text: "Good morning.", pause: 1.5 }]),
        { type: "CloseStream" }
      )
      const of = (type: string) => messages.find((message) => message["type"] === type)
      const [model] = listAt(of("Metadata"), "models")
      assert.strictEqual(dig(of("Metadata"), "model_info", String(model), "arch"), "nova-3")
      assert.strictEqual(dig(of("Results"), "metadata", "model_info", "arch"), "nova-3")
      assert.deepStrictEqual(dig(of("Results"), "channel_index"), [0, 1])
      assert.isArray(dig(of("Results"), "channel", "alternatives"))
      assert.deepStrictEqual([of("UtteranceEnd")?.["channel"], of("SpeechStarted")?.["channel"]], [[0, 1], [0, 1]])
      assert.match(textAt(of("Metadata"), "sha256"), /^[0-9a-f]{64}$/)
    }))

  it.effect("number the messages of Flux, which says what is in force (5.3)", () =>
    Effect.gen(function*() {
      const { messages } = yield* session(
        "/v2/listen?model=flux-general-en",
        { type: "Configure", keyterms: ["a"] },
        { type: "ForceEndTurn" },
        { type: "CloseStream" }
      )
      assert.deepStrictEqual(messages.map(({ sequence_id }) => sequence_id), messages.map((_, index) => index))
      assert.deepInclude(messages[1], { type: "ConfigureSuccess", profanity_filter: false, keyterms: ["a"] })
      assert.deepInclude(messages[2], { type: "Warning", code: "FORCE_END_TURN_NO_ACTIVE_TURN" })
    }))

  it.effect("of Flux take no parameter that they do not know (traps 14 and 34)", () =>
    Effect.gen(function*() {
      for (const path of ["/v2/listen?model=flux-general-en&keyterms=a", "/v2/speak?model=flux-kit-en&container=wav"]) {
        assert.strictEqual(yield* refusedSocket(path), "400 INVALID_QUERY_PARAMETER", path)
      }
    }))
})

layer(Emulator.layerSdk(), { excludeTestServices: true })("sockets that speak", (it) => {
  it.effect("of Aura warn by other names, and have no Error (traps 12 and 13)", () =>
    Effect.gen(function*() {
      const { code, messages } = yield* session(
        "/v1/speak?model=aura-2-thalia-en",
        { type: "Speak" },
        { type: "Close" }
      )
      assert.strictEqual(code, 1000)
      assert.deepStrictEqual(keysOf(last(messages)), ["type", "warn_code", "warn_msg"])
      const long = yield* session("/v1/speak?model=aura-2-thalia-en", { type: "Speak", text: "a".repeat(2001) })
      assert.deepStrictEqual([long.code, typesOf(long.messages)], [1009, ["Metadata"]])
    }))

  it.effect("of Flux end a turn by SpeechMetadata, and put texts together as they are (trap 14)", () =>
    Effect.gen(function*() {
      const { code, messages } = yield* session(
        "/v2/speak?model=flux-kit-en",
        { type: "Speak", text: "Good mor" },
        { type: "Speak", text: "ning." },
        { type: "Flush" },
        { type: "Close" }
      )
      assert.strictEqual(code, 1000)
      const types = typesOf(messages)
      assert.isBelow(types.indexOf("Flushed"), types.lastIndexOf("Audio"))
      assert.deepStrictEqual(types.slice(types.lastIndexOf("Audio") + 1), ["SpeechMetadata", "SessionMetadata"])
      assert.strictEqual(messages.find(({ type }) => type === "SpeechMetadata")?.["input_character_count"], 13)
    }))

  it.effect("of Flux fail by an Error that is called so (trap 12)", () =>
    Effect.gen(function*() {
      const { code, messages } = yield* session("/v2/speak?model=flux-kit-en", { type: "Speak" })
      assert.strictEqual(code, 1008)
      assert.deepInclude(last(messages), { type: "Error", code: "MESSAGE-0000" })
    }))
})

layer(Emulator.layerSdk(), { excludeTestServices: true })("agents", (it) => {
  const settings = (agent: unknown = {}, more: Json = {}): Json => ({ type: "Settings", audio: {}, agent, ...more })

  const path = "/v1/agent/converse"

  const failing = (...says: ReadonlyArray<Json | Uint8Array>) =>
    Effect.map(
      session(path, ...says),
      ({ messages }) => `${String(last(messages)["type"])} ${String(last(messages)["code"])}`
    )

  it.effect("want Settings once, first, and nothing unknown in them (trap 17)", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* failing(new Uint8Array(100)), "Error NON_SETTINGS_MESSAGE_BEFORE_SETTINGS")
      assert.strictEqual(yield* failing(settings(), settings()), "Error SETTINGS_ALREADY_APPLIED")
      assert.strictEqual(yield* failing(settings({ speech: {} })), "Error UNPARSABLE_CLIENT_MESSAGE")
      const { next, say } = yield* connect(path)
      assert.strictEqual((yield* next)["type"], "Welcome")
      yield* say(settings())
      assert.strictEqual((yield* next)["type"], "SettingsApplied")
    }))

  it.effect("may be told by the id of a stored configuration (trap 17)", () =>
    Effect.gen(function*() {
      let agent = ""
      yield* plainly(async (http, project) => {
        const config = JSON.stringify({ greeting: "I was stored." })
        agent = textAt(await http.json("POST", `/v1/projects/${project}/agents`, { config }), "agent_id")
      })
      const { next, say } = yield* connect(path)
      yield* say(settings(agent))
      const messages: Array<Json> = []
      while (messages.at(-1)?.["type"] !== "ConversationText") messages.push(yield* next)
      assert.strictEqual(last(messages)["content"], "I was stored.")
    }))

  it.effect("call a bit rate a bitrate (trap 34)", () =>
    Effect.gen(function*() {
      const output = { encoding: "mp3", sample_rate: 22_050 }
      const aura = { speak: { provider: { type: "deepgram", model: "aura-2-thalia-en" } } }
      assert.strictEqual(
        yield* failing(settings(aura, { audio: { output: { ...output, bit_rate: 48_000 } } })),
        "Error UNPARSABLE_CLIENT_MESSAGE"
      )
      const { next, say } = yield* connect(path)
      yield* say(settings(aura, { audio: { output: { ...output, bitrate: 48_000 } } }))
      assert.deepStrictEqual([(yield* next)["type"], (yield* next)["type"]], ["Welcome", "SettingsApplied"])
    }))

  it.effect("ask for functions in texts of JSON (trap 17)", () =>
    Effect.gen(function*() {
      assert.strictEqual(
        yield* failing(settings(), { type: "FunctionCallResponse", id: "1", name: "a", content: { a: 1 } }),
        "Error UNPARSABLE_CLIENT_MESSAGE"
      )
    }))
})
