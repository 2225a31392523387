/** Says when a program had its client: the milliseconds since Node itself was ready. */
import type { PerformanceNodeTiming } from "node:perf_hooks"

// The global one, whose types are a browser's: to import Node's takes time as well.
const { nodeTiming } = performance as Performance & { readonly nodeTiming: PerformanceNodeTiming }

/** To be called by a program as soon as it could make its first call. */
export const ready = (): void => {
  const milliseconds = performance.now() - nodeTiming.bootstrapComplete
  // Only now: imported at the top it opens stdin too, and adds 4 ms that are no library's to each start.
  void import("node:process").then(({ stdout }) => stdout.write(String(milliseconds)))
}
