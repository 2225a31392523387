import { Emulator, Recognizer, Synthesizer, Thinker } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer, Stream } from "effect"
import { Keys, ListenV1, Requests } from "effect-deepgram"
import { FetchHttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { callback, epoch, listen, read, recording, speak, stereo } from "./calls.ts"
import { failureOf, inProject, newKey, nothing, project, send, withKey } from "./management.ts"
import { listen as transcribe } from "./support.ts"

const list = (options?: Requests.ListOptions) =>
  Effect.map(inProject((id) => Requests.list(id, options)), ({ requests }) => requests)

const ids = (options?: Requests.ListOptions) =>
  Effect.map(list(options), (requests) => requests.map(({ request_id }) => request_id))

/** The member of what is kept of an answer. */
const details = ({ response }: Requests.LoggedRequest) => response?.["details"] as Readonly<Record<string, unknown>>

describe("a call that succeeded", () => {
  it.effect("is found by its id, with what was asked for, what was used and what it cost", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(epoch)
      const { metadata } = yield* ListenV1.transcribeFile(stereo, {
        model: "nova-2",
        language: "fr",
        multichannel: true,
        punctuate: true,
        utterances: false,
        diarize_model: "v1",
        tag: ["b", "a", "b"]
      })
      const { request } = yield* inProject((id) => Requests.get(id, metadata.request_id))
      const { api_keys: [key] } = yield* inProject((id) => Keys.list(id))
      const usd = Math.round(metadata.duration / 60 * 2 * 4000) / 1_000_000
      assert.isAbove(usd, 0)
      assert.deepStrictEqual<unknown>(request, {
        request_id: metadata.request_id,
        project_uuid: yield* project,
        created: "2026-01-30T00:00:00.000Z",
        path: request.path,
        api_key_id: key!.api_key.api_key_id,
        response: {
          details: {
            usd,
            duration: metadata.duration,
            total_audio: metadata.duration * 2,
            channels: 2,
            method: "sync",
            models: metadata.models,
            tags: ["a", "b"],
            features: ["diarize", "language", "multichannel", "punctuate"],
            config: {
              diarize: true,
              multichannel: true,
              punctuate: true,
              language: "fr",
              model: metadata.model_info![metadata.models![0]!]!.name
            }
          },
          code: 200,
          completed: "2026-01-30T00:00:00.000Z"
        },
        code: 200,
        deployment: "hosted"
      })
      const url = new URL(request.path!, "http://localhost")
      assert.strictEqual(url.pathname, "/v1/listen")
      assert.strictEqual(url.searchParams.get("model"), "nova-2")
    }).pipe(Effect.provide(Emulator.layerSdk())))

  it.effect("is in the list whatever it was for, the newest first", () =>
    Effect.gen(function*() {
      const made: Array<string> = []
      for (const [at, call] of [Effect.map(listen(), ({ metadata }) => metadata.request_id), speak].entries()) {
        yield* TestClock.setTime(epoch + at)
        made.unshift(yield* call)
      }
      yield* TestClock.setTime(epoch + 3)
      made.unshift((yield* read).metadata.request_id!)
      assert.deepStrictEqual(yield* ids(), made)
      assert.deepStrictEqual((yield* list()).map(({ path }) => path!.split("?")[0]), [
        "/v1/read",
        "/v1/speak",
        "/v1/listen"
      ])
    }).pipe(Effect.provide(Emulator.layerSdk())))

  it.effect("has the labels of its key, and its callback without what is secret", () =>
    Effect.gen(function*() {
      const { api_key_id, key } = yield* inProject((id) =>
        Keys.create(id, { comment: "labelled", scopes: ["usage:write"], tags: ["z", "night"] })
      )
      const submit = ListenV1.submitFile(recording, { model: "nova-3", callback, callback_method: "PUT", tag: "mine" })
      const { request_id } = yield* withKey(key)(submit)
      const { request } = yield* inProject((id) => Requests.get(id, request_id))
      assert.strictEqual(request.api_key_id, api_key_id)
      assert.strictEqual(request.callback, "http://127.0.0.1:9/results")
      assert.notInclude(JSON.stringify(request), "s3cret")
      assert.deepInclude(details(request), {
        method: "async",
        tags: ["mine", "night", "z"],
        features: ["callback", "callback_method"]
      })
    }).pipe(Effect.provide(Emulator.layerSdk())))
})

