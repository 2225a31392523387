import { Emulator, Recording, Synthesizer } from "@effect-deepgram/emulator"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { assert, describe, it, layer } from "@effect/vitest"
import { Deferred, Effect, Stream } from "effect"
import { ListenV1 } from "effect-deepgram"
import { HttpServer, HttpServerRequest, HttpServerResponse } from "effect/http"
import { createHash } from "node:crypto"
import { createServer } from "node:http"
import { encodeSamples } from "../../src/internal/audio/pcm.ts"
import { alternativeOf, listen, transcriptionOf } from "./support.ts"

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

const text = "Hello there, this is a test."

layer(Emulator.layerSdk(), { excludeTestServices: true })("POST /v1/listen", (it) => {
  it.effect("transcribes what the bytes say", () =>
    Effect.gen(function*() {
      const recording = Recording.wav(text)
      const answer = yield* listen("model=nova-3&punctuate=true", recording)
      assert.strictEqual(answer.status, 200)
      assert.strictEqual(alternativeOf(answer).transcript, text)
      assert.match(answer.headers.get("dg-request-id") ?? "", uuid)
      const { metadata } = transcriptionOf(answer)
      assert.strictEqual(metadata.request_id, answer.headers.get("dg-request-id"))
      assert.strictEqual(metadata.sha256, createHash("sha256").update(recording).digest("hex"))
      assert.closeTo(metadata.duration, (recording.length - 44) / 2 / 16_000, 1e-9)
      assert.strictEqual(metadata.channels, 1)
    }))

  it.effect("takes raw audio, whatever the content type", () =>
    Effect.gen(function*() {
      const samples = Synthesizer.speak(text, { sampleRate: 8_000 })
      for (const encoding of ["linear16", "mulaw", "alaw"] as const) {
        for (const type of ["application/octet-stream", "application/x-www-form-urlencoded", "audio/basic"]) {
          const query = `model=nova-3&punctuate=true&encoding=${encoding}&sample_rate=8000`
          const answer = yield* listen(query, encodeSamples(samples, encoding), { "content-type": type })
          assert.strictEqual(alternativeOf(answer).transcript, text)
        }
      }
    }))

  it.effect("takes chunked uploads of odd pieces", () =>
    Effect.gen(function*() {
      const recording = Recording.wav(text)
      const pieces: Array<Uint8Array> = []
      for (let at = 0, size = 1; at < recording.length; at += size, size = size * 2 % 997) {
        pieces.push(recording.subarray(at, at + size))
      }
      const { results } = yield* ListenV1.transcribeFile(Stream.fromIterable(pieces), {
        model: "nova-3",
        punctuate: true
      })
      assert.strictEqual(results.channels[0]?.alternatives[0]?.transcript, text)
    }))

  it.effect("hears each channel on its own, or all as one", () =>
    Effect.gen(function*() {
      const call = Recording.wav([
        { text: "Good morning.", channel: 0, voice: 0, pause: 0.5 },
        { text: "Good evening!", channel: 1, voice: 1 }
      ], { sampleRate: 8_000, encoding: "mulaw" })
      const apart = yield* listen("model=nova-3&punctuate=true&multichannel=true", call)
      assert.deepStrictEqual(
        [0, 1].map((channel) => alternativeOf(apart, channel).transcript),
        ["Good morning.", "Good evening!"]
      )
      assert.strictEqual(transcriptionOf(apart).metadata.channels, 2)
      const together = yield* listen("model=nova-3&punctuate=true&diarize=true", call)
      assert.strictEqual(alternativeOf(together).transcript, "Good morning. Good evening!")
      assert.deepStrictEqual(
        alternativeOf(together).words?.map((word) => word.speaker),
        [0, 0, 1, 1]
      )
    }))

  it.effect("changes the transcript when 20 ms are lost on the way", () =>
    Effect.gen(function*() {
      const recording = Recording.wav("Every single frame counts.")
      const word = alternativeOf(yield* listen("model=nova-3", recording)).words?.[1]
      assert.isDefined(word)
      const at = 44 + 2 * Math.round(16_000 * (word.start + word.end) / 2)
      const damaged = Buffer.concat([recording.subarray(0, at), recording.subarray(at + 640)])
      const after = yield* listen("model=nova-3", damaged)
      assert.notStrictEqual(alternativeOf(after).transcript, "every single frame counts")
    }))

  it.effect("lists what it does not model, and gives back tags and extras", () =>
    Effect.gen(function*() {
      const answer = yield* listen(
        "model=nova-3&detect_entities=true&smartformat=true&tag=a&tag=b&extra=customer:7&extra=note:x:y",
        Recording.wav(text)
      )
      const { metadata } = transcriptionOf(answer)
      assert.deepStrictEqual(metadata.tags, ["a", "b"])
      assert.deepStrictEqual(metadata.extra, { customer: "7", note: "x:y" })
      assert.deepStrictEqual(metadata.warnings?.map((warning) => warning.parameter), ["detect_entities", "smartformat"])
    }))

  it.effect("hears no words in other sounds", () =>
    Effect.gen(function*() {
      const samples = Float32Array.from({ length: 32_000 }, (_, i) => 0.4 * Math.sin(i * 0.11) * Math.sin(i * 0.0007))
      const answer = yield* listen(
        "model=nova-3&encoding=linear16&sample_rate=16000",
        encodeSamples(samples, "linear16")
      )
      assert.strictEqual(answer.status, 200)
      assert.strictEqual(alternativeOf(answer).transcript, "")
      assert.deepStrictEqual(alternativeOf(answer).words, [])
    }))
})

