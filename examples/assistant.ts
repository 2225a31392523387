/**
 * A voice agent with two tools: it finds parcels, and has them delivered on another day.
 *
 *     node --conditions=@effect-deepgram/source examples/assistant.ts voice.wav                     with a headset
 *     node --conditions=@effect-deepgram/source examples/assistant.ts voice.wav --caller call.wav   with a recording
 *
 * What the agent says goes to `voice.wav`. With a microphone it is heard too, until Ctrl-C; a microphone that hears a
 * loudspeaker interrupts, therefore the headset. A recording is hung up on when nothing more is said: it needs pauses for
 * the agent's answers.
 */
import { NodeAudio, NodeDeepgram } from "@effect-deepgram/node"
import { Console, Deferred, Duration, Effect, FileSystem, Option, Stream } from "effect"
import { AgentV1, type DeepgramError, type LiveAudio } from "effect-deepgram"
import { Argument, Command, Flag } from "effect/cli"
import { makeCaller, makePatience } from "./assistant/caller.ts"
import { output, settings, tools, toolsLayer } from "./assistant/parcels.ts"
import { checkWritable, runCommand } from "./command.ts"
import { wav } from "./start/wav.ts"

const positive = (name: string, fallback: number, what: string) =>
  Flag.Finite(name).pipe(
    Flag.withDescription(what),
    Flag.filter((value) => value > 0, () => "a number above zero"),
    Flag.withDefault(fallback)
  )

const config = {
  voice: Argument.File("voice").pipe(Argument.withDescription("the WAV file to write")),
  caller: Flag.File("caller").pipe(
    Flag.withDescription("a WAV file with one channel, instead of a microphone"),
    Flag.optional
  ),
  quiet: positive("quiet", 5, "seconds of silence after which a recording is hung up on; default 5"),
  speed: positive("speed", 1, "how fast a recording goes; default 1, as it was spoken; the emulator takes more")
}

const show = (event: AgentV1.Event): Effect.Effect<void> => {
  switch (event.type) {
    case "ConversationText":
      return Console.log(`${event.role === "assistant" ? "Agent" : "Caller"}: ${event.content}`)
    case "FunctionCallRequest":
      return Effect.forEach(event.functions, (call) => Console.log(`→ ${call.name} ${call.arguments}`), {
        discard: true
      })
    case "FunctionCallHandled":
      return Console.log(`← ${event.content ?? event.outcome}`)
    case "Warning":
      return Console.error(`Warning: ${event.description ?? event.code ?? "of something"}`)
    default:
      return Effect.void
  }
}

/** Who calls. */
interface Line {
  readonly format: LiveAudio.RawFormat
  readonly microphone: Stream.Stream<Uint8Array, NodeAudio.MicrophoneError | DeepgramError.BadRequest>
}

const secondsOf = (audio: Uint8Array): number => audio.byteLength / 2 / output.sample_rate

const assistant = Command.make("assistant", config, ({ caller, quiet, speed, voice }) =>
  Effect.gen(function*() {
    yield* checkWritable(voice)
    const fs = yield* FileSystem.FileSystem
    const spoken: Array<Uint8Array> = []
    // Written however the call ends.
    yield* Effect.addFinalizer(() =>
      Effect.gen(function*() {
        const samples = Buffer.concat(spoken)
        if (samples.byteLength === 0) return
        yield* fs.writeFile(voice, wav(samples, output.sample_rate))
        yield* Console.log(`${secondsOf(samples).toFixed(1)} s of the agent's voice are in ${voice}`)
      }).pipe(Effect.catch(({ message }) => Console.error(`✗ ${message}`)))
    )

    const greeted = yield* Deferred.make<void>()
    const patience = yield* makePatience(quiet)
    const { format, microphone }: Line = Option.isSome(caller)
      ? yield* makeCaller(caller.value, speed, { begin: Deferred.await(greeted), end: patience.begin })
      : { format: { encoding: "linear16", sample_rate: 16_000 }, microphone: NodeAudio.microphone() }

    const call = yield* microphone.pipe(AgentV1.converse(settings(format), { tools }))

    const heard = Stream.tap(call.audio, (sound) => {
      if (sound.type === "Audio") spoken.push(sound.audio)
      return sound.type === "AgentAudioDone" ? Deferred.succeed(greeted, undefined) : patience.sign
    })
    // As long as it sounds: what is interrupted meanwhile is not heard, and must not be in the file.
    const listen = (sound: AgentV1.AgentAudio) =>
      sound.type === "Audio" ? Effect.sleep(Duration.seconds(secondsOf(sound.audio) / speed)) : Effect.void

    yield* Effect.all([
      Stream.runForEach(call.events, (event) => Effect.andThen(show(event), patience.sign)),
      Option.isSome(caller) ? Stream.runForEach(heard, listen) : NodeAudio.play(output)(heard),
      Option.isSome(caller) ? Effect.andThen(patience.over, call.close) : Effect.never
    ], { concurrency: "unbounded", discard: true })
  }).pipe(
    Effect.scoped,
    Effect.provide([toolsLayer, NodeDeepgram.layerConfig()])
  )).pipe(Command.withDescription("A voice agent with two tools"))

runCommand(assistant, { serves: true })
