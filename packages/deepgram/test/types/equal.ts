/** Assertions about types: the compiler is what fails. */

/** Whether two types are the same, not only assignable to each other. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false

/** The names of the members of all parts of a union. */
export type KeysOfUnion<A> = A extends unknown ? keyof A : never

/** Compiles only for `true`. */
export const expectType = <_Condition extends true>(): void => {}
