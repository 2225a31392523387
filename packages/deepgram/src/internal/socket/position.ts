/** How far the audio of a session has come. */
import type { Position } from "../../Live.ts"

/** Audio of which nothing will change any more: up to which second, and of which of how many channels. */
export interface Acknowledged {
  readonly seconds: number
  readonly channel: number
  readonly channels: number
}

/** Keeps what final results are about; `sent` says how much has left. */
export const makePosition = (sent: () => number | undefined) => {
  const ends = new Map<number, number>()
  let channels = 1
  return {
    acknowledge(final: Acknowledged): void {
      channels = final.channels
      ends.set(final.channel, final.seconds)
    },
    read: (): Position => ({ sent: sent(), acknowledged: ends.size < channels ? 0 : Math.min(...ends.values()) })
  }
}
