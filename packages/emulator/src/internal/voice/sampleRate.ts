/** Rates in Hz: whole numbers, both ends included. */
export interface Range {
  readonly lowest: number
  readonly highest: number
}

/** The test voice needs 3100 Hz of band. */
const lowest = 8_000

/** What can be spoken. */
export const spoken: Range = { lowest, highest: 48_000 }

/** What can be heard: whatever is recorded anywhere. */
export const heard: Range = { lowest, highest: 384_000 }

/** Why a rate cannot be used, if it cannot. */
export const rateProblem = (sampleRate: number, { highest, lowest }: Range): string | undefined =>
  Number.isInteger(sampleRate) && sampleRate >= lowest && sampleRate <= highest
    ? undefined
    : `The sample rate must be a whole number of Hz from ${lowest} to ${highest}, not ${sampleRate}`
