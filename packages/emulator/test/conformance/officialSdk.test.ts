/**
 * What else the vendor's SDK promises: its errors, raw responses, retries and options, its sockets' endings. Its operations
 * are in `conformance.test.ts`.
 */
import { DeepgramClient, DeepgramError } from "@deepgram/sdk"
import { Emulator, Recording } from "@effect-deepgram/emulator"
import { assert, layer } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { untyped } from "../../../deepgram/test/support/untyped.ts"
import { dig, textAt } from "./plain.ts"
import { environmentOf } from "./vendor.ts"

const wav = Recording.wav("Good morning.")

/** A client of the emulator, and what is done with it. */
const vendor = (
  use: (sdk: DeepgramClient, url: string) => Promise<void>,
  options: ConstructorParameters<typeof DeepgramClient>[0] = {}
) =>
  Effect.flatMap(
    Emulator.Emulator,
    ({ apiKey, url }) =>
      Effect.promise(() =>
        use(new DeepgramClient({ apiKey: Redacted.value(apiKey), environment: environmentOf(url), ...options }), url)
      )
  )

/** How a call fails. */
const errorOf = async (call: PromiseLike<unknown>): Promise<DeepgramError> => {
  const error = await Promise.resolve(call).then(() => undefined, (error: unknown) => error)
  assert.instanceOf(error, DeepgramError)
  return untyped<DeepgramError>(error)
}

/** How a socket ends: `1005` with the types of what came. */
const endOf = async (socket: AsyncIterable<unknown>, codes: () => unknown) => {
  const types: Array<unknown> = []
  for await (const message of socket) types.push(message instanceof Blob ? "Audio" : dig(message, "type"))
  return { code: codes(), types }
}

