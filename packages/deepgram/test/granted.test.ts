import { assert, describe, it } from "@effect/vitest"
import { Config, Context, Deferred, Effect, Exit, Fiber, Layer, Redacted, Scope, Stream } from "effect"
import {
  AgentV1,
  Deepgram,
  DeepgramAuth,
  DeepgramConfig,
  DeepgramError,
  ListenV1,
  Models,
  Projects,
  ReadV1,
  SpeakV1,
  Tokens
} from "effect-deepgram"
import { json, reply, silence } from "./support/answers.ts"
import { counted } from "./support/audio.ts"
import { apiKey, ok, transcribe, withEnvironment } from "./support/client.ts"
import { pass, retrying } from "./support/clock.ts"
import { assertDiscreet } from "./support/secrets.ts"
import { type Answer, type Exchange, serve, type Server, untilSeen } from "./support/server.ts"

const key = Redacted.make(apiKey)

const isGrant = ({ target }: Exchange) => target === "/v1/auth/grant"

/** Mints `token-1`, `token-2`, …; of how long they live it says this. */
const minting = (expires_in?: number) => {
  let minted = 0
  return (): Answer => json({ access_token: `token-${++minted}`, ...(expires_in === undefined ? {} : { expires_in }) })
}

/** A server that gives these answers to grants, the last one to all that follow, and another to everything else. */
const deepgram = (grants: ReadonlyArray<() => Answer>, api: Answer = ok) => {
  let index = 0
  return serve((exchange) => isGrant(exchange) ? (grants[index++] ?? grants.at(-1)!)()(exchange) : api(exchange))
}

const grantsOf = (server: Server) => server.requests.filter(isGrant)
const othersOf = (server: Server) => server.requests.filter((exchange) => !isGrant(exchange))
const signatures = (requests: ReadonlyArray<Exchange>) => requests.map(({ headers }) => headers.authorization)

type Options = Partial<DeepgramAuth.GrantedOptions>

/** The parts beside the credential. */
const parts = (server: Server, config?: DeepgramConfig.Options) =>
  Layer.merge(DeepgramConfig.layer({ ...config, baseUrl: server.url }), Deepgram.layerFetch)

/** A client that lives as long as the test. */
const connect = (server: Server, options: Options = {}, config?: DeepgramConfig.Options) =>
  Layer.build(
    Deepgram.layerNoDeps.pipe(
      Layer.provide(DeepgramAuth.layerGranted({ apiKey: key, ...options })),
      Layer.provide(parts(server, config))
    )
  )

/** The credential alone. */
const authOf = (server: Server, options: Options = {}) =>
  Effect.map(
    Layer.build(Layer.provide(DeepgramAuth.layerGranted({ apiKey: key, ...options }), parts(server))),
    Context.get(DeepgramAuth.DeepgramAuth)
  )

const tokenOf = (credential: DeepgramAuth.Credential): string =>
  credential._tag === "AccessToken" ? Redacted.value(credential.token) : credential._tag

const tokenIn = (auth: DeepgramAuth.DeepgramAuth["Service"]) => Effect.map(auth.credential, tokenOf)

