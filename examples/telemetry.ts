/**
 * OpenTelemetry: what the SDK does as spans and metrics, sent to a collector with Effect's own exporter. A recording is
 * transcribed, and then the same recording live.
 *
 *     docker run -p 3000:3000 -p 4318:4318 grafana/otel-lgtm
 *     node --conditions=@effect-deepgram/source examples/telemetry.ts examples/audio/announcement.wav
 *
 * The collector is at OTEL_EXPORTER_OTLP_ENDPOINT, by default http://localhost:4318. DEEPGRAM_API_KEY is the key.
 *
 * Spans are named after the functions (`ListenV1.transcribeFile`), those of channels after the channel
 * (`ListenV1.session`). They have attributes such as `deepgram.request_id`, `deepgram.attempts` and
 * `deepgram.audio_seconds`, of sessions `deepgram.time_to_first_result_ms` and `deepgram.outcome`, and neither
 * addresses nor what was said.
 * The metrics of sessions are those of the module `Live`.
 */
import { NodeAudio, NodeDeepgram } from "@effect-deepgram/node"
import { Config, Console, Duration, Effect, Layer, Metric } from "effect"
import { AudioSource, ListenV1, LiveAudio, LiveTranscript, Transcript } from "effect-deepgram"
import { Argument, Command } from "effect/cli"
import { FetchHttpClient } from "effect/http"
import { Otlp } from "effect/observability"
import { runCommand } from "./command.ts"

/** Of sessions the SDK has metrics; of operations a program measures what it wants to know. */
const transcriptionSeconds = Metric.histogram("transcription_seconds", {
  description: "Time from the request to the transcription",
  boundaries: [0.5, 1, 2.5, 5, 10, 30, 60]
})

const recorded = (path: string) =>
  ListenV1.transcribeFile(NodeAudio.file(path), { model: "nova-3", smart_format: true }).pipe(
    Effect.trackDuration(transcriptionSeconds, Duration.toSeconds),
    Effect.map((transcription) => Transcript.toText(transcription))
  )

const live = (path: string) =>
  AudioSource.stream(NodeAudio.file(path)).pipe(
    LiveAudio.pace(),
    ListenV1.transcribeStream({ model: "nova-3", smart_format: true }),
    LiveTranscript.text()
  )

/**
 * Sends what there is every few seconds, and the rest at the end, which waits a second at most. Without a collector the
 * rest of the program goes on; the log says so at the level `Debug`.
 */
const telemetry = Layer.unwrap(Effect.gen(function*() {
  const baseUrl = yield* Config.withDefault(Config.String("OTEL_EXPORTER_OTLP_ENDPOINT"), "http://localhost:4318")
  return Otlp.layerJson({ baseUrl, resource: { serviceName: "telemetry-example" }, shutdownTimeout: "1 second" })
})).pipe(Layer.provide(FetchHttpClient.layer))

const config = {
  recording: Argument.File("recording", { mustExist: true }).pipe(Argument.withDescription("a WAV file"))
}

const command = Command.make("telemetry", config, ({ recording }) =>
  Effect.gen(function*() {
    yield* Console.log(`Recorded  ${yield* recorded(recording)}`)
    yield* Console.log(`Live      ${yield* live(recording)}`)
  }).pipe(
    // The spans of the SDK are within those of the program.
    Effect.withSpan("examples.telemetry"),
    Effect.provide([NodeDeepgram.layerConfig(), telemetry])
  )).pipe(Command.withDescription("Sends spans and metrics to a collector"))

runCommand(command)
