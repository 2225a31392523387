/** Speech while it is made: its beginning, its pace, its end. */
import { Emulator, Synthesizer } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Layer, Redacted, Stream } from "effect"
import { Billing, Requests, SpeakV1 } from "effect-deepgram"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { get as httpGet, type IncomingMessage, request as httpRequest } from "node:http"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { inProject } from "./management.ts"
import { ask, speaking } from "./speech.ts"
import { refusalOf } from "./support.ts"

const mebibyte = 1_048_576

const second = new Float32Array(48_000).fill(0.25)

const path = "/v1/speak?model=aura-2-thalia-en&encoding=linear16&container=none&sample_rate=48000"

/** The head of an answer; its body is not read, and its connection is cut when the scope closes. */
const open = Effect.fnUntraced(function*(body: string) {
  const { apiKey, url } = yield* Emulator.Emulator
  const { response } = yield* Effect.acquireRelease(
    Effect.callback<{ readonly response: IncomingMessage; readonly cut: () => void }>((resume) => {
      const request = httpRequest(`${url}${path}`, {
        method: "POST",
        headers: { authorization: `Token ${Redacted.value(apiKey)}`, "content-type": "text/plain" }
      })
      request.on(
        "response",
        (response) => resume(Effect.succeed({ response: response.on("error", () => {}), cut: () => request.destroy() }))
      )
      request.on("error", (error) => resume(Effect.die(error)))
      request.end(body)
    }),
    ({ cut }) => Effect.sync(cut)
  )
  return response
})

/** Reads at least so many bytes. */
const read = (response: IncomingMessage, bytes: number) =>
  Effect.callback<number>((resume) => {
    let got = 0
    response.on("data", (chunk: Buffer) => {
      got += chunk.length
      if (got < bytes) return
      response.pause().removeAllListeners("data")
      resume(Effect.succeed(got))
    })
    response.resume()
  })

