import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"

/** Milliseconds since 1970, as ISO 8601. */
export const isoOf = (millis: number): string => DateTime.formatIso(DateTime.makeUnsafe(millis))

/** Now, as ISO 8601. */
export const isoNow: Effect.Effect<string> = Effect.map(Clock.currentTimeMillis, isoOf)
