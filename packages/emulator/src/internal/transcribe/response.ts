/** The body of the answer to `POST /v1/listen`. */
import type { Transcription, TranscriptionMetadata } from "effect-deepgram/ListenV1"
import type { AnalysisInfo } from "../analyze/analyze.ts"
import { type Line, readChannel, toChannel } from "./channel.ts"
import { diarizer, modelNamed } from "./models.ts"
import { unknown, warningsOf } from "./notModelled.ts"
import { isDiarized, type Query, values } from "./query.ts"
import { understand } from "./understanding.ts"
import { utterances } from "./utterances.ts"
import type { Hearing } from "./words.ts"

/** What is not in the audio or the query. */
export interface About {
  /** A UUID. */
  readonly requestId: string
  /** SHA-256 of the audio as it was sent, hexadecimal. */
  readonly sha256: string
  /** ISO 8601. */
  readonly created: string
  /** Seconds of audio. */
  readonly duration: number
  /** The names of all parameters of the request, those included that the query does not know. */
  readonly parameters: ReadonlyArray<string>
}

const metadataOf = (
  lines: ReadonlyArray<Line>,
  info: AnalysisInfo,
  query: Query,
  about: About
): TranscriptionMetadata => {
  const { arch, name, uuid, version } = modelNamed(query.model, query.version)
  const languages = query.language === undefined ? lines.map(({ language }) => language) : [query.language]
  const warnings = [...warningsOf(query, languages), ...unknown(about.parameters)]
  const tags = values(query.tag)
  const extra = query.extra ?? {}
  return {
    transaction_key: "deprecated",
    request_id: about.requestId,
    sha256: about.sha256,
    created: about.created,
    duration: about.duration,
    channels: lines.length,
    models: [uuid],
    model_info: { [uuid]: { name, version, arch } },
    ...info,
    ...(warnings.length > 0 ? { warnings } : {}),
    ...(isDiarized(query) ? { diarize_info: diarizer(query.diarize_model) } : {}),
    ...(tags.length > 0 ? { tags } : {}),
    ...(Object.keys(extra).length > 0 ? { extra } : {})
  }
}

/**
 * Turns what was heard into the answer: one entry per hearing, so a single one of the mixed channels unless
 * `multichannel` is on. Every word and every time comes from the hearings; what the query asks for and is not modelled
 * is in `metadata.warnings`.
 */
export const toTranscription = (channels: ReadonlyArray<Hearing>, query: Query, about: About): Transcription => {
  const heard = channels.map((hearing, channel) => readChannel(hearing, query, channel))
  const { info, lines, results } = understand(heard, query)
  return {
    metadata: metadataOf(lines, info, query, about),
    results: {
      channels: lines.map((line) => toChannel(line, query)),
      ...(query.utterances === true
        ? { utterances: utterances(lines, { requestId: about.requestId, split: query.utt_split }) }
        : {}),
      ...results
    }
  }
}
