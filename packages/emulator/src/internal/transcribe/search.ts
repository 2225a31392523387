import type { SearchHit, SearchResult } from "effect-deepgram/ListenV1"
import { matchAt } from "./phrases.ts"
import { confidenceOf, isPunctuation, join, keysOf, type Token } from "./words.ts"

const hitsOf = (tokens: ReadonlyArray<Token>, query: string): Array<SearchHit> => {
  const keys = keysOf(query)
  const hits: Array<SearchHit> = []
  for (let index = 0; keys.length > 0 && index < tokens.length;) {
    const matched = matchAt(tokens, index, { keys })
    if (matched !== undefined) {
      hits.push({
        confidence: confidenceOf(matched),
        start: matched[0].start,
        end: matched.at(-1)?.end ?? matched[0].end,
        snippet: join(matched, false)
      })
    }
    index += matched === undefined ? 1 : keys.length
  }
  return hits
}

/** Where each term was said, in order of time. The test voice says it or does not: nothing merely sounds like it. */
export const search = (tokens: ReadonlyArray<Token>, terms: ReadonlyArray<string>): ReadonlyArray<SearchResult> => {
  const said = tokens.filter((token) => !isPunctuation(token))
  return terms.map((query) => ({ query, hits: hitsOf(said, query) }))
}
