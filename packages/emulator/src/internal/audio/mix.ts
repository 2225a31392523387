import type { Frames } from "./pcm.ts"

/** All channels as one: their mean. */
export const mix = (channels: Frames): Float32Array => {
  const [first, ...others] = channels
  if (first === undefined || others.length === 0) return first ?? new Float32Array(0)
  const mixed = Float32Array.from(first)
  for (const other of others) {
    for (let i = 0; i < mixed.length; i++) mixed[i] = (mixed[i] ?? 0) + (other[i] ?? 0)
  }
  return mixed.map((sample) => sample / channels.length)
}
