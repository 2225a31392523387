import * as Duration from "effect/Duration"

/** A time as messages say it; `Duration.format` weighs as much as they do. */
export const inSeconds = (duration: Duration.Duration): string => `${Duration.toSeconds(duration)}s`
