import { assert } from "@effect/vitest"
import { Effect, Stream } from "effect"
import type { ListenV1 } from "effect-deepgram"
import { type AudioRequest, decode } from "../../src/internal/audio/decode.ts"
import { encodeSamples, type Frames, interleave } from "../../src/internal/audio/pcm.ts"
import { wavFile } from "../../src/internal/audio/wavFile.ts"
import { type LiveQuery, openListenV1 } from "../../src/internal/live/listenV1.ts"
import type { ServerMessage } from "../../src/internal/live/segments.ts"
import { listen } from "../../src/internal/server/listening.ts"
import { toTranscription } from "../../src/internal/transcribe/response.ts"
import * as Recognizer from "../../src/Recognizer.ts"
import * as Synthesizer from "../../src/Synthesizer.ts"
import { integer, type Random } from "../voice/support.ts"

export type Results = Extract<ServerMessage, { readonly type: "Results" }>

export const rate = 16_000

export const about = {
  requestId: "01890a5d-ac96-774b-bcce-b302099a8057",
  created: "2026-11-21T10:00:00.000Z"
}

/** Raw audio of 16 kHz, unless the query says otherwise. */
export const raw: LiveQuery = { model: "nova-3", encoding: "linear16", sample_rate: rate }

/** One turn after another; numbers are seconds of silence after the turn before. */
export const spoken = (...script: ReadonlyArray<string | number>): Float32Array =>
  Synthesizer.converse(
    script.flatMap((part, index) => {
      if (typeof part === "number") return []
      const [, voice = "0", text = ""] = /^(?:(\d): )?(.*)$/su.exec(part) ?? []
      const next = script[index + 1]
      return [{ text, voice: Number(voice), ...(typeof next === "number" ? { pause: next } : {}) }]
    }),
    { sampleRate: rate }
  )

export const pcm = (samples: Float32Array): Uint8Array => encodeSamples(samples, "linear16")

/** Samples in any way they can be sent. */
export const bytesOf = (
  channels: Frames,
  encoding: "linear16" | "linear32" | "mulaw" | "alaw",
  sampleRate: number,
  container: "raw" | "wav"
): Uint8Array => {
  if (encoding === "linear32") {
    const samples = interleave(channels)
    const bytes = new DataView(new ArrayBuffer(samples.length * 4))
    for (const [index, sample] of samples.entries()) bytes.setFloat32(index * 4, sample, true)
    return new Uint8Array(bytes.buffer)
  }
  return container === "wav"
    ? wavFile({ channels, encoding, sampleRate })
    : encodeSamples(interleave(channels), encoding)
}

/** Frames of one size, copied: nobody may keep them. */
export const framesOf = (bytes: Uint8Array, size: number): Array<Uint8Array> =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.slice(index * size, (index + 1) * size))

/** Frames of any sizes: single bytes, usual ones, and large ones. */
export const randomFrames = (bytes: Uint8Array, random: Random): Array<Uint8Array> => {
  const frames: Array<Uint8Array> = []
  for (let at = 0; at < bytes.length;) {
    const kind = random()
    const size = kind < 0.2
      ? integer(random, 1, 7)
      : kind < 0.8
      ? integer(random, 8, 4000)
      : integer(random, 4001, 90_000)
    frames.push(bytes.slice(at, at + size))
    at += size
  }
  return frames
}

/** What the server says to each of the frames, `"Finalize"` being one, and to the end. */
export const replies = (
  query: LiveQuery,
  frames: Iterable<Uint8Array | "Finalize">
): Effect.Effect<Array<ReadonlyArray<ServerMessage>>, unknown> =>
  Effect.gen(function*() {
    const session = yield* openListenV1(query, about)
    const said: Array<ReadonlyArray<ServerMessage>> = []
    for (const frame of frames) {
      said.push(frame === "Finalize" ? yield* session.finalize : yield* session.push(frame))
      // Nobody may have kept it.
      if (frame !== "Finalize") frame.fill(0x55)
    }
    said.push(yield* session.finish)
    return said
  }).pipe(Effect.scoped, Effect.provide(Recognizer.layer))

