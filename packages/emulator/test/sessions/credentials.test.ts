/** What sockets are signed with, and how. */
import { Emulator } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Redacted, Stream } from "effect"
import { Deepgram, DeepgramAuth, DeepgramConfig, ListenV1, ListenV2, LiveTranscript, Tokens } from "effect-deepgram"
import { Socket } from "effect/socket"
import { failing, served, spoken, telephone, type Transport, transports } from "./support.ts"

const audio = Stream.make(spoken("Good morning.", 0))

const heardV1 = audio.pipe(
  ListenV1.transcribeStream({ model: "nova-3", punctuate: true, ...telephone }),
  LiveTranscript.text()
)

const heardV2 = audio.pipe(
  ListenV2.transcribeStream({ model: "flux-general-en", ...telephone }),
  LiveTranscript.endedTurns,
  Stream.map(({ text }) => text),
  Stream.mkString
)

/** Opens a session of each channel, signed like this: what was handed to the constructors of the sockets. */
const dialled = ({ webSocket }: Transport, auth: Parameters<typeof DeepgramAuth.layer>[0] | "granted") =>
  Effect.gen(function*() {
    const { apiKey, url } = yield* Emulator.Emulator
    const given: Array<Parameters<Socket.WebSocketConstructor["Service"]>[1]> = []
    const listening = Layer.effect(
      Socket.WebSocketConstructor,
      Effect.map(Socket.WebSocketConstructor, (make) => (url: string, options?: (typeof given)[number]) => {
        given.push(options)
        return make(url, options)
      })
    )
    const client = Deepgram.layerNoDeps.pipe(
      Layer.provide(auth === "granted" ? DeepgramAuth.layerGranted({ apiKey }) : DeepgramAuth.layer(auth)),
      Layer.provide([
        DeepgramConfig.layer({ baseUrl: url }),
        Deepgram.layerFetch,
        Layer.provide(listening, webSocket)
      ])
    )
    yield* Effect.gen(function*() {
      assert.strictEqual(yield* heardV1, "Good morning.")
      assert.strictEqual(yield* heardV2, "Good morning.")
    }).pipe(Effect.provide(client, { local: true }))
    return given
  })

const authorizationOf = (options: Parameters<Socket.WebSocketConstructor["Service"]>[1]): string | undefined =>
  typeof options === "object" && "headers" in options ? options.headers?.["authorization"] : undefined

/** One socket for each channel. */
const twice = <A>(dialled: A): Array<A> => [dialled, dialled]

/** The globals say that this is a page, for the scope. */
const inPage = Effect.acquireRelease(
  Effect.sync(() => {
    const before = Object.getOwnPropertyDescriptor(globalThis, "navigator")
    Object.defineProperty(globalThis, "navigator", { configurable: true, value: { userAgent: "Mozilla/5.0" } })
    Object.defineProperty(globalThis, "location", { configurable: true, value: { href: "https://app.example/" } })
    return before
  }),
  (before) =>
    Effect.sync(() => {
      Reflect.deleteProperty(globalThis, "location")
      Reflect.deleteProperty(globalThis, "navigator")
      if (before !== undefined) Object.defineProperty(globalThis, "navigator", before)
    })
)

for (const transport of transports) {
  describe(`over ${transport.name}, sockets are signed`, () => {
    it.effect("with the key, or a token", () =>
      Effect.gen(function*() {
        const { apiKey } = yield* Emulator.Emulator
        const { access_token: accessToken } = yield* Tokens.grant()
        const byKey = yield* dialled(transport, { apiKey })
        assert.deepStrictEqual(byKey.map(authorizationOf), twice(`Token ${Redacted.value(apiKey)}`))
        const byToken = yield* dialled(transport, { accessToken })
        assert.deepStrictEqual(byToken.map(authorizationOf), twice(`Bearer ${Redacted.value(accessToken)}`))
      }).pipe(Effect.provide(served(transport))))

    it.effect("with a token that was granted for it, and serves the next one too", () =>
      Effect.gen(function*() {
        const { apiKey } = yield* Emulator.Emulator
        const [first, second] = (yield* dialled(transport, "granted")).map(authorizationOf)
        assert.match(first ?? "", /^Bearer \S+$/)
        assert.notInclude(first, Redacted.value(apiKey))
        assert.strictEqual(second, first)
      }).pipe(Effect.provide(served(transport))))

    it.effect("by subprotocols in a page, which has no headers for them", () =>
      Effect.gen(function*() {
        const { apiKey } = yield* Emulator.Emulator
        const { access_token: accessToken } = yield* Tokens.grant()
        yield* inPage
        const byToken = yield* dialled(transport, { accessToken })
        assert.deepStrictEqual(byToken, twice(["bearer", Redacted.value(accessToken)]))
        const byKey = yield* dialled(transport, { apiKey, allowInBrowser: true })
        assert.deepStrictEqual(byKey, twice(["token", Redacted.value(apiKey)]))
        yield* failing("Unauthorized", dialled(transport, { apiKey }))
      }).pipe(Effect.scoped, Effect.provide(served(transport))))
  })
}
