import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted, Schema } from "effect"
import { Deepgram, ListenV1 } from "effect-deepgram"
import { json } from "./support/answers.ts"
import { client, ok, transcribe } from "./support/client.ts"
import { type Exchange, serve } from "./support/server.ts"
import { untyped } from "./support/untyped.ts"

/** Names and values as the server understands them, in the order of their names. */
const parsed = ({ query }: Exchange) => [...query].toSorted(([a], [b]) => a < b ? -1 : a > b ? 1 : 0)

const sent = Effect.fnUntraced(function*(options: ListenV1.TranscribeOptions, call: Deepgram.CallOptions = {}) {
  const server = yield* serve(ok)
  yield* ListenV1.transcribeUrl("https://example.com/a.wav", options).pipe(
    Deepgram.withOptions(call),
    Effect.provide(client(server))
  )
  return server.requests[0]!
})

/** Text with everything that has a meaning in a URL. */
const nasty = "a b&c=d+e%20%f#g?h/i:j;k,l\"'<>[]|\\^`{}~!*() ключ 世界 👋 é"

describe("the query", () => {
  const cases: ReadonlyArray<
    readonly [
      name: string,
      options: ListenV1.FeatureOptions,
      pairs: ReadonlyArray<readonly [string, string]>
    ]
  > = [
    ["true", { smart_format: true }, [["smart_format", "true"]]],
    ["false, which is not left out", { punctuate: false }, [["punctuate", "false"]]],
    ["undefined, which is", { punctuate: undefined, tag: undefined, extra: undefined }, []],
    ["whole numbers", { sample_rate: 48_000, channels: 2 }, [["channels", "2"], ["sample_rate", "48000"]]],
    ["fractions", { utt_split: 0.1 + 0.2 }, [["utt_split", "0.30000000000000004"]]],
    ["zero", { utt_split: 0 }, [["utt_split", "0"]]],
    ["a string", { version: "2024-01-09.29447" }, [["version", "2024-01-09.29447"]]],
    ["text with everything", { language: nasty }, [["language", nasty]]],
    ["one value", { search: nasty }, [["search", nasty]]],
    ["a list, which repeats the name", { search: ["a,b", "c", nasty] }, [
      ["search", "a,b"],
      ["search", "c"],
      ["search", nasty]
    ]],
    ["a list of one", { tag: ["only"] }, [["tag", "only"]]],
    ["an empty list", { tag: [] }, []],
    ["an empty text", { replace: "" }, [["replace", ""]]],
    ["a boolean where names are possible", { detect_language: true, redact: true }, [
      ["detect_language", "true"],
      ["redact", "true"]
    ]],
    ["names where a boolean is possible", { detect_language: ["en", "de"], redact: ["pci", "person"] }, [
      ["detect_language", "en"],
      ["detect_language", "de"],
      ["redact", "pci"],
      ["redact", "person"]
    ]],
    ["one name where a boolean is possible", { detect_language: "es", redact: "ssn", summarize: "v2" }, [
      ["detect_language", "es"],
      ["redact", "ssn"],
      ["summarize", "v2"]
    ]],
    ["pairs", { extra: { call: "7", [nasty.replaceAll(":", "")]: nasty, empty: "" } }, [
      ["extra", "call:7"],
      ["extra", `${nasty.replaceAll(":", "")}:${nasty}`],
      ["extra", "empty:"]
    ]],
    ["one pair", { extra: { url: "https://x/?a=b&c=d" } }, [["extra", "url:https://x/?a=b&c=d"]]],
    ["no pairs", { extra: {} }, []],
    ["names that nobody knows yet", { encoding: "brand-new", custom_topic_mode: "wild" }, [
      ["custom_topic_mode", "wild"],
      ["encoding", "brand-new"]
    ]]
  ]

  it.effect.each(cases)("holds %s", ([, options, pairs]) =>
    Effect.gen(function*() {
      const request = yield* sent({ model: "m", ...options })
      assert.deepStrictEqual(parsed(request).filter(([name]) => name !== "model"), pairs.map(([a, b]) => [a, b]))
    }))

  const Text = Schema.String
  const Texts = Schema.Union([Text, Schema.Array(Text)])
  const flags = ["smart_format", "punctuate", "diarize", "mip_opt_out", "sentiment"] as const

  const wire = (name: string, value: unknown): ReadonlyArray<[string, string]> =>
    value === undefined
      ? []
      : Array.isArray(value)
      ? value.map((item) => [name, String(item)])
      : [[name, String(value)]]

  it.effect.prop(
    "arrives as it was meant, whatever it is",
    {
      model: Text,
      language: Schema.optional(Text),
      tag: Schema.optional(Schema.Array(Text)),
      keyterm: Schema.optional(Texts),
      replace: Schema.optional(Texts),
      redact: Schema.optional(Schema.Union([Schema.Boolean, Texts])),
      utt_split: Schema.optional(Schema.Finite),
      sample_rate: Schema.optional(Schema.Int),
      flags: Schema.Array(Schema.Union([Schema.Boolean, Schema.Undefined])),
      extra: Schema.Record(Text, Text)
    },
    ({ flags: values, ...rest }) =>
      Effect.gen(function*() {
        const options: ListenV1.TranscribeOptions = {
          ...rest,
          ...Object.fromEntries(flags.map((f, i) => [f, values[i]]))
        }
        const { extra, ...plain } = options
        const request = yield* sent(options)
        const pairs = Object.entries(plain).flatMap(([name, value]) => wire(name, value))
          .concat(Object.entries(extra!).map(([key, value]) => ["extra", `${key}:${value}`]))
        const expected = pairs.map(([a, b]) => [a, b.toWellFormed()]).toSorted(([a], [b]) =>
          a! < b! ? -1 : a! > b! ? 1 : 0
        )
        assert.deepStrictEqual(parsed(request), expected as Array<[string, string]>)
      }).pipe(Effect.scoped),
    30_000
  )
})

