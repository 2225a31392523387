/**
 * Audio as a client sends it, frame by frame, to samples.
 *
 * What comes out does not depend on how the bytes were cut. Raw `linear16`, `linear32`, `mulaw` and `alaw` go by the
 * request; WAV goes by its header, whatever `encoding` says, and MP3, FLAC, Ogg Opus and AAC (ADTS) go by theirs. The
 * rules are those of recordings (`audio/decode.ts`). Everything else is an `AudioError`, as soon as that is certain.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import type { FileDecoder, Sound } from "../audio/codecs/codec.ts"
import {
  type AudioFormat,
  type AudioRequest,
  behindTag,
  checkParameters,
  codecs,
  isDecodable,
  type RawEncoding
} from "../audio/decode.ts"
import { type AudioError, InvalidAudioParameter, MalformedAudio, NotAudio, UnsupportedAudio } from "../audio/errors.ts"
import { id3Bytes, id3HeaderBytes } from "../audio/id3.ts"
import { type Frames, makeFrameDecoder, type SampleFormat } from "../audio/pcm.ts"
import { sniff, sniffBytes, startsLikeWav, wavHeadBytes } from "../audio/sniff.ts"
import { makeWavParser, type WavProgress } from "../audio/wav.ts"

type Decoded = Effect.Effect<ReadonlyArray<Frames>, AudioError>

/** Decodes the audio of one session. After a failure it is finished. */
export interface LiveDecoder {
  /** The samples that are complete with these bytes, in order. */
  readonly push: (bytes: Uint8Array) => Decoded
  /** There are no more bytes: what was held back until more would come. */
  readonly end: Decoded
  /** Fails when no more bytes come, and those that came do not say what they are. */
  readonly verdict: Effect.Effect<void, AudioError>
  /** Known once the head of the audio was seen; of raw audio with its first bytes. */
  readonly format: () => AudioFormat | undefined
}

/** What the bytes are, from here on. */
interface Stage {
  readonly push: (bytes: Uint8Array) => Decoded
  readonly end: Decoded
}

/** Says what the first bytes are; `undefined`: that takes more of them. `complete`: there are no more. */
type Decide = (head: Uint8Array, complete: boolean) => Effect.Effect<Stage, AudioError> | undefined

const nothing: Decoded = Effect.succeed([])

const samplesStage = (
  format: SampleFormat,
  options: { readonly channels: number; readonly bigEndian: boolean; readonly dataBytes: number }
): Stage => {
  const decoder = makeFrameDecoder({ format, channels: options.channels, bigEndian: options.bigEndian })
  let left = options.dataBytes
  return {
    push: (bytes) => {
      const used = bytes.length <= left ? bytes : bytes.subarray(0, left)
      left -= used.length
      const frames = decoder.push(used)
      return frames === undefined ? nothing : Effect.succeed([frames])
    },
    end: nothing
  }
}

/** Bytes of a file that has a codec. A frame of another rate or number of channels is not of this file. */
const compressedStage = (
  file: FileDecoder,
  before: number,
  onFormat: (sound: Pick<AudioFormat, "sampleRate" | "channels">) => void
): Stage => {
  let first: Sound | undefined
  const drain: Decoded = Effect.suspend(() => {
    const frames: Array<Frames> = []
    while (true) {
      const next = file.next()
      if (Result.isFailure(next)) {
        const { container, offset, reason } = next.failure
        return new MalformedAudio({ container, offset: before + offset, reason })
      }
      if (next.success === undefined) return Effect.succeed(frames)
      for (const sound of next.success) {
        if (first === undefined) {
          first = sound
          onFormat({ sampleRate: sound.sampleRate, channels: sound.channels.length })
        }
        if (sound.sampleRate === first.sampleRate && sound.channels.length === first.channels.length) {
          frames.push(sound.channels)
        }
      }
    }
  })
  return {
    push: (bytes) => {
      file.push(bytes)
      return drain
    },
    end: Effect.suspend(() => {
      file.end()
      return drain
    })
  }
}

