/**
 * Cuts a text that comes in tokens into sentences, each as soon as it is certain where it ends. Where that is in doubt
 * ("U.S. Senate"), sentences stay together: that costs a little time, a cut at the wrong place would be heard.
 */
import { isContinuing, isDigit, isFlag, isHighSurrogate, isJoining, isSmall, isSpoken } from "./characters.ts"

export interface Sentences {
  /**
   * The sentences that are complete with this token, in order, verbatim. White space between two sentences leads the
   * second one; what is too much of it to fit, with a character, into `maxLength` is dropped, from its front.
   */
  readonly push: (token: string) => ReadonlyArray<string>
  /** What is left, at the end of the text. Nothing but white space is dropped: the sentence before it has left. */
  readonly rest: () => ReadonlyArray<string>
  /** Whether there is nothing left for `rest` to give. */
  readonly isEmpty: () => boolean
  /** Forgets what is left. */
  readonly clear: () => void
}

/** What makes the end of a sentence certain once its stop has been seen. An empty line always does. */
type Proof =
  /** White space. */
  | "space"
  /** Anything but more stops and closing marks, in scripts without spaces. */
  | "any"
  /** White space, and then neither a small letter nor a digit. */
  | "notSmall"
  /** A new line, and then no small letter. */
  | "line"
  /** It is none, but part of an abbreviation. */
  | "none"

interface End {
  at: number
  proof: Proof
  spaced: boolean
  lines: number
}

/** A pause or a pronunciation (inventory 1.4), up to where it has been read: it is never cut through. */
interface Control {
  head: string
  known: boolean
  depth: number
  length: number
}

const setOf = (words: string): ReadonlySet<string> => new Set(words.split(" "))

const dots = setOf(". …")
const stops = setOf("? ! ؟")
const wideStops = setOf("。 ｡ ！ ？ । ॥ ۔ ። ။ ។")
const fullStops = setOf("。 ｡")
const quoteMarks = setOf("\" ' ” ’ »")
const closers = setOf("\" ' ” ’ » ) ] } * _ ~ ` 」 』 ） 】 》 〉")
const openers = setOf("\" ' “ ‘ « ( [ * _ ~ `")
const wideOpeners = setOf("“ 「 『 （ 【 《 〈")
const wideClosers = setOf("” 」 』 ） 】 》 〉")
const commas = setOf(", ; 、 ， ； ، ؛")
const unbroken = setOf("\u00a0 \u202f")

/** They stand before a name, and are written large. */
const titles = setOf(
  "Mr Mrs Ms Mx Messrs Dr Drs Prof St Ste Mt Ft Sr Sra Srta Dra Lt Gen Col Maj Capt Cpt Cmdr Sgt Rev Hon Gov Sen Rep"
    + " Pres Fr Hr Frl Dhr Mevr Mw Sig Dott Ing Mme Mlle"
)
/** Something follows for sure. */
const unfinished = setOf("vs approx ca cf viz resp bzw vgl evtl ggf inkl bijv")
/** They may end a sentence as well; then a large letter follows. */
const either = setOf(
  "no nos nr fig figs eq vol p pp art sec ch ed jan feb mar apr jun jul aug sep sept oct nov dec etc inc ltd corp co"
    + " bros jr esq est dept usw ecc enz al min max tel ext a.m p.m ph.d i"
)

