const unspoken = /[\s\p{Cc}]/u
const spoken = /[^\s\p{Cc}]+/gu

const encoder = new TextEncoder()
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** The words of a text, each with the index behind it. */
export function* wordsAt(text: string): Generator<{ readonly word: string; readonly after: number }> {
  for (const { 0: word, index } of text.toWellFormed().matchAll(spoken)) yield { word, after: index + word.length }
}

/** Words of a text: what stands between white space and control characters, lone surrogates replaced by U+FFFD. */
export function* words(text: string): Generator<string> {
  for (const { word } of wordsAt(text)) yield word
}

/** UTF-8 bytes of a word. */
export const wordBytes = (word: string): Uint8Array => encoder.encode(word)

/** The word that `bytes` spell, or `undefined` when they are not UTF-8 or no printable word. */
export const bytesWord = (bytes: Uint8Array): string | undefined => {
  const word = decode(bytes)
  return word === undefined || word === "" || unspoken.test(word) ? undefined : word
}

const decode = (bytes: Uint8Array): string | undefined => {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}
