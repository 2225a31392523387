/** Calls of many kinds, recorded, and what is done with the file. */
import { Emulator, Recording, type Sessions, Thinker } from "@effect-deepgram/emulator"
import { assert } from "@effect/vitest"
import { Effect, Redacted, Schema, Stream } from "effect"
import {
  AgentConfigurations,
  AgentV1,
  Deepgram,
  type DeepgramAuth,
  Keys,
  ListenV1,
  ListenV2,
  LiveAudio,
  Projects,
  ReadV1,
  SpeakV1,
  SpeakV2,
  Tokens
} from "effect-deepgram"
import { Tool, Toolkit } from "effect/ai"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { patiently, spoken, telephone } from "../sessions/support.ts"

/** A file that does not outlive its scope. */
export const temporary = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "effect-deepgram-replay-"))),
    (directory) => Effect.sync(() => rmSync(directory, { recursive: true }))
  ),
  (directory) => join(directory, "calls.jsonl")
)

const format = { encoding: "linear16", sample_rate: 16_000 } as const

/** What must never be in a file. */
export const secrets = {
  apiKey: "a-key-that-nobody-may-see",
  wrong: "a-wrong-key-that-nobody-may-see",
  callback: "callback-secret",
  endpoint: "endpoint-secret",
  cookie: "cookie-secret",
  password: "password-secret"
} as const

export const tools = Toolkit.make(
  Tool.make("get_hours", { parameters: Schema.Struct({ day: Schema.String }), success: Schema.String })
)

export const toolsLayer = tools.toLayer({ get_hours: ({ day }) => Effect.succeed(`On ${day} from ten to six.`) })

/** Thinks the same each time, unless it is told otherwise. */
export const thinker = (greeting = "Hello! How can I help?") =>
  Thinker.rules([
    { when: "open on Saturday", answer: { calls: [{ name: "get_hours", arguments: { day: "Saturday" } }] } },
    { when: /^(hello|good morning)/i, answer: greeting }
  ])

const settings: AgentV1.Settings = {
  audio: { input: format, output: format },
  agent: {
    think: {
      provider: { type: "open_ai", model: "gpt-4o-mini" },
      endpoint: { url: "https://think.example.com", headers: { "x-think": secrets.endpoint } }
    },
    speak: { provider: { type: "deepgram", model: "aura-2-thalia-en" } }
  }
}

/** One question and its answer. */
export const conversation = (question: string) =>
  Effect.gen(function*() {
    const audio = Recording.raw([{ text: question, pause: 0.6 }])
    const talk = yield* Stream.make(audio).pipe(AgentV1.converse(settings, { tools, ...patiently }))
    return yield* talk.audio.pipe(
      Stream.takeUntil((sound) => sound.type === "AgentAudioDone"),
      LiveAudio.bytes,
      Stream.runCount
    )
  }).pipe(Effect.scoped, Effect.provide(toolsLayer))

const project = Effect.map(Projects.list(), ({ projects }) => projects[0]!.project_id)

const live = spoken("The first sentence. And the second one.")

/** The sound in frames of so many bytes. */
export const frames = (bytes: Uint8Array, size = 800): Stream.Stream<Uint8Array> =>
  Stream.fromIterable(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size))
  )

export const sessions = {
  listenV1: frames(live).pipe(
    ListenV1.transcribeStream({ model: "nova-3", interim_results: true, ...telephone, ...patiently }),
    Stream.runDrain
  ),
  listenV2: frames(live).pipe(
    ListenV2.transcribeStream({ model: "flux-general-en", ...telephone, ...patiently }),
    Stream.runDrain
  ),
  speakV1: Stream.make("One sentence. ", "And another one.").pipe(
    SpeakV1.speakStream({ model: "aura-2-thalia-en", ...format, ...patiently }),
    Stream.runDrain
  ),
  speakV2: Stream.make("One sentence. ", "And another one.").pipe(
    SpeakV2.speakStream({ model: "flux-kit-en", ...format, ...patiently }),
    Stream.runDrain
  ),
  agent: Effect.andThen(conversation("When do you open on Saturday?"), conversation("Good morning."))
}

/** A short recording. */
export const upload = Recording.wav("A recording that is sent as a stream.")

const other = (baseUrl: string, auth: DeepgramAuth.Options) => Effect.provide(Deepgram.layer({ ...auth, baseUrl }))

const wrong = { apiKey: Redacted.make(secrets.wrong) }

/** Everything that is short: of what is created, the ids and keys are used again. */
export const requests = Effect.gen(function*() {
  const { url } = yield* Emulator.Emulator
  const id = yield* project
  yield* ListenV1.transcribeFile(upload, { model: "nova-3", punctuate: true })
  yield* ListenV1.transcribeFile(frames(upload, 5000), { model: "nova-3" })
  yield* ReadV1.analyze({ text: "The service was excellent. I will come again." }, { language: "en", sentiment: true })
  yield* Effect.flatMap(
    SpeakV1.generate("Read this aloud.", { model: "aura-2-thalia-en" }),
    ({ audio }) => Stream.runDrain(audio)
  ).pipe(Effect.scoped)
  const created = yield* Keys.create(id, { comment: "short", scopes: ["member"] })
  yield* Projects.list().pipe(other(url, { apiKey: created.key }))
  const { access_token } = yield* Tokens.grant()
  yield* ListenV1.transcribeFile(upload, { model: "nova-3" }).pipe(other(url, { accessToken: access_token }))
  yield* Keys.get(id, created.api_key_id)
  yield* Keys.delete(id, created.api_key_id)
  const agent = yield* AgentConfigurations.create(id, {
    config: JSON.stringify({
      think: { endpoint: { url: "https://example.com", headers: { "x-key": secrets.endpoint } } }
    })
  })
  yield* AgentConfigurations.get(id, agent.agent_id)
  // Refused calls.
  yield* Effect.flip(Projects.get("00000000-0000-4000-8000-000000000000"))
  yield* Effect.flip(ListenV1.transcribeFile(upload, { model: "no-such-model" as "nova-3" }))
  yield* Effect.flip(Projects.list()).pipe(other(url, wrong))
  yield* Effect.flip(sessions.listenV1).pipe(other(url, wrong))
  return { keys: [Redacted.value(created.key), Redacted.value(access_token)] }
})

/** Runs calls against an emulator that records them, to its end. */
export const recorded = <A, E>(
  path: string,
  calls: Effect.Effect<A, E, Emulator.Emulator | Deepgram.Deepgram>,
  options?: Emulator.LayerOptions
) =>
  calls.pipe(
    Effect.provide(Emulator.layerSdk({
      apiKeys: [secrets.apiKey],
      thinker: thinker(),
      record: path,
      ...options
    }))
  )

/** What is not as it was, by method and path. */
export const differing = ({ calls }: Sessions.Replayed) =>
  calls.flatMap(({ call: { method, target, transport }, differences }) =>
    differences.length === 0
      ? []
      : [{ call: `${transport} ${method} ${target.split("?")[0]}`, differences }]
  )

export const assertSame = (replayed: Sessions.Replayed): void => {
  assert.deepStrictEqual(differing(replayed), [])
  assert.isTrue(replayed.same)
  assert.isTrue(replayed.complete)
}
