/**
 * Interrupts pipes at so many moments, and says what is left of them: fibers, streams of audio that were not let go of,
 * and what would keep the process alive. Then it has nothing more to do.
 *
 * Arguments: transport (`ws`, `global`), URL of a server, how often, seed.
 */
import { NodeDeepgram } from "@effect-deepgram/node"
import { Effect, Fiber, Metric, Redacted, Stream } from "effect"
import { Deepgram, ListenV1, ListenV2 } from "effect-deepgram"

const [transport, baseUrl = "", times = "0", seed = "0"] = process.argv.slice(2)

const options = { apiKey: Redacted.make("interrupted"), baseUrl } as const
const layer = transport === "ws" ? NodeDeepgram.layer({ ...options, proxy: false }) : Deepgram.layer(options)

let state = Number(seed)
const random = (below: number): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return state % below
}

const rounds = (count: number): Effect.Effect<void> =>
  Effect.callback((resume) => {
    const round = (left: number): void => {
      if (left === 0) resume(Effect.void)
      else setImmediate(() => round(left - 1))
    }
    round(count)
  })

let open = 0
const audio = (frames: number) =>
  Stream.range(1, frames).pipe(
    Stream.mapEffect((index) => Effect.as(rounds(index % 3), new Uint8Array(640))),
    Stream.onStart(Effect.sync(() => open++)),
    Stream.ensuring(Effect.sync(() => open--))
  )

const format = { encoding: "linear16", sample_rate: 16_000 } as const

const one = Effect.gen(function*() {
  const frames = audio(1 + random(40))
  const messages: Stream.Stream<unknown, unknown, Deepgram.Deepgram> = random(2) === 0
    ? frames.pipe(ListenV1.transcribeStream({ model: "nova-3", ...format, watchdog: "1 hour" }))
    : frames.pipe(ListenV2.transcribeStream({ model: "flux-general-en", ...format, fillSilence: true }))
  const fiber = yield* Effect.forkChild(Effect.ignore(Stream.runDrain(messages)))
  yield* rounds(random(120))
  yield* Fiber.interrupt(fiber)
})

let fibers = 0
const counting = Effect.provideService(Metric.FiberRuntimeMetrics, {
  recordFiberStart: () => fibers++,
  recordFiberEnd: () => fibers--
})

await Effect.runPromise(
  Effect.repeat(one, { times: Number(times) - 1 }).pipe(
    Effect.provide(layer),
    counting,
    Effect.andThen(rounds(10))
  )
)

const kept = process.getActiveResourcesInfo().filter((name) => /^(TCPSocketWrap|TLSWrap|Timeout|Immediate)$/.test(name))

console.log(JSON.stringify({ fibers, open, kept }))
