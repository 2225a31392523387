/**
 * A retry schedule of one's own: patient where Deepgram has no capacity (429), and not at all elsewhere. It says what
 * it waits for, and gives up when there is no time for another wait.
 *
 *     node --conditions=@effect-deepgram/source examples/retries.ts examples/audio/call.wav
 *
 * DEEPGRAM_API_KEY is the key. Deepgram is seldom busy; its emulator is whenever it is told to be:
 *
 *     npx @effect-deepgram/emulator --port 8080 --key test
 *     curl -X PUT http://127.0.0.1:8080/_emulator/faults --data '{ "rules": [{ "when": { "path": "/v1/listen" },
 *       "times": 2, "faults": [{ "type": "Answer", "status": 429, "retryAfter": 1 }] }] }'
 *     export DEEPGRAM_BASE_URL=http://127.0.0.1:8080 DEEPGRAM_API_KEY=test
 */
import { NodeAudio, NodeDeepgram } from "@effect-deepgram/node"
import { Console, Duration, Effect, Random, Schedule } from "effect"
import { Deepgram, type DeepgramError, ListenV1, Transcript } from "effect-deepgram"
import { Argument, Command, Flag } from "effect/cli"
import { runCommand } from "./command.ts"

/** While there is no capacity, and for nothing else: after half a second, then longer and longer, up to ten. */
const whileBusy = (budget: Duration.Duration): Deepgram.RetrySchedule =>
  Schedule.min([Schedule.exponential("500 millis"), Schedule.spaced("10 seconds")]).pipe(
    Schedule.setInputType<DeepgramError.DeepgramError>(),
    // It is asked about what another attempt may mend: 408, 429, 5xx and connections that fail.
    Schedule.while(({ input }) => input._tag === "RateLimited"),
    Schedule.modifyDelay(({ duration, input }) =>
      Effect.map(Random.next, (random) => {
        const asked = input._tag === "RateLimited" ? input.retryAfter : undefined
        // Up to a fifth more, so that those who were sent away together do not come back together.
        return Duration.times(asked ?? duration, 1 + random / 5)
      })
    ),
    // Counted from the first failure on.
    Schedule.while(({ duration, elapsed }) => elapsed + Duration.toMillis(duration) <= Duration.toMillis(budget)),
    Schedule.tap(({ attempt, duration, input }) =>
      Console.log(`… attempt ${attempt}: ${input.message}; again in ${Duration.toSeconds(duration).toFixed(1)} s`)
    )
  )

const config = {
  recording: Argument.File("recording").pipe(Argument.withDescription("a file that Deepgram reads")),
  seconds: Flag.Int("seconds").pipe(
    Flag.withDescription("time for all attempts and the waits between them, default 120"),
    Flag.withDefault(120)
  )
}

const retries = Command.make("retries", config, ({ recording, seconds }) => {
  const budget = Duration.seconds(seconds)
  return ListenV1.transcribeFile(NodeAudio.file(recording), { model: "nova-3", smart_format: true }).pipe(
    // As long as the schedule: after the default of 60 seconds there would be no more waiting.
    Deepgram.withOptions({ timeout: budget, retry: whileBusy(budget) }),
    Effect.flatMap((transcription) => Console.log(`✓ ${Transcript.toText(transcription)}`)),
    Effect.provide(NodeDeepgram.layerConfig())
  )
}).pipe(Command.withDescription("Waits for capacity"))

runCommand(retries)
