/** FFmpeg's codecs as WebAssembly (libav.js), as far as they are needed here. */
import type { Frame, LibAV, LibAVSync, LibAVWrapper } from "@libav.js/variant-mediarecorder-transcoder"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { type Frames, tame, toInt16 } from "../pcm.ts"
import type { Sound } from "./codec.ts"

/** Mono samples in, packets out. Throws when the library fails. */
export interface PacketEncoder {
  /** Samples per packet. */
  readonly frameSize: number
  /** The codec's own header. */
  readonly extradata: Uint8Array
  readonly push: (samples: Float32Array) => ReadonlyArray<Uint8Array>
  readonly end: () => ReadonlyArray<Uint8Array>
}

/** How to encode. */
export interface PacketEncoderOptions {
  readonly codec: "aac" | "libopus" | "flac"
  /** Hz. */
  readonly sampleRate: number
  /** Bits per second. */
  readonly bitRate?: number
  /** FFmpeg's options of the codec. */
  readonly options?: Readonly<Record<string, string>>
}

/** Packets in, sound out. */
export interface PacketDecoder {
  /** Nothing when the packet is damaged; fails when the library broke down over it. */
  readonly decode: (packet: Uint8Array) => Result.Result<ReadonlyArray<Sound>, unknown>
  /** Frees its memory before the file is at its end. */
  readonly close: () => void
}

/** The library, for one file. */
export interface Libav {
  /** Throws when the library does not take the options. */
  readonly encoder: (options: PacketEncoderOptions) => PacketEncoder
  /** Fails when the library does not take `extradata`, the codec's own header. */
  readonly decoder: (
    codec: "aac" | "libopus" | "flac",
    extradata?: Uint8Array
  ) => Result.Result<PacketDecoder, unknown>
}

type Library = LibAV & LibAVSync

/** One instance of the library: 25 MB, made in 30 ms. */
interface Instance {
  readonly library: Library
  /** Frees what the codecs of a file hold. */
  readonly releases: Set<() => void>
  /** Its memory cannot be trusted, or holds what nobody frees. */
  broken: boolean
}

/** Instances that wait for the next file. A file has one of its own: when it breaks down, nobody else is hit. */
const idle: Array<Instance> = []
const maxIdle = 2

/** FFmpeg's level below which nothing is printed. */
const logNothing = -8

/** Loaded on first use: most emulators never see anything but WAV. */
export const loadLibav: Effect.Effect<LibAVWrapper> = Effect.map(
  Effect.promise(() => import("@libav.js/variant-mediarecorder-transcoder")),
  // Its declarations describe the default export, but do not declare it.
  (module: object) => Reflect.get(module, "default")
)

const makeInstance = loadLibav.pipe(
  Effect.flatMap((wrapper) => Effect.promise(() => wrapper.LibAV({ noworker: true }))),
  Effect.map((library): Instance => {
    library.av_log_set_level_sync(logNothing)
    return { library, releases: new Set(), broken: false }
  })
)

const takeInstance = Effect.suspend(() => {
  const waiting = idle.pop()
  return waiting === undefined ? makeInstance : Effect.succeed(waiting)
})

/** Runs the library. Damaged packets are ordinary errors; a trap (also when memory runs out) breaks the instance. */
const attempt = <A>(instance: Instance, run: () => A): Result.Result<A, unknown> =>
  Result.try({
    try: run,
    catch: (error) => {
      if (!(error instanceof Error) || error instanceof WebAssembly.RuntimeError) instance.broken = true
      return error
    }
  })

/** Opens a codec. What cannot be opened leaves something behind in the instance, which is not used again then. */
const open = <A>(instance: Instance, run: () => A): Result.Result<A, unknown> =>
  Result.mapError(attempt(instance, run), (error) => {
    instance.broken = true
    return error
  })

/** Frees what a codec holds, once. */
const free = (instance: Instance, release: () => void): void => {
  if (instance.releases.delete(release) && !instance.broken) attempt(instance, release)
}

const giveBack = (instance: Instance) =>
  Effect.sync(() => {
    for (const release of instance.releases) free(instance, release)
    if (!instance.broken && idle.length < maxIdle) idle.push(instance)
  })

const orThrow = <A>(result: Result.Result<A, unknown>): A => Result.getOrThrowWith(result, (error) => error)

