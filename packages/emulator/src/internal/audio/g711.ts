/**
 * ITU-T G.711: mu-law and A-law, by table.
 *
 * Linear samples are on the 16-bit scale (mu-law peaks at 32124, A-law at 32256). Negative values are folded with
 * ones' complement, as the ITU's reference software does: it decides the values that lie exactly on a threshold.
 */

/** One of the two companding laws. */
export interface Law {
  /** The linear value of each of the 256 codes. */
  readonly toLinear: Int16Array
  /** The same on the scale -1..1. */
  readonly toFloat: Float32Array
  readonly decode: (codes: Uint8Array) => Int16Array
  readonly encode: (samples: Int16Array) => Uint8Array<ArrayBuffer>
  /** Like `encode`, for samples -1..1; values outside are clipped. */
  readonly encodeFloat: (samples: Float32Array) => Uint8Array<ArrayBuffer>
}

const expandMuLaw = (code: number): number => {
  const inverted = ~code & 0xff
  const segment = (inverted >> 4) & 7
  // The 33 that compression adds to the 14-bit magnitude, on the 16-bit scale: 132.
  const magnitude = ((((inverted & 0xf) << 3) + 132) << segment) - 132
  return code < 0x80 ? -magnitude : magnitude
}

const compressMuLaw = (sample: number): number => {
  const magnitude = Math.min(((sample < 0 ? ~sample : sample) >> 2) + 33, 0x1fff)
  const segment = 26 - Math.clz32(magnitude)
  const inverted = (segment << 4) | ((magnitude >> (segment + 1)) & 0xf)
  return (sample < 0 ? 0x7f : 0xff) - inverted
}

const expandALaw = (code: number): number => {
  const even = code ^ 0x55
  const segment = (even >> 4) & 7
  const step = ((even & 0xf) << 4) + 8
  const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1)
  return code < 0x80 ? -magnitude : magnitude
}

const compressALaw = (sample: number): number => {
  const magnitude = (sample < 0 ? ~sample : sample) >> 4
  const segment = magnitude < 32 ? magnitude >> 4 : 28 - Math.clz32(magnitude)
  const mantissa = (segment < 2 ? magnitude : magnitude >> (segment - 1)) & 0xf
  return ((sample < 0 ? 0 : 0x80) | (segment << 4) | mantissa) ^ 0x55
}

/** `shift`: the low bits of a 16-bit sample that the law never looks at. */
const makeLaw = (expand: (code: number) => number, compress: (sample: number) => number, shift: number): Law => {
  const toLinear = Int16Array.from({ length: 256 }, (_, code) => expand(code))
  const toFloat = Float32Array.from(toLinear, (value) => value / 32768)
  const bias = 32768 >> shift
  const codes = Uint8Array.from({ length: bias * 2 }, (_, index) => compress((index - bias) << shift))
  return {
    toLinear,
    toFloat,
    decode: (bytes) => {
      const samples = new Int16Array(bytes.length)
      for (let i = 0; i < bytes.length; i++) samples[i] = toLinear[bytes[i]!]!
      return samples
    },
    encode: (samples) => {
      const bytes = new Uint8Array(samples.length)
      for (let i = 0; i < samples.length; i++) bytes[i] = codes[(samples[i]! >> shift) + bias]!
      return bytes
    },
    encodeFloat: (samples) => {
      const bytes = new Uint8Array(samples.length)
      for (let i = 0; i < samples.length; i++) {
        const scaled = Math.round(samples[i]! * 32768)
        const clipped = scaled > 32767 ? 32767 : scaled < -32768 ? -32768 : scaled
        bytes[i] = codes[(clipped >> shift) + bias]!
      }
      return bytes
    }
  }
}

/** Mu-law (PCMU): North American and Japanese telephony. */
export const muLaw: Law = /* @__PURE__ */ makeLaw(expandMuLaw, compressMuLaw, 2)

/** A-law (PCMA): telephony everywhere else. */
export const aLaw: Law = /* @__PURE__ */ makeLaw(expandALaw, compressALaw, 4)
