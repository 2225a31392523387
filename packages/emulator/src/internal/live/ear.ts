/** One channel of live audio: a session of the recogniser, and what its silence means. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type Heard, type HeardWord, type RecognitionError, Recognizer } from "../../Recognizer.ts"
import { exact } from "../seconds.ts"
import { directOf } from "../voice/direct.ts"
import { makeTail } from "./tail.ts"

/** Hears one channel. */
export interface Ear {
  /** Hears more samples: what became certain by them. */
  readonly push: (samples: Float32Array) => Effect.Effect<ReadonlyArray<Heard>, RecognitionError>
  /** The same without an effect, if the recogniser can do so: with hundreds of sessions effects cost as much as hearing. */
  readonly pushDirect: ((samples: Float32Array) => ReadonlyArray<Heard>) | undefined
  /**
   * The words whose sound has ended, but which the recogniser has not given yet, because it waits for what follows. They
   * are not given again, and the session goes on.
   */
  readonly flush: Effect.Effect<ReadonlyArray<HeardWord>, RecognitionError>
  /** The audio has ended: what is still open. */
  readonly finish: Effect.Effect<ReadonlyArray<Heard>, RecognitionError>
  /** When the last word ended, in seconds; 0 before the first. */
  readonly lastWordEnd: () => number
  /** Since when nobody speaks, in seconds; nothing while somebody does. */
  readonly silentSince: () => number | undefined
  /** Seconds before which no word begins that is still to come; words of more than three seconds may. */
  readonly settled: () => number
}

/** Seconds after which the beginning of a word has been noticed. */
const onset = 0.1

/** Seconds that a word may be off from its sound. */
const edge = 0.002

/** Seconds that tell a word that has ended from one that is cut. */
const resolution = 0.00013

/** Seconds of sound that are kept for the word that is under way. */
const longestWord = 3

/** Mean square of what nobody hears: -70 dB of full scale. */
const silence = 1e-7

const greatestCommonDivisor = (a: number, b: number): number => b === 0 ? a : greatestCommonDivisor(b, a % b)

const isSilent = (samples: Float32Array, block: number): boolean => {
  for (let from = 0; from < samples.length; from += block) {
    const to = Math.min(samples.length, from + block)
    let energy = 0
    for (let i = from; i < to; i++) energy += samples[i]! * samples[i]!
    if (energy > silence * (to - from)) return false
  }
  return true
}

/** Listens to a channel at `sampleRate` Hz until the scope closes. */
export const makeEar = Effect.fnUntraced(
  function*(sampleRate: number): Effect.fn.Return<Ear, RecognitionError, Recognizer | Scope.Scope> {
    const recognizer = yield* Recognizer
    const session = yield* recognizer.open({ sampleRate })
    const direct = directOf(session)
    const block = Math.ceil(sampleRate / 100)
    // A recogniser that works in blocks of 10 ms gives the same results again from every such sample on.
    const period = sampleRate / greatestCommonDivisor(sampleRate, 100)
    /** The sound of the word that may be under way, and a little more. */
    const tail = makeTail()
    let lastWordEnd = 0
    let speaking: number | undefined
    let speechEnd = 0
    /** Where the last word ended that was given before the recogniser gave it. */
    let flushed = 0

    const now = (): number => tail.end() / sampleRate

    /** Since when the last word makes no sound any more. */
    const afterWord = (): number => lastWordEnd === 0 ? 0 : lastWordEnd + edge

    /** Since when a word may be under way, as far as it is noticed. */
    const since = (): number =>
      speaking === undefined ? Math.max(lastWordEnd, now() - onset) : Math.max(lastWordEnd, speaking)

    const note = (events: ReadonlyArray<Heard>): ReadonlyArray<Heard> => {
      const fresh = events.some((event) => event._tag === "Word" && event.start < flushed)
        ? events.filter((event) => event._tag !== "Word" || event.start >= flushed)
        : events
      for (const event of fresh) {
        if (event._tag === "Word") lastWordEnd = event.end
        else if (event._tag === "SpeechStarted") speaking = event.at
        else {
          speaking = undefined
          speechEnd = event.end
        }
      }
      return fresh
    }

    const keep = (samples: Float32Array): void => {
      tail.push(samples)
      tail.forget(Math.max(since() - onset, now() - longestWord) * sampleRate - period)
    }

    const take = (samples: Float32Array, events: ReadonlyArray<Heard>): ReadonlyArray<Heard> => {
      const fresh = events.length === 0 ? events : note(events)
      keep(samples)
      return fresh
    }

    /** Whether there was no sound from then on. */
    const isQuiet = (seconds: number): boolean =>
      tail.from(Math.ceil(seconds * sampleRate)).every((samples) => isSilent(samples, block))

    /** Another session hears the last moments once more, and then silence. */
    const replay = Effect.gen(function*() {
      const other = yield* recognizer.open({ sampleRate })
      const first = Math.ceil(tail.first() / period) * period
      const heard: Array<Heard> = []
      // Copies: a recogniser may keep what it is given.
      for (const samples of tail.from(first)) heard.push(...yield* other.push(samples.slice()))
      heard.push(...yield* other.push(new Float32Array(Math.ceil(onset * sampleRate))), ...yield* other.finish)
      const shift = (seconds: number) => exact(seconds + first / sampleRate)
      return heard.flatMap((event) => {
        if (event._tag !== "Word") return []
        const word = { ...event, start: shift(event.start), end: shift(event.end) }
        // What goes on beyond this moment is still being said, whatever it sounds like.
        return word.start < lastWordEnd - edge || word.end > now() + resolution ? [] : [word]
      })
    })

    return {
      push: (samples) => Effect.map(session.push(samples), (events) => take(samples, events)),
      pushDirect: direct && ((samples) => take(samples, direct(samples))),
      flush: Effect.suspend(() => {
        if (speaking === undefined || isQuiet(afterWord())) return Effect.succeed([])
        return Effect.map(Effect.scoped(replay), (words) => {
          flushed = lastWordEnd = words.at(-1)?.end ?? lastWordEnd
          return words
        })
      }),
      finish: Effect.map(session.finish, note),
      lastWordEnd: () => lastWordEnd,
      silentSince: () => speaking === undefined ? Math.max(lastWordEnd, speechEnd) : undefined,
      settled: () => {
        const from = since()
        return isQuiet(Math.max(from, afterWord())) ? now() : Math.max(from, now() - longestWord)
      }
    }
  }
)
