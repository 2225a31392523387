/** Streams a recording as if somebody were speaking, and shows what is understood meanwhile. */
import { Console, Effect, Stream } from "effect"
import { type Deepgram, type DeepgramError, ListenV1, LiveAudio, LiveTranscript } from "effect-deepgram"
import { stdout } from "node:process"
import { type Output, restart } from "./progress.ts"

/** How many columns a character takes at most: two in East Asian scripts and for emoji. */
const columnsOf = (character: string): number => character < "\u1100" ? 1 : 2

/** The end of a text, as much as fits: the beginning was shown already. */
const lastOf = (text: string, columns: number): string => {
  const characters = [...text]
  let from = characters.length
  for (let left = columns; from > 0; from--) {
    left -= columnsOf(characters[from - 1] ?? "")
    if (left < 0) break
  }
  return characters.slice(from).join("")
}

/** Lines that may change are written over where that can be done, and final ones stay. */
export const showCaption = (
  { channel, interim, isFinal, text }: LiveTranscript.LiveCaption,
  multichannel: boolean,
  output: Output
): void => {
  const overwritten = output.isTTY === true
  const said = [text, interim].filter((part) => part !== "").join(" ")
  if (said === "") {
    // What was shown is taken back.
    if (overwritten) output.write(restart)
    return
  }
  const head = `${isFinal ? "    " : "  … "}${multichannel ? `Channel ${channel}: ` : ""}`
  const isShort = overwritten && !isFinal && output.columns !== undefined
  // A line that is as long as the window is wide would already begin another row.
  const line = isShort ? head + lastOf(said, output.columns - 1 - head.length) : head + said
  output.write((overwritten ? restart : "") + line + (overwritten && !isFinal ? "" : "\n"))
}

/** What a recording is streamed with. */
export interface LiveJob<E> {
  readonly audio: Stream.Stream<Uint8Array, E>
  readonly features: ListenV1.LiveFeatureOptions & ListenV1.LiveDiarizationOptions
  /** How many times as fast as it was spoken. */
  readonly speed: number
}

/** Whether the final results say on every channel what the transcription says. */
export const isSame = Effect.fnUntraced(function*(
  messages: ReadonlyArray<ListenV1.ServerMessage>,
  { results: { channels } }: ListenV1.Transcription
) {
  const live = yield* Effect.forEach(
    channels,
    (_, channel) => LiveTranscript.text({ channel })(Stream.fromIterable(messages))
  )
  return channels.length > 0 &&
    channels.every(({ alternatives }, channel) => (alternatives[0]?.transcript ?? "") === live[channel])
})

/** Streams a WAV recording, shows the captions as they grow, and says whether the text is that of the transcription. */
export const stream = Effect.fnUntraced(function*<E>(
  { audio, features, speed }: LiveJob<E>,
  transcription: ListenV1.Transcription,
  output: Output = stdout
): Effect.fn.Return<void, DeepgramError.LiveError | E, Deepgram.Deepgram> {
  yield* Console.log("  Live")
  const messages: Array<ListenV1.ServerMessage> = []
  yield* audio.pipe(
    LiveAudio.pace({ speed, frame: "100 millis" }),
    ListenV1.transcribeStream({ model: "nova-3", smart_format: true, interim_results: true, ...features }),
    Stream.tap((message) => Effect.sync(() => messages.push(message))),
    LiveTranscript.liveCaptions(),
    Stream.runForEach((caption) => Effect.sync(() => showCaption(caption, features.multichannel === true, output)))
  )
  yield* Console.log(
    (yield* isSame(messages, transcription))
      ? "  The live text is the same as that of the recording."
      : "  The live text differs from that of the recording."
  )
})
