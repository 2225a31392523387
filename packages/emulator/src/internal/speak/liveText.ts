/** A text that comes in pieces, cut where it can be spoken already. */
import { endsSentence } from "../voice/prosody.ts"
import { endsInTag } from "./markup.ts"

/** A text that is still being written. */
export interface Draft {
  /** What was written and not cut off yet. */
  readonly text: () => string
  /** Writes more, and cuts off what can be spoken: stretches that begin and end between words. */
  readonly append: (text: string) => ReadonlyArray<string>
  /** Cuts off all that is left. */
  readonly rest: () => string
}

/** Characters from which on a text is cut between any words. */
const long = 300

/** Characters from which on it is cut within a control too: a brace need not be one. */
const tooLong = 1000

// Of a word with its closing quotes and brackets the end is enough.
const tail = 12

const speakable = /[^\s\p{P}\p{Cc}]/u

/** Whether a text has something to speak besides punctuation. */
export const isSpeakable = (text: string): boolean => speakable.test(text)

const isWithinControl = (text: string): boolean => text.lastIndexOf("{") > text.lastIndexOf("}") || endsInTag(text)

const canEnd = (text: string, shortest: number): boolean =>
  (text.length >= long || text.length >= shortest && endsSentence(text.slice(-tail))) &&
  (text.length >= tooLong || !isWithinControl(text))

/**
 * Where the first stretch ends: behind the white space after a sentence, or, of a long text, after a word. It depends on
 * the text alone, not on the pieces in which it came.
 */
const cutOf = (text: string, shortest: number, from: number): number | undefined => {
  const begin = text.search(speakable)
  if (begin < 0) return undefined
  const space = /\s/gu
  space.lastIndex = Math.max(begin, from)
  for (let found = space.exec(text); found !== null; found = space.exec(text)) {
    if (canEnd(text.slice(0, found.index), shortest)) return space.lastIndex
  }
  return undefined
}

/** An empty text; `shortest`: characters that a sentence must have to be spoken before the rest of the text is known. */
export const makeDraft = (shortest: number): Draft => {
  let written = ""
  return {
    text: () => written,
    append: (text) => {
      const cuts: Array<string> = []
      // What was looked at before has no end.
      let from = written.length
      written += text
      for (let cut = cutOf(written, shortest, from); cut !== undefined; cut = cutOf(written, shortest, from)) {
        cuts.push(written.slice(0, cut))
        written = written.slice(cut)
        from = 0
      }
      return cuts
    },
    rest: () => {
      const rest = written
      written = ""
      return rest
    }
  }
}
