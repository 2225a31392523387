/** What is kept of a call of the voice API. */

/** Which part of the API a call was for. */
export type Endpoint = "listen" | "speak" | "read" | "agent"

/** Waited for, sent to a callback, or exchanged over a socket. */
export type Method = "sync" | "async" | "streaming"

/** A model that took part. */
export interface LoggedModel {
  readonly uuid: string
  /** As answers have it: `general-nova-3`, `aura-2-thalia-en`. */
  readonly name: string
  readonly version: string
  /** The family, by which is charged: `nova-3`, `aura-2`, `flux`. */
  readonly arch: string
  /** BCP-47 tag. */
  readonly language: string
}

/** What a call used. The first model is the one that is charged for. */
export interface Usage {
  readonly models: ReadonlyArray<LoggedModel>
  /** Seconds of audio that were heard; of an agent, that it was there. */
  readonly seconds: number
  /** Channels that were heard, each for that long. */
  readonly channels: number
  /** Tokens of text that were analyzed. */
  readonly tokensIn: number
  /** Tokens of text that were written. */
  readonly tokensOut: number
  /** Characters that were spoken. */
  readonly characters: number
}

/** A part of the price of a call. */
export interface Charge {
  /** For example `batch::nova-3`. */
  readonly lineItem: string
  /** Millionths of a US dollar, a whole number. */
  readonly microDollars: number
}

/** A call that is over. */
export interface Entry extends Usage {
  readonly requestId: string
  readonly projectId: string
  readonly apiKeyId: string
  /** Milliseconds since 1970. */
  readonly created: number
  /** Milliseconds since 1970. */
  readonly completed: number
  /** With its query, without secrets. */
  readonly path: string
  readonly endpoint: Endpoint
  readonly method: Method
  /** Names of the query parameters that were used, out of those that usage can be filtered by; sorted. */
  readonly features: ReadonlyArray<string>
  /** Sorted. */
  readonly tags: ReadonlyArray<string>
  /** Without secrets. */
  readonly callback: string | undefined
  /** HTTP status. */
  readonly code: number
  /** Of a failure. */
  readonly message: string | undefined
  readonly charges: ReadonlyArray<Charge>
}

/** The call was answered; what failed is not charged. A session on a socket that was held has 200, as in Deepgram's log. */
export const succeeded = (code: number): boolean => code < 300
