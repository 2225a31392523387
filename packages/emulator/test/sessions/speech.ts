/** Texts for sessions that speak, as they are written, and what is heard of them. */
import { Recognizer } from "@effect-deepgram/emulator"
import { samplesOf } from "../server/spoken.ts"
import { integer, pick, type Random } from "../voice/support.ts"

const vocabulary = "hello twenty five parcel arrives and one the may fifth order naïve well you tomorrow at three"
  .split(" ")

/** Sentences, of one to eight words each. */
export const randomText = (random: Random, fewest: number, most: number): string =>
  Array.from({ length: integer(random, fewest, most) }, () => {
    const words = Array.from(
      { length: integer(random, 1, 8) },
      () => `${pick(random, vocabulary)}${random() < 0.15 ? "," : ""}`
    )
    return `${words.join(" ").replace(/,$/, "")}${pick(random, [".", "?", "!"])}${pick(random, [" ", "  ", "\n"])}`
  }).join("")

/** A text as it is written: words, parts of words, white space, nothing, or whole sentences at a time. */
export const tokensOf = (text: string, random: Random): Array<string> => {
  const tokens: Array<string> = []
  for (let at = 0; at < text.length;) {
    const size = pick(random, [0, 1, 2, 3, 4, 5, 7, 40])
    tokens.push(text.slice(at, at + size))
    at += size
  }
  return tokens
}

/** Raw audio of sessions that speak. */
export const format = { encoding: "linear16", sample_rate: 16_000 } as const

/** The words that are heard in some audio. */
export const wordsOf = (audio: ReadonlyArray<Uint8Array>): ReadonlyArray<string> =>
  Recognizer.recognize(
    samplesOf(new Uint8Array(Buffer.concat(audio)), { encoding: format.encoding, sampleRate: format.sample_rate }),
    format.sample_rate
  ).filter((heard) => heard._tag === "Word").map(({ text }) => text)
