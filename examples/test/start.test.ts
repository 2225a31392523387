import { Emulator, Recording } from "@effect-deepgram/emulator"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted, Ref, Stream } from "effect"
import { AudioSource, type ListenV1 } from "effect-deepgram"
import { HttpServer, HttpServerResponse } from "effect/http"
import { createServer } from "node:http"
import { dirname } from "node:path"
import { isSame, showCaption } from "../start/live.ts"
import { withProgress } from "../start/progress.ts"
import { file, lines, start } from "./support.ts"

/** Where nobody listens any more. */
const closedUrl = Effect.map(
  Emulator.Emulator,
  ({ url }) => url
).pipe(Effect.provide(Emulator.layer()))

describe("npm start", () => {
  it.live("transcribes our recordings by file, by URL and by callback", () =>
    Effect.gen(function*() {
      const { code, err, out } = yield* start([])
      assert.strictEqual(err, "")
      assert.strictEqual(code, 0)
      assert.match(out, /No key is set: the recordings go to an emulator at http:\/\/127\.0\.0\.1:\d+/)
      for (
        const reached of [/the file was uploaded ·/, /it was fetched from the URL/, /came to http:\/\/127\.0\.0\.1/]
      ) {
        assert.match(out, reached)
      }
      assert.match(out, /Channel 0: Thank you for calling the ticket office\./)
      assert.match(out, /Channel 1: Hello, I would like to move my booking to Friday\./)
      assert.match(out, /Speaker 1: I did\. 7 hours outside, and nobody was tired!/)
      assert.match(out, /gate 22\./)
      assert.match(out, /\n {4}1\n {4}00:00:00,\d{3} --> 00:00:0\d,\d{3}\n/)
      assert.strictEqual(out.match(/\d+\.\d s of audio · .* · request [0-9a-f-]{36}/g)?.length, 3)
      assert.match(out, /uploading call\.wav, 314 kB/)
      assert.match(
        out,
        /\n {2}… Channel 0: Thank you for calling\b.*\n[^▶]* {4}Channel 0: Thank you for calling the ticket office\.\n/
      )
      assert.match(out, / {2}… .*Please keep your ticket.*\n/)
      assert.strictEqual(out.match(/The live text is the same as that of the recording\./g)?.length, 3)
      for (const control of ["\r", "\u001b"]) assert.notInclude(out, control)
    }))

  it.live("takes files and URLs of one's own, from where the command was typed", () =>
    Effect.gen(function*() {
      const path = yield* file("mine.wav", Recording.wav("This is mine."))
      const server = yield* HttpServer.HttpServer
      const recording = Recording.wav("This is on the web.")
      yield* HttpServer.serveEffect(Effect.succeed(HttpServerResponse.uint8Array(recording)))
      const { code, err, out } = yield* start(
        ["mine.wav", `${HttpServer.formatAddress(server.address)}/theirs.wav`],
        { INIT_CWD: dirname(path) }
      )
      assert.strictEqual(code, 0, err)
      assert.match(
        out,
        /▶ mine\.wav\n[^▶]*This is mine\.[^▶]* {2}Live\n[^▶]* {4}This is mine\.\n {2}The live text is the same/
      )
      assert.match(
        out,
        /theirs\.wav\n[^▶]*This is on the web\.[^▶]* {2}Live\n[^▶]* {4}This is on the web\.\n {2}The live text is the same/
      )
    }).pipe(
      Effect.scoped,
      Effect.provide(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" }))
    ))

  it.live("says in one line that it cannot fetch what Deepgram could", () =>
    Effect.gen(function*() {
      const server = yield* HttpServer.HttpServer
      const recording = Recording.wav("Only once.")
      const times = yield* Ref.make(0)
      yield* HttpServer.serveEffect(
        Effect.map(
          Ref.getAndUpdate(times, (count) => count + 1),
          (before) =>
            before === 0 ? HttpServerResponse.uint8Array(recording) : HttpServerResponse.empty({ status: 410 })
        )
      )
      const { code, err, out } = yield* start([`${HttpServer.formatAddress(server.address)}/once.wav`])
      assert.strictEqual(code, 1)
      assert.match(out, /Only once\./)
      assert.strictEqual(lines(err).length, 1, err)
      assert.match(err, /^✗ http:.*\/once\.wav: cannot be fetched to be streamed: .*410/)
    }).pipe(
      Effect.scoped,
      Effect.provide(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" }))
    ))

  it.live("goes to Deepgram when a key is set, and says so", () =>
    Effect.gen(function*() {
      const { apiKey, url } = yield* Emulator.Emulator
      const path = yield* file("mine.wav", Recording.wav("To the server."))
      for (const variable of ["DEEPGRAM_API_KEY", "DEEPGRAM_TOKEN"]) {
        const env = { [variable]: Redacted.value(apiKey), DEEPGRAM_BASE_URL: url }
        const { code, err, out } = yield* start([path], env)
        assert.match(out, new RegExp(`${variable} is set: the recordings go to Deepgram`))
        // The emulator takes the key as a key, but not as an access token.
        if (variable === "DEEPGRAM_API_KEY") {
          assert.strictEqual(code, 0, err)
          assert.match(out, /To the server\.\n {2}The live text is the same/)
        } else {
          assert.strictEqual(code, 1)
          assert.match(err, /401 Unauthorized: INVALID_AUTH/)
        }
      }
    }).pipe(Effect.scoped, Effect.provide(Emulator.layer())))

  it.live("says in one line what is wrong with a file, goes on with the others, and exits with 1", () =>
    Effect.gen(function*() {
      const empty = yield* file("empty.wav", "")
      const text = yield* file("notes.txt", "Dear diary, today I did not record anything.")
      const good = yield* file("good.wav", Recording.wav("Still here."))
      const nowhere = yield* closedUrl
      const { code, err, out } = yield* start(["missing.wav", empty, text, `${nowhere}/none.wav`, good])
      assert.strictEqual(code, 1)
      const complaints = lines(err)
      assert.strictEqual(complaints.length, 4, err)
      assert.match(complaints[0] ?? "", /^✗ missing\.wav: .*no such file/)
      assert.match(complaints[1] ?? "", /^✗ .*empty\.wav: .*no audio/)
      assert.match(complaints[2] ?? "", /^✗ .*notes\.txt: .*not audio/)
      assert.match(complaints[3] ?? "", /^✗ http:\/\/127\.0\.0\.1:\d+\/none\.wav: .*REMOTE_CONTENT_ERROR/)
      assert.match(out, /Still here\./)
    }).pipe(Effect.scoped))

  it.live("says in one line that a key is refused, without the key", () =>
    Effect.gen(function*() {
      const { url } = yield* Emulator.Emulator
      const path = yield* file("mine.wav", Recording.wav("Never heard."))
      const { code, err, out } = yield* start([path], { DEEPGRAM_API_KEY: "not-the-key", DEEPGRAM_BASE_URL: url })
      assert.strictEqual(code, 1)
      assert.strictEqual(lines(err).length, 1)
      assert.match(err, /401 Unauthorized: INVALID_AUTH: Invalid credentials\./)
      assert.notInclude(out + err, "not-the-key")
    }).pipe(Effect.scoped, Effect.provide(Emulator.layer())))
})

describe("progress", () => {
  const shown = Effect.fnUntraced(function*(isTTY: boolean) {
    const written: Array<string> = []
    const source = AudioSource.make(Effect.succeed({
      stream: Stream.make(new Uint8Array(1_500_000), new Uint8Array(500_000)),
      size: 2_000_000
    }))
    const opened = yield* withProgress(source, "a.wav", { isTTY, write: (text) => written.push(text) }).open
    yield* Stream.runDrain(opened.stream)
    return written
  })

  it.effect("rewrites a line of a terminal", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* shown(true), [
        "\r\u001b[K  uploading a.wav: 1,500 kB of 2,000 kB",
        "\r\u001b[K  uploading a.wav: 2,000 kB of 2,000 kB",
        "\r\u001b[K  waiting for the transcription"
      ])
    }))

  it.effect("writes one plain line elsewhere", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* shown(false), ["  uploading a.wav, 2,000 kB\n"])
    }))
})

