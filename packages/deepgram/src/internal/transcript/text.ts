// Not \s: a no-break space inside a word is there for a reason.
const blanks = /[\p{Cc}\u2028\u2029 ]+/gu

/** One line: line breaks, control characters and runs of spaces become one space, none at the ends. */
export const clean = (text: string): string => text.replace(blanks, " ").trim()

let graphemes: Intl.Segmenter | undefined

/** Length as a reader counts: `é`, `한` and an emoji with modifiers are 1 each, however they are encoded. */
export const width = (text: string): number => {
  if (/^[ -\u02ff]*$/.test(text)) return text.length
  graphemes ??= new Intl.Segmenter(undefined, { granularity: "grapheme" })
  let count = 0
  for (const _ of graphemes.segment(text)) count++
  return count
}

/** Words in a row, with a space wherever the language has one. */
export const join = (words: ReadonlyArray<{ readonly text: string; readonly joined?: boolean }>): string => {
  let text = ""
  for (const [index, word] of words.entries()) {
    text += index === 0 || word.joined === true ? word.text : ` ${word.text}`
  }
  return text
}

/** How far ahead a word is looked for where the transcript and the words differ, in UTF-16 code units. */
const lookAhead = 64

/** Which of the texts follow the one before without a space in the transcript. */
export const joints = (texts: ReadonlyArray<string>, transcript: string): Array<boolean> => {
  const whole = clean(transcript)
  let cursor = 0
  return texts.map((text, index) => {
    if (index > 0 && whole.startsWith(text, cursor)) {
      cursor += text.length
      return true
    }
    const found = whole.slice(cursor, cursor + lookAhead + text.length).indexOf(text)
    if (found >= 0) cursor += found + text.length
    return false
  })
}

const sentenceEnd = /[.!?…。！？؟।۔]["'”’»)\]」』】）]*$/u
const clauseEnd = /[,;:–—、，；：،]["'”’»)\]」』】）]*$/u
const title = /^(?:\p{L}|mr|mrs|ms|dr|prof|st|sr|jr|vs)\.$/iu
const closing = /^[.,!?;:…%)\]}”’»。！？、，；：・」』】）]/u

/** The word ends a sentence, as far as one can tell: `Dr.` and initials do not. */
export const endsSentence = (text: string): boolean => sentenceEnd.test(text) && !title.test(text)

/**
 * What it costs the reader when a cue or line ends between two words: 0 after a sentence, more in the middle of a
 * phrase, most before punctuation that belongs to the word in front of it.
 *
 * @param pause milliseconds of silence between the two
 */
export const breakPenalty = (text: string, next: string | undefined, pause: number): number => {
  if (next === undefined) return 0
  if (closing.test(next)) return 4
  if (endsSentence(text)) return 0
  if (pause >= 500) return 0.2
  if (clauseEnd.test(text)) return 0.5
  if (pause >= 200) return 0.8
  // Articles and prepositions are short, and belong to what follows.
  return text.length <= 3 ? 2 : 1.5
}