describe("a granted token", () => {
  it.effect("is minted with the key when it is needed, and signs what follows", () =>
    Effect.gen(function*() {
      const server = yield* deepgram([minting(300)])
      const context = yield* connect(server)
      assert.strictEqual(server.connections(), 0)
      yield* Effect.repeat(transcribe(), { times: 2 }).pipe(Effect.provide(context))
      const [grant, ...others] = server.requests
      assert.isTrue(isGrant(grant!))
      assert.strictEqual(grant!.body().toString(), `{"ttl_seconds":300}`)
      assert.strictEqual(grant!.headers.authorization, `Token ${apiKey}`)
      assert.deepStrictEqual(signatures(others), Array(3).fill("Bearer token-1"))
    }))

  it.effect("lives as long as is asked for", () =>
    Effect.gen(function*() {
      const server = yield* deepgram([minting()])
      yield* transcribe().pipe(Effect.provide(yield* connect(server, { ttl: "1 hour" })))
      assert.strictEqual(server.requests[0]!.body().toString(), `{"ttl_seconds":3600}`)
    }))

  const lives: ReadonlyArray<
    readonly [name: string, options: Options, expiresIn: number | undefined, usableMillis: number]
  > = [
    ["of 5 minutes, half a minute before its end", {}, 300, 270_000],
    ["of an hour, half a minute before its end", { ttl: "1 hour" }, 3600, 3_570_000],
    ["of half a minute, when a fifth is left", { ttl: "30 seconds" }, 30, 24_000],
    ["of a second, when a fifth is left", { ttl: "1 second" }, 1, 800],
    ["as the server says, not as was asked for", { ttl: "1 hour" }, 100, 80_000],
    ["as was asked for, where the server does not say", { ttl: "100 seconds" }, undefined, 80_000]
  ]

  it.effect.each(lives)("is replaced, with a life %s", ([, options, expiresIn, usable]) =>
    Effect.gen(function*() {
      const server = yield* deepgram([minting(expiresIn)])
      const auth = yield* authOf(server, options)
      assert.strictEqual(yield* tokenIn(auth), "token-1")
      yield* pass(usable - 1)
      assert.strictEqual(yield* tokenIn(auth), "token-1")
      yield* pass(1)
      assert.strictEqual(yield* tokenIn(auth), "token-2")
      yield* pass(usable - 1)
      assert.strictEqual(yield* tokenIn(auth), "token-2")
      assert.strictEqual(server.requests.length, 2)
    }))

  it.effect.each(["1 millis", "2 hours", "Infinity"] as const)("cannot live for %s", (ttl) =>
    Effect.gen(function*() {
      const server = yield* deepgram([minting()])
      const error = yield* transcribe().pipe(Effect.provide(yield* connect(server, { ttl })), Effect.flip)
      assert.instanceOf(error, DeepgramError.BadRequest)
      assert.include(error.message, "ttl_seconds must be 1 to 3600")
      assert.strictEqual(server.connections(), 0)
    }))

  it.effect("is not a matter of who asks first: options and observers of that one stay with it", () =>
    Effect.gen(function*() {
      const server = yield* deepgram([minting()])
      const auth = yield* authOf(server)
      const exit = yield* auth.credential.pipe(
        Deepgram.withOptions({ query: { a: "b" }, body: { c: "d" }, headers: { "x-mine": "e" }, timeout: 1 }),
        Deepgram.withResponse,
        Effect.exit
      )
      // There was no operation of theirs.
      assert.isTrue(Exit.hasDies(exit))
      assert.strictEqual(server.requests[0]!.target, "/v1/auth/grant")
      assert.strictEqual(server.requests[0]!.body().toString(), `{"ttl_seconds":300}`)
      assert.notProperty(server.requests[0]!.headers, "x-mine")
    }))
})

/** A grant that is answered when the test says so. */
const held = Effect.map(Deferred.make<void>(), (go) => ({
  go: Deferred.succeed(go, undefined),
  answer: (answer: Answer) => (): Answer => (exchange) => Effect.andThen(Deferred.await(go), answer(exchange))
}))

