import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Stream } from "effect"
import { Deepgram, ListenV1, Requests, SpeakV1 } from "effect-deepgram"
import packageJson from "../package.json" with { type: "json" }
import { json, reply } from "./support/answers.ts"
import { apiKey, client, ok, once, transcribe, transcription } from "./support/client.ts"
import { observed } from "./support/observed.ts"
import { type Answer, serve } from "./support/server.ts"

const id = transcription.metadata.request_id

describe("headers", () => {
  it.effect("say who calls", () =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      yield* transcribe().pipe(Effect.provide(client(server)))
      const { headers } = server.requests[0]!
      assert.strictEqual(headers["user-agent"], `effect-deepgram/${packageJson.version}`)
      assert.strictEqual(headers.authorization, `Token ${apiKey}`)
    }))

  it.effect("of the client go before the SDK's, those of the call before both", () =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      yield* transcribe().pipe(
        Deepgram.withOptions({ headers: { "X-B": "call", "x-c": "call", ACCEPT: "application/*" } }),
        Effect.provide(client(server, { headers: { "x-a": "client", "x-b": "client", "User-Agent": "mine/1" } }))
      )
      const { headers, rawHeaders } = server.requests[0]!
      assert.deepInclude(headers, {
        "x-a": "client",
        "x-b": "call",
        "x-c": "call",
        "user-agent": "mine/1",
        accept: "application/*"
      })
      const names = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase())
      assert.strictEqual(new Set(names).size, names.length)
    }))

  it.effect("may carry another authorization", () =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      yield* transcribe().pipe(
        Deepgram.withOptions({ headers: { Authorization: "Basic abc" } }),
        Effect.provide(client(server))
      )
      assert.strictEqual(server.requests[0]!.headers.authorization, "Basic abc")
    }))

  it.effect.each([
    { "": "x" },
    { "a b": "x" },
    { "x-ключ": "x" },
    { "x-a": "line\nend" },
    { "x-a": "世界" },
    { "x-a": "\u0000" }
  ])("that are impossible are refused before anything is sent: %j", (headers) =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      for (const [ofCall, ofClient] of [[headers, {}], [{}, headers]] as const) {
        const error = yield* transcribe().pipe(
          Deepgram.withOptions({ headers: ofCall }),
          Effect.provide(client(server, { headers: ofClient })),
          Effect.flip
        )
        assert.strictEqual(error._tag, "BadRequest")
      }
      assert.strictEqual(server.connections(), 0)
    }))

  it.effect("tell nothing of traces, not even within spans", () =>
    Effect.gen(function*() {
      const server = yield* serve(json({}, { status: 503 }))
      yield* observed(transcribe().pipe(Effect.provide(client(server, { retry: once })), Effect.withSpan("caller")))
      const names = Object.keys(server.requests[0]!.headers)
      for (const name of ["traceparent", "tracestate", "b3", "baggage"]) assert.notInclude(names, name)
      assert.deepStrictEqual(names.filter((name) => name.startsWith("x-")), [])
    }))
})

describe("the address of the server", () => {
  it.effect.each(["http://", "https:///", "https:host"])("must name a host: %s", (baseUrl) =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(transcribe().pipe(Effect.provide(client({ url: baseUrl }, { retry: once }))))
      assert.strictEqual(error._tag, "BadRequest")
      assert.include(error.message, "not sent: the address of the server (baseUrl or hosts) must name a host")
    }))

  it.effect("is looked at for each server, whichever was asked before", () =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      const asking = (url: string) =>
        Effect.exit(transcribe().pipe(Effect.provide(client({ url }, { retry: once })), Effect.asVoid))
      for (const _ of [1, 2]) {
        assert.isTrue(Exit.isSuccess(yield* asking(server.url)))
        for (const path of ["?a=b", "/a#b"]) assert.isTrue(Exit.isFailure(yield* asking(server.url + path)), path)
      }
    }))
})

describe("headers of the settings", () => {
  it.effect("are looked at, again and again, and whatever a call adds", () =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      const sending = (headers: Readonly<Record<string, string>>, added?: Readonly<Record<string, string>>) => {
        const call = transcribe().pipe(Effect.exit, Deepgram.withOptions({ headers: added }))
        return Effect.all([call, call]).pipe(Effect.provide(client(server, { headers, retry: once })))
      }
      for (const exit of yield* sending({ "x-a": "b" })) assert.isTrue(Exit.isSuccess(exit))
      for (const exit of yield* sending({ "x-a": "b" }, { "x-c": "d\r\ne" })) assert.isTrue(Exit.isFailure(exit))
      for (const exit of yield* sending({ "x a": "b" })) assert.isTrue(Exit.isFailure(exit))
      assert.deepStrictEqual(server.requests.map(({ headers }) => headers["x-a"]), ["b", "b"])
    }))
})

