/** Memory of this process. */
import { memoryUsage } from "node:process"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"

/** Bytes in a megabyte. */
const mega = 1_000_000

setFlagsFromString("--expose-gc")
/** Takes away all garbage that there is. */
export const collectGarbage: () => void = runInNewContext("gc")

/** Resident megabytes once all garbage is gone. */
export const idleMemory = async (): Promise<number> => {
  for (let time = 0; time < 3; time++) {
    collectGarbage()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return memoryUsage.rss() / mega
}

/** The most resident megabytes while something is done. */
export const peakMemory = async (work: () => Promise<void>): Promise<number> => {
  let peak = 0
  const look = () => {
    peak = Math.max(peak, memoryUsage.rss() / mega)
  }
  const looking = setInterval(look, 5)
  await work()
  clearInterval(looking)
  look()
  return peak
}
