/** From what is heard to what is shown. */
import type * as Deepgram from "effect-deepgram/Deepgram"
import type { LiveError } from "effect-deepgram/DeepgramError"
import * as ListenV1 from "effect-deepgram/ListenV1"
import * as LiveTranscript from "effect-deepgram/LiveTranscript"
import * as Stream from "effect/Stream"
import type { Capture, MicrophoneError } from "./capture.ts"

/** What is to be shown now. */
export interface Shown {
  /** Takes the place of what was shown of its line before. */
  readonly caption: LiveTranscript.LiveCaption
  /** Seconds from the end of its last word to the newest sound that was taken when it came. */
  readonly behind: number
}

/** Live captions of what is heard; they end when it ends and everything was said about it. */
export const captions = (
  { audio, sampleRate }: Pick<Capture, "audio" | "sampleRate">
): Stream.Stream<Shown, LiveError | MicrophoneError, Deepgram.Deepgram> =>
  Stream.suspend(() => {
    let heard = 0
    return audio.pipe(
      Stream.map((frame) => {
        heard += frame.byteLength / 2 / sampleRate
        return frame
      }),
      ListenV1.transcribeStream({
        model: "nova-3",
        encoding: "linear16",
        sample_rate: sampleRate,
        channels: 1,
        interim_results: true,
        smart_format: true,
        // A line is over after a pause between sentences; by default one within a sentence would do.
        endpointing: 300,
        // Deepgram says something every few seconds, of silence too: else nobody is there any more.
        watchdog: "20 seconds"
      }),
      LiveTranscript.liveCaptions(),
      Stream.map((caption) => ({ caption, behind: Math.max(0, heard - caption.end) }))
    )
  })