describe("a call that failed", () => {
  it.effect("is there with its code, what was said, and no price", () =>
    Effect.gen(function*() {
      yield* listen({ keyterm: "parcel" })
      const asked: ReadonlyArray<readonly [code: number, message: RegExp, query: string, body: BodyInit]> = [
        [403, /requested model/, "model=nova-33", recording],
        [400, /keyterm/, "model=nova-3&keywords=a", recording],
        [400, /not audio/, "model=nova-3&tag=late", "This is not audio at all."],
        [400, /callback/, "model=nova-3&callback=s3cret", recording],
        [400, /callback/, "model=nova-3&callback=alice:s3cret@example.com/done", recording],
        [400, /callback/, "model=nova-3&callback=http://a:s3cret@b/&callback=http://a:s3cret@b/", recording],
        [400, /punctuate/, "model=nova-3&punctuate=maybe&diarize=true", recording]
      ]
      for (const [code, message, query, body] of asked) {
        yield* TestClock.adjust(1)
        const answer = yield* transcribe(query, body)
        assert.strictEqual(answer.status, code, query)
        const [request] = yield* list({ limit: 1 })
        assert.deepInclude(request, { code, request_id: answer.headers.get("dg-request-id")! })
        assert.strictEqual(request!.response!["code"], code)
        assert.match(String(request!.response!["message"]), message)
        assert.deepInclude(details(request!), { usd: 0, duration: 0 })
        assert.notInclude(JSON.stringify(request), "s3cret")
      }
      assert.strictEqual((yield* ids({ status: "failed" })).length, asked.length)
      assert.strictEqual((yield* ids({ status: "succeeded" })).length, 1)
      const [unread, , , , unheard, , misspelled] = yield* list()
      assert.deepInclude(details(unread!), { features: ["diarize", "punctuate"] })
      assert.deepInclude(details(unheard!), { tags: ["late"] })
      assert.lengthOf(details(unheard!)["models"] as Array<string>, 1)
      assert.deepInclude(details(misspelled!), { models: [] })
    }).pipe(Effect.provide(Emulator.layerSdk())))

  it.effect("with credentials that nobody knows is nobody's", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* send("POST", "/v1/listen", { authorization: "Token nobody" })).status, 401)
      assert.deepStrictEqual(yield* ids(), [])
    }).pipe(Effect.provide(Emulator.layerSdk())))

  it.effect("for lack of a permission is there too", () =>
    Effect.gen(function*() {
      const key = yield* newKey("usage:read")
      assert.strictEqual(yield* failureOf(withKey(key)(listen())), "PermissionDenied")
      assert.deepStrictEqual((yield* list()).map(({ code }) => code), [403])
    }).pipe(Effect.provide(Emulator.layerSdk())))

  it.live("because the client went away is there too", () =>
    Effect.gen(function*() {
      const opened = yield* Deferred.make<void>()
      const engine = Layer.succeed(Recognizer.Recognizer, {
        open: () =>
          Effect.as(Deferred.succeed(opened, undefined), { push: () => Effect.never, finish: Effect.succeed([]) })
      })
      yield* Effect.gen(function*() {
        const endless = Stream.concat(Stream.make(recording), Stream.never)
        const upload = yield* Effect.forkChild(ListenV1.transcribeFile(endless, { model: "nova-3" }))
        yield* Deferred.await(opened)
        yield* Fiber.interrupt(upload)
        const [request] = yield* Effect.repeat(list(), { until: (requests) => requests.length > 0 })
        assert.strictEqual(request!.code, 499)
        assert.deepInclude(details(request!), { usd: 0 })
      }).pipe(Effect.provide(
        Emulator.layerClient.pipe(
          Layer.provideMerge(Emulator.layerNoDeps()),
          Layer.provide([engine, Synthesizer.layer, Thinker.layer, FetchHttpClient.layer])
        )
      ))
    }))
})

