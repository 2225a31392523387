/** Days and moments, apart from the other building blocks: not every operation shall bring `DateTime` into a bundle. */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import * as SchemaIssue from "effect/SchemaIssue"

/** A day or a moment, in any form that says which; text goes as it is. */
export type DateInput = string | Date | DateTime.DateTime

const isDateInput = (u: unknown): u is DateInput => typeof u === "string" || u instanceof Date || DateTime.isDateTime(u)

/** Parsers take the 30th of February for the 2nd of March: what there is comes back as it was. */
const isDay = (text: string): boolean =>
  Option.exists(DateTime.make(`${text}T00:00:00Z`), (moment) => DateTime.formatIsoDateUtc(moment) === text)

/** Checked where it is sent, not where it is received: a server has words of its own for what is no date. */
const dateParameter = (accepted: RegExp, expected: string, format: (moment: DateTime.DateTime) => string) =>
  Schema.String.pipe(Schema.decodeTo(Schema.declare(isDateInput), {
    decode: SchemaGetter.transform((text): DateInput => text),
    encode: SchemaGetter.transformEffect((input: DateInput, options) => {
      const text = typeof input === "string"
        ? input.trim()
        : Option.match(DateTime.make(input), { onNone: () => String(input), onSome: format })
      const message = !accepted.test(text)
        ? `expected ${expected}, got ${JSON.stringify(text)}`
        : isDay(text.slice(0, "YYYY-MM-DD".length))
        ? undefined
        : `there is no such day as ${JSON.stringify(text)}`
      return message === undefined
        ? Effect.succeed(text)
        : Effect.fail(new SchemaIssue.InvalidValue({ message }, input, options))
    })
  }))

const day = String.raw`\d{4}-\d{2}-\d{2}`
const time = String.raw`([01]\d|2[0-3])(:[0-5]\d){2}(\.\d+)?`

/** `YYYY-MM-DD`; of a moment its day, in its own time zone or in UTC (inventory trap 35). */
export const Day = dateParameter(new RegExp(`^${day}$`), "YYYY-MM-DD", DateTime.formatIsoDate)

/** Seconds and an offset in figures, as the vendor writes them: neither fractions nor `Z` are promised. */
const formatMoment = (moment: DateTime.DateTime): string => DateTime.formatIso(moment).replace(/\.\d+Z$/, "+00:00")

/** `YYYY-MM-DD`, or with `THH:MM:SS`, or with an offset too. */
export const Moment = dateParameter(
  new RegExp(`^${day}(T${time}(Z|[+-]([01]\\d|2[0-3]):[0-5]\\d)?)?$`),
  "YYYY-MM-DD, YYYY-MM-DDTHH:MM:SS or YYYY-MM-DDTHH:MM:SS+HH:MM",
  formatMoment
)
