/** Where in an answer its bytes are: in the head, or in the body, whose framing does not count. */

/** Between two bytes of an answer: behind so many of its head, or of its body. */
export interface Place {
  readonly part: "head" | "body"
  readonly after: number
}

/** The order in which they come. */
export const byPlace = (a: Place, b: Place): number =>
  a.part === b.part ? a.after - b.after : a.part === "head" ? -1 : 1

/** What the next byte of a chunked body is. */
type Framing = "size" | "data" | "end"

const lineFeed = 0x0a

/** Follows one answer. */
export const make = () => {
  let part: "head" | "body" | "session" = "head"
  let head = ""
  let sent = 0
  let framing: Framing | undefined
  let line = ""
  let left = 0

  const endHead = () => {
    part = head.startsWith("HTTP/1.1 101 ") ? "session" : "body"
    framing = /^transfer-encoding: *chunked\r$/im.test(head) ? "size" : undefined
    sent = 0
  }

  /** Steps over a byte. */
  const step = (byte: number) => {
    if (part === "head") {
      sent++
      head += String.fromCharCode(byte)
      if (byte === lineFeed && head.endsWith("\r\n\r\n")) endHead()
      return
    }
    if (framing === "size") {
      line += String.fromCharCode(byte)
      if (byte !== lineFeed) return
      left = Number.parseInt(line, 16)
      line = ""
      framing = left === 0 ? "end" : "data"
      // With its line break.
      left += 2
    } else if (framing === "data") {
      left--
      if (left === 0) framing = "size"
    }
  }

  /** Steps over bytes of the content, as far as there are such, and no more than these. */
  const skip = (most: number): number => {
    if (part !== "body" || framing === "size" || framing === "end") return 0
    const count = framing === "data" ? Math.max(0, Math.min(most, left - 2)) : most
    if (framing === "data") left -= count
    sent += count
    return count
  }

  /** In chunks, bytes follow only behind the size of the next one. */
  const isBeforeContent = () => part === "head" || framing === undefined || (framing === "data" && left > 2)

  const isAt = (place: Place): boolean => part === place.part && sent >= place.after && isBeforeContent()

  const isPast = (place: Place): boolean => part !== "head" && place.part === "head"

  return {
    isInHead: () => part === "head",
    /** There was no such place. */
    isPast,
    /** Steps over bytes, but no further than to a place, or to where it cannot come any more; how many those were. */
    advance: (bytes: Uint8Array, place: Place): number => {
      let at = 0
      while (at < bytes.length) {
        // What follows the head of an answer to a handshake is no body.
        if (part === "session") return bytes.length
        if (isAt(place) || isPast(place)) return at
        const skipped = skip(Math.min(bytes.length - at, place.part === "body" ? place.after - sent : Infinity))
        if (skipped === 0) step(bytes[at] ?? 0)
        at += Math.max(1, skipped)
      }
      return bytes.length
    }
  }
}
