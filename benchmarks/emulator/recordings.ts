/** What is said in the sessions, frame by frame, and what has to come of it. */
import * as Recording from "@effect-deepgram/emulator/Recording"
import { binaryFrame } from "../frames.ts"

/** Milliseconds of a frame. */
export const frameMillis = 20

const sampleRate = 16_000

const texts = [
  "The quick brown fox jumps over the lazy dog, and then it goes home. After that nobody knows what became of it.",
  "Good morning, how can I help you today? I would like to know when my order will arrive, please.",
  "It rained for most of the week. On Friday the sun came out at last, and everybody went to the park.",
  "Please hold the line while I look that up. Thank you for waiting, your table is booked for seven."
]

/** Of every text, by every voice. */
export const recordingCount = 4 * texts.length

/** A recording of some length, with its text. */
export interface Recorded {
  readonly text: string
  readonly frames: ReadonlyArray<Uint8Array>
}

/** Somebody who speaks all the time, as the frames that go over the wire. */
export const record = (index: number, frames: number): Recorded => {
  const [text = ""] = texts.slice(index % texts.length)
  const once = Recording.raw([{ text, voice: Math.floor(index / texts.length) % 4 }], { sampleRate })
  const frameBytes = (2 * sampleRate * frameMillis) / 1000
  const times = Math.ceil((frames * frameBytes) / once.length)
  const audio = new Uint8Array(times * once.length)
  for (let time = 0; time < times; time++) audio.set(once, time * once.length)
  return {
    text: Array.from({ length: times }, () => text).join(" "),
    frames: Array.from(
      { length: frames },
      (_, frame) => binaryFrame(audio.subarray(frame * frameBytes, (frame + 1) * frameBytes))
    )
  }
}

/** What a session is asked for: recognition with everything that comes while somebody speaks. */
export const path = `/v1/listen?model=nova-3&encoding=linear16&sample_rate=${sampleRate}` +
  "&interim_results=true&punctuate=true&vad_events=true&utterance_end_ms=1000"
