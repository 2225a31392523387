/** Pages: what an Ogg file is made of. */

/** One page. */
export interface OggPage {
  /** The first packet began on an earlier page. */
  readonly continued: boolean
  /** The first page of a stream. */
  readonly first: boolean
  /** The last one. */
  readonly last: boolean
  /** Which of the streams in the file. */
  readonly serial: number
  /** Number of the page within its stream. */
  readonly sequence: number
  /** Where the last packet that ends on this page ends; -1 when none does. For Opus: samples at 48 kHz. */
  readonly granule: number
  /** Whole packets, and parts of packets: the last one goes on when `unfinished`. */
  readonly packets: ReadonlyArray<Uint8Array>
  readonly unfinished: boolean
}

/** Bytes of a page's header, without the lengths. */
export const pageHeaderBytes = 27

/** Lengths that a page has room for. */
const maxSegments = 255

const magic = [0x4f, 0x67, 0x67, 0x53]

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? 0x04c11db7 : 0)
  return crc
})

/** The checksum of a page, in which its own four bytes count as 0. */
const checksum = (page: Uint8Array): number => {
  let crc = 0
  for (let i = 0; i < page.length; i++) {
    const byte = i >= 22 && i < 26 ? 0 : page[i]!
    crc = (crc << 8) ^ crcTable[(crc >>> 24) ^ byte]!
  }
  return crc >>> 0
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length)

/** Bytes of the page that starts here; `undefined`: none does; 0: that takes more bytes. */
export const pageBytes = (bytes: Uint8Array): number | undefined => {
  if (magic.some((byte, i) => i < bytes.length && bytes[i] !== byte) || (bytes[4] ?? 0) !== 0) return undefined
  if (bytes.length < pageHeaderBytes) return 0
  const header = pageHeaderBytes + bytes[26]!
  if (bytes.length < header) return 0
  const length = bytes.subarray(pageHeaderBytes, header).reduce((sum, segment) => sum + segment, header)
  return bytes.length < length ? 0 : length
}

/** Reads a whole page; `undefined` when it is damaged. */
export const readPage = (page: Uint8Array): OggPage | undefined => {
  const view = viewOf(page)
  if (view.getUint32(22, true) !== checksum(page)) return undefined
  const flags = page[5]!
  const packets: Array<Uint8Array> = []
  let at = pageHeaderBytes + page[26]!
  let length = 0
  let unfinished = false
  for (const segment of page.subarray(pageHeaderBytes, at)) {
    length += segment
    // A length of 255 says that the packet goes on.
    unfinished = segment === 255
    if (unfinished) continue
    packets.push(page.slice(at, at + length))
    at += length
    length = 0
  }
  if (unfinished) packets.push(page.slice(at, at + length))
  return {
    continued: (flags & 1) !== 0,
    first: (flags & 2) !== 0,
    last: (flags & 4) !== 0,
    serial: view.getUint32(14, true),
    sequence: view.getUint32(18, true),
    granule: Number(view.getBigInt64(6, true)),
    packets,
    unfinished
  }
}

/** Lengths in a page that a packet takes. */
export const segmentsOf = (packet: Uint8Array): number => Math.floor(packet.length / 255) + 1

/** A page has room for these packets. */
export const fits = (packets: ReadonlyArray<Uint8Array>): boolean =>
  packets.reduce((sum, packet) => sum + segmentsOf(packet), 0) <= maxSegments

/** Writes a page of whole packets. */
export const writePage = (page: Omit<OggPage, "continued" | "unfinished">): Uint8Array => {
  const lengths = page.packets.flatMap((packet) => [
    ...Array.from({ length: segmentsOf(packet) - 1 }, () => 255),
    packet.length % 255
  ])
  const header = pageHeaderBytes + lengths.length
  const bytes = new Uint8Array(page.packets.reduce((sum, packet) => sum + packet.length, header))
  const view = viewOf(bytes)
  bytes.set(magic)
  bytes[5] = (page.first ? 2 : 0) | (page.last ? 4 : 0)
  view.setBigInt64(6, BigInt(page.granule), true)
  view.setUint32(14, page.serial, true)
  view.setUint32(18, page.sequence, true)
  bytes[26] = lengths.length
  bytes.set(lengths, pageHeaderBytes)
  let at = header
  for (const packet of page.packets) {
    bytes.set(packet, at)
    at += packet.length
  }
  view.setUint32(22, checksum(bytes), true)
  return bytes
}