export const live = (query: LiveQuery, frames: Iterable<Uint8Array | "Finalize">) =>
  Effect.map(replies(query, frames), (all) => all.flat())

/** The answer to the same audio as a recording. */
export const recorded = (query: LiveQuery, bytes: Uint8Array): Effect.Effect<ListenV1.Transcription, unknown> =>
  Effect.gen(function*() {
    const { callback_method: _, ...rest } = query
    const request: AudioRequest = { encoding: query.encoding, sampleRate: query.sample_rate, channels: query.channels }
    const audio = yield* decode(Stream.make(bytes), request)
    const { duration, hearings } = yield* listen(audio, { multichannel: query.multichannel === true })
    return toTranscription(hearings, rest, { ...about, sha256: "", duration, parameters: [] })
  }).pipe(Effect.scoped, Effect.provide(Recognizer.layer))

export const resultsOf = (messages: ReadonlyArray<ServerMessage>, channel = 0): Array<Results> =>
  messages.filter((message) => message.type === "Results").filter(({ channel_index }) => channel_index[0] === channel)

export const finalsOf = (messages: ReadonlyArray<ServerMessage>, channel = 0): Array<Results> =>
  resultsOf(messages, channel).filter(({ is_final }) => is_final)

export const textOf = ({ channel }: Results): string => channel.alternatives[0]?.transcript ?? ""

export const wordsOf = (messages: ReadonlyArray<ServerMessage>, channel = 0) =>
  finalsOf(messages, channel).flatMap((final) => final.channel.alternatives[0]?.words ?? [])

/**
 * The same words. One that `Finalize` gives is heard before what follows it, which may make it a little more or less
 * sure where there is noise; who says it is never sure in live audio.
 */
export const sameWords = (heard: ReadonlyArray<ListenV1.Word>, expected: ReadonlyArray<ListenV1.Word>): void => {
  const sure = (
    { end, language, punctuated_word, speaker, start, word }: ListenV1.Word
  ) => [word, punctuated_word, start, end, speaker, language]
  assert.deepStrictEqual(heard.map(sure), expected.map(sure))
  for (const [index, { confidence }] of heard.entries()) {
    assert.approximately(confidence, expected[index]?.confidence ?? 0, 0.01)
  }
}

/** All final texts in a row. */
export const transcript = (messages: ReadonlyArray<ServerMessage>, channel = 0): string =>
  finalsOf(messages, channel).map(textOf).filter((text) => text !== "").join(" ")

const round = (seconds: number): number => Math.round(seconds * 1e6) / 1e6

/** A message in one line, as far as tests of sequences look at it. */
export const brief = (message: ServerMessage): string => {
  switch (message.type) {
    case "Results": {
      const kind = message.is_final === true ? "final" : "interim"
      const flags = `${message.speech_final === true ? " speech" : ""}${
        message.from_finalize === true ? " finalize" : ""
      }`
      const end = round(message.start + message.duration)
      return `${kind}${flags} ${message.start}-${end} ${JSON.stringify(textOf(message))}`
    }
    case "SpeechStarted":
      return `started ${message.timestamp}`
    case "UtteranceEnd":
      return `utterance end ${Math.round(message.last_word_end * 1000) / 1000}`
    case "Metadata":
      return `metadata ${message.duration}`
  }
}

/** Where finals leave a gap, overlap, or hold words of elsewhere. */
export const misplaced = (messages: ReadonlyArray<ServerMessage>, duration: number, channel = 0): Array<string> => {
  const problems: Array<string> = []
  let at = 0
  for (const final of finalsOf(messages, channel)) {
    const end = final.start + final.duration
    if (Math.abs(final.start - at) > 2e-6) problems.push(`after ${at} comes ${brief(final)}`)
    for (const word of final.channel.alternatives[0]?.words ?? []) {
      if (word.start < final.start - 1e-3 || word.end > end + 1e-3) problems.push(`${word.word} in ${brief(final)}`)
    }
    at = end
  }
  if (Math.abs(at - duration) > 2e-6) problems.push(`${at} instead of ${duration}`)
  return problems
}