describe("speech", () => {
  it.live("begins before all of it is made", () =>
    Effect.gen(function*() {
      const rest = yield* Deferred.make<void>()
      const emulator = speaking(() =>
        Stream.concat(
          Stream.make(second),
          Stream.fromEffect(Effect.as(Deferred.await(rest), second))
        )
      )
      yield* Effect.gen(function*() {
        const response = yield* open("Hello.")
        assert.strictEqual(response.statusCode, 200)
        assert.strictEqual(yield* read(response, 96_000), 96_000)
        yield* Deferred.succeed(rest, undefined)
        assert.strictEqual(yield* read(response, 96_000), 96_000)
      }).pipe(Effect.scoped, Effect.provide(emulator))
    }))

  it.live("is made as fast as it is taken", () =>
    Effect.gen(function*() {
      let made = 0
      const emulator = speaking(() =>
        Stream.forever(Stream.sync(() => {
          made += 96_000
          return second
        }))
      )
      yield* Effect.gen(function*() {
        const response = yield* open("Hello.")
        let taken = 0
        while (taken < 100 * mebibyte) {
          taken += yield* read(response, 10 * mebibyte)
          // Both ends of the connection have buffers.
          assert.isBelow(made - taken, 24 * mebibyte)
        }
      }).pipe(Effect.scoped, Effect.provide(emulator))
    }), 30_000)

  it.live("is not made any more when nobody is there, be it that the voice is waited for or the client", () =>
    Effect.gen(function*() {
      for (const rest of [Stream.never, Stream.forever(Stream.sync(() => second))]) {
        const stopped = yield* Deferred.make<void>()
        const emulator = speaking(() =>
          Stream.concat(Stream.make(second), rest).pipe(Stream.ensuring(Deferred.succeed(stopped, undefined)))
        )
        yield* Effect.gen(function*() {
          yield* Effect.scoped(Effect.flatMap(open("Hello."), (response) => read(response, 96_000)))
          yield* Deferred.await(stopped)
        }).pipe(Effect.provide(emulator))
      }
    }))

  it.live("that nobody waits for is charged once it has begun", () =>
    Effect.gen(function*() {
      const emulator = speaking(() => Stream.concat(Stream.make(second), Stream.never))
      yield* Effect.gen(function*() {
        yield* Effect.scoped(Effect.flatMap(open("Hello."), (response) => read(response, 96_000)))
        const { requests } = yield* inProject((id) => Requests.list(id))
        assert.deepStrictEqual(requests.map(({ code }) => code), [200])
        const { results: [cost] } = yield* inProject((id) => Billing.breakdown(id))
        assert.strictEqual(cost?.dollars, "Hello.".length * 30 / 1_000_000)
      }).pipe(Effect.provide(Layer.provideMerge(Emulator.layerClient, emulator)))
    }))

  it.live("does not hold up other requests", () =>
    Effect.gen(function*() {
      const emulator = speaking(() => Stream.forever(Stream.sync(() => second)))
      yield* Effect.gen(function*() {
        const response = yield* open("Hello.")
        response.resume()
        const { url } = yield* Emulator.Emulator
        const [answer] = yield* Effect.promise(() => once(httpGet(`${url}/nowhere`), "response"))
        assert.strictEqual((answer as IncomingMessage).statusCode, 404)
      }).pipe(Effect.scoped, Effect.provide(emulator))
    }))

  it.live("that cannot be made is refused: by the voice, or because it broke", () =>
    Effect.gen(function*() {
      const cases = [["InvalidText", 400, "Bad Request"], ["EngineFailure", 422, "UNPROCESSABLE_ENTITY"]] as const
      for (const [reason, status, code] of cases) {
        const error = new Synthesizer.SynthesisError({ reason, message: "The voice says no." })
        // A WAV file has a header before the first sample.
        for (const format of [path, path.replace("container=none", "container=wav")]) {
          const answer = yield* Effect.provide(ask(format, { text: "Hello." }), speaking(() => Stream.fail(error)))
          assert.strictEqual(answer.status, status)
          assert.strictEqual(refusalOf(answer).err_code, code)
          assert.strictEqual(answer.text.includes("The voice says no."), reason === "InvalidText")
        }
      }
    }))

  it.live("that breaks off is a failure, never a short success", () =>
    Effect.gen(function*() {
      const error = new Synthesizer.SynthesisError({ reason: "EngineFailure", message: "The voice is gone." })
      const emulator = speaking(() => Stream.concat(Stream.make(second), Stream.fail(error)))
      const failure = yield* SpeakV1.generateStream("Hello.", {
        model: "aura-2-thalia-en",
        encoding: "linear16"
      }).pipe(Stream.runDrain, Effect.flip, Effect.provide(Layer.provideMerge(Emulator.layerClient, emulator)))
      assert.strictEqual(failure._tag, "TransportError")
    }))

  it.live("of 200 MiB takes no more memory than one of 100", () =>
    Effect.gen(function*() {
      const child = yield* Effect.acquireRelease(
        Effect.sync(() =>
          spawn(
            process.execPath,
            [
              "--conditions=@effect-deepgram/source",
              fileURLToPath(new URL("../children/longSpeech.ts", import.meta.url))
            ],
            { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, NODE_OPTIONS: "" } }
          )
        ),
        (child) => Effect.sync(() => child.kill("SIGKILL"))
      )
      const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
      const line = Effect.map(Effect.promise(() => lines.next()), ({ value }) => String(value))
      const url = yield* line
      const speak = Effect.fnUntraced(function*(mebibytes: number) {
        const answer = yield* Effect.promise((signal) =>
          fetch(`${url}${path}`, {
            method: "POST",
            signal,
            headers: { authorization: `Token ${Emulator.defaultApiKey}`, "content-type": "text/plain" },
            body: String(mebibytes)
          })
        )
        const size = yield* Stream.fromReadableStream({ evaluate: () => answer.body!, onError: (cause) => cause }).pipe(
          Stream.runFold(() => 0, (size, chunk) => size + chunk.length)
        )
        return { size, memory: JSON.parse(yield* line) as { readonly before: number; readonly peak: number } }
      })
      // What the first speech takes, the next ones take again.
      yield* speak(100)
      const { memory, size } = yield* speak(200)
      assert.closeTo(size, 200 * mebibyte, 96_000)
      assert.isBelow(memory.peak - memory.before, 64 * mebibyte)
    }).pipe(Effect.scoped), 60_000)
})