describe("what a call adds to the query", () => {
  it.effect("takes what untyped code passes: secrets, and objects by their members", () =>
    Effect.gen(function*() {
      const exchange = yield* sent({ model: "nova-3" }, {
        query: untyped({ api_key: Redacted.make("a-secret"), o: { a: 1, b: [2, 3] }, none: undefined })
      })
      assert.deepStrictEqual(parsed(exchange), [
        ["api_key", "a-secret"],
        ["model", "nova-3"],
        ["o[a]", "1"],
        ["o[b]", "2"],
        ["o[b]", "3"]
      ])
    }))

  it.effect("goes before typed parameters, and beside others", () =>
    Effect.gen(function*() {
      const request = yield* sent({ model: "nova-3", smart_format: true, tag: ["a", "b"] }, {
        query: { smart_format: false, tag: "c", future: 7, list: ["x", "y&z"] }
      })
      assert.deepStrictEqual(parsed(request), [
        ["future", "7"],
        ["list", "x"],
        ["list", "y&z"],
        ["model", "nova-3"],
        ["smart_format", "false"],
        ["tag", "c"]
      ])
    }))
})

describe("the JSON body", () => {
  it.effect.each(["https://dpgr.am/a.wav", new URL("https://dpgr.am/a.wav?sig=a%2Fb&x=ü")])(
    "holds the URL: %s",
    (url) =>
      Effect.gen(function*() {
        const server = yield* serve(ok)
        yield* ListenV1.transcribeUrl(url, { model: "nova-3" }).pipe(Effect.provide(client(server)))
        const { body, headers } = server.requests[0]!
        assert.deepStrictEqual(JSON.parse(body().toString()), { url: String(url) })
        assert.strictEqual(headers["content-type"], "application/json")
        assert.strictEqual(headers["content-length"], String(body().length))
        assert.strictEqual(headers.accept, "application/json")
      })
  )

  it.effect("takes more members from the call, which go first", () =>
    Effect.gen(function*() {
      const request = yield* sent({ model: "nova-3" }, { body: { url: "https://other/", future: { deep: [1, null] } } })
      assert.deepStrictEqual(JSON.parse(request.body().toString()), {
        url: "https://other/",
        future: { deep: [1, null] }
      })
    }))

  it.effect("audio does not take them", () =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      yield* ListenV1.transcribeFile(Uint8Array.of(1, 2, 3), { model: "nova-3" }).pipe(
        Deepgram.withOptions({ body: { future: 1 } }),
        Effect.provide(client(server))
      )
      assert.deepStrictEqual([...server.requests[0]!.body()], [1, 2, 3])
    }))

  it.effect("that is no JSON is refused", () =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      const error = yield* transcribe().pipe(
        Deepgram.withOptions({ body: { big: 1n } }),
        Effect.provide(client(server)),
        Effect.flip
      )
      assert.strictEqual(error._tag, "BadRequest")
      assert.strictEqual(server.connections(), 0)
    }))
})

