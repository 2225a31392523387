/**
 * `/v1/listen` over WebSocket: transcription while audio arrives (inventory 2.1). Time is that of the audio.
 *
 * What it promises:
 *
 * - The words of the final results, in order, are those of the recording as `POST /v1/listen` would give them: times,
 *   confidences, speakers, spelling. None is lost, repeated or cut. Final results cover each channel without gap or
 *   overlap, up to the end of the audio. A word that `Finalize` brings is heard without what follows it: its confidence
 *   may differ a little.
 * - The messages depend on the audio and on where `Finalize` comes in it, not on how the bytes were cut: decisions are
 *   taken every 20 ms of audio.
 * - A result is final with `speech_final` after `endpointing` ms of silence (default 10). The recogniser says what silence
 *   is: its own says so after 300 ms, since the test voice pauses for 100 ms between words and 200 ms at commas. It is
 *   final without `speech_final` when it gets longer than 5 s, at the end of a clause or at least of a word; where nothing
 *   is said, it is empty, every 5 s. With `endpointing=false` there is no `speech_final` but that of `Finalize`.
 * - `Finalize` makes final what was heard up to this sample, the last word included that has just ended. If nothing was
 *   heard since the last final there is no answer. A word that it cuts comes whole with the next final.
 *
 * Every final is written for itself. To keep together what is written together, a final does not end between the words
 * of a number, a key term or a term to be replaced, unless the speaker pauses for 0.8 s there, or the client says
 * `Finalize`: that tears them apart. A sentence that ends with one final begins with a capital in the next (`dictation`).
 * What remains: the marks of `dictation` and the removals of `replace` do not reach back into the final before, and with
 * `language=multi` the language of a word follows from its own final.
 *
 * `detect_entities`, `keywords`, `profanity_filter`, `redact` and `search` are not modelled: they have no effect.
 */
import type { listenV1 } from "effect-deepgram/DeepgramChannels"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import { type RecognitionError, Recognizer } from "../../Recognizer.ts"
import { mix } from "../audio/mix.ts"
import type { Frames } from "../audio/pcm.ts"
import { diarizer, modelNamed } from "../transcribe/models.ts"
import { isDiarized, type Query } from "../transcribe/query.ts"
import { makeLiveDecoder } from "./decoder.ts"
import { type Ear, makeEar } from "./ear.ts"
import { makeHash } from "./hash.ts"
import { makeSegments, type Pace, type Segments, type ServerMessage } from "./segments.ts"
import { type Answer, inPieces, type LiveSession } from "./session.ts"
import { makeSteps, type Steps } from "./steps.ts"

/** What was asked for. */
export type LiveQuery = typeof listenV1.query.Type

/** What is not in the audio or the query. */
interface About {
  /** A UUID. */
  readonly requestId: string
  /** ISO 8601. */
  readonly created: string
}

/** A session of `/v1/listen`. Its effects are run one after another. */
export interface ListenV1Session extends LiveSession<ServerMessage> {
  /** {@link LiveSession.push}, done at once as far as possible: the answer is an `Exit` if it is there. */
  readonly pushAtOnce: (bytes: Uint8Array) => Answer<ServerMessage>
  /** `Finalize`: what was heard so far is final. */
  readonly finalize: Answer<ServerMessage>
  /** The last message of a session that the client did not close: its audio is incomplete. */
  readonly aborted: () => ServerMessage
}

/** Seconds, where the query has none. */
const defaultEndpointing = 0.01

const paceOf = ({ endpointing = true, interim_results, utterance_end_ms, vad_events }: LiveQuery): Pace => ({
  endpointing: endpointing === true ? defaultEndpointing : endpointing === false ? Infinity : endpointing / 1000,
  utteranceEnd: utterance_end_ms === undefined ? Infinity : utterance_end_ms / 1000,
  interim: interim_results === true,
  speechStarted: vad_events === true
})

/** How words are written; what else the query says has no bearing on it. */
const spellingOf = (
  { diarize, diarize_model, dictation, keyterm, language, numerals, punctuate, replace, smart_format }: LiveQuery
): Query => ({ diarize, diarize_model, dictation, keyterm, language, numerals, punctuate, replace, smart_format })

/** One channel of the results. */
interface Line {
  readonly ear: Ear
  readonly segments: Segments
}

/** What listens once the format is known. */
interface Listening {
  readonly steps: Steps
  readonly lines: ReadonlyArray<Line>
  /** No line needs an effect to hear. */
  readonly isDirect: boolean
}

