import { assert, describe, it } from "@effect/vitest"
import { Config, Context, Effect, Layer, Redacted } from "effect"
import { AgentV1, Deepgram, DeepgramAuth, Models, Projects, ReadV1, SpeakV1, Tokens } from "effect-deepgram"
import { json } from "../support/answers.ts"
import { apiKey, transcribe, withEnvironment } from "../support/client.ts"
import { connect, deepgram, grantsOf, key, minting, othersOf, parts, signatures } from "../support/granted.ts"
import type { Server } from "../support/server.ts"

describe("what signs what", () => {
  const token = "Bearer token-1"
  const cases: ReadonlyArray<
    readonly [path: string, signature: string, run: Effect.Effect<unknown, unknown, Deepgram.Deepgram>]
  > = [
    ["/v1/listen", token, transcribe()],
    ["/v1/speak", token, Effect.scoped(SpeakV1.generate("Hello.", { model: "aura-2-thalia-en" }))],
    ["/v1/read", token, ReadV1.analyze({ text: "Hello." }, { topics: true })],
    ["/v1/agent/settings/think/models", token, AgentV1.listThinkModels()],
    ["/v1/projects", `Token ${apiKey}`, Projects.list()],
    ["/v1/models", `Token ${apiKey}`, Models.list()],
    ["/v1/auth/grant", `Token ${apiKey}`, Tokens.grant()]
  ]

  it.effect.each(cases)("%s: %s", ([path, signature, run]) =>
    Effect.gen(function*() {
      const server = yield* deepgram([minting()], json({}))
      yield* Effect.exit(Effect.provide(run, yield* connect(server)))
      const last = server.requests.at(-1)!
      assert.strictEqual(last.target.split("?")[0], path)
      assert.strictEqual(last.headers.authorization, signature)
    }))

  it.effect("a token that is given signs everything: who has nothing else must try", () =>
    Effect.gen(function*() {
      const server = yield* deepgram([minting()], json({ projects: [] }))
      yield* Projects.list().pipe(
        Effect.provide(Deepgram.layer({ accessToken: Redacted.make("a-token"), baseUrl: server.url }))
      )
      assert.deepStrictEqual(signatures(server.requests), ["Bearer a-token"])
    }))
})

describe("layerGrantedConfig", () => {
  const signedWith = Effect.fnUntraced(function*(
    options: DeepgramAuth.GrantedConfigOptions,
    env: Record<string, string>
  ) {
    const server = yield* deepgram([minting()])
    yield* transcribe().pipe(
      Effect.provide(
        Deepgram.layerNoDeps.pipe(
          Layer.provide(DeepgramAuth.layerGrantedConfig(options)),
          Layer.provide(parts(server))
        )
      ),
      withEnvironment(env)
    )
    const [grant] = server.requests
    return [grant!.headers.authorization, grant!.body().toString()]
  })

  it.effect("finds the key in the environment", () =>
    Effect.gen(function*() {
      const env = { DEEPGRAM_API_KEY: " env-key\n", DEEPGRAM_TOKEN: "env-token", OTHER_KEY: "other-key" }
      assert.deepStrictEqual(yield* signedWith({}, env), ["Token env-key", `{"ttl_seconds":300}`])
      assert.deepStrictEqual(
        yield* signedWith({ apiKey: Redacted.make("mine"), ttl: "1 minute" }, env),
        ["Token mine", `{"ttl_seconds":60}`]
      )
      assert.deepStrictEqual(
        yield* signedWith({ apiKey: Config.Redacted("OTHER_KEY") }, env),
        ["Token other-key", `{"ttl_seconds":300}`]
      )
    }))

  it.effect.each([{}, { DEEPGRAM_API_KEY: " " }, { DEEPGRAM_TOKEN: "env-token" }])(
    "says what is missing: %j",
    (env) =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(signedWith({}, env))
        assert.instanceOf(error, Config.ConfigError)
        assert.include(error.message, "DEEPGRAM_API_KEY")
      })
  )
})

class First extends Context.Service<First, Deepgram.Deepgram["Service"]>()("First") {}
class Second extends Context.Service<Second, Deepgram.Deepgram["Service"]>()("Second") {}

describe("a layer that is used more than once in a build", () => {
  /** Builds two clients at once, and has each of them send a request. */
  const useBoth = Effect.fnUntraced(function*(
    first: Layer.Layer<Deepgram.Deepgram>,
    second: Layer.Layer<Deepgram.Deepgram>
  ) {
    const context = yield* Layer.build(Layer.merge(
      Layer.provide(Layer.effect(First, Deepgram.Deepgram), first),
      Layer.provide(Layer.effect(Second, Deepgram.Deepgram), second)
    ))
    for (const client of [Context.get(context, First), Context.get(context, Second)]) {
      yield* Effect.provideService(transcribe(), Deepgram.Deepgram, client)
    }
  })

  type Auth = ReturnType<typeof DeepgramAuth.layerGranted>

  const layers: ReadonlyArray<readonly [name: string, auth: Auth]> = [
    ["layerGranted", DeepgramAuth.layerGranted({ apiKey: key })],
    ["layerGrantedConfig", Layer.orDie(DeepgramAuth.layerGrantedConfig({ apiKey: key }))]
  ]

  const clientOf = (auth: Auth, server: Server): Layer.Layer<Deepgram.Deepgram> =>
    Deepgram.layerNoDeps.pipe(Layer.provide(auth), Layer.provide(parts(server)))

  it.effect.each(layers)("%s has tokens for each client, from its own server", ([, auth]) =>
    Effect.gen(function*() {
      const first = yield* deepgram([minting()])
      const second = yield* deepgram([minting()])
      yield* useBoth(clientOf(auth, first), clientOf(auth, second))
      assert.strictEqual(grantsOf(first).length, 1)
      assert.strictEqual(grantsOf(second).length, 1)
    }))

  it.effect.each(layers)("a client of %s that is used twice mints once", ([, auth]) =>
    Effect.gen(function*() {
      const server = yield* deepgram([minting()])
      const client = clientOf(auth, server)
      yield* useBoth(client, client)
      assert.strictEqual(grantsOf(server).length, 1)
      assert.strictEqual(othersOf(server).length, 2)
    }))
})
