/**
 * The SDK from code that knows promises: a `ManagedRuntime` holds the client, an `AbortSignal` cancels, a failure is a
 * value with a tag, and a live session is an `AsyncIterable`.
 *
 *     node --conditions=@effect-deepgram/source examples/promises.ts examples/audio/announcement.wav
 *
 * A WAV file is transcribed, as a whole and then live. With DEEPGRAM_API_KEY in the environment; Ctrl-C ends it early.
 */
import { NodeAudio, NodeDeepgram } from "@effect-deepgram/node"
import { Effect, ManagedRuntime, Result, Stream } from "effect"
import { AudioSource, Deepgram, ListenV1, LiveAudio, LiveTranscript, Transcript } from "effect-deepgram"
import process from "node:process"

/** Made when it is used first; its connections are kept until `dispose`. One for the whole program. */
const runtime = ManagedRuntime.make(NodeDeepgram.layerConfig())

/**
 * Whatever Deepgram or the file can do wrong is in the type of the value: nothing of it rejects. Without
 * `Effect.result` the promise would reject with the same errors.
 */
const transcribe = (path: string, signal: AbortSignal) => {
  const transcribed = ListenV1.transcribeFile(NodeAudio.file(path), { model: "nova-3", smart_format: true }).pipe(
    Deepgram.withOptions({ timeout: "10 minutes" }), // the upload counts; the default is 60 seconds
    Effect.map((transcription) => Transcript.toText(transcription))
  )
  // An abort closes the connection, and the promise rejects.
  return runtime.runPromise(Effect.result(transcribed), { signal })
}

type Failure = Result.Result.Failure<Awaited<ReturnType<typeof transcribe>>>

/** What somebody can do about it. Each tag has fields of its own. */
const explain = (failure: Failure): string => {
  switch (failure._tag) {
    case "AudioFileError":
      return `${failure.path} cannot be read: ${failure.reason}`
    case "Unauthorized":
      return `the key is not accepted: ${failure.message}`
    case "RateLimited":
      return `Deepgram is busy, after ${failure.requestId ?? "a request without an id"}: try again later`
    default:
      return failure.message
  }
}

const aborted = (signal: AbortSignal) =>
  Effect.callback<void>((resume) => {
    const stop = () => resume(Effect.void)
    if (signal.aborted) return stop()
    signal.addEventListener("abort", stop, { once: true })
    return Effect.sync(() => signal.removeEventListener("abort", stop))
  })

/** Utterances as they end. Whoever leaves the loop closes the session; a failure of it is thrown by the loop. */
const live = async (path: string, signal: AbortSignal) =>
  AudioSource.stream(NodeAudio.file(path)).pipe(
    LiveAudio.pace(),
    ListenV1.transcribeStream({ model: "nova-3", smart_format: true }),
    LiveTranscript.utterances(),
    Stream.interruptWhen(aborted(signal)),
    // The client for the stream: `runPromise` has it already.
    Stream.toAsyncIterableWith(await runtime.context())
  )

const main = async (path: string, signal: AbortSignal): Promise<number> => {
  const text = await transcribe(path, signal)
  if (Result.isFailure(text)) {
    console.error(`✗ ${explain(text.failure)}`)
    return 1
  }
  console.log(`Recorded  ${text.success}`)
  for await (const utterance of await live(path, signal)) {
    console.log(`Live      ${utterance.start.toFixed(1)} s  ${utterance.text}`)
  }
  return 0
}

const [path, ...others] = process.argv.slice(2)
if (path === undefined || others.length > 0) {
  console.error("promises.ts RECORDING    transcribes a WAV file, as a whole and then live")
  process.exitCode = 2
} else {
  const interrupted = new AbortController()
  process.once("SIGINT", () => interrupted.abort())
  try {
    process.exitCode = await main(path, interrupted.signal)
  } catch (error) {
    // No key in the environment, a failure of the live session, or the abort.
    if (!interrupted.signal.aborted) console.error(`✗ ${error instanceof Error ? error.message : error}`)
    process.exitCode = 1
  } finally {
    await runtime.dispose()
  }
  if (interrupted.signal.aborted) process.exitCode = 130
}