/** Opens a session, which is over when the scope closes. */
export const openListenV1 = Effect.fnUntraced(function*(
  query: LiveQuery,
  about: About
): Effect.fn.Return<ListenV1Session, never, Recognizer | Scope.Scope> {
  const scope = yield* Effect.scope
  const recognizer = yield* Recognizer
  const multichannel = query.multichannel === true
  const pace = paceOf(query)
  const spelling = spellingOf(query)
  const { arch, name, uuid, version } = modelNamed(query.model, query.version)
  const modelInfo = { name, version, arch }
  // `latest` is the second one for recordings only (trap 7).
  const diarization = isDiarized(spelling) ? { diarize_info: diarizer("v1") } : {}
  const metadata = { request_id: about.requestId, model_info: modelInfo, model_uuid: uuid, ...diarization }
  const decoder = yield* makeLiveDecoder({
    encoding: query.encoding,
    sampleRate: query.sample_rate,
    channels: query.channels
  })
  const hash = makeHash()
  let listening: Listening | undefined

  const open = Effect.fnUntraced(
    function*(sampleRate: number, channels: number): Effect.fn.Return<Listening, RecognitionError> {
      const lines: Array<Line> = []
      for (let channel = 0; channel < channels; channel++) {
        const ear = yield* makeEar(sampleRate).pipe(
          Effect.provideService(Recognizer, recognizer),
          Scope.provide(scope)
        )
        lines.push({ ear, segments: makeSegments(ear, pace, { channel, channels, metadata, query: spelling }) })
      }
      const isDirect = lines.every(({ ear }) => ear.pushDirect !== undefined)
      listening = { steps: makeSteps(sampleRate), lines, isDirect }
      return listening
    }
  )

  /** Hears samples, a step at most. */
  const hear = Effect.fnUntraced(
    function*(
      { lines }: Listening,
      frames: Frames,
      said: Array<ServerMessage>
    ): Effect.fn.Return<void, RecognitionError> {
      for (const [index, { ear, segments }] of lines.entries()) {
        const events = yield* ear.push(frames[index] ?? new Float32Array(0))
        if (events.length > 0) said.push(...segments.hear(events))
      }
    }
  )

  const listen = Effect.fnUntraced(
    function*(decoded: ReadonlyArray<Frames>): Effect.fn.Return<Array<ServerMessage>, RecognitionError> {
      const said: Array<ServerMessage> = []
      const format = decoder.format()
      if (format === undefined) return said
      const current = listening ?? (yield* open(format.sampleRate, multichannel ? format.channels : 1))
      for (const frames of decoded) {
        for (const step of current.steps.push(multichannel ? frames : [mix(frames)])) {
          const now = current.steps.seconds()
          yield* hear(current, step, said)
          for (const { segments } of current.lines) said.push(...segments.advance(now))
        }
      }
      return said
    }
  )

  /** {@link listen} without an effect for every step, where that is possible. */
  const listenDirect = ({ lines, steps }: Listening, decoded: ReadonlyArray<Frames>): Array<ServerMessage> => {
    const said: Array<ServerMessage> = []
    for (const frames of decoded) {
      for (const step of steps.push(multichannel ? frames : [mix(frames)])) {
        for (let i = 0; i < lines.length; i++) {
          const { ear, segments } = lines[i]!
          const events = ear.pushDirect?.(step[i] ?? new Float32Array(0)) ?? []
          if (events.length > 0) said.push(...segments.hear(events))
        }
        for (const { segments } of lines) said.push(...segments.advance(steps.seconds()))
      }
    }
    return said
  }

  const hearAll = (decoded: ReadonlyArray<Frames>): Answer<ServerMessage> =>
    listening?.isDirect === true ? Effect.succeed(listenDirect(listening, decoded)) : listen(decoded)

  /** Hears also what waits for its step to become complete. */
  const hearRest = Effect.fnUntraced(
    function*(current: Listening, said: Array<ServerMessage>): Effect.fn.Return<void, RecognitionError> {
      const rest = current.steps.rest()
      if (rest !== undefined) yield* hear(current, rest, said)
    }
  )

  const seconds = () => listening?.steps.received() ?? 0
  const channels = () => listening?.lines.length ?? 0

  const lastMessage = (sha256: string): ServerMessage => ({
    type: "Metadata",
    transaction_key: "deprecated",
    request_id: about.requestId,
    sha256,
    created: about.created,
    duration: seconds(),
    channels: channels(),
    ...(listening === undefined ? {} : { models: [uuid], model_info: { [uuid]: modelInfo } }),
    ...(query.extra === undefined ? {} : { extra: query.extra })
  })

  const pushAtOnce = (bytes: Uint8Array): Answer<ServerMessage> => {
    hash.update(bytes)
    return inPieces(bytes, (piece) => Effect.flatMapEager(decoder.push(piece), hearAll))
  }

  return {
    push: (bytes) => Effect.suspend(() => pushAtOnce(bytes)),
    pushAtOnce,
    finalize: Effect.gen(function*() {
      const said: Array<ServerMessage> = []
      if (listening === undefined) return said
      yield* hearRest(listening, said)
      for (const { ear, segments } of listening.lines) {
        said.push(...segments.hear(yield* ear.flush))
        said.push(...segments.finalize())
      }
      return said
    }),
    finish: Effect.gen(function*() {
      const said = yield* Effect.flatMap(decoder.end, listen)
      if (listening !== undefined) {
        yield* hearRest(listening, said)
        const now = seconds()
        for (const { ear, segments } of listening.lines) {
          said.push(...segments.hear(yield* ear.finish))
          said.push(...segments.finish(now))
        }
      }
      said.push(lastMessage(hash.digest()))
      return said
    }),
    verdict: decoder.verdict,
    heard: () => ({ seconds: seconds(), channels: channels() }),
    aborted: () => lastMessage("incomplete")
  }
})
