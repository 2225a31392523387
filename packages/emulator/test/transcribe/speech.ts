import { Schema } from "effect"
import { ListenV1 } from "effect-deepgram"
import type { Query } from "../../src/internal/transcribe/query.ts"
import { type About, toTranscription } from "../../src/internal/transcribe/response.ts"
import type { HeardWord, Hearing } from "../../src/internal/transcribe/words.ts"

/** Every word takes 0.3 s, and 0.1 s pass before the next. */
export const wordSeconds = 0.3
export const gapSeconds = 0.1

const round = (seconds: number) => Math.round(seconds * 1e6) / 1e6

/**
 * Texts are said by voice 7, or by the one in front: `3: Hello.`; numbers are seconds of silence between two texts.
 * Confidences differ from word to word.
 */
export const words = (...parts: ReadonlyArray<string | number>): Array<HeardWord> => {
  const result: Array<HeardWord> = []
  let at = 0
  for (const part of parts) {
    if (typeof part === "number") {
      at = round(at - gapSeconds + part)
      continue
    }
    const [, voice = "7", text = ""] = /^(?:(\d): )?(.*)$/su.exec(part) ?? []
    for (const spoken of text.split(/\s+/).filter((word) => word !== "")) {
      const confidence = 0.75 + (result.length % 4) * 0.0625
      result.push({ text: spoken, start: at, end: round(at + wordSeconds), confidence, voice: Number(voice) })
      at = round(at + wordSeconds + gapSeconds)
    }
  }
  return result
}

export const hearing = (...parts: ReadonlyArray<string | number>): Hearing => ({ words: words(...parts), activity: [] })

export const about: About = {
  requestId: "01890a5d-ac96-774b-bcce-b302099a8057",
  sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  created: "2026-10-29T10:00:00.000Z",
  duration: 60,
  parameters: []
}

const decode = Schema.decodeUnknownSync(ListenV1.Transcription)

/** The answer as a client gets it: through JSON, and decoded by the SDK's schema. */
export const transcribe = (channels: ReadonlyArray<Hearing>, query: Query = {}): ListenV1.Transcription =>
  decode(JSON.parse(JSON.stringify(toTranscription(channels, query, about))))

/** The only channel of the answer to these texts. */
export const channel = (query: Query, ...parts: ReadonlyArray<string | number>): ListenV1.Channel =>
  transcribe([hearing(...parts)], query).results.channels[0]!

export const alternative = (query: Query, ...parts: ReadonlyArray<string | number>): ListenV1.Alternative =>
  channel(query, ...parts).alternatives[0]!

export const transcript = (query: Query, ...parts: ReadonlyArray<string | number>): string =>
  alternative(query, ...parts).transcript
