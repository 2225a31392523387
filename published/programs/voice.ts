/** Speech for the programs that listen: the emulator speaks it, so that no recording has to be brought along. */
import * as ListenV1 from "effect-deepgram/ListenV1"
import * as LiveAudio from "effect-deepgram/LiveAudio"
import * as SpeakV1 from "effect-deepgram/SpeakV1"
import * as Transcript from "effect-deepgram/Transcript"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

/** Raw audio, of both sides. */
export const format = { encoding: "linear16", sample_rate: 16_000 } as const

/** Whoever speaks. */
export const voice = { model: "aura-2-thalia-en", ...format } as const

/** How it is heard. */
export const hearing = { model: "nova-3", punctuate: true } as const

/** A text as raw audio. */
export const spoken = (text: string) =>
  Stream.mkUint8Array(SpeakV1.generateStream(text, { ...voice, container: "none" }))

/** A text as a WAV recording. */
export const recording = (text: string) => Stream.mkUint8Array(SpeakV1.generateStream(text, voice))

/** Frames of 80 milliseconds, as microphones give them, and a second of silence: so that it is known that all was said. */
export const microphone = (audio: Uint8Array): Stream.Stream<Uint8Array> =>
  Stream.make(audio, LiveAudio.silence(format, "1 second")).pipe(
    LiveAudio.pace({ ...format, frame: "80 millis", speed: Infinity }),
    Stream.orDie
  )

/** Chunks put together. */
export const joined = (chunks: ReadonlyArray<Uint8Array>): Uint8Array => {
  const all = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0))
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}

/** What is said in raw audio. */
export const heardIn = (audio: Uint8Array) =>
  Effect.map(
    ListenV1.transcribeFile(audio, { ...hearing, ...format }),
    (transcription) => Transcript.toText(transcription)
  )
