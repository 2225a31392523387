/** Sessions that the emulator does not open, or ends because of what it was sent. */
import { assert, layer } from "@effect/vitest"
import { Effect, Redacted, type Scope, Stream } from "effect"
import { Deepgram, type DeepgramError, ListenV1, ListenV2, Requests } from "effect-deepgram"
import { inProject, newKey } from "../server/management.ts"
import { failing, served, spoken, telephone, transports } from "./support.ts"

const v1 = { model: "nova-3", ...telephone } as const
const v2 = { model: "flux-general-en", ...telephone } as const

const page = new TextEncoder().encode("<!doctype html><title>Not found</title>".padEnd(200_000))

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

/** What is refused, and how: the status, Deepgram's code, and words of the message. */
const refused: ReadonlyArray<
  readonly [
    name: string,
    connect: Effect.Effect<unknown, DeepgramError.LiveError, Deepgram.Deepgram | Scope.Scope>,
    status: number,
    code: string | undefined,
    words: RegExp
  ]
> = [
  ["an unknown model", ListenV1.connect({ ...v1, model: "nova-33" }), 403, "INSUFFICIENT_PERMISSIONS", /model/],
  [
    "an unknown encoding",
    Deepgram.withOptions({ query: { encoding: "wave" } })(ListenV1.connect(v1)),
    400,
    undefined,
    /wave/
  ],
  [
    "two ways to tell speakers apart",
    Deepgram.withOptions({ query: { diarize: "true", diarize_model: "v1" } })(ListenV1.connect(v1)),
    400,
    undefined,
    /diarize/
  ],
  ["a model that is not Flux", ListenV2.connect({ ...v2, model: "nova-3" }), 400, undefined, /nova-3/],
  [
    "what Flux does not know",
    Deepgram.withOptions({ query: { channels: "2" } })(ListenV2.connect(v2)),
    400,
    undefined,
    /Unknown query parameters: channels/
  ],
  [
    "a threshold out of range",
    Deepgram.withOptions({ query: { eot_threshold: "0.1" } })(ListenV2.connect(v2)),
    400,
    undefined,
    /eot_threshold/
  ]
]

for (const transport of transports) {
  layer(served(transport))(`over ${transport.name}`, (it) => {
    /** What is known of a refusal: everything on `ws`, nothing elsewhere. */
    const check = (
      error: DeepgramError.HandshakeRejected,
      status: number,
      code: string | undefined,
      words: RegExp
    ): void => {
      if (!transport.isWs) {
        const { body, code, detail, requestId, status } = error
        assert.deepStrictEqual({ body, code, detail, requestId, status }, {
          body: undefined,
          code: undefined,
          detail: undefined,
          requestId: undefined,
          status: undefined
        })
        assert.match(error.message, /does not show why/)
        return
      }
      assert.strictEqual(error.status, status)
      assert.match(error.detail ?? "", words)
      assert.match(error.message, words)
      assert.match(error.requestId ?? "", uuid)
      assert.include(error.body, "err_msg")
      if (code !== undefined) assert.strictEqual(error.code, code)
    }

    for (const [name, connect, status, code, words] of refused) {
      it.effect(`${name} is refused`, () =>
        Effect.gen(function*() {
          check(yield* failing("HandshakeRejected", connect), status, code, words)
          // Once: no other answer can be expected.
          const { requests: [request, before] } = yield* inProject((id) => Requests.list(id, { limit: 2 }))
          assert.strictEqual(request?.code, status)
          assert.notStrictEqual(before?.path, request?.path)
        }))
    }

    it.effect("a wrong key, and one that may not transcribe, are refused", () =>
      Effect.gen(function*() {
        for (
          const [key, status, words] of [
            [Redacted.make("no-such-key"), 401, /credentials/i],
            [yield* newKey("project:read"), 403, /permission/i]
          ] as const
        ) {
          const client = transport.client({ apiKey: key })
          for (const connect of [Effect.asVoid(ListenV1.connect(v1)), Effect.asVoid(ListenV2.connect(v2))]) {
            const error = yield* failing("HandshakeRejected", Effect.provide(connect, client, { local: true }))
            check(error, status, undefined, words)
            assert.notInclude(JSON.stringify(error), Redacted.value(key))
          }
        }
      }))

    it.effect("a pipe says it too", () =>
      Effect.gen(function*() {
        const audio = Stream.make(spoken("Hello.")).pipe(Stream.concat(Stream.never))
        const error = yield* failing(
          "HandshakeRejected",
          Stream.runDrain(ListenV1.transcribeStream({ ...v1, model: "nova-33" })(audio))
        )
        check(error, 403, "INSUFFICIENT_PERMISSIONS", /model/)
      }))

    it.effect("what is no audio closes a session with 1008", () =>
      Effect.gen(function*() {
        const error = yield* failing(
          "ConnectionClosed",
          Stream.make(page).pipe(ListenV1.transcribeStream({ model: "nova-3" }), Stream.runDrain)
        )
        assert.strictEqual(error.code, 1008)
        assert.match(error.reason, /data0000/)
        assert.match(error.message, /could not be decoded: check encoding and sample_rate/)
        if (transport.isWs) assert.match(error.requestId ?? "", uuid)
      }))

    it.effect("what is no audio closes a session of Flux with an error and 1008", () =>
      Effect.gen(function*() {
        const { messages, requestId, send } = yield* ListenV2.connect({ model: "flux-general-en" })
        yield* send(page)
        const seen: Array<ListenV2.ServerMessage> = []
        const error = yield* failing(
          "ConnectionClosed",
          Stream.runForEach(messages, (message) => Effect.sync(() => seen.push(message)))
        )
        assert.deepStrictEqual(seen.map(({ type }) => type), ["Connected", "Error"])
        assert.strictEqual(error.code, 1008)
        assert.strictEqual(error.errorCode, "DATA-0000")
        assert.match(error.message, /could not be decoded: check encoding and sample_rate/)
        assert.match(error.requestId ?? "", uuid)
        assert.strictEqual(error.requestId, yield* requestId)
      }))
  })
}
