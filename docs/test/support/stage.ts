/** Where examples are run: an emulator, a working directory with recordings, and the environment that names them. */
import { Emulator, Recognizer, Recording, Synthesizer, Thinker } from "@effect-deepgram/emulator"
import { assert } from "@effect/vitest"
import { ConfigProvider, Context, Effect, Layer, Logger, Redacted, type Scope, Stream } from "effect"
import { Deepgram } from "effect-deepgram"
import { HttpClient, HttpClientResponse } from "effect/http"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { chdir, cwd } from "node:process"
import { pathToFileURL } from "node:url"
import { instrument, type Statement, statementsExport } from "./assertions.ts"
import { type Block, origin } from "./blocks.ts"
import { pathOf, write } from "./modules.ts"

/** `call.wav`: both sides of a telephone call, one on each channel; two seconds, as examples also send it as it is spoken. */
const call = () =>
  Recording.wav([
    { text: "Thank you for calling.", channel: 0, voice: 0, pause: 0.3 },
    { text: "Hello!", channel: 1, voice: 1 }
  ], { sampleRate: 8000, encoding: "mulaw" })

const workingDirectory = Layer.effectDiscard(Effect.acquireRelease(
  Effect.sync(() => {
    const before = cwd()
    const directory = mkdtempSync(join(tmpdir(), "effect-deepgram-docs-"))
    writeFileSync(join(directory, "call.wav"), call())
    chdir(directory)
    return { before, directory }
  }),
  ({ before, directory }) =>
    Effect.sync(() => {
      chdir(before)
      rmSync(directory, { recursive: true })
    })
))

/** What the emulator finds behind URLs: recordings where `.wav` is asked for, and servers that take callbacks. */
const internet = Layer.sync(HttpClient.HttpClient, () => {
  const spacewalk = Recording.wav("Yeah, as much as it is worth celebrating, it is only the first spacewalk.")
  return HttpClient.make((request, url) =>
    Effect.succeed(HttpClientResponse.fromWeb(
      request,
      request.method !== "GET"
        ? new Response(null, { status: 204 })
        : url.pathname.endsWith(".wav")
        ? new Response(spacewalk, { headers: { "content-type": "audio/wav" } })
        : url.pathname.endsWith(".txt")
        ? new Response("You can return the parcel within 14 days. We are sorry if it disappoints you.")
        : new Response(null, { status: 404 })
    ))
  )
})

const emulator = Layer.provide(Emulator.layerNoDeps(), [Recognizer.layer, Synthesizer.layer, Thinker.layer, internet])

const environment = ConfigProvider.layer(
  Effect.map(
    Emulator.Emulator,
    ({ apiKey, url }) =>
      ConfigProvider.fromUnknown({ DEEPGRAM_BASE_URL: url, DEEPGRAM_API_KEY: Redacted.value(apiKey) })
  )
)

/** What examples may ask for; the environment is among it, for the layers that read it. */
export class Stage extends Context.Service<Stage, {
  readonly context: Context.Context<Deepgram.Deepgram | Emulator.Emulator>
}>()("docs/Stage") {}

const silence = Context.make(Logger.CurrentLoggers, new Set<Logger.Logger<unknown, unknown>>())

export const layer: Layer.Layer<Stage> = Layer.effect(
  Stage,
  Effect.gen(function*() {
    const context = Context.make(Deepgram.Deepgram, yield* Deepgram.Deepgram).pipe(
      Context.add(Emulator.Emulator, yield* Emulator.Emulator),
      Context.add(ConfigProvider.ConfigProvider, yield* ConfigProvider.ConfigProvider)
    )
    return { context: Context.merge(context, silence) }
  })
).pipe(
  Layer.provide(Deepgram.layerConfig()),
  Layer.provide(environment),
  Layer.provide([emulator, workingDirectory]),
  Layer.orDie
)

type Outcome = Effect.Effect<unknown, unknown, Deepgram.Deepgram | Emulator.Emulator | Scope.Scope>

/** Runs an effect, collects a stream, builds a layer; any other value is its own result. */
const outcomeOf = (value: unknown): Outcome =>
  // Classes of services are effects too, but not examples.
  typeof value === "function"
    ? Effect.succeed(value)
    : Effect.isEffect(value)
    ? value as Outcome
    : Stream.isStream(value)
    ? Stream.runCollect(value) as Outcome
    : Layer.isLayer(value)
    ? Layer.build(value) as Outcome
    : Effect.succeed(value)

const load = (block: Block): Effect.Effect<Readonly<Record<string, unknown>>> =>
  Effect.promise(() => {
    const path = pathOf("run", block.name)
    write(path, instrument(block.text))
    return import(/* @vite-ignore */ pathToFileURL(path).href)
  })

const play = Effect.fnUntraced(function*(block: Block) {
  const { [statementsExport]: statements, ...exports } = yield* load(block)
  const played = new Set<unknown>()
  for (const { actual, expected, line } of statements as ReadonlyArray<Statement>) {
    played.add(actual)
    const outcome = yield* Effect.scoped(outcomeOf(actual))
    if (expected !== undefined) assert.deepStrictEqual(outcome, expected(), origin(block, line))
  }
  for (const value of Object.values(exports)) {
    if (!played.has(value)) yield* Effect.scoped(outcomeOf(value))
  }
})

/** Runs an example: its statements and exports succeed, and are what they are said to be. */
export const perform = (block: Block): Effect.Effect<void, unknown, Stage> =>
  Effect.flatMap(Stage, ({ context }) => Effect.provide(play(block), context))
