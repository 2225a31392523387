/** Options that several public modules share, and hand out under their own names. */
import type { CallbackMethod } from "./contract/schemas.ts"

/** One value, or several: each is sent as a parameter of its own. */
export type OneOrMore<A = string> = A | ReadonlyArray<A>

/** Where the result is sent. */
export interface CallbackOptions {
  /**
   * The URL that gets the result, as the body of a request. It may hold a user and a password; port 80, 443, 8080 or
   * 8443. Deepgram tries up to 10 times, 30 seconds apart.
   */
  readonly callback: string | URL
  /** Default `POST`. */
  readonly callback_method?: typeof CallbackMethod.Type | undefined
}

/** The result is waited for: there is no callback. */
export interface WithoutCallback {
  readonly callback?: never
  readonly callback_method?: never
}

/** What is to be found out about a text, be it spoken or written. Everything is off unless it is asked for. */
export interface InsightOptions {
  /** Summarises it (English, more than 50 words). Default `false`. */
  readonly summarize?: boolean | "v2" | undefined
  /** Sentiment of segments and of the whole, in `results.sentiments`. Default `false`. */
  readonly sentiment?: boolean | undefined
  /** Topics, in `results.topics`. Default `false`. */
  readonly topics?: boolean | undefined
  /** Topics to look for, at most 100. */
  readonly custom_topic?: OneOrMore | undefined
  /** `strict` looks for `custom_topic` only, `extended` for others too. Default `extended`. */
  readonly custom_topic_mode?: "extended" | "strict" | (string & {}) | undefined
  /** Intents, in `results.intents`. Default `false`. */
  readonly intents?: boolean | undefined
  /** Intents to look for, at most 100. */
  readonly custom_intent?: OneOrMore | undefined
  /** `strict` looks for `custom_intent` only, `extended` for others too. Default `extended`. */
  readonly custom_intent_mode?: "extended" | "strict" | (string & {}) | undefined
  /** Labels the request in usage reports; at most 128 characters each. */
  readonly tag?: OneOrMore | undefined
}
