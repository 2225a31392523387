/** A value as code without types may pass it: the compiler would not let it through. */
export const untyped = <A>(value: unknown): A => value as A