const makeEncoder = (instance: Instance, options: PacketEncoderOptions): PacketEncoder => {
  const { library } = instance
  const { bitRate, codec, sampleRate } = options
  const format = codec === "flac"
    ? library.AV_SAMPLE_FMT_S16
    : codec === "aac"
    ? library.AV_SAMPLE_FMT_FLTP
    : library.AV_SAMPLE_FMT_FLT
  const shape = { channel_layout: 4, channels: 1, sample_rate: sampleRate }
  const [, context, frame, packet, frameSize] = orThrow(open(instance, () =>
    library.ff_init_encoder_sync(codec, {
      ctx: { ...shape, sample_fmt: format, ...(bitRate !== undefined && { bit_rate: bitRate }) },
      time_base: [1, sampleRate],
      options: { ...options.options }
    })))
  instance.releases.add(() => library.ff_free_encoder_sync(context, frame, packet))

  const held = new Float32Array(frameSize)
  let count = 0
  let at = 0
  const takeFrame = (): Frame => {
    const samples = held.subarray(0, count)
    const data = codec === "flac" ? toInt16(samples) : codec === "aac" ? [samples] : samples
    const taken = { ...shape, format, data, pts: at, ptshi: 0, nb_samples: count }
    at += count
    count = 0
    return taken
  }
  const encode = (frames: ReadonlyArray<Frame>, end: boolean) =>
    orThrow(attempt(instance, () => library.ff_encode_multi_sync(context, frame, packet, [...frames], end)))
      .map(({ data }) => data)
      // FLAC ends with an empty packet that carries a checksum of the whole.
      .filter((data) => data.length > 0)

  return {
    frameSize,
    extradata: library.copyout_u8_sync(
      library.AVCodecContext_extradata_sync(context),
      library.AVCodecContext_extradata_size_sync(context)
    ),
    push: (samples) => {
      const packets: Array<Uint8Array> = []
      for (let i = 0; i < samples.length; i++) {
        held[count++] = tame(samples[i]!)
        if (count === frameSize) packets.push(...encode([takeFrame()], false))
      }
      return packets
    },
    end: () => encode(count === 0 ? [] : [takeFrame()], true)
  }
}

/** FFmpeg's numbers of sample formats say whether the channels lie side by side, and how samples are stored. */
const soundOf = (frame: Frame): Sound | undefined => {
  const { channels = 0, data, nb_samples: length = 0, sample_rate: sampleRate = 0 } = frame
  // FFmpeg keeps more than 8 planes elsewhere, where libav.js does not look.
  const planar = Array.isArray(data)
  if (length === 0 || sampleRate === 0 || channels === 0 || (planar && channels > 8)) return undefined
  const decoded: Frames = Array.from({ length: channels }, (_, channel) => {
    const plane: Float32Array | Int16Array | Int32Array = planar ? data[channel] : data
    const scale = plane instanceof Int16Array ? 1 / 32_768 : plane instanceof Int32Array ? 1 / 2_147_483_648 : 1
    const [first, step] = planar ? [0, 1] : [channel, channels]
    const samples = new Float32Array(length)
    for (let i = 0, at = first; i < length; i++, at += step) samples[i] = tame(plane[at]! * scale)
    return samples
  })
  return { sampleRate, channels: decoded }
}

const openDecoder = (library: Library, codec: string, extradata: Uint8Array | undefined) => {
  const parameters = library.avcodec_parameters_alloc_sync()
  if (extradata !== undefined) {
    // FFmpeg reads a little beyond the end.
    const copy = library.calloc_sync(extradata.length + 64, 1)
    library.copyin_u8_sync(copy, extradata)
    library.AVCodecParameters_extradata_s_sync(parameters, copy)
    library.AVCodecParameters_extradata_size_s_sync(parameters, extradata.length)
  }
  const opened = library.ff_init_decoder_sync(codec, parameters)
  library.avcodec_parameters_free_js_sync(parameters)
  return opened
}

const makeDecoder = (
  instance: Instance,
  codec: string,
  extradata: Uint8Array | undefined
): Result.Result<PacketDecoder, unknown> => {
  const { library } = instance
  const opened = open(instance, () => openDecoder(library, codec, extradata))
  return Result.map(opened, ([, context, packet, frame]): PacketDecoder => {
    const release = () => library.ff_free_decoder_sync(context, packet, frame)
    instance.releases.add(release)
    return {
      decode: (data) => {
        const sounds = attempt(instance, () =>
          library.ff_decode_multi_sync(context, packet, frame, [{ data }])
            .map(soundOf)
            .filter((sound) => sound !== undefined))
        return Result.isFailure(sounds) && !instance.broken ? Result.succeed([]) : sounds
      },
      close: () => free(instance, release)
    }
  })
}

/** The library, until the scope closes. */
export const libav: Effect.Effect<Libav, never, Scope.Scope> = Effect.map(
  Effect.acquireRelease(takeInstance, giveBack),
  (instance) => ({
    encoder: (options) => makeEncoder(instance, options),
    decoder: (codec, extradata) => makeDecoder(instance, codec, extradata)
  })
)
