import type { Paragraph } from "../contract/listenV1Models.ts"
import { type Lane, mergeByStart } from "./collect.ts"
import { labeller } from "./labels.ts"
import type { SpeakerId, TextOptions } from "./model.ts"
import { clean, join, joints } from "./text.ts"
import { turns } from "./turns.ts"

interface Block {
  readonly speaker: SpeakerId
  readonly start: number
  readonly text: string
}

const paragraphsOf = (lane: Lane): ReadonlyArray<Paragraph> => lane.alternative?.paragraphs?.paragraphs ?? []

const turnBlocks = (lanes: ReadonlyArray<Lane>, options: TextOptions): Array<Block> =>
  turns(lanes, options).map((turn) => ({ speaker: turn, start: turn.start, text: turn.text }))

const paragraphBlocks = (lane: Lane): Array<Block> => {
  const paragraphs = paragraphsOf(lane)
  const texts = paragraphs.flatMap(({ sentences }) => sentences.map((sentence) => clean(sentence.text)))
  const joined = joints(texts, lane.alternative?.transcript ?? "")
  const sentences = texts.map((text, index) => ({ text, joined: joined[index] === true }))
  let from = 0
  return paragraphs.map(({ sentences: { length, [0]: first }, speaker, start }) => ({
    speaker: speaker === undefined ? { channel: lane.channel } : { channel: lane.channel, speaker },
    start: start ?? first?.start ?? 0,
    text: join(sentences.slice(from, from += length))
  }))
}

export const plainText = (lanes: ReadonlyArray<Lane>, options: TextOptions): string => {
  const heard = lanes.filter((lane) => lane.words.length > 0)
  const label = labeller(heard, options.speakerLabels ?? "none")
  const layOut = (blocks: ReadonlyArray<Block>, separator: string) =>
    blocks.filter((block) => block.text !== "").map(({ speaker, text }) => {
      const name = label(speaker)
      return name === undefined ? text : `${name}: ${text}`
    }).join(separator)

  if (options.paragraphs === true && heard.some((lane) => paragraphsOf(lane).length > 0)) {
    const rest = turnBlocks(heard, options)
    return layOut(
      mergeByStart(heard.map((lane) =>
        paragraphsOf(lane).length > 0
          ? paragraphBlocks(lane)
          : rest.filter((block) => block.speaker.channel === lane.channel)
      )),
      "\n\n"
    )
  }
  const [only] = heard
  if (only === undefined) return ""
  const named = only.words.some((word) => label(word) !== undefined)
  const transcript = only.alternative?.transcript.trim() ?? ""
  if (heard.length === 1 && !named) return transcript === "" ? join(only.words) : transcript
  return layOut(turnBlocks(heard, options), "\n")
}