describe("callbacks", () => {
  it.live("come to the client's server, with the id of the receipt, its credentials and the method asked for", () =>
    Effect.gen(function*() {
      const received = yield* Deferred.make<HttpServerRequest.HttpServerRequest>()
      const body = yield* Deferred.make<ListenV1.Transcription>()
      const server = yield* HttpServer.HttpServer
      let calls = 0
      yield* HttpServer.serveEffect(Effect.gen(function*() {
        const request = yield* HttpServerRequest.HttpServerRequest
        if (++calls === 1) return HttpServerResponse.empty({ status: 500 })
        yield* Deferred.succeed(body, yield* HttpServerRequest.schemaBodyJson(ListenV1.Transcription))
        yield* Deferred.succeed(received, request)
        return HttpServerResponse.empty()
      }))
      const inbox = HttpServer.formatAddress(server.address).replace("http://", "http://user:pass%20word@")
      const recording = Recording.wav("Call me back.")
      const receipt = yield* ListenV1.submitFile(recording, {
        model: "nova-3",
        punctuate: true,
        callback: `${inbox}/done`,
        callback_method: "PUT"
      })
      const request = yield* Deferred.await(received)
      assert.strictEqual(request.method, "PUT")
      assert.strictEqual(request.url, "/done")
      assert.strictEqual(request.headers["authorization"], `Basic ${btoa("user:pass word")}`)
      assert.match(request.headers["dg-token"] ?? "", /^[0-9a-f-]{36}$/)
      const transcription = yield* Deferred.await(body)
      assert.strictEqual(transcription.metadata.request_id, receipt.request_id)
      assert.strictEqual(transcription.results.channels[0]?.alternatives[0]?.transcript, "Call me back.")
      assert.strictEqual(calls, 2)
    }).pipe(
      Effect.provide([
        Emulator.layerSdk({ callbackRetryDelay: "10 millis" }),
        NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })
      ]),
      Effect.scoped
    ))

  it.live("are tried ten times", () =>
    Effect.gen(function*() {
      const server = yield* HttpServer.HttpServer
      const last = yield* Deferred.make<void>()
      let calls = 0
      yield* HttpServer.serveEffect(Effect.suspend(() => {
        calls++
        const answer = HttpServerResponse.empty({ status: 503 })
        return calls === 10 ? Effect.as(Deferred.succeed(last, undefined), answer) : Effect.succeed(answer)
      }))
      yield* ListenV1.submitFile(Recording.wav("Nobody listens."), {
        model: "nova-3",
        callback: HttpServer.formatAddress(server.address)
      })
      yield* Deferred.await(last)
      // Whatever is still to come has time to come while this goes there and back.
      yield* ListenV1.transcribeFile(Recording.wav("Time passes."), { model: "nova-3" })
      assert.strictEqual(calls, 10)
    }).pipe(
      Effect.provide([
        Emulator.layerSdk({ callbackRetryDelay: "1 millis" }),
        NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })
      ]),
      Effect.scoped
    ))
})
