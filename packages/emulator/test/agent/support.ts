/** Conversations with an agent, without the SDK. */
import { Recognizer, Synthesizer } from "@effect-deepgram/emulator"
import { assert } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { DeepgramChannels } from "effect-deepgram"
import { encodeSamples } from "../../src/internal/audio/pcm.ts"
import { connect, type Json } from "../server/socket.ts"

export const path = DeepgramChannels.agentV1.path

/** Hz, of both sides. */
export const sampleRate = 16_000

export const audio = {
  input: { encoding: "linear16", sample_rate: sampleRate },
  output: { encoding: "linear16", sample_rate: sampleRate }
}

export const flux = { type: "deepgram", version: "v2", model: "flux-general-en" }

const Server = Schema.Union(Object.values(DeepgramChannels.agentV1.server))

/** Whether the contract knows a message. Audio is none. */
const isOfContract = (message: Json): boolean => message["type"] === "Audio" || Schema.is(Server)(message)

/** What a user says, with silence after it. */
export const speech = (text: string, pause = 0.6): Uint8Array =>
  encodeSamples(Synthesizer.converse([{ text, pause }], { sampleRate }), "linear16")

export const quiet = (seconds: number): Uint8Array =>
  encodeSamples(Synthesizer.silence(seconds, sampleRate), "linear16")

/** The text of linear16 without a container. */
export const heardIn = (bytes: Uint8Array, rate = sampleRate): string => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength - bytes.byteLength % 2)
  const samples = Float32Array.from({ length: view.byteLength / 2 }, (_, i) => view.getInt16(2 * i, true) / 32_768)
  return Recognizer.recognize(samples, rate)
    .flatMap((heard) => heard._tag === "Word" ? [heard.text] : [])
    .join(" ")
}

/** All audio of some messages. */
export const audioOf = (messages: ReadonlyArray<Json>): Uint8Array =>
  new Uint8Array(Buffer.concat(messages.flatMap(({ audio }) => audio instanceof Uint8Array ? [audio] : [])))

/** Latencies differ each time. */
const measured: ReadonlySet<unknown> = new Set(["LatencyReport"])

/** The messages in short, without audio: `ConversationText user Good morning.` */
export const brief = (messages: ReadonlyArray<Json>): ReadonlyArray<string> =>
  messages
    .filter(({ type }) => type !== "Audio" && type !== "History" && !measured.has(type))
    .map(({ code, content, role, type }) => [type, role, code, content].filter((part) => part !== undefined).join(" "))

/** A socket on which every message is checked against the contract. */
export const open = Effect.gen(function*() {
  const client = yield* connect(path)
  const next = Effect.tap(
    client.next,
    (message) => Effect.sync(() => assert.isTrue(isOfContract(message), JSON.stringify(message)))
  )
  /** Everything up to a message of this type. */
  const until = Effect.fnUntraced(function*(type: string) {
    const messages: Array<Json> = []
    while (messages.at(-1)?.["type"] !== type) {
      const message = yield* next
      assert.notStrictEqual(type !== "Error" && message["type"], "Error", JSON.stringify(message))
      messages.push(message)
    }
    return messages
  })
  return { ...client, next, until }
})

export type Client = Effect.Success<typeof open>

/** A session with an agent that has been told how to be. */
export const converse = Effect.fnUntraced(function*(agent: Json | string = {}, more: Json = {}) {
  const client = yield* open
  yield* client.say({ type: "Settings", audio, agent, ...more })
  const begun = yield* client.until("SettingsApplied")
  assert.deepStrictEqual(brief(begun), ["Welcome", "SettingsApplied"])
  return client
})

/** Frames of 80 ms, as clients send them. */
export const sendSpeech = Effect.fnUntraced(function*({ send }: Client, bytes: Uint8Array) {
  const frame = sampleRate * 2 * 0.08
  for (let at = 0; at < bytes.length; at += frame) yield* send(bytes.subarray(at, at + frame))
})
