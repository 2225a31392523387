/** Beyond every recording, and far from where milliseconds stop being exact integers. */
const maxMs = 1e14

/** Whole milliseconds. What is not a time (`NaN`, infinite, before the start) is 0. */
export const toMs = (seconds: number): number =>
  Number.isFinite(seconds) ? Math.min(Math.max(Math.round(seconds * 1000), 0), maxMs) : 0

/** Seconds without float noise: the shortest number for these milliseconds. */
export const toSeconds = (ms: number): number => ms / 1000

/** Seconds rounded to the millisecond. */
export const roundSeconds = (seconds: number): number => toSeconds(toMs(seconds))

const pad = (value: number, digits: number): string => String(value).padStart(digits, "0")

/** `HH:MM:SS` and the milliseconds after the separator; hours take as many digits as they need, two at least. */
export const timestamp = (ms: number, separator: "," | "."): string => {
  const seconds = Math.floor(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  return `${pad(Math.floor(minutes / 60), 2)}:${pad(minutes % 60, 2)}:${pad(seconds % 60, 2)}${separator}${
    pad(ms % 1000, 3)
  }`
}
