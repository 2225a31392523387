import { values } from "../transcribe/query.ts"

/** Whether what is custom comes besides what the text itself brings up, or instead. */
export const modes: ReadonlyArray<string> = ["extended", "strict"]

/** What a text is analysed for: these parameters mean the same in `/v1/listen` and `/v1/read`. */
export interface AnalysisQuery {
  readonly summarize?: boolean | string | undefined
  readonly topics?: boolean | undefined
  readonly intents?: boolean | undefined
  readonly sentiment?: boolean | undefined
  readonly custom_topic?: string | ReadonlyArray<string> | undefined
  /** `strict` or `extended`; default `extended`. */
  readonly custom_topic_mode?: string | undefined
  readonly custom_intent?: string | ReadonlyArray<string> | undefined
  /** `strict` or `extended`; default `extended`. */
  readonly custom_intent_mode?: string | undefined
}

/** What to look for besides what the text itself brings up, or, if `strict`, instead. */
export interface Wanted {
  readonly names: ReadonlyArray<string>
  readonly strict: boolean
}

/** Whether a summary is asked for: `true` and `v2` mean the same. */
export const isSummarized = ({ summarize }: AnalysisQuery): boolean => summarize === true || summarize === "v2"

/** Whether anything is asked for at all. */
export const isAnalyzed = (query: AnalysisQuery): boolean =>
  isSummarized(query) || query.topics === true || query.intents === true || query.sentiment === true

/** The topics to look for. */
export const wantedTopics = ({ custom_topic, custom_topic_mode }: AnalysisQuery): Wanted => ({
  names: values(custom_topic),
  strict: custom_topic_mode === "strict"
})

/** The intents to look for. */
export const wantedIntents = ({ custom_intent, custom_intent_mode }: AnalysisQuery): Wanted => ({
  names: values(custom_intent),
  strict: custom_intent_mode === "strict"
})
