/** Streams a recording as if somebody were speaking, and shows what is understood meanwhile. */
import { Console, Effect, Stream } from "effect"
import { type Deepgram, type DeepgramError, ListenV1, LiveAudio } from "effect-deepgram"
import { stdout } from "node:process"
import type { Output } from "./progress.ts"

const restart = "\r\u001b[K"

const channelOf = ({ channel_index: [index = 0, count = 1] }: ListenV1.Results): string =>
  count > 1 ? `Channel ${index}: ` : ""

/** Interim lines are written over where that can be done, and final ones stay. */
const show = (message: ListenV1.ServerMessage, output: Output): void => {
  if (message.type !== "Results") return
  const text = message.channel.alternatives[0]?.transcript ?? ""
  if (text === "") return
  const overwritten = output.isTTY === true
  const line = `${message.is_final === true ? "    " : "  … "}${channelOf(message)}${text}`
  output.write((overwritten ? restart : "") + line + (overwritten && message.is_final !== true ? "" : "\n"))
}

/** The text of each channel, as the final results have it. */
const textsOf = (messages: ReadonlyArray<ListenV1.ServerMessage>): ReadonlyArray<string> => {
  const texts: Array<Array<string>> = []
  for (const message of messages) {
    if (message.type !== "Results" || message.is_final !== true) continue
    const text = message.channel.alternatives[0]?.transcript ?? ""
    if (text !== "") (texts[message.channel_index[0] ?? 0] ??= []).push(text)
  }
  return Array.from(texts, (parts) => (parts ?? []).join(" "))
}

/** What a recording is streamed with. */
export interface LiveJob<E> {
  readonly audio: Stream.Stream<Uint8Array, E>
  readonly features: ListenV1.LiveFeatureOptions & ListenV1.LiveDiarizationOptions
  /** How many times as fast as it was spoken. */
  readonly speed: number
}

/** Streams a WAV recording, shows the results as they come, and says whether the text is that of the transcription. */
export const stream = Effect.fnUntraced(function*<E>(
  { audio, features, speed }: LiveJob<E>,
  transcription: ListenV1.Transcription,
  output: Output = stdout
): Effect.fn.Return<void, DeepgramError.LiveError | E, Deepgram.Deepgram> {
  yield* Console.log("  Live")
  const messages = yield* audio.pipe(
    LiveAudio.pace({ speed, frame: "100 millis" }),
    ListenV1.transcribeStream({ model: "nova-3", smart_format: true, interim_results: true, ...features }),
    Stream.tap((message) => Effect.sync(() => show(message, output))),
    Stream.runCollect
  )
  const live = textsOf(messages)
  const recorded = transcription.results.channels.map(({ alternatives }) => alternatives[0]?.transcript ?? "")
  const same = recorded.every((text, channel) => text === (live[channel] ?? ""))
  yield* Console.log(
    same
      ? "  The live text is the same as that of the recording."
      : "  The live text differs from that of the recording."
  )
})