describe("withOptions", () => {
  it.effect("adds up when it is nested, the inner one winning", () =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      yield* transcribe().pipe(
        Deepgram.withOptions({ headers: { "x-a": "in", "X-B": "in" }, query: { a: 1 }, body: { a: 1 } }),
        Deepgram.withOptions({
          headers: { "x-b": "out", "x-c": "out" },
          query: { a: 2, b: 2 },
          body: { a: 2, b: 2 },
          retry: once
        }),
        Effect.provide(client(server))
      )
      const { body, headers, query } = server.requests[0]!
      assert.deepInclude(headers, { "x-a": "in", "x-b": "in", "x-c": "out" })
      assert.deepStrictEqual([query.getAll("a"), query.getAll("b")], [["1"], ["2"]])
      assert.deepInclude(JSON.parse(body().toString()), { a: 1, b: 2 })
    }))

  it.effect("keeps an outer schedule that the inner one does not mention", () =>
    Effect.gen(function*() {
      const server = yield* serve(json({}, { status: 503 }))
      yield* transcribe().pipe(
        Deepgram.withOptions({ headers: { "x-a": "1" } }),
        Deepgram.withOptions({ retry: once }),
        Effect.provide(client(server)),
        Effect.flip
      )
      assert.strictEqual(server.requests.length, 1)
    }))

  it.effect("an undefined member changes nothing", () =>
    Effect.gen(function*() {
      const server = yield* serve(json({}, { status: 503 }))
      yield* transcribe().pipe(
        Deepgram.withOptions({ retry: undefined, timeout: undefined, headers: undefined, query: undefined }),
        Deepgram.withOptions({ retry: once, query: { kept: true } }),
        Effect.provide(client(server)),
        Effect.flip
      )
      assert.strictEqual(server.requests.length, 1)
      assert.strictEqual(server.requests[0]!.query.get("kept"), "true")
    }))

  it.effect("ends with the effect that it is put on", () =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      yield* Effect.andThen(
        transcribe().pipe(Deepgram.withOptions({ headers: { "x-a": "1" } })),
        transcribe()
      ).pipe(Effect.provide(client(server)))
      assert.deepStrictEqual(server.requests.map(({ headers }) => headers["x-a"]), ["1", undefined])
    }))

  it.effect("covers every operation within the effect", () =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      yield* Effect.all([transcribe(), transcribe()], { concurrency: 2 }).pipe(
        Deepgram.withOptions({ headers: { "x-a": "1" } }),
        Effect.provide(client(server))
      )
      assert.deepStrictEqual(server.requests.map(({ headers }) => headers["x-a"]), ["1", "1"])
    }))
})

describe("withOptions of a stream", () => {
  const change = (name: string) => Deepgram.withOptions({ headers: { [name]: "1" } })
  const changes = ({ headers }: { readonly headers: Readonly<Record<string, unknown>> }) =>
    Object.keys(headers).filter((name) => name.startsWith("x-")).toSorted()

  it.effect("covers every operation of the stream, and none after it", () =>
    Effect.gen(function*() {
      const pages = [[9, 8], [7]].map((ids) =>
        json({ limit: 2, requests: ids.map((id) => ({ request_id: `r${id}` })) })
      )
      const server = yield* serve(pages[0]!, ok, ok, pages[1]!, ok)
      yield* Requests.stream("an-id").pipe(
        change("x-in"),
        Stream.mapEffect(() => transcribe()),
        change("x-out"),
        Stream.runDrain,
        Effect.andThen(transcribe()),
        Effect.provide(client(server))
      )
      const ofPages = server.requests.filter(({ method }) => method === "GET")
      const ofItems = server.requests.filter(({ method }) => method === "POST")
      assert.deepStrictEqual(ofPages.map(changes), [["x-in", "x-out"], ["x-in", "x-out"]])
      assert.deepStrictEqual(ofItems.map(changes), [["x-out"], ["x-out"], ["x-out"], []])
    }))

  it.effect("covers speech, and the inner one wins", () =>
    Effect.gen(function*() {
      const server = yield* serve(reply({ headers: { "content-type": "audio/mpeg" }, body: "audio" }))
      const audio = yield* SpeakV1.generateStream("Hello.", { model: "aura-2-thalia-en" }).pipe(
        Deepgram.withOptions({ query: { a: "in" } }),
        Deepgram.withOptions({ query: { a: "out", b: "out" } }),
        Stream.mkUint8Array,
        Effect.provide(client(server))
      )
      assert.strictEqual(Buffer.from(audio).toString(), "audio")
      const { query } = server.requests[0]!
      assert.deepStrictEqual([query.getAll("a"), query.getAll("b")], [["in"], ["out"]])
    }))

  it.effect("keeps an outer schedule that it does not mention, and leaves failures as they are", () =>
    Effect.gen(function*() {
      const server = yield* serve(json({}, { status: 503 }))
      const error = yield* Requests.stream("an-id").pipe(
        change("x-in"),
        Deepgram.withOptions({ retry: once }),
        Stream.runDrain,
        Effect.provide(client(server)),
        Effect.flip
      )
      assert.strictEqual(error._tag, "ServerError")
      assert.strictEqual(server.requests.length, 1)
    }))
})

