import * as Option from "effect/Option"

/** The value of a JSON text; nothing if it is none. */
export const parseJson: (text: string) => Option.Option<unknown> = Option.liftThrowable(JSON.parse)
