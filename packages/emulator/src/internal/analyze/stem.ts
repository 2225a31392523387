const vowels = /[aeiou]+|(?<=[^aeiou])y/gu

const syllables = (word: string): number => word.match(vowels)?.length ?? 0

/** `plann` → `plan`; but `call`, `miss` and `add` are whole. */
const undoubled = (word: string): string => /([bdfgmnprt])\1$/u.test(word) && word.length > 3 ? word.slice(0, -1) : word

/** The verb in front of `-ing` or `-ed`: `hop` → `hope`, `mov` → `move`, `plann` → `plan`, `call` → `call`. */
const verb = (rest: string): string => {
  const single = undoubled(rest)
  if (single !== rest) return single
  if (/(?:[cuvz]|[^s]s|dg)$/u.test(rest)) return `${rest}e`
  return syllables(rest) === 1 && /(?:^|[^aeiou])[aeiouy][^aeiouwxy]$/u.test(rest) ? `${rest}e` : rest
}

/** Look like plurals and are none. */
const unchanged = new Set(["always", "news", "perhaps", "series", "species"])

const singular = (word: string): string => {
  if (word.length > 4 && word.endsWith("ies")) return `${word.slice(0, -3)}y`
  if (/(?:ss|sh|ch|x|zz)es$/u.test(word)) return word.slice(0, -2)
  return /[^isu]s$/u.test(word) ? word.slice(0, -1) : word
}

const present = (word: string): string => {
  if (word.length > 4 && word.endsWith("ied")) return `${word.slice(0, -3)}y`
  const rest = /^(.*[aeiouy].*)(?:ing|(?<!e)ed)$/u.exec(word)?.[1]
  return rest === undefined || rest.length < 2 ? word : verb(rest)
}

const root = (word: string): string => {
  const rest = /^(?:(.{4,})(?:ly|ation)|(.{3,})ment)$/u.exec(word)
  return rest?.[1] ?? rest?.[2] ?? word
}

/** `install` and `cancell` lose an `l`, long words their last `e`: `-ing` hides whether there was one. */
const ending = (word: string): string =>
  word.endsWith("ll") && syllables(word) > 1 || word.length > 5 && word.endsWith("e") ? word.slice(0, -1) : word

/** Longer ones are no English words. */
const longest = 40

const isEnglish = (word: string): boolean => word.length <= longest && /^[a-z-]+$/u.test(word)

/**
 * What the forms of an English word have in common: `refunds` and `refund`, `cancelled` and `cancellation`. It need not
 * be a word. Takes what words are compared by: lower case, one kind of apostrophe.
 */
export const stem = (key: string): string => {
  const bare = key.replace(/[^\p{L}\p{M}\p{N}'-]+/gu, "").replace(/'s?$/u, "")
  if (bare === "") return key
  if (bare.length < 4 || unchanged.has(bare) || !isEnglish(bare)) return bare
  return ending(root(present(singular(bare))))
}
