/** What Deepgram says of a recording: every field that it sends when it is asked for nothing but `smart_format` and `diarize`. */

const spoken = (
  "Yeah, as as much as, um, it's worth celebrating the first spacewalk with an all female team, I think many of us " +
  "are looking forward to it just being normal. And I think, if it signifies anything, it is to honor the women who " +
  "came before us, who were skilled and qualified, and didn't get the same opportunities that we have today."
).split(" ")

const modelId = "40bd3654-e622-47c4-a111-63a61b23bfe8"

/** Numbers as probabilities are, the same ones each time. */
const makeConfidences = () => {
  let seed = 7
  return (): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return 0.75 + Math.round((seed / 2 ** 32) * 25_000_000) / 100_000_000
  }
}

const hundredth = (seconds: number): number => Math.round(seconds * 1000) / 1000

/** The answer to a transcription, as text. */
export const transcription = (wordCount: number, duration = wordCount * 0.4): string => {
  const confidence = makeConfidences()
  const words = Array.from({ length: wordCount }, (_, index) => {
    const punctuated = spoken[index % spoken.length] ?? ""
    const start = hundredth(0.08 + 0.4 * index)
    return {
      word: punctuated.toLowerCase().replace(/[,.]/g, ""),
      start,
      end: hundredth(start + 0.32),
      confidence: confidence(),
      speaker: Math.floor(index / 40) % 2,
      speaker_confidence: confidence(),
      punctuated_word: punctuated
    }
  })
  return JSON.stringify({
    metadata: {
      transaction_key: "deprecated",
      request_id: "a847f427-4ad5-4d67-9b95-db801e58251c",
      sha256: "154e291ecfa8be6ab8343560bcc109008fa7853eb5372533e8efdefc9b504c33",
      created: "2025-05-12T18:57:13.426Z",
      duration,
      channels: 1,
      models: [modelId],
      model_info: { [modelId]: { name: "general-nova-3", version: "2025-04-17.21547", arch: "nova-3" } },
      diarize_info: { model_uuid: "8e6d9b3a-5b0f-4a8e-9b0e-3f8e2f1c7a55", arch: "v2" }
    },
    results: {
      channels: [{
        alternatives: [{
          transcript: words.map(({ punctuated_word }) => punctuated_word).join(" "),
          confidence: confidence(),
          words
        }]
      }]
    }
  })
}
