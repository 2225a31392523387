/** AAC in ADTS frames. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { MalformedAudio } from "../errors.ts"
import { type FileDecoder, type FileEncoder, joinBytes, type Sound } from "./codec.ts"
import { libav, type PacketDecoder } from "./libav.ts"
import { makeFrameSplitter } from "./mpegFrames.ts"

/**
 * Bits per second below which words of the test voice get lost, the sooner the shorter its pauses are. Lower rates are
 * raised to it: a file that is larger than asked for is of more use than one that says something else.
 */
const lowestBitRate = 40_000

/** Below this many bits per second, they are spent on the band of the telephone alone. */
const wideBandFrom = 96_000

const narrowBand = { cutoff: "4000" }

/** 7 bytes before every frame: MPEG-4, low complexity, one channel, no checksum. */
const adtsHeader = (rateIndex: number, payloadBytes: number): Uint8Array => {
  const length = payloadBytes + 7
  return Uint8Array.of(
    0xff,
    0xf1,
    0x40 | (rateIndex << 2),
    0x40 | (length >> 11),
    (length >> 3) & 0xff,
    ((length & 7) << 5) | 0x1f,
    0xfc
  )
}

/** An encoder of one file, mono, until the scope closes. Throws for a rate that AAC does not know. */
export const aacEncoder = (
  options: { readonly sampleRate: number; readonly bitRate: number }
): Effect.Effect<() => FileEncoder, never, Scope.Scope> =>
  Effect.map(libav, (library) => () => {
    const encoder = library.encoder({
      codec: "aac",
      sampleRate: options.sampleRate,
      bitRate: Math.max(lowestBitRate, options.bitRate),
      options: options.bitRate < wideBandFrom ? narrowBand : {}
    })
    // The codec's header starts with 5 bits of object type and 4 bits of rate.
    const rateIndex = ((encoder.extradata[0]! & 7) << 1) | (encoder.extradata[1]! >> 7)
    const framed = (packets: ReadonlyArray<Uint8Array>) =>
      joinBytes(packets.flatMap((packet) => [adtsHeader(rateIndex, packet.length), packet]))
    return {
      head: new Uint8Array(0),
      push: (samples) => framed(encoder.push(samples)),
      end: () => framed(encoder.end())
    }
  })

/** A decoder of one file, until the scope closes. */
export const aacDecoder: Effect.Effect<FileDecoder, never, Scope.Scope> = Effect.map(libav, (library) => {
  const splitter = makeFrameSplitter("aac")
  const malformed = (reason: string) => new MalformedAudio({ container: "aac", offset: splitter.offset(), reason })
  const open = () => Result.mapError(library.decoder("aac"), () => malformed("the decoder cannot be opened"))
  let decoder = open()
  let channels: number | undefined

  const decodeFrame = ({ close, decode }: PacketDecoder, frame: Uint8Array) =>
    Result.mapBoth(decode(frame), {
      onFailure: () => malformed("the decoder broke down over a frame"),
      onSuccess: (sounds): ReadonlyArray<Sound> => {
        const [sound] = sounds
        channels ??= sound?.channels.length
        if (sound !== undefined && sound.channels.length === channels) return sounds
        // A damaged frame can announce other channels, in whose terms the decoder would take all that follows.
        close()
        decoder = open()
        return []
      }
    })

  return {
    push: splitter.push,
    end: splitter.end,
    next: () =>
      Result.flatMap(decoder, (opened) => {
        const frame = splitter.next()
        return frame === undefined ? Result.succeed(undefined) : decodeFrame(opened, frame.bytes)
      })
  }
})