describe("whoever comes while a token is minted waits for it", () => {
  it.effect("a thousand make one grant", () =>
    Effect.gen(function*() {
      const { answer, go } = yield* held
      const server = yield* deepgram([answer(minting()())])
      const auth = yield* authOf(server)
      const callers = yield* Effect.forEach(Array.from({ length: 1000 }), () => Effect.forkChild(tokenIn(auth)))
      yield* untilSeen(server.request(0), callers[0]!)
      yield* go
      const tokens = yield* Effect.forEach(callers, (caller) => Fiber.join(caller))
      assert.deepStrictEqual(new Set(tokens), new Set(["token-1"]))
      assert.strictEqual(server.requests.length, 1)
    }))

  it.effect("operations as well", () =>
    Effect.gen(function*() {
      const server = yield* deepgram([minting()])
      yield* Effect.replicateEffect(transcribe(), 20, { concurrency: "unbounded", discard: true }).pipe(
        Effect.provide(yield* connect(server))
      )
      assert.strictEqual(grantsOf(server).length, 1)
      assert.deepStrictEqual(signatures(othersOf(server)), Array(20).fill("Bearer token-1"))
    }))

  it.effect("and fails as it does; the next one tries again", () =>
    Effect.gen(function*() {
      const { answer, go } = yield* held
      const refusal = json({ err_code: "FORBIDDEN", err_msg: `Not with ${apiKey}.` }, { status: 403 })
      const server = yield* deepgram([answer(refusal), minting()])
      const context = yield* connect(server)
      const callers = yield* Effect.forEach(
        Array.from({ length: 10 }),
        () => Effect.forkChild(Effect.flip(transcribe().pipe(Effect.provide(context))))
      )
      yield* untilSeen(server.request(0), callers[0]!)
      yield* go
      for (const caller of callers) {
        const error = yield* Fiber.join(caller)
        assert.instanceOf(error, DeepgramError.PermissionDenied)
        assert.strictEqual(error.operation, "Tokens.grant")
        assertDiscreet(error, apiKey)
      }
      assert.strictEqual(server.requests.length, 1)
      yield* transcribe().pipe(Effect.provide(context))
      assert.strictEqual(grantsOf(server).length, 2)
      assert.deepStrictEqual(signatures(othersOf(server)), ["Bearer token-1"])
    }))

  it.effect("is not harmed by the interruption of who came first", () =>
    Effect.gen(function*() {
      const { answer, go } = yield* held
      const server = yield* deepgram([answer(minting()())])
      const auth = yield* authOf(server)
      const first = yield* Effect.forkChild(tokenIn(auth))
      yield* untilSeen(server.request(0), first)
      const second = yield* Effect.forkChild(tokenIn(auth))
      yield* Effect.yieldNow
      yield* Fiber.interrupt(first)
      yield* go
      assert.strictEqual(yield* Fiber.join(second), "token-1")
      assert.strictEqual(server.requests.length, 1)
    }))

  it.effect("nor by that of all: the token is there for the next", () =>
    Effect.gen(function*() {
      const { answer, go } = yield* held
      const server = yield* deepgram([answer(minting()())])
      const auth = yield* authOf(server)
      const only = yield* Effect.forkChild(tokenIn(auth))
      const exchange = yield* untilSeen(server.request(0), only)
      yield* Fiber.interrupt(only)
      yield* go
      assert.strictEqual(yield* exchange.over, "answered")
      assert.strictEqual(yield* tokenIn(auth), "token-1")
      assert.strictEqual(server.requests.length, 1)
    }))

  it.effect("has its own time limit, and others wait on", () =>
    Effect.gen(function*() {
      const { answer, go } = yield* held
      const server = yield* deepgram([answer(minting()())])
      const context = yield* connect(server)
      const impatient = yield* transcribe().pipe(
        Deepgram.withOptions({ timeout: 1000 }),
        Effect.provide(context),
        Effect.flip,
        Effect.forkChild
      )
      const patient = yield* Effect.forkChild(Effect.provide(transcribe(), context))
      yield* untilSeen(server.request(0), patient)
      yield* pass(1000)
      assert.instanceOf(yield* Fiber.join(impatient), DeepgramError.TimedOut)
      yield* go
      yield* Fiber.join(patient)
      assert.strictEqual(grantsOf(server).length, 1)
    }))

  it.effect("until the layer ends", () =>
    Effect.gen(function*() {
      const server = yield* deepgram([() => silence])
      const scope = yield* Scope.make()
      const auth = yield* Scope.provide(authOf(server), scope)
      const caller = yield* Effect.forkChild(Effect.exit(auth.credential))
      const exchange = yield* untilSeen(server.request(0), caller)
      yield* Scope.close(scope, Exit.void)
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.join(caller)))
      assert.strictEqual(yield* exchange.over, "aborted")
      assert.isTrue(Exit.hasInterrupts(yield* Effect.exit(auth.credential)))
      assert.strictEqual(server.requests.length, 1)
    }))
})

