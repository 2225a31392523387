/** Four decimals: the last ones of a float would differ between machines. */
export const rounded = (score: number): number => Math.round(score * 1e4) / 1e4

/** How sure a weight makes, from 0 to 1: 1 is as much as not. */
export const confidence = (weight: number): number => rounded(weight / (weight + 1))
