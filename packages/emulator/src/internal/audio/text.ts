/** Recognising the texts that get posted to a speech API by mistake. */

/** Line ends, tabs, form feeds and the escapes of terminals occur in text; the other control characters do not. */
const isControl = (character: string): boolean => {
  const code = character.charCodeAt(0)
  return (code < 0x20 && !"\t\n\f\r\u001b".includes(character)) || code === 0x7f
}

/** Forgiving at the end only, where the bytes may have been cut inside a character. */
const decodeText = (bytes: Uint8Array): string | undefined => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes)
  const text = new TextDecoder("utf-8").decode(bytes)
  return text.slice(0, -3).includes("\ufffd") ? undefined : text
}

/** A noun phrase for the text that `bytes` are, or `undefined` when they are no text. */
export const describeText = (bytes: Uint8Array): string | undefined => {
  const text = decodeText(bytes)
  if (text === undefined || Array.from(text).some(isControl)) return undefined
  const start = text.trim()
  if (start === "") return "white space"
  if (/^<!doctype html|^<html/i.test(start)) return "an HTML page"
  if (start.startsWith("<")) return "an XML document"
  if (/^--[^\r\n]*\r?\ncontent-disposition:/i.test(start)) {
    return "a multipart form (the file's bytes have to be the body itself)"
  }
  if (/^[[{]/.test(start)) return "a JSON document"
  if (/^data:[\w.+-]+\/[\w.+-]+;base64,/i.test(start)) return "a data URL (its bytes have to be the body itself)"
  if (/^https?:\/\/\S+$/i.test(start)) return "a bare URL (send it as JSON: {\"url\": \"…\"})"
  if (/^[A-Za-z0-9+/]{64,}[\r\n]/.test(start) || /^[A-Za-z0-9+/]{64,}={0,2}$/.test(start)) {
    return "base64 text (its bytes have to be the body itself)"
  }
  return "text"
}
