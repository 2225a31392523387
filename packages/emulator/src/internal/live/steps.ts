import type { Frames } from "../audio/pcm.ts"

/** Steps per second. */
const rate = 50

/** Cuts samples, however they arrive, into steps of 20 ms of audio: decisions are taken at the same places always. */
export interface Steps {
  /** The steps that are complete with these samples, one after another. */
  readonly push: (frames: Frames) => Iterable<Frames>
  /** What waits for its step to become complete, now; the next step is shorter by that. */
  readonly rest: () => Frames | undefined
  /** Seconds that were handed out so far. */
  readonly seconds: () => number
  /** Seconds that were pushed so far. */
  readonly received: () => number
}

export const makeSteps = (sampleRate: number): Steps => {
  let position = 0
  let step = 1
  let waiting: Array<Float32Array> = []
  let filled = 0

  const boundary = (): number => Math.floor((step * sampleRate) / rate)

  const take = (): Frames => {
    const taken = waiting.map((samples) => samples.subarray(0, filled))
    position += filled
    waiting = []
    filled = 0
    return taken
  }

  const wait = (frames: Frames, at: number, count: number): void => {
    const room = Math.ceil(sampleRate / rate)
    if (filled === 0) waiting = frames.map(() => new Float32Array(room))
    for (const [channel, samples] of waiting.entries()) {
      samples.set(frames[channel]?.subarray(at, at + count) ?? [], filled)
    }
    filled += count
  }

  return {
    *push(frames) {
      const length = frames[0]?.length ?? 0
      for (let at = 0; at < length;) {
        const missing = boundary() - position - filled
        const count = Math.min(missing, length - at)
        if (filled === 0 && count === missing) {
          position += count
          step++
          yield count === length ? frames : frames.map((samples) => samples.subarray(at, at + count))
        } else {
          wait(frames, at, count)
          if (count === missing) {
            step++
            yield take()
          }
        }
        at += count
      }
    },
    rest: () => filled === 0 ? undefined : take(),
    seconds: () => position / sampleRate,
    received: () => (position + filled) / sampleRate
  }
}
