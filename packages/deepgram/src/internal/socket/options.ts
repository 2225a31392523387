/** Options of a session: those of every channel, and those of its own. */
import type * as Live from "../../Live.ts"

type OmitEach<O, K extends PropertyKey> = O extends unknown ? Omit<O, K> : never

/** Parts the options of every channel from those of this one. */
export const partOptions = <O extends Live.Options>(
  { capacity, drainTimeout, keepAlive, openTimeout, waitForOpen, watchdog, ...own }: O
): { readonly live: Live.Options; readonly own: OmitEach<O, keyof Live.Options> } => ({
  live: { capacity, drainTimeout, keepAlive, openTimeout, waitForOpen, watchdog },
  // The rest of a generic type is one type, not one for each member of a union.
  own: own as OmitEach<O, keyof Live.Options>
})
