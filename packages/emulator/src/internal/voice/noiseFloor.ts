/** Blocks per span, and spans that are remembered: three seconds. */
const spanBlocks = 30
const spanCount = 10

/** Spans of silence that are imagined before the stream, so that a stream may begin with speech. */
const silentSpans = 4

const smoothing = 0.3

/** Follows the power of the quietest sound of the last three seconds, block by block of 10 ms. */
export const makeNoiseFloor = (): { readonly add: (power: number) => number } => {
  const spans = new Float64Array(spanCount).fill(Infinity).fill(0, 0, silentSpans)
  let count = 0
  let smooth = 0
  let lowest = 0
  return {
    add(power) {
      smooth += smoothing * (power - smooth)
      const slot = Math.floor(count / spanBlocks) % spanCount
      spans[slot] = count % spanBlocks === 0 ? smooth : Math.min(spans[slot]!, smooth)
      count++
      if (count % spanBlocks === 0 || smooth < lowest) lowest = spans.reduce((a, b) => Math.min(a, b))
      return lowest
    }
  }
}
