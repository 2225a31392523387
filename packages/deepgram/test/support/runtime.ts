/** Runtimes that the SDK knows by what they say of themselves. */
import { Effect } from "effect"

/** What the globals say for the scope of a test: a page by default. */
export const pretending = ({ isPage = true, product, userAgent = "Mozilla/5.0" }: {
  readonly userAgent?: string
  readonly product?: string
  readonly isPage?: boolean
} = {}) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const before = Object.getOwnPropertyDescriptor(globalThis, "navigator")
      Object.defineProperty(globalThis, "navigator", { configurable: true, value: { product, userAgent } })
      if (isPage) Object.defineProperty(globalThis, "location", { configurable: true, value: { href: "https://x/" } })
      return before
    }),
    (before) =>
      Effect.sync(() => {
        Reflect.deleteProperty(globalThis, "location")
        if (before === undefined) Reflect.deleteProperty(globalThis, "navigator")
        else Object.defineProperty(globalThis, "navigator", before)
      })
  )
