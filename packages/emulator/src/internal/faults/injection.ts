/** What goes wrong with one call. */
import type { Fault } from "../../Faults.ts"
import type { Exchange } from "../server/exchange.ts"

/** A kind of faults. */
export type FaultOf<Type extends Fault["type"]> = Extract<Fault, { readonly type: Type }>

/** A fault that is to happen. */
export interface Happening<F extends Fault = Fault> {
  readonly fault: F
  /** As the log names it. */
  readonly rule: string
  /** Of the plan: the same for every call that the same fault of the same rule happens to. */
  readonly key: string
  /** A number from 0 to 1, without 1, for each salt. */
  readonly draw: (salt: number) => number
}

/** The faults of a call. */
export interface Injection {
  readonly exchange: Exchange
  /** Those of these kinds, in the order of the plan. */
  readonly of: <Type extends Fault["type"]>(...types: ReadonlyArray<Type>) => ReadonlyArray<Happening<FaultOf<Type>>>
  /** It takes effect: it is logged. */
  readonly happened: (happening: Happening) => void
  /** Why the faults that the call asked for are none. */
  readonly mistake: string | undefined
  /** What the call holds until it is over, such as a place among those that may go on at a time. */
  readonly held: Array<() => void>
}

/** The call is over. */
export const end = ({ held }: Injection): void => {
  for (const release of held.splice(0)) release()
}