/** A decoder of one session, until the scope closes; what the request says of raw audio is checked with its first bytes. */
export const makeLiveDecoder = Effect.fnUntraced(
  function*(request: AudioRequest): Effect.fn.Return<LiveDecoder, never, Scope.Scope> {
    const scope = yield* Effect.scope
    const { encoding } = request
    let format: AudioFormat | undefined

    const raw = (encoding: RawEncoding): Effect.Effect<Stage, AudioError> => {
      const { channels = 1, sampleRate } = request
      if (sampleRate === undefined) {
        const reason = `is required with \`encoding=${encoding}\`: raw audio does not tell it`
        return Effect.fail(new InvalidAudioParameter({ parameter: "sample_rate", reason }))
      }
      format = { container: "raw", encoding, sampleRate, channels }
      return Effect.succeed(samplesStage(encoding, { channels, bigEndian: false, dataBytes: Infinity }))
    }

    const wav: Effect.Effect<Stage> = Effect.sync(() => {
      const parser = makeWavParser()
      let samples: Stage | undefined
      const advance = (progress: WavProgress): Decoded => {
        if (progress._tag === "More") return nothing
        if (progress._tag === "Broken") return progress.error
        const { bigEndian, channels, format: encoding, sampleRate } = progress.format
        format = { container: "wav", encoding, sampleRate, channels }
        samples = samplesStage(encoding, { channels, bigEndian, dataBytes: progress.dataBytes })
        return samples.push(progress.rest)
      }
      return {
        // The parser keeps what it has not understood yet.
        push: (bytes) => samples === undefined ? advance(parser.push(bytes.slice())) : samples.push(bytes),
        end: Effect.suspend(() => samples === undefined ? advance(parser.end()) : nothing)
      }
    })

    const decideRaw = (encoding: RawEncoding): Decide => (head, complete) => {
      const isWav = startsLikeWav(head) ?? (complete ? false : undefined)
      return isWav === undefined ? undefined : isWav ? wav : raw(encoding)
    }

    /** `before`: bytes of a tag in front. */
    const decideFile = (before: number): Decide => (head, complete) => {
      const seen = sniff(head, complete)
      const found = before > 0 && seen?._tag === "NotAudio" ? behindTag : seen
      if (found === undefined) return undefined
      if (found._tag === "Wav") return wav
      if (found._tag === "NotAudio") {
        return Effect.fail(
          encoding === undefined
            ? new NotAudio({ found: found.found })
            : new UnsupportedAudio({ container: "raw", codec: encoding })
        )
      }
      const { codec, container } = found
      const known = codecs[`${container} ${codec}`]
      if (known === undefined) {
        return Effect.fail(new UnsupportedAudio({ container, ...(codec !== undefined && { codec }) }))
      }
      return Effect.map(
        Scope.provide(known.open, scope),
        (file) => compressedStage(file, before, (sound) => format = { ...known.is, ...sound })
      )
    }

    /** Collects the first bytes until `decide` has an answer, which it has at the latest when there are `limit` of them. */
    const collect = (limit: number, decide: Decide): Stage => {
      let head = new Uint8Array(0)
      const settle = (complete: boolean): Decoded => {
        const decided = head.length === 0
          ? undefined
          : decide(head.subarray(0, limit), complete)
        if (decided === undefined) return nothing
        return Effect.flatMap(decided, (next) => {
          stage = next
          const pushed = next.push(head)
          return complete ? Effect.zipWith(pushed, Effect.suspend(() => stage.end), (a, b) => [...a, ...b]) : pushed
        })
      }
      return {
        push: (bytes) => {
          const joined = new Uint8Array(head.length + bytes.length)
          joined.set(head)
          joined.set(bytes, head.length)
          head = joined
          return settle(false)
        },
        end: Effect.suspend(() => settle(true))
      }
    }

    /** Drops a tag, and then looks at what is behind it. */
    const behind = (tag: number): Stage => {
      let left = tag
      return {
        push: (bytes) => {
          const rest = bytes.subarray(left)
          left -= bytes.length - rest.length
          if (left > 0) return nothing
          stage = collect(sniffBytes, decideFile(tag))
          return stage.push(rest)
        },
        end: nothing
      }
    }

    let stage = encoding !== undefined && isDecodable(encoding)
      ? collect(wavHeadBytes, decideRaw(encoding))
      : collect(id3HeaderBytes, (head, complete) => {
        if (head.length < id3HeaderBytes && !complete) return undefined
        return Effect.succeed(behind(id3Bytes(head)))
      })
    const invalid = checkParameters(request)
    let isBegun = false

    return {
      push: (bytes) => {
        if (bytes.length === 0) return nothing
        isBegun = true
        return invalid ?? stage.push(bytes)
      },
      end: Effect.suspend(() => stage.end),
      verdict: Effect.suspend(() => {
        if (!isBegun || format !== undefined) return Effect.void
        return Effect.andThen(stage.end, () => {
          // A tag or a header, and nothing behind it.
          return format === undefined ? Effect.fail(new NotAudio({ found: "a file without any sound" })) : Effect.void
        })
      }),
      format: () => format
    }
  }
)
