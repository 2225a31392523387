import type { Paragraph, Paragraphs, Sentence } from "effect-deepgram/ListenV1"
import { pauseBetween, sentences } from "./sentences.ts"
import type { Speakers } from "./speakers.ts"
import { join, type Token } from "./words.ts"

/** Seconds of silence after a sentence that begin a new paragraph. */
const paragraphPause = 1

const maxSentences = 5

const group = (tokens: ReadonlyArray<Token>, diarized: boolean): Array<Array<ReadonlyArray<Token>>> => {
  const result: Array<Array<ReadonlyArray<Token>>> = []
  let last: Token | undefined
  for (const sentence of sentences(tokens, diarized)) {
    const [first] = sentence
    const current = result.at(-1)
    if (
      first === undefined || last === undefined || current === undefined || current.length >= maxSentences ||
      pauseBetween(last, first) >= paragraphPause || (diarized && first.voice !== last.voice)
    ) {
      result.push([sentence])
    } else {
      current.push(sentence)
    }
    last = sentence.at(-1)
  }
  return result
}

const toSentence = (tokens: ReadonlyArray<Token>): Sentence => ({
  text: join(tokens, true),
  start: tokens[0]?.start ?? 0,
  end: tokens.at(-1)?.end ?? 0
})

const toParagraph = (group: ReadonlyArray<ReadonlyArray<Token>>, speakers: Speakers | undefined): Paragraph => {
  const tokens = group.flat()
  const speaker = speakers?.numberOf(tokens[0])
  return {
    sentences: group.map(toSentence),
    ...(speaker === undefined ? {} : { speaker }),
    num_words: tokens.length,
    start: tokens[0]?.start ?? 0,
    end: tokens.at(-1)?.end ?? 0
  }
}

/** Paragraphs apart by blank lines, the name of the speaker where it changes, and a line break in front of it all. */
const layOut = (paragraphs: ReadonlyArray<Paragraph>): string =>
  paragraphs.map(({ sentences, speaker }, index) => {
    const text = sentences.map((sentence) => sentence.text).join(" ")
    const named = speaker !== undefined && speaker !== paragraphs[index - 1]?.speaker
    return `\n${named ? `Speaker ${speaker}: ` : ""}${text}`
  }).join("\n")

/** Paragraphs: they end where the speaker changes, at long pauses between sentences, and after five sentences. */
export const paragraphs = (tokens: ReadonlyArray<Token>, speakers: Speakers | undefined): Paragraphs => {
  const result = group(tokens, speakers !== undefined).map((sentences) => toParagraph(sentences, speakers))
  return { transcript: layOut(result), paragraphs: result }
}
