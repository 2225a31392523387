/** How fast and how lively. */
import type { VendorError } from "../vendorError.ts"
import {
  expressivityIncrementInvalid,
  expressivityOutOfRange,
  speedIncrementInvalid,
  speedNotSupported,
  speedOutOfRange
} from "./refusals.ts"

// Multiples of a twentieth cannot be compared exactly.
const tolerance = 1e-6

const isMultiple = (value: number, step: number): boolean =>
  Math.abs(value / step - Math.round(value / step)) < tolerance

/** Why Aura cannot speak at a speed; only Aura-2 in English and Spanish can be told to at all. */
export const auraSpeedProblem = (speed: number | undefined, adjustable: boolean): VendorError | undefined => {
  if (speed === undefined) return undefined
  if (!adjustable) return speedNotSupported("'speed' is not supported by this model.")
  return speed < 0.7 || speed > 1.5 ? speedOutOfRange("'speed' must be between 0.7 and 1.5.") : undefined
}

/** Why Flux cannot speak at a speed. */
export const fluxSpeedProblem = (speed: number = 1): VendorError | undefined =>
  speed < 0.5 || speed > 1.5
    ? speedOutOfRange("'speed' must be between 0.5 and 1.5.")
    : isMultiple(speed, 0.05)
    ? undefined
    : speedIncrementInvalid("'speed' must be provided in increments of 0.05.")

/** Why Flux cannot be so expressive. */
export const expressivityProblem = (expressivity: number = 0): VendorError | undefined =>
  expressivity < -2 || expressivity > 2
    ? expressivityOutOfRange("'expressivity' must be between -2 and 2.")
    : Number.isInteger(expressivity)
    ? undefined
    : expressivityIncrementInvalid("'expressivity' must be provided in increments of 1.")
