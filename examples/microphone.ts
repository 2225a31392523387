/**
 * Live captions of what a microphone hears, until Ctrl-C. Then the session is closed properly: what was said last is
 * still shown.
 *
 *     node --conditions=@effect-deepgram/source examples/microphone.ts
 *
 * It records through `sox`, `arecord` or `ffmpeg`, whichever is installed; `--device` names another microphone, as that
 * program calls it.
 */
import { NodeAudio, NodeDeepgram } from "@effect-deepgram/node"
import { Console, Deferred, Effect, Fiber, Option, Stream } from "effect"
import { ListenV1, LiveTranscript } from "effect-deepgram"
import { Command, Flag } from "effect/cli"
import { stdout } from "node:process"
import { runCommand } from "./command.ts"
import { showCaption } from "./start/live.ts"

const format = { encoding: "linear16", sample_rate: 16_000 } as const

/** Shows what is understood, until the audio ends and everything has come. */
const caption = <E, R>(audio: Stream.Stream<Uint8Array, E, R>) =>
  audio.pipe(
    ListenV1.transcribeStream({
      model: "nova-3",
      smart_format: true,
      interim_results: true,
      // Milliseconds of silence that end a line.
      endpointing: 300,
      ...format
    }),
    LiveTranscript.liveCaptions(),
    Stream.runForEach((caption) => Effect.sync(() => showCaption(caption, false, stdout)))
  )

const config = {
  device: Flag.String("device").pipe(
    Flag.withDescription("the microphone; without it that of the system"),
    Flag.optional
  )
}

const microphone = Command.make("microphone", config, ({ device }) =>
  Effect.gen(function*() {
    const stopped = yield* Deferred.make<void>()
    const audio = NodeAudio.microphone({ ...format, device: Option.getOrUndefined(device) }).pipe(
      Stream.interruptWhen(Deferred.await(stopped)),
      // Ctrl-C reaches all programs of a terminal: the one that records may have ended first.
      Stream.catchTag("MicrophoneError", (error) =>
        Stream.unwrap(Effect.timeoutOrElse(Effect.as(Deferred.await(stopped), Stream.empty), {
          duration: "200 millis",
          orElse: () =>
            Effect.succeed(Stream.fail(error))
        })))
    )
    yield* Console.error("Speak. Ctrl-C ends it.")
    // Ctrl-C interrupts what waits here, and not the session: that is told to end, and waited for.
    yield* Effect.acquireUseRelease(
      Effect.forkDetach(caption(audio)),
      Fiber.join,
      (session) =>
        Effect.andThen(Deferred.succeed(stopped, undefined), Fiber.join(session))
    )
  }).pipe(Effect.provide(NodeDeepgram.layerConfig()))).pipe(
    Command.withDescription("Shows live captions of what a microphone hears")
  )

runCommand(microphone, { serves: true })
