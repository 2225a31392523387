/** The days and moments that requests are asked for by. */
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"

const dayLength = 86_400_000

/** Days since 1970, in UTC. */
export const dayOf = (millis: number): number => Math.floor(millis / dayLength)

/** `YYYY-MM-DD`. */
export const formatDay = (day: number): string => DateTime.formatIsoDateUtc(DateTime.makeUnsafe(day * dayLength))

/** Of a moment, in UTC unless it has an offset. */
const millisOf = (text: string): number | undefined =>
  Option.getOrUndefined(Option.map(DateTime.make(text), DateTime.toEpochMillis))

/** The day that `YYYY-MM-DD` is; nothing if there is none, such as the 31st of February. */
export const parseDay = (text: string): number | undefined => {
  const millis = millisOf(`${text}T00:00:00Z`)
  const day = millis === undefined ? undefined : dayOf(millis)
  return day !== undefined && formatDay(day) === text ? day : undefined
}

/** From the first to the last day, both included. */
export interface Days {
  readonly first: number
  readonly last: number
}

/** How many days usage is summed up over unless the first one is named. */
export const defaultDays = 30

/** The days from `start` to `end`; by default to today, and the thirty that end there. */
export const daysBetween = (start: number | undefined, end: number | undefined, today: number): Days => {
  const last = end ?? today
  return { first: start ?? last - defaultDays + 1, last }
}

/** Whether a moment is in one of the days. */
export const isWithin = ({ first, last }: Days, millis: number): boolean => {
  const day = dayOf(millis)
  return first <= day && day <= last
}

/** A stretch of time, in milliseconds since 1970, both ends included. */
export interface Stretch {
  readonly first: number
  readonly last: number
}

/**
 * What is meant by a day, or by a moment, in UTC unless it has an offset: the whole day, or the moment itself; without a
 * fraction the whole second, as calls are told apart by less. Nothing if there is no such day or moment.
 */
export const parseMoment = (text: string): Stretch | undefined => {
  const day = parseDay(text.slice(0, 10))
  if (day === undefined) return undefined
  if (text.length === 10) return { first: day * dayLength, last: (day + 1) * dayLength - 1 }
  const moment = millisOf(text)
  return moment === undefined ? undefined : { first: moment, last: text.includes(".") ? moment : moment + 999 }
}
