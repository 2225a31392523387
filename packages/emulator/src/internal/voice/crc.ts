/** Initial register of {@link crc16}. */
export const crcStart = 0xffff

/** Adds one byte to a CRC-16 with the CCITT polynomial 0x1021. */
export const crc16 = (register: number, byte: number): number => {
  let next = register ^ (byte << 8)
  for (let bit = 0; bit < 8; bit++) {
    next = next & 0x8000 ? (next << 1) ^ 0x1021 : next << 1
  }
  return next & 0xffff
}
