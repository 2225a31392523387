/** What the first bytes of an upload are. */
import { findMpeg } from "./mpeg.ts"
import { describeText } from "./text.ts"

/** A verdict about the first bytes. */
export type Sniffed =
  | { readonly _tag: "Wav" }
  | {
    readonly _tag: "Container"
    readonly container: string
    /** What `music-metadata` finds its parser by; missing when it has none. */
    readonly mimeType: string | undefined
    readonly codec: string | undefined
  }
  | { readonly _tag: "NotAudio"; readonly found: string }

/** Bytes after which a verdict is always given. */
export const sniffBytes = 4096

interface Signature {
  readonly offset?: number
  readonly magic: string
  readonly is: Sniffed
}

const container = (name: string, mimeType?: string, codec?: string): Sniffed => ({
  _tag: "Container",
  container: name,
  mimeType,
  codec
})

const notAudio = (found: string): Sniffed => ({ _tag: "NotAudio", found })

/** Magic numbers as Latin-1 text. */
const signatures: ReadonlyArray<Signature> = [
  { magic: "fLaC", is: container("flac", "audio/flac", "FLAC") },
  { magic: "#!AMR-WB\n", is: container("amr", undefined, "AMR-WB") },
  { magic: "#!AMR-WB_MC1.0\n", is: container("amr", undefined, "AMR-WB") },
  { magic: "#!AMR\n", is: container("amr", undefined, "AMR-NB") },
  { magic: "#!AMR_MC1.0\n", is: container("amr", undefined, "AMR-NB") },
  { magic: ".snd", is: container("au") },
  { magic: "caff", is: container("caf") },
  { magic: "wvpk", is: container("wavpack", "audio/wavpack", "WavPack") },
  { magic: "MAC ", is: container("ape", "audio/ape", "Monkey's Audio") },
  { magic: "MPCK", is: container("musepack", "audio/musepack", "Musepack") },
  { magic: "MP+", is: container("musepack", "audio/musepack", "Musepack") },
  { magic: "DSD ", is: container("dsf", "audio/dsf", "DSD") },
  { magic: "FRM8", is: container("dsdiff", "audio/dsf", "DSD") },
  { magic: "FLV\x01", is: container("flv") },
  { magic: "\x0b\x77", is: container("ac3", undefined, "AC-3") },
  { magic: "\x00\x00\x01\xba", is: container("mpeg-ps") },
  {
    magic: "\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c",
    is: container("asf", "audio/x-ms-asf")
  },
  { magic: "moov", offset: 4, is: container("mov", "video/quicktime") },
  { magic: "mdat", offset: 4, is: container("mov", "video/quicktime") },
  { magic: "\x89PNG", is: notAudio("a PNG image") },
  { magic: "\xff\xd8\xff", is: notAudio("a JPEG image") },
  { magic: "GIF8", is: notAudio("a GIF image") },
  { magic: "%PDF", is: notAudio("a PDF document") },
  { magic: "PK\x03\x04", is: notAudio("a ZIP archive") },
  { magic: "\x1f\x8b", is: notAudio("gzip data") },
  { magic: "BZh", is: notAudio("bzip2 data") },
  { magic: "7z\xbc\xaf\x27\x1c", is: notAudio("a 7z archive") },
  { magic: "\x28\xb5\x2f\xfd", is: notAudio("zstd data") },
  { magic: "\x7fELF", is: notAudio("a program") }
]

const latin1 = (bytes: Uint8Array, from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to))

/** Four-letter kinds of the container formats that say at bytes 8 to 11 what they hold. */
const iffKinds: Readonly<Record<string, Sniffed>> = {
  "RIFF WAVE": { _tag: "Wav" },
  "RIFX WAVE": { _tag: "Wav" },
  "RF64 WAVE": { _tag: "Wav" },
  "BW64 WAVE": { _tag: "Wav" },
  "RIFF AVI ": container("avi"),
  "RIFF WEBP": notAudio("a WebP image"),
  "FORM AIFF": container("aiff", "audio/aiff"),
  "FORM AIFC": container("aiff", "audio/aiff")
}

