import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Option, Schedule, Tracer } from "effect"
import { Deepgram, ListenV1 } from "effect-deepgram"
import { json } from "./support/answers.ts"
import { client, ok, transcribe, transcription } from "./support/client.ts"
import { retrying } from "./support/clock.ts"
import { observed } from "./support/observed.ts"
import { type Answer, serve } from "./support/server.ts"

const id = transcription.metadata.request_id
const receipt = json({ request_id: id }, { headers: { "dg-request-id": id } })
const url = "https://files.example.com/private/call.wav?signature=abc"
const submit = { model: "nova-3", callback: "https://example.com/hook?secret=abc" } as const
const audio = Uint8Array.of(1, 2, 3)

const operations: ReadonlyArray<
  readonly [
    name: string,
    run: () => Effect.Effect<unknown, unknown, Deepgram.Deepgram>,
    answer: Answer,
    seconds: number | undefined
  ]
> = [
  ["ListenV1.transcribeUrl", () => ListenV1.transcribeUrl(url, { model: "nova-3" }), ok, 1.5],
  ["ListenV1.transcribeFile", () => ListenV1.transcribeFile(audio, { model: "nova-3" }), ok, 1.5],
  ["ListenV1.submitUrl", () => ListenV1.submitUrl(url, submit), receipt, undefined],
  ["ListenV1.submitFile", () => ListenV1.submitFile(audio, submit), receipt, undefined]
]

/** The spans within the span `test`. */
const spansOf = (spans: ReadonlyArray<Tracer.Span>) => spans.filter(({ name }) => name !== "test")

describe("a tracer", () => {
  it.effect.each(operations)("sees one span of %s", ([name, run, answer, seconds]) =>
    Effect.gen(function*() {
      const server = yield* serve(answer)
      const { exit, seen } = yield* observed(run().pipe(Effect.provide(client(server))))
      assert.isTrue(Exit.isSuccess(exit))
      const spans = spansOf(seen.spans)
      assert.deepStrictEqual(spans.map((span) => span.name), [name])
      assert.deepStrictEqual(Object.fromEntries(spans[0]!.attributes), {
        "deepgram.operation": name,
        "deepgram.model": "nova-3",
        "deepgram.request_id": id,
        "deepgram.attempts": 1,
        ...(seconds === undefined ? undefined : { "deepgram.audio_seconds": seconds })
      })
      const parent = Option.getOrThrow(spans[0]!.parent)
      assert.strictEqual(parent._tag === "Span" && parent.name, "test")
    }))

  it.effect("sees neither addresses nor what was said", () =>
    Effect.gen(function*() {
      for (const [, run, answer] of operations) {
        const server = yield* serve(answer)
        const { seen } = yield* observed(run().pipe(Effect.provide(client(server))))
        for (const text of ["example.com", "private", "abc", "hello world", server.url]) {
          assert.notInclude(seen.text(), text)
        }
      }
    }))

  it.effect("sees one span of an operation that was tried again", () =>
    Effect.gen(function*() {
      const server = yield* serve(json({ request_id: "first" }, { status: 503 }), ok)
      const { seen } = yield* observed(
        retrying(ListenV1.transcribeUrl(url, { model: "nova-3" }).pipe(Effect.provide(client(server))))
      )
      const spans = spansOf(seen.spans)
      assert.strictEqual(server.requests.length, 2)
      assert.strictEqual(spans.length, 1)
      assert.strictEqual(spans[0]!.attributes.get("deepgram.attempts"), 2)
      assert.strictEqual(spans[0]!.attributes.get("deepgram.request_id"), id)
    }))

  it.effect("sees which operation was refused before anything was sent", () =>
    Effect.gen(function*() {
      const refused = (headers: Record<string, string>, url: string) =>
        transcribe().pipe(Deepgram.withOptions({ headers }), Effect.provide(client({ url })), observed)
      for (const asking of [refused({ "x a": "b" }, "http://localhost"), refused({}, "localhost:8080")]) {
        const { exit, seen } = yield* asking
        assert.isTrue(Exit.isFailure(exit))
        assert.strictEqual(spansOf(seen.spans)[0]?.attributes.get("deepgram.operation"), "ListenV1.transcribeUrl")
      }
    }))

  it.effect("counts an attempt once, also when the wait behind it is interrupted", () =>
    Effect.gen(function*() {
      const server = yield* serve(json({}, { status: 503, headers: { "retry-after": "30" } }))
      const answered = yield* Deferred.make<void>()
      const retry = Deepgram.retryPolicy().pipe(Schedule.tap(() => Deferred.succeed(answered, undefined)))
      const { seen } = yield* transcribe().pipe(
        Deepgram.withOptions({ retry }),
        Effect.provide(client(server)),
        Effect.raceFirst(Deferred.await(answered)),
        observed
      )
      assert.strictEqual(spansOf(seen.spans)[0]?.attributes.get("deepgram.attempts"), 1)
    }))

  it.effect("sees the request id of a failure, too", () =>
    Effect.gen(function*() {
      const server = yield* serve(json({ err_code: "X", request_id: id }, { status: 403 }))
      const { seen } = yield* observed(
        ListenV1.transcribeUrl(url, { model: "nova-3" }).pipe(Effect.provide(client(server)))
      )
      const [span] = spansOf(seen.spans)
      assert.strictEqual(span!.attributes.get("deepgram.request_id"), id)
      assert.isTrue(span!.status._tag === "Ended" && Exit.isFailure(span!.status.exit))
    }))

  it.effect("is not told of the attempts where the application traces its own HTTP calls", () =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      const { seen } = yield* observed(
        ListenV1.transcribeUrl(url, { model: "nova-3" }).pipe(
          Effect.withSpan("caller"),
          Effect.provide(client(server))
        )
      )
      assert.deepStrictEqual(spansOf(seen.spans).map(({ name }) => name), ["caller", "ListenV1.transcribeUrl"])
    }))
})

describe("a logger", () => {
  it.effect("gets nothing from the SDK itself", () =>
    Effect.gen(function*() {
      for (const [, run, answer] of operations) {
        const server = yield* serve(answer)
        const { seen } = yield* observed(run().pipe(Effect.provide(client(server))))
        assert.deepStrictEqual(seen.logs, [])
      }
    }))
})
