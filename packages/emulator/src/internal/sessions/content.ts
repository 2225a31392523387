/** Bytes in lines of JSON. */
import * as Option from "effect/Option"

/** Text if it is UTF-8 without control characters, base64 otherwise. */
export interface Content {
  readonly text?: string
  readonly base64?: string
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** The text of bytes that are UTF-8, from which the same bytes can be made. */
export const textOf = Option.liftThrowable((bytes: Uint8Array): string => decoder.decode(bytes))

/** Silence is UTF-8 too, but would become six times as long. */
const control = /[^\P{Cc}\t\n\r]/u

export const contentOf = (bytes: Uint8Array): Content =>
  Option.match(Option.filter(textOf(bytes), (text) => !control.test(text)), {
    onNone: () => ({ base64: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64") }),
    onSome: (text) => ({ text })
  })

/** The bytes that a content stands for. */
export const bytesOf = ({ base64, text }: Content): Uint8Array<ArrayBuffer> =>
  text === undefined ? Uint8Array.from(Buffer.from(base64 ?? "", "base64")) : new TextEncoder().encode(text)