describe("the list", () => {
  it.effect("is filtered by everything that it can be filtered by", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(epoch)
      const { metadata: { request_id: first } } = yield* listen()
      yield* TestClock.setTime(epoch + 86_399_999)
      const key = yield* newKey("usage:write")
      const { request_id: second } = yield* withKey(key)(
        ListenV1.submitFile(recording, { model: "nova-3", callback })
      )
      yield* TestClock.setTime(epoch + 86_400_000)
      const third = yield* speak
      yield* TestClock.setTime(epoch + 2 * 86_400_000)
      const fourth = (yield* read).metadata.request_id!
      const accessor = (yield* inProject((id) => Requests.get(id, second))).request.api_key_id!

      const all = [fourth, third, second, first]
      const cases: ReadonlyArray<readonly [Requests.ListOptions, ReadonlyArray<string>]> = [
        [{}, all],
        [{ start: "2026-01-31" }, [fourth, third]],
        [{ end: "2026-01-30" }, [second, first]],
        [{ start: "2026-01-30", end: "2026-01-30" }, [second, first]],
        [{ start: "2026-01-30T23:59:59" }, [fourth, third, second]],
        [{ end: "2026-01-31T00:00:00" }, [third, second, first]],
        [{ end: "2026-01-31T01:00:00+01:00" }, [third, second, first]],
        [{ end: "2026-01-31T00:00:00+00:01" }, [first]],
        [{ start: new Date(epoch + 86_400_000) }, [fourth, third]],
        // The SDK sends whole seconds, and the second call was made in the last millisecond of one.
        [{ end: new Date(epoch + 86_399_999) }, [second, first]],
        [{ end: "2026-01-30T23:59:59" }, [second, first]],
        [{ end: "2026-01-30T23:59:59.998" }, [first]],
        [{ end: "2026-01-30T23:59:58" }, [first]],
        [{ start: "2026-02-02" }, []],
        [{ start: "2026-02-01", end: "2026-01-31" }, []],
        [{ accessor }, [second]],
        [{ accessor: nothing }, []],
        [{ request_id: third }, [third]],
        [{ deployment: "hosted" }, all],
        [{ deployment: "beta" }, []],
        [{ deployment: "self-hosted" }, []],
        [{ endpoint: "listen" }, [second, first]],
        [{ endpoint: "speak" }, [third]],
        [{ endpoint: "read" }, [fourth]],
        [{ endpoint: "agent" }, []],
        [{ method: "sync" }, [fourth, third, first]],
        [{ method: "async" }, [second]],
        [{ method: "streaming" }, []],
        [{ status: "succeeded" }, all],
        [{ status: "failed" }, []],
        [{ endpoint: "listen", method: "sync", start: "2026-01-30" }, [first]]
      ]
      for (const [options, expected] of cases) {
        assert.deepStrictEqual(yield* ids(options), expected, JSON.stringify(options))
      }
    }).pipe(Effect.provide(Emulator.layerSdk())))

  it.effect("comes in pages of ten, or of as many as are asked for", () =>
    Effect.gen(function*() {
      const made: Array<string> = []
      for (let i = 0; i < 23; i++) made.unshift((yield* listen()).metadata.request_id)
      const first = yield* inProject((id) => Requests.list(id))
      assert.deepInclude(first, { page: 0, limit: 10 })
      assert.deepStrictEqual(first.requests.map(({ request_id }) => request_id), made.slice(0, 10))
      const last = yield* inProject((id) => Requests.list(id, { page: 2 }))
      assert.deepInclude(last, { page: 2, limit: 10 })
      assert.deepStrictEqual(last.requests.map(({ request_id }) => request_id), made.slice(20))
      assert.deepStrictEqual(yield* ids({ limit: 7, page: 1 }), made.slice(7, 14))
      assert.deepStrictEqual(yield* ids({ limit: 1000 }), made)
      assert.deepStrictEqual(yield* ids({ page: 3 }), [])
      const streamed = yield* inProject((id) => Stream.runCollect(Requests.stream(id, { limit: 4 })))
      assert.deepStrictEqual(streamed.map(({ request_id }) => request_id), made)
    }).pipe(Effect.provide(Emulator.layerSdk())))

  it.effect("cannot be asked for in sizes, of days and of kinds that there are not", () =>
    Effect.gen(function*() {
      const id = yield* project
      const refusalOf = Effect.fnUntraced(function*(query: string) {
        const { json, status } = yield* send("GET", `/v1/projects/${id}/requests?${query}`)
        assert.strictEqual(status, 400, query)
        assert.deepInclude(json, { err_code: "INVALID_QUERY_PARAMETER" })
        return json
      })
      const queries = ["limit=0", "limit=1001", "limit=-1", "limit=1.5", "page=-1", "start=2026-02-30", "end=yesterday"]
      yield* Effect.forEach(queries, refusalOf)
      for (
        const [query, err_msg] of [
          ["status=foo", "unknown variant `foo`, expected `succeeded` or `failed`"],
          ["status=", "unknown variant ``, expected `succeeded` or `failed`"],
          ["method=batch", "unknown variant `batch`, expected one of `sync`, `async`, `streaming`"],
          ["endpoint=Listen", "unknown variant `Listen`, expected one of `listen`, `read`, `speak`, `agent`"],
          ["deployment=moon", "unknown variant `moon`, expected one of `hosted`, `beta`, `self-hosted`"]
        ] as const
      ) {
        assert.deepInclude(yield* refusalOf(query), { err_msg })
      }
      assert.strictEqual((yield* send("GET", `/v1/projects/${id}/requests?limit=1000&page=0`)).status, 200)
    }).pipe(Effect.provide(Emulator.layerSdk())))

  it.effect("is for members of the project, with a permission, and knows no other requests", () =>
    Effect.gen(function*() {
      yield* listen()
      const reader = withKey(yield* newKey("usage:read"))
      const writer = withKey(yield* newKey("usage:write"))
      const id = yield* project
      const [request_id = ""] = yield* reader(Effect.map(Requests.list(id), ({ requests: [one] }) => [one?.request_id]))
      assert.strictEqual((yield* reader(Requests.get(id, request_id))).request.request_id, request_id)
      assert.strictEqual(yield* failureOf(writer(Requests.list(id))), "PermissionDenied")
      assert.strictEqual(yield* failureOf(writer(Requests.get(id, request_id))), "PermissionDenied")
      assert.strictEqual(yield* failureOf(Requests.get(id, nothing)), "NotFound")
      assert.strictEqual(yield* failureOf(Requests.list(nothing)), "NotFound")
      assert.strictEqual(yield* failureOf(Requests.get(nothing, request_id)), "NotFound")
    }).pipe(Effect.provide(Emulator.layerSdk())))
})
