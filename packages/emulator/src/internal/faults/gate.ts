/** What comes in, held back before anybody sees it: bodies of requests, and the bytes of sessions. */
import * as Effect from "effect/Effect"
import type { Readable } from "node:stream"
import type { Injector } from "./injector.ts"

/** Bytes that wait. From there on no more is read from the connection, and so not that the client goes away. */
const mostWaiting = 8_388_608

/** Hands bytes on when it is time for them. */
export type Pass = (bytes: Buffer, hand: (bytes: Buffer) => Effect.Effect<void>) => Effect.Effect<void>

/** At once. */
export const open: Pass = (bytes, hand) => hand(bytes)

/** What stands between a stream and who fills it. */
export interface Gate {
  /** Nothing goes on any more: what waits, and what still comes, is read and thrown away. */
  readonly lose: () => void
}

/**
 * Stands between a stream and who fills it: `pass` decides when its bytes go on, until the stream closes. `onEnd` hears of
 * the end of the stream as soon as it comes, before what waits.
 */
export const guard = (
  { run }: Injector["Service"],
  stream: Readable,
  { onEnd, pass }: { readonly pass: Pass; readonly onEnd: () => void }
): Gate => {
  const push = stream.push.bind(stream)
  const waiting: Array<Buffer | null> = []
  let size = 0
  let isWanted = true
  let isBusy = false
  let isLost = false

  const hand = (bytes: Buffer | null) =>
    Effect.sync(() => {
      if (!stream.destroyed) isWanted = push(bytes)
    })
  const work = Effect.gen(function*() {
    while (waiting.length > 0) {
      const bytes = waiting.shift() ?? null
      yield* bytes === null ? hand(null) : pass(bytes, hand)
      size -= bytes?.length ?? 0
    }
    isBusy = false
  })
  const closed = Effect.callback<void>((resume) => {
    const onClose = () => resume(Effect.void)
    if (stream.destroyed) return onClose()
    stream.once("close", onClose)
    return Effect.sync(() => stream.off("close", onClose))
  })

  stream.push = (bytes: Buffer | null) => {
    if (bytes === null) onEnd()
    if (isLost) return true
    waiting.push(bytes)
    size += bytes?.length ?? 0
    if (!isBusy) {
      isBusy = true
      run(Effect.raceFirst(work, closed))
    }
    // As the stream itself would say it: who fills it goes on when it asks for more.
    return isWanted && size <= mostWaiting
  }
  return {
    lose: () => {
      isLost = true
      waiting.length = 0
      // Whoever had stopped to fill it goes on.
      stream._read(0)
    }
  }
}
