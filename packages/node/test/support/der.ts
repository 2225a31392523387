/** As much of DER as a certificate takes. */

const length = (size: number): ReadonlyArray<number> => {
  if (size < 128) return [size]
  const bytes: Array<number> = []
  for (let rest = size; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return [0x80 | bytes.length, ...bytes]
}

/** One element: a tag and its content. */
export const element = (tag: number, ...content: ReadonlyArray<Uint8Array>): Buffer => {
  const body = Buffer.concat(content)
  return Buffer.concat([Buffer.from([tag, ...length(body.byteLength)]), body])
}

/** SEQUENCE. */
export const sequence = (...content: ReadonlyArray<Uint8Array>): Buffer => element(0x30, ...content)

/** SET. */
export const set = (...content: ReadonlyArray<Uint8Array>): Buffer => element(0x31, ...content)

/** INTEGER, from bytes that begin with one below 128. */
export const integer = (...bytes: ReadonlyArray<number>): Buffer => element(0x02, Buffer.from(bytes))

/** BOOLEAN TRUE. */
export const yes: Buffer = element(0x01, Buffer.from([0xff]))

/** BIT STRING of whole bytes. */
export const bits = (content: Uint8Array): Buffer => element(0x03, Buffer.from([0]), content)

/** OCTET STRING. */
export const octets = (content: Uint8Array): Buffer => element(0x04, content)

/** UTF8String. */
export const text = (value: string): Buffer => element(0x0c, Buffer.from(value))

/** UTCTime, written as `YYMMDDhhmmssZ`. */
export const time = (value: string): Buffer => element(0x17, Buffer.from(value))

/** OBJECT IDENTIFIER, written with dots. */
export const oid = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number)
  const bytes = [first * 40 + second]
  for (const part of rest) {
    const digits = [part % 128]
    for (let left = Math.floor(part / 128); left > 0; left = Math.floor(left / 128)) {
      digits.unshift(0x80 | left % 128)
    }
    bytes.push(...digits)
  }
  return element(0x06, Buffer.from(bytes))
}