layer(Emulator.layer(), { excludeTestServices: true })("the vendor's SDK", (it) => {
  it.effect("reads the errors of every kind: status, body and headers", () =>
    vendor(async (sdk, url) => {
      const stranger = new DeepgramClient({ apiKey: "nobody", environment: environmentOf(url) })
      const cases = [
        [() => stranger.manage.v1.projects.list(), 401, { err_code: "INVALID_AUTH", err_msg: "Invalid credentials." }],
        [() => sdk.manage.v1.projects.get("none"), 404, { err_code: "PROJECT_NOT_FOUND" }],
        [
          () => sdk.listen.v1.media.transcribeFile(wav, { model: "nova-33" }),
          403,
          { err_msg: "Project does not have access to the requested model." }
        ],
        [() => sdk.listen.v1.media.transcribeFile(new TextEncoder().encode("text"), { model: "nova-3" }), 400, {}],
        [() => sdk.listen.v1.media.transcribeUrl({ model: "nova-3", url: "http://nowhere.invalid/a.wav" }), 400, {
          err_code: "REMOTE_CONTENT_ERROR"
        }],
        [() => sdk.speak.v1.audio.generate({ text: "a".repeat(2001), model: "aura-2-thalia-en" }), 413, {
          err_code: "Payload Too Large"
        }],
        [() => sdk.speak.v2.audio.generate({ text: "Hello.", model: "aura-2-thalia-en" }), 400, {}],
        [() => sdk.auth.v1.tokens.grant({ ttl_seconds: 9999 }), 400, {}]
      ] as const
      for (const [call, status, body] of cases) {
        const error = await errorOf(call())
        assert.strictEqual(error.statusCode, status)
        assert.deepInclude(error.body, body)
        assert.strictEqual(error.rawResponse?.headers.get("dg-request-id"), textAt(error.body, "request_id"))
      }
    }))

  it.effect("refuses keywords with Nova-3 as the server does", () =>
    vendor(async (sdk) => {
      const call = { model: "nova-3", keywords: "parcel:2" } as const
      const local = await errorOf(sdk.listen.v1.media.transcribeFile(wav, call))
      const remote = await errorOf(
        sdk.listen.v1.media.transcribeFile(wav, { model: "nova-3" }, { queryParams: { keywords: "parcel:2" } })
      )
      for (const { body, statusCode } of [local, remote]) {
        assert.deepStrictEqual([statusCode, dig(body, "err_code")], [400, "INVALID_QUERY_PARAMETER"])
        assert.match(textAt(body, "err_msg"), /Keywords are not supported for Nova-3/)
      }
    }))

  it.effect("has raw responses, and options for single calls", () =>
    vendor(async (sdk) => {
      const { data, rawResponse } = await sdk.listen.v1.media
        .transcribeFile(wav, { model: "nova-3" }, {
          queryParams: { punctuate: true, tag: ["a", "b"] },
          headers: { "x-mine": "1" },
          timeoutInSeconds: 30,
          maxRetries: 0
        })
        .withRawResponse()
      assert.strictEqual(rawResponse.status, 200)
      assert.strictEqual(rawResponse.headers.get("dg-request-id"), dig(data, "metadata", "request_id"))
      assert.deepStrictEqual(dig(data, "metadata", "tags"), ["a", "b"])
      assert.strictEqual(dig(data, "results", "channels", 0, "alternatives", 0, "transcript"), "Good morning.")
      const { projects: [project] = [] } = await sdk.manage.v1.projects.list()
      await sdk.manage.v1.projects.update(project?.project_id ?? "", {}, {
        additionalBodyParameters: { name: "Renamed" }
      })
      const { projects: [renamed] = [] } = await sdk.manage.v1.projects.list()
      assert.strictEqual(renamed?.name, "Renamed")
    }))

  it.effect("needs no more than a base URL", () =>
    Effect.gen(function*() {
      const { url } = yield* Emulator.Emulator
      yield* vendor(async (sdk) => {
        const { models } = await sdk.agent.v1.settings.think.models.list()
        assert.isNotEmpty(models)
        const socket = await sdk.listen.v1.connect({ model: "nova-3", reconnectAttempts: 0 })
        let code: unknown
        socket.on("close", (event) => {
          code ??= event.code
        })
        const ended = endOf(socket, () => code)
        socket.connect()
        await socket.waitForOpen()
        socket.sendCloseStream({ type: "CloseStream" })
        assert.deepStrictEqual(await ended, { code: 1000, types: ["Metadata"] })
      }, { baseUrl: url })
    }))

  it.effect("opens sockets with a granted token", () =>
    vendor(async (sdk, url) => {
      const { access_token: accessToken } = await sdk.auth.v1.tokens.grant()
      const granted = new DeepgramClient({ accessToken, environment: environmentOf(url) })
      const socket = await granted.speak.v1.connect({ model: "aura-2-thalia-en", reconnectAttempts: 0 })
      const ended = endOf(socket, () => 1000)
      socket.connect()
      await socket.waitForOpen()
      socket.sendText({ type: "Speak", text: "Hello." })
      socket.sendClose({ type: "Close" })
      const { types } = await ended
      assert.deepStrictEqual([types[0], types.at(-1)], ["Metadata", "Audio"])
    }))

  it.effect("is told by an error that a socket was refused, and does not try again", () =>
    vendor(async (sdk, url) => {
      const stranger = new DeepgramClient({ apiKey: "nobody", environment: environmentOf(url) })
      const opened = [
        [() => stranger.listen.v1.connect({ model: "nova-3" }), /401/],
        [() => sdk.listen.v1.connect({ model: "nova-33" }), /403/],
        [() => sdk.speak.v2.connect({ model: "aura-2-thalia-en" }), /400/]
      ] as const
      for (const [open, status] of opened) {
        const socket = await open()
        const codes: Array<unknown> = []
        const errors: Array<string> = []
        socket.on("close", (event) => codes.push(event.code))
        socket.on("error", (error) => errors.push(error.message))
        socket.connect()
        await socket.waitForOpen().then(() => assert.fail("was opened"), () => undefined)
        assert.deepStrictEqual(codes, [1000])
        assert.lengthOf(errors, 1)
        assert.match(errors[0] ?? "", status)
        socket.close()
      }
    }))

  it.effect("takes listeners off again, and leaves a loop that is left", () =>
    vendor(async (sdk) => {
      const socket = await sdk.listen.v2.connect({ model: "flux-general-en", reconnectAttempts: 0 })
      const seen: Array<unknown> = []
      const listener = (message: unknown) => {
        seen.push(dig(message, "type"))
      }
      socket.on("message", listener)
      socket.connect()
      for await (const message of socket) {
        assert.strictEqual(dig(message, "type"), "Connected")
        socket.off("message", listener)
        break
      }
      assert.deepStrictEqual(seen, ["Connected"])
      assert.notStrictEqual(socket.readyState, 1)
    }))
})
