/** Seconds as whole microseconds, without the noise of floats: 2.4 - 1.6 is 0.8, and a sum of two is one again. */
export const exact = (seconds: number): number => Math.round(seconds * 1e6) / 1e6
