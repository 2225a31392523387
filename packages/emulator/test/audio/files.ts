/** Small, valid files of the formats that the emulator recognises, made byte by byte. */

export const bytesOf = (...parts: ReadonlyArray<string | number | Uint8Array | ReadonlyArray<number>>): Uint8Array => {
  const all = parts.flatMap((part) =>
    typeof part === "string"
      ? Array.from(part, (character) => character.charCodeAt(0))
      : typeof part === "number"
      ? [part]
      : Array.from(part)
  )
  return Uint8Array.from(all)
}

export const u16 = (value: number) => [value & 255, (value >> 8) & 255]
export const u32 = (value: number) => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value >>> 24) & 255]
export const b16 = (value: number) => u16(value).toReversed()
export const b32 = (value: number) => u32(value).toReversed()
const b24 = (value: number) => b32(value).slice(1)
const zeros = (count: number) => new Uint8Array(count)

// --- WAV ---------------------------------------------------------------------------------------------------------

export const chunk = (id: string, body: Uint8Array | ReadonlyArray<number>, size = body.length) =>
  bytesOf(id, u32(size), body)

/** With the pad byte that an odd chunk needs. */
export const padded = (id: string, body: Uint8Array | ReadonlyArray<number>) =>
  bytesOf(chunk(id, body), zeros(body.length % 2))

export interface Fmt {
  readonly tag: number
  readonly channels: number
  readonly sampleRate: number
  readonly bits: number
  readonly byteRate?: number
  readonly blockAlign?: number
}

export const fmtBody = ({ bits, channels, sampleRate, tag, ...given }: Fmt) => {
  const blockAlign = given.blockAlign ?? channels * Math.ceil(bits / 8)
  const byteRate = given.byteRate ?? sampleRate * blockAlign
  return bytesOf(u16(tag), u16(channels), u32(sampleRate), u32(byteRate), u16(blockAlign), u16(bits))
}

/** The GUID of a sub-format: the tag, and the tail that all of Microsoft's share. */
export const guid = (tag: number) => bytesOf(u32(tag), [0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71])

export const extensibleBody = (fmt: Fmt, subFormat: Uint8Array = guid(fmt.tag)) =>
  bytesOf(fmtBody({ ...fmt, tag: 0xfffe }), u16(22), u16(fmt.bits), u32(0), subFormat)

/** `size`: what the RIFF header claims; by default the truth. */
export const riff = (parts: ReadonlyArray<Uint8Array>, options: { magic?: string; size?: number } = {}) => {
  const body = bytesOf("WAVE", ...parts)
  return bytesOf(options.magic ?? "RIFF", u32(options.size ?? body.length), body)
}

export const pcm16: Fmt = { tag: 1, channels: 1, sampleRate: 16_000, bits: 16 }

// --- others ------------------------------------------------------------------------------------------------------

/** MPEG-1 layer III, 128 kbit/s, 44.1 kHz, joint stereo: 1152 samples and 417 bytes per frame, all silence. */
export const mp3 = (frames: number) =>
  bytesOf(...Array.from({ length: frames }, () => bytesOf([0xff, 0xfb, 0x90, 0x40], zeros(413))))

export const id3 = (body: Uint8Array) =>
  bytesOf("ID3", [4, 0, 0], [0, 0, (body.length >> 7) & 127, body.length & 127], body)

/** MPEG-4 AAC-LC, 16 kHz, mono. */
export const adts = (frames: number, payload = 100) => {
  const length = payload + 7
  const header = [0xff, 0xf1, 0x60, 0x40 | (length >> 11), (length >> 3) & 255, ((length & 7) << 5) | 0x1f, 0xfc]
  return bytesOf(...Array.from({ length: frames }, () => bytesOf(header, zeros(payload))))
}

export const flac = (options: { sampleRate: number; channels: number; samples: number }) => {
  const { channels, sampleRate, samples } = options
  // 20 bits of rate, 3 of channels - 1, 5 of depth - 1, 36 of length.
  const packed = (BigInt(sampleRate) << 44n) | (BigInt(channels - 1) << 41n) | (15n << 36n) | BigInt(samples)
  const info = bytesOf(b16(4096), b16(4096), b24(0), b24(0), zeros(8), zeros(16))
  new DataView(info.buffer).setBigUint64(10, packed)
  return bytesOf("fLaC", 0x80, b24(34), info)
}

/** With the checksum in its place: over the page with zeros there. */
export const withChecksum = (page: Uint8Array) => {
  let crc = 0
  page.forEach((byte, index) => {
    crc ^= (index >= 22 && index < 26 ? 0 : byte) << 24
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? 0x04c11db7 : 0)
  })
  return bytesOf(page.subarray(0, 22), u32(crc), page.subarray(26))
}

