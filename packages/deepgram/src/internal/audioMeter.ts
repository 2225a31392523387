/** How long audio is, by its bytes: raw samples, or WAV in any chunking. */

/** What is said of raw audio, as in the options of a session. */
export interface AudioFormat {
  readonly encoding?: string | undefined
  /** Hz. */
  readonly sample_rate?: number | undefined
  /** Default 1. */
  readonly channels?: number | undefined
}

/** How samples lie in bytes. */
export interface AudioLayout {
  readonly bytesPerSecond: number
  /** Bytes that belong together: one sample of every channel. */
  readonly sampleBytes: number
}

/** Bytes of one sample of one channel, by `encoding`. */
export const sampleSizes = { linear16: 2, linear32: 4, mulaw: 1, alaw: 1 } as const

/** Whether the length of audio in this encoding can be told by its bytes. */
export const isRaw = (encoding: string): encoding is keyof typeof sampleSizes => Object.hasOwn(sampleSizes, encoding)

const layout = (bytesPerSecond: number, sampleBytes: number): AudioLayout | undefined =>
  bytesPerSecond > 0 && Number.isFinite(bytesPerSecond) && sampleBytes > 0
    ? { bytesPerSecond, sampleBytes }
    : undefined

/** The layout of raw audio; `undefined` for what is compressed, or not said. */
export const rawLayout = ({ channels = 1, encoding, sample_rate }: AudioFormat): AudioLayout | undefined => {
  if (encoding === undefined || sample_rate === undefined || !isRaw(encoding)) return undefined
  const sampleBytes = sampleSizes[encoding] * channels
  return layout(sample_rate * sampleBytes, sampleBytes)
}

/** What the first bytes say. */
export interface AudioHead {
  /** `undefined`: of a kind whose length its bytes do not tell. */
  readonly layout: AudioLayout | undefined
  /** The bytes before the samples. */
  readonly headBytes: number
  /** The bytes of the samples; `Infinity`: all that follow. */
  readonly dataBytes: number
}

/** A header that is longer is not read: it would have to be kept for as long. */
export const maxHeadBytes = 65_536

const isPrintable = (byte: number) => byte >= 0x20 && byte < 0x7f

/** PCM, floats, A-law, mu-law, and the extensible form of them: as many bytes as samples, whatever the byte rate says. */
const plainFormats: ReadonlySet<number> = new Set([1, 3, 6, 7, 0xfffe])

const readLayout = (view: DataView, at: number): AudioLayout | undefined => {
  const sampleBytes = view.getUint16(at + 12, true)
  const byteRate = view.getUint32(at + 8, true)
  return plainFormats.has(view.getUint16(at, true))
    ? layout(view.getUint32(at + 4, true) * sampleBytes, sampleBytes)
    : layout(byteRate, Math.max(1, sampleBytes))
}

const unknownWav: AudioHead = { layout: undefined, headBytes: 0, dataBytes: 0 }

/** `undefined`: more bytes are needed. */
const readChunks = (bytes: Uint8Array): AudioHead | undefined => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let found: AudioLayout | undefined
  let longDataBytes = Infinity
  let at = 12
  while (at + 8 <= bytes.length) {
    const id = String.fromCharCode(...bytes.subarray(at, at + 4))
    const size = view.getUint32(at + 4, true)
    at += 8
    if (id === "data") {
      // Recorders that do not know the length yet write 0 or the largest number.
      const dataBytes = size === 0 ? Infinity : size === 0xffffffff ? longDataBytes : size
      return { layout: found, headBytes: at, dataBytes }
    }
    if (id === "fmt ") {
      if (size < 16) return unknownWav
      if (at + 16 > bytes.length) return undefined
      found = readLayout(view, at)
    } else if (id === "ds64" && size >= 16) {
      if (at + 16 > bytes.length) return undefined
      longDataBytes = Number(view.getBigUint64(at + 8, true)) || Infinity
    }
    at += size
    // An odd chunk is followed by a pad byte, which some recorders forget.
    const next = bytes[at]
    if (size % 2 === 1 && next !== undefined && !isPrintable(next)) at++
  }
  return undefined
}

const startsWith = (bytes: Uint8Array, text: string, at: number): boolean => {
  for (let index = 0; index < text.length && at + index < bytes.length; index++) {
    if (bytes[at + index] !== text.charCodeAt(index)) return false
  }
  return true
}

/** Whether the bytes are the beginning of a WAV file, as far as they go. */
const mayBeWav = (bytes: Uint8Array): boolean =>
  (startsWith(bytes, "RIFF", 0) || startsWith(bytes, "RF64", 0)) && startsWith(bytes, "WAVE", 8)

/**
 * Reads the first bytes as they come. `push` answers once it is certain what they are, and is not called again after
 * that. What starts like WAV is WAV, also when `encoding` says something else.
 */
export const makeHeadReader = (raw: AudioLayout | undefined) => {
  let kept = new Uint8Array(0)
  let length = 0
  const append = (bytes: Uint8Array) => {
    if (length + bytes.length > kept.length) {
      const larger = new Uint8Array(Math.max(256, 2 * (length + bytes.length)))
      larger.set(kept.subarray(0, length))
      kept = larger
    }
    kept.set(bytes, length)
    length += bytes.length
  }
  const samples: AudioHead = { layout: raw, headBytes: 0, dataBytes: Infinity }
  return {
    push(bytes: Uint8Array): AudioHead | undefined {
      if (length === 0 && !mayBeWav(bytes)) return samples
      append(bytes.subarray(0, maxHeadBytes - length))
      const head = kept.subarray(0, length)
      if (!mayBeWav(head)) return samples
      if (length < 12) return undefined
      return readChunks(head) ?? (length === maxHeadBytes ? unknownWav : undefined)
    },
    /** There are no more bytes. */
    end: (): AudioHead => (length < 12 ? samples : unknownWav)
  }
}

/** Measures audio by its bytes. */
export interface AudioMeter {
  readonly add: (bytes: Uint8Array) => void
  /** Seconds of audio in what was added; `undefined` when the bytes do not tell. */
  readonly seconds: () => number | undefined
  /** `undefined` when the bytes do not tell. */
  readonly bytesPerSecond: () => number | undefined
}

/**
 * Measures raw linear16, linear32, mulaw and alaw by `sample_rate` and `channels`, and WAV (RIFF and RF64) by its
 * header, of which only the samples count. Nothing is allocated once the first bytes were seen.
 */
export const makeAudioMeter = (format: AudioFormat): AudioMeter => {
  const raw = rawLayout(format)
  const reader = makeHeadReader(raw)
  let head: AudioHead | undefined
  let total = 0
  return {
    add(bytes) {
      total += bytes.length
      head ??= reader.push(bytes)
    },
    seconds() {
      if (head === undefined) return raw === undefined ? undefined : 0
      if (head.layout === undefined) return undefined
      return Math.min(Math.max(total - head.headBytes, 0), head.dataBytes) / head.layout.bytesPerSecond
    },
    bytesPerSecond: () => (head === undefined ? raw : head.layout)?.bytesPerSecond
  }
}
