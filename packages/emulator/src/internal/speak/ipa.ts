/** What is wrong with a pronunciation, by Deepgram's own list (https://developers.deepgram.com/docs/tts-voice-controls). */

const vowels = "iyɨʉɯuɪʏʊeøɘɵɤoəɛœɜɞʌɔæɐaɶɑɒɚɝ"
const pulmonic = "pbtdʈɖcɟkɡgqɢʔmɱnɳɲŋɴʙrʀⱱɾɽɸβfvθðszʃʒʂʐçʝxɣχʁħʕhɦɬɮʋɹɻjɰlɭʎʟ"
const otherConsonants = "ʍwɥʜʢʡɕʑɺɧɫʘǀǃǂǁɓɗʄɠʛ"

const isVowel = (symbol: string) => vowels.includes(symbol)
const isBase = (symbol: string) => isVowel(symbol) || pulmonic.includes(symbol) || otherConsonants.includes(symbol)
const isStress = (symbol: string) => symbol === "ˈ" || symbol === "ˌ"
const isTieBar = (symbol: string) => symbol === "\u0361" || symbol === "\u035c"
const isModifier = (symbol: string) => !isTieBar(symbol) && /[ːˑʰʲʷˠˤⁿˡʼ˞˥˦˧˨˩]|\p{Mn}/u.test(symbol)
const isBreak = (symbol: string) => /[\s.|‖‿-]/u.test(symbol)

const isKnown = (symbol: string) =>
  isBase(symbol) || isStress(symbol) || isTieBar(symbol) || isModifier(symbol) || isBreak(symbol)

/** With the cedilla on its own, `ç` would be a `c` with a modifier. */
const symbolsOf = (ipa: string): ReadonlyArray<string> => [...ipa.normalize("NFD").replaceAll("c\u0327", "ç")]

/**
 * The codes of what is wrong with an IPA transcription, each once, in the order in which it occurs.
 * `stressBeforeVowel`: a stress mark belongs directly before its vowel, as Aura wants it.
 */
export const ipaWarnings = (ipa: string, stressBeforeVowel: boolean): ReadonlyArray<string> => {
  const symbols = symbolsOf(ipa)
  const codes = new Set<string>()
  for (const [index, symbol] of symbols.entries()) {
    const before = symbols[index - 1]
    const after = symbols[index + 1]
    if (!isKnown(symbol)) codes.add("PRON-001")
    if (isModifier(symbol)) {
      if (before === undefined) codes.add("PRON-003")
      else if (!isKnown(before)) codes.add("PRON-002")
    }
    if (isTieBar(symbol)) {
      if (before === undefined) codes.add("PRON-007")
      else if (!isBase(before)) codes.add("PRON-004")
      if (after === undefined) codes.add("PRON-006")
      else if (!isBase(after)) codes.add("PRON-005")
    }
    if (isStress(symbol)) {
      if (after === undefined) codes.add("PRON-009")
      else if (stressBeforeVowel && !isVowel(after)) codes.add("PRON-008")
    }
  }
  return [...codes]
}
