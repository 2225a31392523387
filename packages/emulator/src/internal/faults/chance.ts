/** What is random about faults: numbers that follow from a seed and from nothing else. */

const rotate = (bits: number, by: number): number => (bits << by) | (bits >>> (32 - by))

const mix = (hash: number, value: number): number => {
  const scattered = Math.imul(rotate(Math.imul(value, 0xcc_9e_2d_51), 15), 0x1b_87_35_93)
  return Math.imul(rotate(hash ^ scattered, 13), 5) + 0xe6_54_6b_64
}

const avalanche = (hash: number): number => {
  const half = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b)
  const whole = Math.imul(half ^ (half >>> 13), 0xc2_b2_ae_35)
  return whole ^ (whole >>> 16)
}

/**
 * A number from 0 to 1, without 1, for these integers, evenly distributed. It depends on nothing that was drawn before,
 * so that calls of different rules may come in any order.
 */
export const draw = (...values: ReadonlyArray<number>): number => {
  const hash = values.reduce((hash, value) => mix(mix(hash, value), Math.floor(value / 2 ** 32)), values.length)
  return (avalanche(hash) >>> 0) / 2 ** 32
}