export const oggPage = (flags: number, granule: number, sequence: number, packet: Uint8Array, serial = 1) =>
  withChecksum(bytesOf(
    "OggS",
    [0, flags],
    u32(granule),
    u32(0),
    u32(serial),
    u32(sequence),
    u32(0),
    [1, packet.length],
    packet
  ))

/** `seconds` of Opus: identification, comment and one page of audio, whose granule position tells the length. */
export const oggOpus = (channels: number, seconds: number) =>
  bytesOf(
    oggPage(2, 0, 0, bytesOf("OpusHead", 1, channels, u16(312), u32(16_000), u16(0), 0)),
    oggPage(0, 0, 1, bytesOf("OpusTags", u32(4), "test", u32(0))),
    oggPage(4, seconds * 48_000 + 312, 2, zeros(100))
  )

export const oggVorbis = bytesOf(
  oggPage(2, 0, 0, bytesOf(1, "vorbis", u32(0), 2, u32(44_100), u32(0), u32(112_000), u32(0), 0xb8, 1)),
  oggPage(4, 44_100, 1, zeros(100))
)

const element = (id: ReadonlyArray<number>, body: Uint8Array | ReadonlyArray<number>) =>
  bytesOf(id, [0x10 | (body.length >> 24), ...b24(body.length)], body)

const float64 = (value: number) => {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  return new Uint8Array(view.buffer)
}

/** Opus in a Segment with Info (2.5 s) and one audio track (48 kHz, mono). */
export const matroska = (docType: string) =>
  bytesOf(
    element(
      [0x1a, 0x45, 0xdf, 0xa3],
      bytesOf(element([0x42, 0x82], bytesOf(docType)), element([0x42, 0x87], [4]), element([0x42, 0x85], [2]))
    ),
    element(
      [0x18, 0x53, 0x80, 0x67],
      bytesOf(
        element(
          [0x15, 0x49, 0xa9, 0x66],
          bytesOf(element([0x2a, 0xd7, 0xb1], b32(1_000_000)), element([0x44, 0x89], float64(2500)))
        ),
        element(
          [0x16, 0x54, 0xae, 0x6b],
          element(
            [0xae],
            bytesOf(
              element([0xd7], [1]),
              element([0x83], [2]),
              element([0x86], bytesOf("A_OPUS")),
              element([0xe1], bytesOf(element([0xb5], float64(48_000)), element([0x9f], [1])))
            )
          )
        )
      )
    )
  )

const box = (type: string, ...parts: ReadonlyArray<Uint8Array | ReadonlyArray<number>>) => {
  const body = bytesOf(...parts)
  return bytesOf(b32(body.length + 8), type, body)
}

/** One AAC track, 44.1 kHz, stereo, 3 s; `brand`: `M4A `, `isom`, `qt  `. */
export const mp4 = (brand: string) =>
  bytesOf(
    box("ftyp", bytesOf(brand, u32(0), brand)),
    box(
      "moov",
      box("mvhd", b32(0), b32(0), b32(0), b32(1000), b32(3000), zeros(80)),
      box(
        "trak",
        box("tkhd", b32(0), b32(0), b32(0), b32(1), b32(0), b32(3000), zeros(60)),
        box(
          "mdia",
          box("mdhd", b32(0), b32(0), b32(0), b32(44_100), b32(3 * 44_100), b32(0)),
          box("hdlr", b32(0), b32(0), bytesOf("soun"), zeros(13)),
          box(
            "minf",
            box(
              "stbl",
              box(
                "stsd",
                b32(0),
                b32(1),
                box("mp4a", zeros(6), b16(1), zeros(8), b16(2), b16(16), b32(0), b16(44_100), b16(0))
              ),
              box("stts", b32(0), b32(0)),
              box("stsz", b32(0), b32(0), b32(0)),
              box("stsc", b32(0), b32(0)),
              box("stco", b32(0), b32(0))
            )
          )
        )
      )
    ),
    box("mdat", zeros(64))
  )

/** 16 bit, mono, 8 kHz (as an 80-bit float), 4000 frames. */
export const aiff = () => {
  const common = bytesOf(b16(1), b32(4000), b16(16), [0x40, 0x0b, 0xfa, 0, 0, 0, 0, 0, 0, 0])
  const form = bytesOf("AIFF", "COMM", b32(18), common, "SSND", b32(8008), zeros(8008))
  return bytesOf("FORM", b32(form.length), form)
}
