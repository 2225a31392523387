/** What can be asked for of recordings and of live audio alike. */
import type { OneOrMore } from "./sharedOptions.ts"

/** What is to be said about audio, recorded or live. Everything is off unless it is asked for. */
export interface RecognitionOptions {
  /** Hz; for raw audio. */
  readonly sample_rate?: number | undefined
  /** Interleaved channels of raw audio. Default 1. */
  readonly channels?: number | undefined

  /** BCP-47 tag of the language spoken, or `multi`. Default `en`. */
  readonly language?: string | undefined
  /** Transcribes each channel on its own. Default `false`. */
  readonly multichannel?: boolean | undefined
  /** Version of the model. Default `latest`. */
  readonly version?: string | undefined

  /** Punctuation, numbers, dates, … as they are written. Default `false`. */
  readonly smart_format?: boolean | undefined
  /** Punctuation and capitals. Default `false`. */
  readonly punctuate?: boolean | undefined
  /** Writes numbers as digits. Default `false`. */
  readonly numerals?: boolean | undefined
  /** Obeys spoken commands such as “comma”. Default `false`. */
  readonly dictation?: boolean | undefined
  /** Masks or removes profanity. Default `false`. */
  readonly profanity_filter?: boolean | undefined
  /** `find:replace`; nothing after the colon removes the term. */
  readonly replace?: OneOrMore | undefined
  /** Finds names, dates, … Default `false`. */
  readonly detect_entities?: boolean | undefined

  /** Pairs that come back in the metadata, as `extra`. */
  readonly extra?: Readonly<Record<string, string>> | undefined
  /** Keeps the audio out of Deepgram's model improvement; changes the price. Default `false`. */
  readonly mip_opt_out?: boolean | undefined
}