describe("live captions", () => {
  const shown = (
    captions: ReadonlyArray<{ readonly text?: string; readonly interim?: string; readonly isFinal?: boolean }>,
    output: { readonly isTTY: boolean; readonly columns?: number },
    multichannel = false
  ) => {
    const written: Array<string> = []
    for (const caption of captions) {
      showCaption(
        { channel: 1, text: "", interim: "", isFinal: false, start: 0, end: 1, ...caption },
        multichannel,
        { ...output, write: (text) => written.push(text) }
      )
    }
    return written
  }

  const growing = [
    { interim: "good" },
    { text: "Good morning,", interim: "how" },
    { text: "Good morning, how are you?", isFinal: true }
  ]

  it("are written over on a terminal until they are final", () => {
    assert.deepStrictEqual(shown(growing, { isTTY: true, columns: 80 }), [
      "\r\u001b[K  … good",
      "\r\u001b[K  … Good morning, how",
      "\r\u001b[K    Good morning, how are you?\n"
    ])
    assert.deepStrictEqual(shown([{}], { isTTY: true }), ["\r\u001b[K"])
  })

  it("fit into one row of a terminal as long as they grow", () => {
    assert.deepStrictEqual(shown(growing.slice(1), { isTTY: true, columns: 12 }), [
      "\r\u001b[K  … ng, how",
      "\r\u001b[K    Good morning, how are you?\n"
    ])
    assert.deepStrictEqual(shown([{ interim: "こんにちは世界" }], { isTTY: true, columns: 12 }), [
      "\r\u001b[K  … は世界"
    ])
    assert.deepStrictEqual(shown([{ interim: "good" }], { isTTY: true, columns: 3 }), ["\r\u001b[K  … "])
  })

  it.effect("are the same as the transcription when every channel is, and there is one", () =>
    Effect.gen(function*() {
      const said = (text: string, channel: number): ListenV1.Results => ({
        type: "Results",
        channel_index: [channel, 2],
        start: 0,
        duration: 1,
        is_final: true,
        channel: { alternatives: [{ transcript: text, words: [] }] }
      })
      const recorded = (...texts: ReadonlyArray<string>): ListenV1.Transcription => ({
        metadata: { request_id: "a1", duration: 1 },
        results: { channels: texts.map((transcript) => ({ alternatives: [{ transcript }] })) }
      })
      const messages = [said("Good", 0), said("Hi!", 1), said("morning.", 0)]
      assert.isTrue(yield* isSame(messages, recorded("Good morning.", "Hi!")))
      assert.isFalse(yield* isSame(messages, recorded("Good morning.", "Ho!")))
      assert.isFalse(yield* isSame(messages, recorded("Good morning.", "Hi!", "Yes.")))
      assert.isFalse(yield* isSame(messages, recorded()))
    }))

  it("are lines of their own elsewhere, and name the channel where there are several", () => {
    assert.deepStrictEqual(shown([...growing, {}], { isTTY: false }, true), [
      "  … Channel 1: good\n",
      "  … Channel 1: Good morning, how\n",
      "    Channel 1: Good morning, how are you?\n"
    ])
  })
})