const listLabel = /^(?:\d{1,3}(?:\.\d{1,3})*|[a-z]|[ivx]{1,4})$/i
const lineStart = /\n[\s>#*_~([-]*$/
const dotted = /^(?:[^\d.]\.)+[^\d.]$/
/** German: "am 3. Oktober". */
const ordinal = /^(?:[12]?\d|3[01])$/
const beforeOrdinal = /(?:^|[^a-z])(?:am|vom|zum|zur|im|beim|bis|ab|seit|der|die|das|dem|den|des)\s+$/i

const controlHeads = ["pause", "\"word\"", "\"pronounce\""]
const maxControlLength = 512

/** The longest look back, in UTF-16 units: at the word before a stop, and at what stands before that word. */
const maxWord = 24
const lookBack = 64

/** What proves that the full stop at `index` ends a sentence. */
const proofOfDot = (text: string, index: number): Proof => {
  let start = index
  while (start > 0 && index - start < maxWord) {
    const code = text.charCodeAt(start - 1)
    if (code !== 0x2e && !isSpoken(code)) break
    start--
  }
  const word = text.slice(start, index)
  const small = word.toLowerCase()
  const before = text.slice(Math.max(0, index - lookBack), start)
  if (listLabel.test(word) && lineStart.test(before)) return "none"
  if (ordinal.test(word) && beforeOrdinal.test(before)) return "none"
  if (titles.has(word) || unfinished.has(small)) return "none"
  if (either.has(small)) return "notSmall"
  if (dotted.test(word)) return "none"
  // An initial, or the x of "solve for x".
  if (word.length === 1 && small !== word.toUpperCase()) return word === small ? "notSmall" : "none"
  return "space"
}

const proofOf = (char: string, text: string, index: number): Proof =>
  char === "." ? proofOfDot(text, index) : dots.has(char) ? "notSmall" : wideStops.has(char) ? "any" : "space"

/** Positions count from the beginning of the text: what is in front of `base` has left. */
const begin = () => ({
  /** What has been read and has not left. */
  open: "",
  base: 0,
  /** The first half of a surrogate pair. */
  held: "",
  /** The last of what has been read, for looking back. */
  tail: "\n",
  at: 0,
  /** Where the sentence starts, white space included, and its first character that is not blank. */
  from: 0,
  ink: Infinity,
  /** Behind the last character that is not blank, and the last that can be heard. */
  inkEnd: 0,
  spokenEnd: 0,
  /** The last places where an over-long sentence may be cut: between words, between characters. */
  betweenWords: 0,
  betweenCharacters: 0,
  flags: 0,
  wideQuotes: 0,
  end: undefined as End | undefined,
  control: undefined as Control | undefined
})

/** @param options.maxLength UTF-16 units of a sentence, at least 2; a longer one is cut, between words if it can be. */
export const makeSentences = (options: { readonly maxLength: number }): Sentences => {
  const maxLength = Math.max(2, options.maxLength)
  let s = begin()
  let out: Array<string> = []

  const cut = (to: number) => {
    out.push(s.open.slice(s.from - s.base, to - s.base))
    s.from = to
    const blanks = s.open.slice(to - s.base, s.at - s.base).search(/\S/)
    s.ink = blanks < 0 ? Infinity : to + blanks
    if (s.betweenCharacters <= s.ink) s.betweenCharacters = 0
  }

  /** Signs alone ("***") are no sentence: they go with the next one. */
  const finish = (to: number) => {
    s.end = undefined
    if (s.spokenEnd > s.from) cut(to)
  }

  /** What the next character says of the end that was seen. */
  const settle = (end: End, char: string, blank: boolean) => {
    if (blank) {
      // French puts such a space in front of a closing mark.
      if (unbroken.has(char)) return
      end.spaced = true
      if (char === "\n" && ++end.lines === 1 && end.proof === "notSmall") end.proof = "line"
      if (end.lines > 1 || end.proof === "space" || end.proof === "any") finish(end.at)
      return
    }
    const { proof } = end
    if (!end.spaced) {
      if (dots.has(char) || stops.has(char) || wideStops.has(char) || closers.has(char)) return
      if (proof === "any") finish(end.at)
    } else {
      if (proof === "notSmall" && openers.has(char)) return
      if (proof !== "none" && !isSmall(char) && !(proof === "notSmall" && isDigit(char))) finish(end.at)
    }
    s.end = undefined
  }

  /** Whether the character belongs to the control. */
  const goOn = (control: Control, char: string, blank: boolean): boolean => {
    let fits = ++control.length <= maxControlLength
    if (control.known) {
      if (char === "}") control.depth--
      if (char === "{") fits &&= ++control.depth === 2 && control.head === "pause"
    } else if (!blank || control.head !== "") {
      control.head += char
      control.known = controlHeads.includes(control.head)
      fits &&= controlHeads.some((head) => head.startsWith(control.head))
    }
    if (!fits || control.depth === 0) s.control = undefined
    return fits
  }

  const noteCuts = (text: string, index: number, code: number, char: string, blank: boolean) => {
    const before = text[index - 1] ?? ""
    if (blank || commas.has(before) && !isDigit(char)) {
      if (s.inkEnd === s.at) s.betweenWords = s.at
    }
    const joined = isContinuing(code) || isJoining(text.charCodeAt(index - 1)) || before === "\\" ||
      isFlag(code) && s.flags % 2 === 1
    if (!blank && !joined) s.betweenCharacters = s.at
  }

  const makeRoom = (width: number) => {
    while (s.at + width - s.from > maxLength) {
      if (s.betweenWords > s.from) cut(s.betweenWords)
      else if (s.betweenCharacters > s.from) cut(s.betweenCharacters)
      else if (s.from < Math.min(s.ink, s.at)) s.from++
      else cut(s.at)
    }
  }

  const noteStop = (text: string, index: number, char: string) => {
    const { end } = s
    if (end === undefined || end.spaced) {
      s.end = { at: s.at, proof: proofOf(char, text, index), spaced: false, lines: 0 }
    } else {
      end.at = s.at
      if (!dots.has(char)) end.proof = wideStops.has(char) || end.proof === "any" ? "any" : "space"
      else if (dots.has(text[index - 1] ?? "")) end.proof = "notSmall"
    }
    if (fullStops.has(char) && s.wideQuotes === 0) finish(s.at)
  }

  const noteMark = (code: number, char: string) => {
    const { end } = s
    if (wideOpeners.has(char)) s.wideQuotes++
    if (wideClosers.has(char)) s.wideQuotes = Math.max(0, s.wideQuotes - 1)
    if (closers.has(char)) {
      if (end === undefined || end.spaced) return
      end.at = s.at
      // "What?" he said.
      if (end.proof === "space" && quoteMarks.has(char)) end.proof = "notSmall"
    } else if (isSpoken(code)) s.spokenEnd = s.at
    if (char === "{") s.control = { head: "", known: false, depth: 1, length: 1 }
  }

  const step = (text: string, index: number, code: number, width: number) => {
    const char = text.slice(index, index + width)
    const blank = char.trim() === ""
    const controlled = s.control !== undefined && goOn(s.control, char, blank)
    if (!controlled) {
      if (s.end !== undefined) settle(s.end, char, blank)
      if (s.ink < s.at) noteCuts(text, index, code, char, blank)
    }
    makeRoom(width)
    if (!blank && s.ink === Infinity) s.ink = s.at
    s.at += width
    s.flags = isFlag(code) ? s.flags + 1 : 0
    if (blank) {
      if (char !== "\n" || controlled) return
      s.wideQuotes = 0
      s.end ??= { at: s.inkEnd, proof: "line", spaced: true, lines: 1 }
      return
    }
    s.inkEnd = s.at
    if (controlled) return
    if (dots.has(char) || stops.has(char) || wideStops.has(char)) noteStop(text, index, char)
    else noteMark(code, char)
  }

  const read = (added: string): ReadonlyArray<string> => {
    const text = s.tail + added
    s.open += added
    for (let index = s.tail.length; index < text.length;) {
      const code = text.codePointAt(index) ?? 0
      const width = code > 0xffff ? 2 : 1
      step(text, index, code, width)
      index += width
    }
    s.tail = text.slice(-lookBack)
    if (s.from > s.base) s.open = s.open.slice(s.from - s.base)
    s.base = s.from
    const pieces = out
    out = []
    return pieces
  }

  const clear = () => {
    s = begin()
  }

  return {
    push: (token) => {
      const added = s.held + token
      s.held = isHighSurrogate(added.charCodeAt(added.length - 1)) ? added.slice(-1) : ""
      return read(added.slice(0, added.length - s.held.length))
    },
    rest: () => {
      const pieces = read(s.held)
      const left = s.ink === Infinity ? pieces : [...pieces, s.open]
      clear()
      return left
    },
    isEmpty: () => s.ink === Infinity && s.held === "",
    clear
  }
}
