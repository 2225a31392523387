import { dataTones, nibbleTone, positionTone, preambleLength, preambleTone, toneNibble } from "./code.ts"
import { crc16, crcStart } from "./crc.ts"

/**
 * A burst is a preamble and one or more sections. A section is one header byte (bit 7: more sections follow; bits 0 to
 * 6: number of data bytes), the data and a CRC-16 over everything since the start of the burst, voice included. Bytes
 * travel as two nibbles, the higher first.
 */
const sectionLimit = 24
const more = 0x80

/** Words longer than this many UTF-8 bytes are not spoken, so that a recogniser can bound its memory. */
export const wordLimit = 65536

/** One symbol: the numbers of its low and its high tone. */
export interface Tones {
  readonly low: number
  readonly high: number
}

/** The symbols of a word, one after another. */
export function* burstSymbols(bytes: Uint8Array, voice: number): Generator<Tones> {
  let index = 0
  for (; index < preambleLength; index++) {
    yield { low: positionTone(index, voice), high: preambleTone(index) }
  }
  for (const nibble of nibbles(bytes, voice)) {
    yield { low: positionTone(index, voice), high: nibbleTone(nibble, index) }
    index++
  }
}

/** Number of symbols of a word of `length` bytes. */
export const burstLength = (length: number): number =>
  preambleLength + 2 * length + 6 * Math.max(1, Math.ceil(length / sectionLimit))

function* nibbles(bytes: Uint8Array, voice: number): Generator<number> {
  let crc = crc16(crcStart, voice)
  for (let at = 0; at < bytes.length; at += sectionLimit) {
    const count = Math.min(sectionLimit, bytes.length - at)
    const header = at + count < bytes.length ? count | more : count
    crc = crc16(crc, header)
    yield header >> 4
    yield header & 15
    for (let i = at; i < at + count; i++) {
      crc = crc16(crc, bytes[i]!)
      yield bytes[i]! >> 4
      yield bytes[i]! & 15
    }
    yield crc >> 12
    yield (crc >> 8) & 15
    yield (crc >> 4) & 15
    yield crc & 15
  }
}

/** What a {@link BurstReader} thinks of the burst after a symbol. */
export type Verdict = "more" | "done" | "bad"

/** Reads the data symbols of one burst. */
export interface BurstReader {
  /** Takes the high tone of the symbol at `index`. */
  readonly take: (tone: number, index: number) => Verdict
  /** The bytes of the word, once the verdict was `"done"`. */
  readonly bytes: () => Uint8Array
}

export const makeBurstReader = (voice: number): BurstReader => {
  let crc = crc16(crcStart, voice)
  let data = new Uint8Array(32)
  let length = 0
  let high = -1
  // Bytes of the running section: the header at 0, then the data, then the two bytes of the check.
  let place = 0
  let header = 0
  let check = 0

  const append = (byte: number): void => {
    if (length === data.length) {
      const larger = new Uint8Array(length * 2)
      larger.set(data)
      data = larger
    }
    data[length++] = byte
  }

  const takeByte = (byte: number): Verdict => {
    const count = header & ~more
    if (place === 0) {
      header = byte
      const announced = byte & ~more
      if (announced === 0 || announced > sectionLimit || length + announced > wordLimit) return "bad"
      crc = crc16(crc, byte)
    } else if (place <= count) {
      crc = crc16(crc, byte)
      append(byte)
    } else if (place === count + 1) {
      check = byte
    } else {
      if (((check << 8) | byte) !== crc) return "bad"
      place = 0
      return header & more ? "more" : "done"
    }
    place++
    return "more"
  }

  return {
    take(tone, index) {
      const nibble = toneNibble(tone, index)
      if (high < 0) {
        high = nibble
        return "more"
      }
      const byte = high * dataTones + nibble
      high = -1
      return takeByte(byte)
    },
    bytes: () => data.subarray(0, length)
  }
}