describe("withResponse", () => {
  const receipt = json({ request_id: id }, { status: 202, headers: { "dg-request-id": id, "dg-project-id": "p" } })
  const options = { model: "nova-3" } as const
  const submit = { ...options, callback: "https://example.com/done" }
  const audio = Uint8Array.of(1, 2, 3)

  const operations: ReadonlyArray<
    readonly [
      name: string,
      run: () => Effect.Effect<unknown, unknown, Deepgram.Deepgram>,
      answer: Answer,
      value: unknown,
      status: number
    ]
  > = [
    ["transcribeUrl", () => ListenV1.transcribeUrl("https://x/a.wav", options), ok, transcription, 200],
    ["transcribeFile", () => ListenV1.transcribeFile(audio, options), ok, transcription, 200],
    ["submitUrl", () => ListenV1.submitUrl("https://x/a.wav", submit), receipt, { request_id: id }, 202],
    ["submitFile", () => ListenV1.submitFile(audio, submit), receipt, { request_id: id }, 202]
  ]

  it.effect.each(operations)(
    "pairs what %s gives with its response",
    ([, run, answer, expected, status]) =>
      Effect.gen(function*() {
        const server = yield* serve(answer)
        const { response, value } = yield* run().pipe(Deepgram.withResponse, Effect.provide(client(server)))
        assert.deepStrictEqual(value, expected)
        assert.strictEqual(response.status, status)
        assert.strictEqual(response.requestId, id)
        assert.strictEqual(response.headers["dg-request-id"], id)
        assert.strictEqual(response.headers["content-type"], "application/json")
        assert.strictEqual(response.text, JSON.stringify(expected))
      })
  )

  it.effect("has the request id of the body where the head has none", () =>
    Effect.gen(function*() {
      const server = yield* serve(json(transcription))
      const { response } = yield* transcribe().pipe(Deepgram.withResponse, Effect.provide(client(server)))
      assert.strictEqual(response.requestId, transcription.metadata.request_id)
    }))

  it.effect("gives the last of several, and of retried ones", () =>
    Effect.gen(function*() {
      const answer: Answer = (exchange) =>
        json(transcription, { headers: { "dg-request-id": `id-${exchange.index}` } })(exchange)
      const server = yield* serve(answer)
      const { response } = yield* Effect.andThen(transcribe(), transcribe()).pipe(
        Deepgram.withResponse,
        Effect.provide(client(server))
      )
      assert.strictEqual(response.requestId, "id-1")
    }))

  it.effect("can be nested: each sees the responses within it", () =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      const { response, value } = yield* transcribe().pipe(
        Deepgram.withResponse,
        Deepgram.withResponse,
        Effect.provide(client(server))
      )
      assert.strictEqual(value.response.requestId, id)
      assert.strictEqual(response.requestId, id)
    }))

  it.effect("leaves failures as they are", () =>
    Effect.gen(function*() {
      const server = yield* serve(json({}, { status: 404 }))
      const error = yield* transcribe().pipe(Deepgram.withResponse, Effect.provide(client(server)), Effect.flip)
      assert.strictEqual(error._tag, "NotFound")
    }))

  it.effect("dies, and says why, where no operation ran", () =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit(Deepgram.withResponse(Effect.succeed(1)))
      assert.isTrue(Exit.hasDies(exit))
      assert.include(String(exit), "ran no operation over HTTP; channels have no response")
    }))
})
