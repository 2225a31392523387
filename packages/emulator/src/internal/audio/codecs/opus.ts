/** Opus in Ogg, after RFC 7845. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { MalformedAudio } from "../errors.ts"
import { type FileDecoder, type FileEncoder, joinBytes, type Sound } from "./codec.ts"
import { libav, type PacketDecoder } from "./libav.ts"
import { makeOggReader, type OggPackets } from "./oggPackets.ts"
import { fits, type OggPage, writePage } from "./oggPage.ts"

/**
 * Bits per second below which words of the test voice get lost. Lower rates are raised to it: a file that is larger
 * than asked for is of more use than one that says something else.
 */
const lowestBitRate = 32_000

/** The most that FFmpeg allows for one channel; Opus itself knows no use for more. */
const highestBitRate = 256_000

/** Below this many bits per second, they are spent on the band of the telephone alone. */
const wideBandFrom = 64_000

/** Granule positions count at this rate, whatever the rate of the samples. */
const granuleRate = 48_000

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text)

const startsWith = (packet: Uint8Array, text: string): boolean => ascii(text).every((byte, i) => packet[i] === byte)

const headMagic = "OpusHead"
const headBytes = 19

const vendor = ascii("effect-deepgram emulator")

/** The comments: who wrote the file, and nothing else. */
const tags = joinBytes([ascii("OpusTags"), Uint8Array.of(vendor.length, 0, 0, 0), vendor, new Uint8Array(4)])

/** The number of the stream: there is only one in a file. */
const serial = 1

/** An encoder of one file, mono, until the scope closes. Throws for a rate that Opus does not know. */
export const opusEncoder = (
  options: { readonly sampleRate: number; readonly bitRate: number }
): Effect.Effect<() => FileEncoder, never, Scope.Scope> =>
  Effect.map(libav, (library) => () => {
    const encoder = library.encoder({
      codec: "libopus",
      sampleRate: options.sampleRate,
      bitRate: Math.min(highestBitRate, Math.max(lowestBitRate, options.bitRate)),
      options: {
        // Keeps the wave, where the other modes keep what speech sounds like.
        application: "lowdelay",
        frame_duration: "20",
        vbr: "off",
        ...(options.bitRate < wideBandFrom && { cutoff: "4000" })
      }
    })
    const granulesPerSample = granuleRate / options.sampleRate
    const head = encoder.extradata
    const preSkip = head[10]! | (head[11]! << 8)
    let samples = 0
    let packetsWritten = 0
    let sequence = 0

    const page = (packets: ReadonlyArray<Uint8Array>, rest: Partial<OggPage> = {}): Uint8Array => {
      packetsWritten += packets.length
      const granule = packetsWritten * encoder.frameSize * granulesPerSample
      return writePage({ first: false, last: false, serial, sequence: sequence++, granule, packets, ...rest })
    }
    const pages = (packets: ReadonlyArray<Uint8Array>): Array<Uint8Array> => {
      const written: Array<Uint8Array> = []
      let from = 0
      for (let to = 1; to <= packets.length; to++) {
        if (to === packets.length || !fits(packets.slice(from, to + 1))) {
          written.push(page(packets.slice(from, to)))
          from = to
        }
      }
      return written
    }

    return {
      head: joinBytes([
        writePage({ first: true, last: false, serial, sequence: sequence++, granule: 0, packets: [head] }),
        writePage({ first: false, last: false, serial, sequence: sequence++, granule: 0, packets: [tags] })
      ]),
      push: (chunk) => {
        samples += chunk.length
        return joinBytes(pages(encoder.push(chunk)))
      },
      end: () => {
        const packets = encoder.end()
        // The last page says where the sound ends, within its last packet.
        const granule = preSkip + samples * granulesPerSample
        return joinBytes([...pages(packets.slice(0, -1)), page(packets.slice(-1), { last: true, granule })])
      }
    }
  })

/** Samples of one frame at 48 kHz, by the first five bits of a packet. */
const frameSamples = (config: number): number =>
  config < 12
    ? [480, 960, 1920, 2880][config & 3]!
    : config < 16
    ? [480, 960][config & 1]!
    : [120, 240, 480, 960][config & 3]!

/** Samples of a packet at 48 kHz. */
const packetSamples = (packet: Uint8Array): number => {
  const [first = 0, second = 0] = packet
  const frames = (first & 3) === 0 ? 1 : (first & 3) === 3 ? second & 0x3f : 2
  return frames * frameSamples(first >> 3)
}

const cut = (sound: Sound, surplus: number): Sound => ({
  ...sound,
  channels: sound.channels.map((samples) => samples.subarray(0, Math.max(0, samples.length - surplus)))
})

/** A decoder of one file, until the scope closes. */
export const opusDecoder: Effect.Effect<FileDecoder, never, Scope.Scope> = Effect.map(libav, (library) => {
  const reader = makeOggReader((packet) => startsWith(packet, headMagic))
  let decoder: PacketDecoder | undefined
  let commented = false
  /** Where the next packet begins; unknown before the first page of sound. */
  let position: number | undefined
  const queue: Array<{ readonly packet: Uint8Array; readonly surplus: number }> = []

  const malformed = (reason: string) => new MalformedAudio({ container: "ogg", offset: reader.offset(), reason })

  const begin = (head: Uint8Array): MalformedAudio | undefined => {
    if (head.length < headBytes || head[8]! >= 16 || head[9] === 0) return malformed("its OpusHead makes no sense")
    const opened = library.decoder("libopus", head)
    if (Result.isFailure(opened)) return malformed("the decoder cannot be opened")
    decoder?.close()
    decoder = opened.success
    commented = false
    position = undefined
    return undefined
  }

  /** What is to be decoded of a page. On the last one, sound beyond its granule position only fills the packet. */
  const takePage = ({ packets, page }: OggPackets): void => {
    const audio = commented ? packets : packets.slice(1)
    commented ||= packets.length > 0
    if (audio.length === 0) return
    const lengths = audio.map(packetSamples)
    const total = lengths.reduce((sum, length) => sum + length, 0)
    // A recording of a broadcast does not start at 0.
    position ??= page.last || page.granule < 0 ? 0 : Math.max(0, page.granule - total)
    for (const [index, packet] of audio.entries()) {
      position += lengths[index]!
      queue.push({ packet, surplus: page.last && page.granule >= 0 ? Math.max(0, position - page.granule) : 0 })
    }
  }

  return {
    push: reader.push,
    end: reader.end,
    next: (): Result.Result<ReadonlyArray<Sound> | undefined, MalformedAudio> => {
      const next = queue.shift()
      if (next !== undefined && decoder !== undefined) {
        return Result.mapBoth(decoder.decode(next.packet), {
          onFailure: () => malformed("the decoder broke down over a packet"),
          onSuccess: (sounds) => sounds.map((sound) => cut(sound, next.surplus))
        })
      }
      const found = reader.next()
      if (found === undefined) return Result.succeed(undefined)
      const [head] = found.packets
      if (found.page.first && head !== undefined) {
        const problem = begin(head)
        if (problem !== undefined) return Result.fail(problem)
      } else {
        takePage(found)
      }
      return Result.succeed([])
    }
  }
})