const brand = (name: string): Sniffed => {
  if (name.startsWith("qt")) return container("mov", "video/quicktime")
  if (name.startsWith("M4A") || name.startsWith("M4B")) return container("m4a", "audio/mp4")
  if (/^3g[gps2]/.test(name)) return container("3gp", "video/mp4")
  if (/^(avif|avis|heic|heix|mif1|msf1)/.test(name)) return notAudio("an image (HEIF or AVIF)")
  return container("mp4", "video/mp4")
}

const oggCodecs: ReadonlyArray<readonly [magic: string, codec: string]> = [
  ["OpusHead", "Opus"],
  ["\x01vorbis", "Vorbis"],
  ["Speex   ", "Speex"],
  ["\x7fFLAC", "FLAC"],
  ["\x80theora", "Theora"]
]

/** The first page of an Ogg file starts with the name of its codec, behind a header of 27 bytes and `lacing`. */
const ogg = (bytes: Uint8Array, complete: boolean): Sniffed | undefined => {
  const payload = 27 + (bytes[26] ?? 0)
  if (bytes.length < payload + 8 && !complete) return undefined
  const start = latin1(bytes, payload, payload + 8)
  return container("ogg", "audio/ogg", oggCodecs.find(([magic]) => start.startsWith(magic))?.[1])
}

const ebml = (bytes: Uint8Array, complete: boolean): Sniffed | undefined => {
  if (bytes.length < 64 && !complete) return undefined
  return latin1(bytes, 0, 64).includes("webm")
    ? container("webm", "video/webm")
    : container("matroska", "video/matroska")
}

const isTransportStream = (bytes: Uint8Array): boolean =>
  bytes.length > 376 && bytes[0] === 0x47 && bytes[188] === 0x47 && bytes[376] === 0x47

/** The longest magic is 16 bytes. */
const decisive = 16

/** Bytes after which it is certain whether they begin a WAV file. */
export const wavHeadBytes = 12

/**
 * A verdict, or `undefined` if it takes more bytes. `complete`: there are no more. `bytes` starts at the start of the
 * upload and has at least one byte.
 */
export const sniff = (bytes: Uint8Array, complete: boolean): Sniffed | undefined => {
  if (bytes.length < decisive && !complete) return startsLikeWav(bytes) === true ? { _tag: "Wav" } : undefined
  const start = latin1(bytes, 0, decisive)
  const kind = iffKinds[`${start.slice(0, 4)} ${start.slice(8, 12)}`]
  if (kind !== undefined) return kind
  if (start.startsWith("OggS")) return ogg(bytes, complete)
  if (start.startsWith("\x1a\x45\xdf\xa3")) return ebml(bytes, complete)
  if (start.slice(4, 8) === "ftyp") return brand(start.slice(8, 12))
  const signature = signatures.find(({ magic, offset }) => start.startsWith(magic, offset ?? 0))
  if (signature !== undefined) return signature.is
  // What remains has no name at its start: text, MPEG frames or noise. All of what may be looked at is needed.
  if (bytes.length < sniffBytes && !complete) return undefined
  if (isTransportStream(bytes)) return container("mpeg-ts")
  const text = describeText(bytes)
  if (text !== undefined) return notAudio(text)
  const mpeg = findMpeg(bytes)
  if (mpeg === "aac") return container("aac", "audio/aac", "AAC")
  if (mpeg !== undefined) return container(mpeg, "audio/mpeg", mpeg.toUpperCase())
  return notAudio(
    start.startsWith("RIFF") ? "a RIFF file without audio" : "binary data of no known format"
  )
}

/**
 * Whether an upload that is declared as raw audio is plainly a WAV file all the same; `undefined` if that takes more
 * bytes. Answers as early as possible, since live audio waits for it.
 */
export const startsLikeWav = (bytes: Uint8Array): boolean | undefined => {
  const magic = latin1(bytes, 0, 4)
  const kind = latin1(bytes, 8, 12)
  if (!["RIFF", "RIFX", "RF64", "BW64"].some((id) => id.startsWith(magic)) || !"WAVE".startsWith(kind)) return false
  return bytes.length < wavHeadBytes ? undefined : true
}