describe("a grant that fails for the moment", () => {
  const busy = () => reply({ status: 503 })

  it.effect("is retried like any operation", () =>
    Effect.gen(function*() {
      const server = yield* deepgram([busy, busy, minting()])
      const { exit, waits } = yield* retrying(
        Effect.flatMap(connect(server), (context) => Effect.provide(transcribe(), context))
      )
      assert.isTrue(Exit.isSuccess(exit))
      assert.strictEqual(waits.length, 2)
      assert.strictEqual(grantsOf(server).length, 3)
    }))

  it.effect("is not retried once more by the operation that waits for it", () =>
    Effect.gen(function*() {
      const server = yield* deepgram([busy])
      const { exit, waits } = yield* retrying(
        Effect.flatMap(
          connect(server),
          (context) => Effect.replicateEffect(Effect.flip(transcribe()), 2).pipe(Effect.provide(context))
        )
      )
      const errors = Exit.isSuccess(exit) ? exit.value : []
      assert.deepStrictEqual(errors.map(({ _tag }) => _tag), ["ServerError", "ServerError"])
      // Three attempts of each of the two.
      assert.strictEqual(waits.length, 4)
      assert.strictEqual(server.requests.length, 6)
    }))

  it.effect("does not cost an upload that cannot be repeated", () =>
    Effect.gen(function*() {
      const server = yield* deepgram([busy, minting()])
      const { counts, stream } = counted(Stream.make(Uint8Array.of(1, 2, 3)))
      const { exit } = yield* retrying(
        Effect.flatMap(
          connect(server),
          (context) => Effect.provide(ListenV1.transcribeFile(stream, { model: "nova-3" }), context)
        )
      )
      assert.isTrue(Exit.isSuccess(exit))
      assert.strictEqual(counts.released, 1)
      assert.deepStrictEqual([...othersOf(server)[0]!.body()], [1, 2, 3])
    }))
})

describe("a token that is refused although it should be good", () => {
  const refusing = (...tokens: ReadonlyArray<string>): Answer => (exchange) =>
    tokens.includes(exchange.headers.authorization!.slice("Bearer ".length))
      ? json({ err_code: "INVALID_AUTH", err_msg: "Invalid credentials." }, { status: 401 })(exchange)
      : ok(exchange)

  it.effect("is not used again", () =>
    Effect.gen(function*() {
      const server = yield* deepgram([minting()], refusing("token-1"))
      const context = yield* connect(server)
      const error = yield* Effect.flip(transcribe()).pipe(Effect.provide(context))
      assert.instanceOf(error, DeepgramError.Unauthorized)
      yield* transcribe().pipe(Effect.provide(context))
      assert.deepStrictEqual(signatures(othersOf(server)), ["Bearer token-1", "Bearer token-2"])
      assert.strictEqual(grantsOf(server).length, 2)
    }))

  it.effect("does not take a newer one with it", () =>
    Effect.gen(function*() {
      const server = yield* deepgram([minting()])
      const auth = yield* authOf(server)
      const first = yield* auth.credential
      yield* auth.invalidate!(first)
      assert.strictEqual(yield* tokenIn(auth), "token-2")
      yield* auth.invalidate!(first)
      yield* auth.invalidate!({ _tag: "None" })
      assert.strictEqual(yield* tokenIn(auth), "token-2")
      assert.strictEqual(server.requests.length, 2)
    }))

  it.effect("is kept after any other failure", () =>
    Effect.gen(function*() {
      const server = yield* deepgram([minting()], json({ err_code: "FORBIDDEN" }, { status: 403 }))
      yield* Effect.replicateEffect(Effect.flip(transcribe()), 2).pipe(Effect.provide(yield* connect(server)))
      assert.deepStrictEqual(signatures(othersOf(server)), ["Bearer token-1", "Bearer token-1"])
    }))

  it.effect("a key that is refused leaves the token alone", () =>
    Effect.gen(function*() {
      const server = yield* deepgram([minting()], (exchange) =>
        exchange.headers.authorization === `Token ${apiKey}` ? reply({ status: 401 })(exchange) : ok(exchange))
      const context = yield* connect(server)
      yield* Effect.andThen(transcribe(), Effect.flip(Projects.list())).pipe(Effect.provide(context))
      yield* transcribe().pipe(Effect.provide(context))
      assert.strictEqual(grantsOf(server).length, 1)
    }))
})

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
