/** What Deepgram says about a text, be it spoken or written: topics, intents, sentiments. */
import * as Schema from "effect/Schema"

const optional = Schema.optionalKey

/** A part of the text. */
export const textPart = {
  text: optional(Schema.String),
  /** Index of the first word. */
  start_word: optional(Schema.Finite),
  /** Index of the last word. */
  end_word: optional(Schema.Finite)
}

const sentimentFields = {
  /** `positive`, `neutral` or `negative`. */
  sentiment: optional(Schema.String),
  /** −1 to 1. */
  sentiment_score: optional(Schema.Finite)
}

/** A topic and how sure Deepgram is of it. */
export class Topic extends Schema.Opaque<Topic>()(Schema.Struct({
  topic: optional(Schema.String),
  /** 0 to 1. */
  confidence_score: optional(Schema.Finite)
})) {}

/** The topics of one part of the text. */
export class TopicSegment extends Schema.Opaque<TopicSegment>()(Schema.Struct({
  ...textPart,
  topics: optional(Schema.Array(Topic))
})) {}

/** With `topics`. */
export class Topics extends Schema.Opaque<Topics>()(Schema.Struct({
  segments: optional(Schema.Array(TopicSegment))
})) {}

/** An intent and how sure Deepgram is of it. */
export class Intent extends Schema.Opaque<Intent>()(Schema.Struct({
  intent: optional(Schema.String),
  /** 0 to 1. */
  confidence_score: optional(Schema.Finite)
})) {}

/** The intents of one part of the text. */
export class IntentSegment extends Schema.Opaque<IntentSegment>()(Schema.Struct({
  ...textPart,
  intents: optional(Schema.Array(Intent))
})) {}

/** With `intents`. */
export class Intents extends Schema.Opaque<Intents>()(Schema.Struct({
  segments: optional(Schema.Array(IntentSegment))
})) {}

/** The sentiment of one part of the text. */
export class SentimentSegment extends Schema.Opaque<SentimentSegment>()(Schema.Struct({
  ...textPart,
  ...sentimentFields
})) {}

/** The sentiment of the whole text. */
export class SentimentAverage extends Schema.Opaque<SentimentAverage>()(Schema.Struct({
  ...sentimentFields
})) {}

/** With `sentiment`. */
export class Sentiments extends Schema.Opaque<Sentiments>()(Schema.Struct({
  segments: optional(Schema.Array(SentimentSegment)),
  average: optional(SentimentAverage)
})) {}

/** What a language feature cost. */
export class FeatureInfo extends Schema.Opaque<FeatureInfo>()(Schema.Struct({
  model_uuid: optional(Schema.String),
  input_tokens: optional(Schema.Finite),
  output_tokens: optional(Schema.Finite)
})) {}
