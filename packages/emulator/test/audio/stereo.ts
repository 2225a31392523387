/** Files of two channels, which the emulator reads but does not write. */
import { Effect } from "effect"
import { createMp3Encoder } from "wasm-media-encoders"
import { loadLibav } from "../../src/internal/audio/codecs/libav.ts"
import { writePage } from "../../src/internal/audio/codecs/oggPage.ts"
import { interleave } from "../../src/internal/audio/pcm.ts"
import { bytesOf } from "./files.ts"

const packets = (codec: "aac" | "libopus" | "flac", sampleRate: number, channels: ReadonlyArray<Float32Array>) =>
  Effect.map(Effect.flatMap(loadLibav, (libav) => Effect.promise(() => libav.LibAV({ noworker: true }))), (library) => {
    library.av_log_set_level_sync(-8)
    const shape = { channel_layout: 3, channels: 2, sample_rate: sampleRate }
    const planar = codec === "aac"
    const format = planar
      ? library.AV_SAMPLE_FMT_FLTP
      : codec === "flac"
      ? library.AV_SAMPLE_FMT_S32
      : library.AV_SAMPLE_FMT_FLT
    const [, context, frame, packet, frameSize] = library.ff_init_encoder_sync(codec, {
      ctx: { ...shape, sample_fmt: format, bit_rate: 128_000 },
      time_base: [1, sampleRate]
    })
    const length = Math.max(...channels.map((channel) => channel.length))
    const frames = []
    for (let at = 0; at < length; at += frameSize) {
      const parts = channels.map((channel) => {
        const part = new Float32Array(frameSize)
        part.set(channel.subarray(at, at + frameSize))
        return part
      })
      const sides = interleave(parts)
      const data = planar ? parts : codec === "flac" ? Int32Array.from(sides, (x) => Math.round(x * 2 ** 31)) : sides
      frames.push({ ...shape, format, data, pts: at, ptshi: 0, nb_samples: frameSize })
    }
    const made = library.ff_encode_multi_sync(context, frame, packet, frames, true).map(({ data }) => data)
    const header = library.copyout_u8_sync(
      library.AVCodecContext_extradata_sync(context),
      library.AVCodecContext_extradata_size_sync(context)
    )
    return { header, packets: made.filter((data) => data.length > 0), frameSize }
  })

const mp3 = (sampleRate: number, [left, right]: ReadonlyArray<Float32Array>) =>
  Effect.map(Effect.promise(() => createMp3Encoder()), (encoder) => {
    encoder.configure({ channels: 2, sampleRate, bitrate: 128 })
    const length = Math.min(left!.length, right!.length)
    const body = encoder.encode([left!.subarray(0, length), right!.subarray(0, length)]).slice()
    return bytesOf(body, encoder.finalize())
  })

/** A file of two channels; those of FLAC have 24 bits. */
export const stereo = (
  kind: "mp3" | "opus" | "flac" | "aac",
  sampleRate: number,
  channels: ReadonlyArray<Float32Array>
) => {
  switch (kind) {
    case "mp3":
      return mp3(sampleRate, channels)
    case "flac":
      return Effect.map(
        packets("flac", sampleRate, channels),
        ({ header, packets }) => new Uint8Array(Buffer.concat([bytesOf("fLaC", [0x80, 0, 0, 34], header), ...packets]))
      )
    case "aac":
      return Effect.map(packets("aac", sampleRate, channels), ({ header, packets }) => {
        const rate = ((header[0]! & 7) << 1) | (header[1]! >> 7)
        const framed = packets.flatMap((packet) => {
          const length = packet.length + 7
          return [
            Uint8Array.of(
              0xff,
              0xf1,
              0x40 | (rate << 2),
              0x80 | (length >> 11),
              (length >> 3) & 255,
              ((length & 7) << 5) | 31,
              0xfc
            ),
            packet
          ]
        })
        return new Uint8Array(Buffer.concat(framed))
      })
    case "opus":
      return Effect.map(packets("libopus", sampleRate, channels), ({ frameSize, header, packets }) => {
        const page = (packet: Uint8Array, sequence: number) =>
          writePage({
            first: sequence === 0,
            last: sequence === packets.length + 1,
            serial: 77,
            sequence,
            granule: Math.max(0, sequence - 1) * frameSize,
            packets: [packet]
          })
        const tags = bytesOf("OpusTags", [0, 0, 0, 0], [0, 0, 0, 0])
        return new Uint8Array(Buffer.concat([header, tags, ...packets].map(page)))
      })
  }
}