describe("combinations that Deepgram would refuse", () => {
  const refusedOptions: ReadonlyArray<readonly [name: string, options: unknown, words: RegExp]> = [
    ["diarize and diarize_model", { model: "nova-3", diarize: true, diarize_model: "v2" }, /exclude each other/],
    ["keywords with Nova-3", { model: "nova-3-medical", keywords: ["a"] }, /use keyterm/],
    ["keyterm with Nova-2", { model: "nova-2-general", keyterm: ["a"] }, /use keywords/],
    ["a callback", { model: "nova-3", callback: "https://x/" }, /use submitUrl/],
    ["an option that does not exist", { model: "nova-3", smart_formt: true }, /no option smart_formt.*withOptions/],
    [
      "101 topics",
      { model: "nova-3", custom_topic: Array.from({ length: 101 }, String) },
      /100 values of custom_topic/
    ],
    ["101 intents", { model: "nova-3", custom_intent: Array.from({ length: 101 }, String) }, /100 .* custom_intent/],
    ["a tag of 129 characters", { model: "nova-3", tag: "x".repeat(129) }, /128 characters/],
    ["a value of another type", { model: "nova-3", smart_format: "yes" }, /smart_format/],
    ["a rate that is no whole number", { model: "nova-3", sample_rate: 44_100.5 }, /sample_rate/],
    ["a number that is none", { model: "nova-3", utt_split: Number.NaN }, /utt_split/]
  ]

  it.effect.each(refusedOptions)("%s: not sent", ([, options, words]) =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      const error = yield* ListenV1.transcribeUrl("https://x/a.wav", options as ListenV1.TranscribeOptions).pipe(
        Effect.provide(client(server)),
        Effect.flip
      )
      assert.strictEqual(error._tag, "BadRequest")
      assert.strictEqual("origin" in error && error.origin, "client")
      assert.match(error.message, words)
      assert.notInclude(error.message, "\n")
      assert.strictEqual(server.connections(), 0)
    }))

  it.effect("a callback may be a URL, and an option may be undefined, known or not", () =>
    Effect.gen(function*() {
      const server = yield* serve(json({ request_id: "an-id" }))
      const options = { model: "nova-3", callback: new URL("https://example.com/done?a=b"), later: undefined }
      yield* ListenV1.submitUrl("https://x/a.wav", options).pipe(Effect.provide(client(server)))
      assert.strictEqual(server.requests[0]!.query.get("callback"), "https://example.com/done?a=b")
    }))

  it.effect("a path from untyped code: not sent", () =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      const path: unknown = "call.wav"
      const error = yield* ListenV1.transcribeFile(path as Uint8Array, { model: "nova-3" }).pipe(
        Effect.provide(client(server)),
        Effect.flip
      )
      assert.match(error.message, /not sent: the audio is neither bytes nor/)
      assert.strictEqual(server.connections(), 0)
    }))

  it.effect("a submission without a callback: not sent", () =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      const error = yield* ListenV1.submitUrl("https://x/a.wav", { model: "nova-3", callback: " " }).pipe(
        Effect.provide(client(server)),
        Effect.flip
      )
      assert.match(error.message, /callback is missing/)
      assert.strictEqual(server.connections(), 0)
    }))

  const allowed: ReadonlyArray<readonly [name: string, options: ListenV1.TranscribeOptions]> = [
    ["keyterm with a custom model", { model: "our-own-model", keyterm: ["a"] }],
    ["keywords with Nova-2", { model: "nova-2", keywords: ["a:2", "b"] }],
    ["100 topics", { model: "nova-3", custom_topic: Array.from({ length: 100 }, String) }],
    ["a tag of 128 characters", { model: "nova-3", tag: ["x".repeat(128)] }],
    ["diarize_model alone", { model: "nova-3", diarize_model: "v2" }]
  ]

  it.effect.each(allowed)("%s: sent", ([, options]) =>
    Effect.gen(function*() {
      assert.strictEqual((yield* sent(options)).query.get("model"), options.model)
    }))
})
