/** What a character is, without Unicode's tables, which not every runtime has in its patterns. */

export const isDigit = (char: string) => char >= "0" && char <= "9"
/** A letter that could be larger. */
export const isSmall = (char: string) => char !== char.toUpperCase()

/** Letters, digits, emoji: what can be heard. */
export const isSpoken = (code: number) =>
  code < 0xc0
    ? code >= 0x30 && code <= 0x39 || code >= 0x41 && code <= 0x5a || code >= 0x61 && code <= 0x7a
    : !(code >= 0x2000 && code <= 0x206f || code >= 0x3000 && code <= 0x303f || code >= 0xff00 && code <= 0xff0f)

const continuing: ReadonlyArray<readonly [number, number]> = [
  [0x300, 0x36f],
  [0x483, 0x489],
  [0x591, 0x5c7],
  [0x610, 0x61a],
  [0x64b, 0x65f],
  [0xe31, 0xe31],
  [0xe34, 0xe3a],
  [0xe47, 0xe4e],
  [0x1160, 0x11ff],
  [0x1ab0, 0x1aff],
  [0x1dc0, 0x1dff],
  [0x200c, 0x200d],
  [0x20d0, 0x20ff],
  [0x3099, 0x309a],
  [0xfe00, 0xfe0f],
  [0xfe20, 0xfe2f],
  [0x1f3fb, 0x1f3ff],
  [0xe0020, 0xe007f]
]

/** The vowel signs of the Indian scripts, whose blocks are alike. */
const isVowelSign = (code: number) => {
  const sign = code & 0x7f
  return code >= 0x900 && code <= 0xdff
    && (sign <= 0x03 || sign === 0x3c || sign >= 0x3e && sign <= 0x4d || sign === 0x62 || sign === 0x63)
}

/** Whether it belongs to the character before it. `Intl.Segmenter` would know better, but Hermes has none. */
export const isContinuing = (code: number) =>
  code >= 0x300 && (isVowelSign(code) || continuing.some(([first, last]) => code >= first && code <= last))

/** Whether what follows belongs to it: a zero-width joiner, an Indian consonant that lost its vowel. */
export const isJoining = (code: number) => code === 0x200d || code >= 0x900 && code <= 0xdff && (code & 0x7f) === 0x4d

export const isFlag = (code: number) => code >= 0x1f1e6 && code <= 0x1f1ff
export const isHighSurrogate = (code: number) => code >= 0xd800 && code <= 0xdbff
