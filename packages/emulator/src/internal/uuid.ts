import { createHash } from "node:crypto"

/** A UUID that depends on the name only (version 5, but with a namespace that is a word). */
export const uuidOf = (...name: ReadonlyArray<string | number>): string => {
  const bytes = createHash("sha1").update(["deepgram-emulator", ...name].join("\n")).digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")
}
