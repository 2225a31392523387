/** What is said in the recordings of `audio/`. */
import type { Recording } from "@effect-deepgram/emulator"

interface Script {
  readonly script: ReadonlyArray<Recording.Line>
  readonly options: Recording.Options
}

const caller = (text: string, pause = 0.7): Recording.Line => ({ channel: 1, voice: 1, text, pause })
const agent = (text: string, pause = 0.7): Recording.Line => ({ channel: 0, voice: 0, text, pause })

/** By file name. */
export const recordings = {
  // One speaker, as a telephone would record it.
  "announcement.wav": {
    script: [
      { text: "Welcome to the museum of flight.", pause: 0.5 },
      { text: "The next tour of the space hall starts in fifteen minutes, at gate twenty two.", pause: 0.9 },
      { text: "Please keep your ticket ready." }
    ],
    options: { sampleRate: 8_000, encoding: "mulaw" }
  },
  // Two speakers on one channel: told apart by diarization.
  "conversation.wav": {
    script: [
      { voice: 0, text: "Did you see the spacewalk last night?", pause: 0.5 },
      { voice: 1, text: "I did. Seven hours outside, and nobody was tired!", pause: 0.6 },
      { voice: 0, text: "And the new battery?", pause: 0.4 },
      { voice: 1, text: "It works. They replaced it on the first attempt." }
    ],
    options: { sampleRate: 16_000, encoding: "linear16" }
  },
  // A telephone call, one speaker on each channel.
  "call.wav": {
    script: [
      agent("Thank you for calling the ticket office. How can I help you?"),
      caller("Hello, I would like to move my booking to Friday."),
      agent("Of course. Which number is on your ticket?"),
      caller("Four seven one nine."),
      agent("Thank you. Your seat is moved to Friday, in the twelfth row.", 0.5),
      caller("That is perfect, thank you very much.")
    ],
    options: { sampleRate: 8_000, encoding: "mulaw" }
  }
} satisfies Record<string, Script>
