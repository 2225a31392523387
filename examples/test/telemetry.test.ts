import { Emulator, Recording } from "@effect-deepgram/emulator"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { HttpServer, HttpServerRequest, HttpServerResponse } from "effect/http"
import { createServer } from "node:http"
import { count, forEmulator, run } from "./program.ts"
import { file, lines } from "./support.ts"

interface Attribute {
  readonly key: string
  readonly value: { readonly stringValue?: string; readonly intValue?: number; readonly doubleValue?: number }
}

interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly attributes: ReadonlyArray<Attribute>
}

interface Metric {
  readonly name: string
  readonly sum?: { readonly dataPoints: ReadonlyArray<Point> }
  readonly histogram?: { readonly dataPoints: ReadonlyArray<Point> }
}

interface Point {
  readonly attributes: ReadonlyArray<Attribute>
  readonly asDouble?: number
  readonly asInt?: number | string
  readonly count?: number | string
}

interface Resource {
  readonly resource: { readonly attributes: ReadonlyArray<Attribute> }
}

type Export =
  & { readonly resourceSpans?: ReadonlyArray<Resource & { scopeSpans: ReadonlyArray<{ spans: ReadonlyArray<Span> }> }> }
  & {
    readonly resourceMetrics?: ReadonlyArray<
      Resource & { scopeMetrics: ReadonlyArray<{ metrics: ReadonlyArray<Metric> }> }
    >
  }

const valuesOf = (attributes: ReadonlyArray<Attribute>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))

/** A collector as OpenTelemetry knows it, with all that it was sent. */
const collector = Effect.gen(function*() {
  const exports: Array<Export> = []
  const paths = new Set<string>()
  const server = yield* HttpServer.HttpServer
  yield* HttpServer.serveEffect(Effect.gen(function*() {
    const { json, url } = yield* HttpServerRequest.HttpServerRequest
    paths.add(url)
    exports.push((yield* json) as Export)
    return HttpServerResponse.jsonUnsafe({})
  }))
  return { url: HttpServer.formatAddress(server.address), exports, paths }
})

const recording = (text: string) => file("call.wav", Recording.wav(text))

describe("telemetry.ts", () => {
  it.live("sends spans and metrics of what it did to a collector, and nothing of what was said", () =>
    Effect.gen(function*() {
      const { exports, paths, url } = yield* collector
      const path = yield* recording("Nobody may know.")
      const env = { ...yield* forEmulator, OTEL_EXPORTER_OTLP_ENDPOINT: url }
      const { code, err, out } = yield* run("telemetry", [path], env)
      assert.strictEqual(err, "")
      assert.strictEqual(code, 0)
      assert.strictEqual(out, "Recorded  Nobody may know.\nLive      Nobody may know.\n")
      assert.isTrue(paths.has("/v1/traces") && paths.has("/v1/metrics"))

      const spans = exports.flatMap(({ resourceSpans = [] }) =>
        resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
      )
      const named = (name: string) => {
        const found = spans.filter((span) => span.name === name)
        assert.strictEqual(found.length, 1, spans.map(({ name }) => name).join())
        return found[0]!
      }
      const whole = named("examples.telemetry")
      const operation = named("ListenV1.transcribeFile")
      const session = named("ListenV1.session")
      for (const { parentSpanId, traceId } of [operation, session]) {
        assert.strictEqual(traceId, whole.traceId)
        assert.strictEqual(parentSpanId, whole.spanId)
      }
      const known = valuesOf(operation.attributes)
      assert.strictEqual(known["deepgram.operation"], "ListenV1.transcribeFile")
      assert.strictEqual(known["deepgram.model"], "nova-3")
      assert.strictEqual(Number(known["deepgram.attempts"]), 1)
      assert.match(String(known["deepgram.request_id"]), /^[0-9a-f-]{36}$/)
      assert.isAbove(Number(known["deepgram.audio_seconds"]), 0.5)
      const lived = valuesOf(session.attributes)
      assert.strictEqual(lived["deepgram.outcome"], "closed")
      assert.match(String(lived["deepgram.request_id"]), /^[0-9a-f-]{36}$/)
      assert.isAtLeast(Number(lived["deepgram.time_to_first_result_ms"]), 0)

      const metrics = exports.flatMap(({ resourceMetrics = [] }) =>
        resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
      )
      const last = (name: string) => {
        const metric = metrics.findLast((metric) => metric.name === name)
        const [point] = metric?.sum?.dataPoints ?? metric?.histogram?.dataPoints ?? []
        assert.isDefined(point, name)
        return point!
      }
      assert.strictEqual(Number(last("transcription_seconds").count), 1)
      assert.strictEqual(Number(last("deepgram_session_open_seconds").count), 1)
      assert.strictEqual(Number(last("deepgram_session_first_result_seconds").count), 1)
      const ended = last("deepgram_sessions_ended")
      assert.strictEqual(Number(ended.asDouble ?? ended.asInt), 1)
      assert.deepStrictEqual(
        [valuesOf(ended.attributes)["channel"], valuesOf(ended.attributes)["outcome"]],
        ["ListenV1", "closed"]
      )

      const resources = exports.flatMap(({ resourceMetrics = [], resourceSpans = [] }) => [
        ...resourceMetrics,
        ...resourceSpans
      ])
      assert.isAtLeast(resources.length, 2)
      for (const { resource } of resources) {
        assert.strictEqual(valuesOf(resource.attributes)["service.name"], "telemetry-example")
      }
      for (const secret of ["Nobody", env.DEEPGRAM_API_KEY, path]) assert.notInclude(JSON.stringify(exports), secret)
    }).pipe(
      Effect.scoped,
      Effect.provide([Emulator.layer(), NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })])
    ))

  it.live("does without a collector", () =>
    Effect.gen(function*() {
      const env = { ...yield* forEmulator, OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1" }
      const { code, err, out } = yield* run("telemetry", [yield* recording("All the same.")], env)
      assert.strictEqual(err, "")
      assert.strictEqual(code, 0)
      assert.strictEqual(count(out, /All the same\./), 2)
    }).pipe(Effect.scoped, Effect.provide(Emulator.layer())))

  it.live("says what is missing or wrong", () =>
    Effect.gen(function*() {
      for (const args of [[], ["missing.wav"]]) {
        const { code, err, out } = yield* run("telemetry", args)
        assert.strictEqual(code, 2)
        assert.strictEqual(out, "")
        assert.match(err, /^✗ [^]*telemetry \[flags\] <recording>/)
      }
      const env = { ...yield* forEmulator, DEEPGRAM_API_KEY: "not-the-key" }
      const { code, err } = yield* run("telemetry", [yield* recording("Hello.")], env)
      assert.strictEqual(code, 1)
      assert.strictEqual(lines(err).length, 1, err)
      assert.match(err, /^✗ .*401 Unauthorized/)
    }).pipe(Effect.scoped, Effect.provide(Emulator.layer())))
})
