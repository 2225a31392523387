/** What is heard on sockets that speak. */
import { Recognizer } from "@effect-deepgram/emulator"
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { aLaw, muLaw } from "../../src/internal/audio/g711.ts"
import type { LiveFormat } from "../../src/internal/speak/format.ts"
import type { Json } from "./socket.ts"

/** What is sent unless asked otherwise. */
export const defaultFormat: LiveFormat = { encoding: "linear16", sampleRate: 24_000 }

/** The audio among messages, in one piece. */
export const audioOf = (messages: ReadonlyArray<Json>): Uint8Array =>
  new Uint8Array(Buffer.concat(messages.flatMap(({ audio }) => audio instanceof Uint8Array ? [audio] : [])))

/** Raw audio as samples. */
export const samplesOf = (audio: Uint8Array, { encoding }: LiveFormat): Float32Array => {
  switch (encoding) {
    case "linear16": {
      const view = new DataView(audio.buffer, audio.byteOffset, audio.length)
      return Float32Array.from({ length: audio.length / 2 }, (_, index) => view.getInt16(index * 2, true) / 32_768)
    }
    case "mulaw":
      return Float32Array.from(audio, (code) => muLaw.toFloat[code]!)
    case "alaw":
      return Float32Array.from(audio, (code) => aLaw.toFloat[code]!)
  }
}

/** The words that a listener makes out. */
export const wordsOf = (messages: ReadonlyArray<Json>, format: LiveFormat = defaultFormat) =>
  Recognizer.recognize(samplesOf(audioOf(messages), format), format.sampleRate)
    .filter((heard) => heard._tag === "Word")

/** The text that a listener makes out. */
export const textOf = (messages: ReadonlyArray<Json>, format?: LiveFormat): string =>
  wordsOf(messages, format).map(({ text }) => text).join(" ")

/** Milliseconds of the audio among messages. */
export const millisOf = (messages: ReadonlyArray<Json>, { encoding, sampleRate }: LiveFormat = defaultFormat): number =>
  audioOf(messages).length / (encoding === "linear16" ? 2 : 1) / sampleRate * 1000

/** The types of messages in order, with runs of audio as one. */
export const outlineOf = (messages: ReadonlyArray<Json>): ReadonlyArray<unknown> =>
  messages.map(({ type }) => type).filter((type, index, all) => type !== "Audio" || all[index - 1] !== "Audio")

/** All messages up to the first of a type. */
export const until = Effect.fnUntraced(function*(next: Effect.Effect<Json>, type: string) {
  const messages: Array<Json> = []
  do messages.push(yield* next)
  while (messages.at(-1)?.["type"] !== type)
  return messages
})

/** All messages up to the audio with which a text is heard. */
export const untilHeard = Effect.fnUntraced(function*(next: Effect.Effect<Json>, text: string) {
  const messages: Array<Json> = []
  do messages.push(yield* next)
  while (textOf(messages) !== text)
  return messages
})

/** The only message of a type. */
export const only = (messages: ReadonlyArray<Json>, type: string): Json => {
  const found = messages.filter((message) => message["type"] === type)
  assert.strictEqual(found.length, 1, `${type} among ${String(outlineOf(messages))}`)
  return found[0]!
}
