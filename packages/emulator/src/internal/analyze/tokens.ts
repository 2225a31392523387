const segmenter = new Intl.Segmenter("en", { granularity: "word" })

/**
 * How many tokens a text has: its words and marks, as Unicode tells them apart. Deepgram splits rarer words further, so
 * it counts about a quarter more.
 */
export const countTokens = (text: string): number => {
  let count = 0
  for (const { segment } of segmenter.segment(text)) if (/\S/u.test(segment)) count++
  return count
}
