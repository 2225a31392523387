/**
 * What `POST /v1/listen` answers: the fields of the vendor's specification and those that real answers have besides.
 * Fields that the vendor adds later pass through untouched and are reachable with `Deepgram.withResponse`.
 */
import * as Schema from "effect/Schema"
import { FeatureInfo, Intents, Sentiments, textPart, Topics } from "./insights.ts"
import { DiarizeInfo, Entity, ModelInfo, Word, wordRange } from "./recognition.ts"

const optional = Schema.optionalKey

/** A sentence of a {@link Paragraph}. */
export class Sentence extends Schema.Opaque<Sentence>()(Schema.Struct({
  text: Schema.String,
  /** Seconds from the start of the audio. */
  start: Schema.Finite,
  /** Seconds from the start of the audio. */
  end: Schema.Finite
})) {}

/** A paragraph; with `paragraphs`. */
export class Paragraph extends Schema.Opaque<Paragraph>()(Schema.Struct({
  sentences: Schema.Array(Sentence),
  /** Speaker number from 0; with diarization. */
  speaker: optional(Schema.Finite),
  num_words: optional(Schema.Finite),
  /** Seconds from the start of the audio. */
  start: optional(Schema.Finite),
  /** Seconds from the start of the audio. */
  end: optional(Schema.Finite)
})) {}

/** The paragraphs of a channel, and the transcript laid out in them. */
export class Paragraphs extends Schema.Opaque<Paragraphs>()(Schema.Struct({
  transcript: optional(Schema.String),
  paragraphs: Schema.Array(Paragraph)
})) {}

/** A summary of a part of the text; only the retired `summarize=v1`. */
export class PartSummary extends Schema.Opaque<PartSummary>()(Schema.Struct({
  summary: optional(Schema.String),
  ...wordRange
})) {}

/** Topics of a part of the text; only the retired `detect_topics`. */
export class PartTopics extends Schema.Opaque<PartTopics>()(Schema.Struct({
  ...textPart,
  topics: optional(Schema.Array(Schema.String))
})) {}

/** A translation of the transcript; only models that translate. */
export class Translation extends Schema.Opaque<Translation>()(Schema.Struct({
  language: optional(Schema.String),
  translation: optional(Schema.String)
})) {}

/** One reading of a channel. Deepgram gives one, the best. */
export class Alternative extends Schema.Opaque<Alternative>()(Schema.Struct({
  /** Everything that was said, empty when nothing was. */
  transcript: Schema.String,
  /** 0 to 1. */
  confidence: optional(Schema.Finite),
  words: optional(Schema.Array(Word)),
  paragraphs: optional(Paragraphs),
  entities: optional(Schema.Array(Entity)),
  summaries: optional(Schema.Array(PartSummary)),
  topics: optional(Schema.Array(PartTopics)),
  /** BCP-47 tags of the languages heard; multilingual models. */
  languages: optional(Schema.Array(Schema.String)),
  translations: optional(Schema.Array(Translation))
})) {}

/** One place where a `search` term may have been said. */
export class SearchHit extends Schema.Opaque<SearchHit>()(Schema.Struct({
  /** 0 to 1. */
  confidence: optional(Schema.Finite),
  /** Seconds from the start of the audio. */
  start: optional(Schema.Finite),
  /** Seconds from the start of the audio. */
  end: optional(Schema.Finite),
  snippet: optional(Schema.String)
})) {}

/** The hits of one `search` term. */
export class SearchResult extends Schema.Opaque<SearchResult>()(Schema.Struct({
  query: optional(Schema.String),
  hits: optional(Schema.Array(SearchHit))
})) {}

/** The transcript of one audio channel: of all channels together, unless `multichannel` is on. */
export class Channel extends Schema.Opaque<Channel>()(Schema.Struct({
  alternatives: Schema.Array(Alternative),
  search: optional(Schema.Array(SearchResult)),
  /** BCP-47 tag; with `detect_language`. */
  detected_language: optional(Schema.String),
  /** 0 to 1; with `detect_language`. */
  language_confidence: optional(Schema.Finite)
})) {}

/** A stretch of speech between two pauses; with `utterances`. */
export class Utterance extends Schema.Opaque<Utterance>()(Schema.Struct({
  /** Seconds from the start of the audio. */
  start: Schema.Finite,
  /** Seconds from the start of the audio. */
  end: Schema.Finite,
  /** 0 to 1. */
  confidence: optional(Schema.Finite),
  /** Channel number from 0. */
  channel: optional(Schema.Finite),
  transcript: Schema.String,
  words: optional(Schema.Array(Word)),
  /** Speaker number from 0; with diarization. */
  speaker: optional(Schema.Finite),
  /** A UUID. */
  id: optional(Schema.String)
})) {}

/** A summary of the recording; with `summarize`. */
export class Summary extends Schema.Opaque<Summary>()(Schema.Struct({
  /** `success` or `failure`. Of 50 words or less there is no summary: `short` is the text itself. */
  result: optional(Schema.String),
  short: optional(Schema.String)
})) {}

/** A parameter that was accepted but had no effect, for example a feature that the language lacks. */
export class ParameterWarning extends Schema.Opaque<ParameterWarning>()(Schema.Struct({
  parameter: optional(Schema.String),
  type: optional(Schema.String),
  message: optional(Schema.String)
})) {}

/** About the request and the audio. */
export class TranscriptionMetadata extends Schema.Opaque<TranscriptionMetadata>()(Schema.Struct({
  /** A UUID: quote it to Deepgram's support. */
  request_id: Schema.String,
  /** Always the word `deprecated`. */
  transaction_key: optional(Schema.String),
  /** SHA-256 of the audio, hexadecimal. */
  sha256: optional(Schema.String),
  /** ISO 8601. */
  created: optional(Schema.String),
  /** Seconds of audio. */
  duration: Schema.Finite,
  /** Audio channels that were transcribed. */
  channels: optional(Schema.Finite),
  /** UUIDs of the models that took part. */
  models: optional(Schema.Array(Schema.String)),
  /** By model UUID. */
  model_info: optional(Schema.Record(Schema.String, ModelInfo)),
  warnings: optional(Schema.Array(ParameterWarning)),
  summary_info: optional(FeatureInfo),
  sentiment_info: optional(FeatureInfo),
  topics_info: optional(FeatureInfo),
  intents_info: optional(FeatureInfo),
  diarize_info: optional(DiarizeInfo),
  /** The `tag`s of the request. */
  tags: optional(Schema.Array(Schema.String)),
  /** The `extra` pairs of the request. */
  extra: optional(Schema.Record(Schema.String, Schema.Unknown))
})) {}

/** What was heard. */
export class TranscriptionResults extends Schema.Opaque<TranscriptionResults>()(Schema.Struct({
  channels: Schema.Array(Channel),
  utterances: optional(Schema.Array(Utterance)),
  summary: optional(Summary),
  topics: optional(Topics),
  intents: optional(Intents),
  sentiments: optional(Sentiments)
})) {}

/** The transcript of a recording. */
export class Transcription extends Schema.Opaque<Transcription>()(Schema.Struct({
  metadata: TranscriptionMetadata,
  results: TranscriptionResults
})) {}
