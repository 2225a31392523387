const lowest = 8000
const highest = 48000

/** Whether the test voice can be spoken and heard at this rate. */
export const isSampleRate = (sampleRate: number): boolean =>
  Number.isInteger(sampleRate) && sampleRate >= lowest && sampleRate <= highest

/** Why a rate was refused. */
export const sampleRateMessage = (sampleRate: number): string =>
  `The sample rate must be a whole number of Hz from ${lowest} to ${highest}, not ${sampleRate}`
