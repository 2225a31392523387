/** The packets of one stream of an Ogg file, out of bytes cut anywhere. */
import { makeByteBuffer } from "./byteBuffer.ts"
import { joinBytes } from "./codec.ts"
import { type OggPage, pageBytes, readPage } from "./oggPage.ts"

/** A packet that is longer is no audio, but a picture in the comments: its content is not kept. */
const longest = 1 << 20

/** The packets that end on one page. */
export interface OggPackets {
  readonly page: OggPage
  readonly packets: ReadonlyArray<Uint8Array>
}

/** Reads pages; damaged ones are passed over. */
export interface OggReader {
  readonly push: (bytes: Uint8Array) => void
  readonly end: () => void
  /** The next page of a stream; `undefined` when it takes more bytes. */
  readonly next: () => OggPackets | undefined
  /** Bytes that are done with. */
  readonly offset: () => number
}

/** Follows the stream that `isWanted` recognises by its first packet, and the next such one when it has ended. */
export const makeOggReader = (isWanted: (packet: Uint8Array) => boolean): OggReader => {
  const buffer = makeByteBuffer()
  let ended = false
  let serial: number | undefined
  let sequence = 0
  /** The parts of a packet that is not complete; `undefined`: its beginning was lost. */
  let parts: Array<Uint8Array> | undefined
  let partBytes = 0

  const nextPage = (): OggPage | undefined => {
    while (buffer.view().length > 0) {
      const bytes = buffer.view()
      const length = pageBytes(bytes)
      if (length === 0 && !ended) return undefined
      const page = length === undefined || length === 0 ? undefined : readPage(bytes.subarray(0, length))
      if (page !== undefined && length !== undefined) {
        buffer.drop(length)
        return page
      }
      const at = bytes.indexOf(0x4f, 1)
      buffer.drop(at === -1 ? bytes.length : at)
    }
    return undefined
  }

  const append = (part: Uint8Array): void => {
    partBytes += part.length
    if (partBytes <= longest) parts?.push(part)
  }

  const packetsOf = (page: OggPage): Array<Uint8Array> => {
    if (!page.continued || page.sequence !== sequence) parts = undefined
    sequence = page.sequence + 1
    const complete: Array<Uint8Array> = []
    page.packets.forEach((packet, index) => {
      if (index > 0 || !page.continued) {
        parts = []
        partBytes = 0
      }
      append(packet)
      if (page.unfinished && index === page.packets.length - 1) return
      if (parts !== undefined) complete.push(joinBytes(parts))
    })
    return complete
  }

  return {
    push: buffer.push,
    end: () => {
      ended = true
    },
    offset: buffer.dropped,
    next: () => {
      while (true) {
        const page = nextPage()
        if (page === undefined) return undefined
        if (serial === undefined && page.first && page.packets[0] !== undefined && isWanted(page.packets[0])) {
          serial = page.serial
        }
        if (page.serial !== serial) continue
        const packets = packetsOf(page)
        if (page.last) serial = undefined
        return { page, packets }
      }
    }
  }
}
