import { NodeAudio } from "@effect-deepgram/node"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { appendFileSync, truncateSync, writeFileSync } from "node:fs"
import { devNull } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { client, impatient, upload } from "./support/client.ts"
import { fileOf, openDescriptors, sparseFile, temporary, untilClosed } from "./support/files.ts"
import { run } from "./support/process.ts"
import { readBody, receipt, requestId, sendJson, serve } from "./support/server.ts"

const typeOf = (name: string, options?: NodeAudio.FileOptions) =>
  Effect.scoped(Effect.gen(function*() {
    const path = yield* fileOf("x", name)
    return (yield* NodeAudio.file(path, options).open).contentType
  }))

describe("NodeAudio.file", () => {
  it.live("takes a URL", () =>
    Effect.gen(function*() {
      const path = yield* fileOf("hello", "ein Anruf & mehr.wav")
      const server = yield* serve((request, response) =>
        readBody(request, (body) => sendJson(response, { request_id: String(body) }))
      )
      const answer = yield* Effect.provide(upload(NodeAudio.file(pathToFileURL(path))), client(server))
      assert.strictEqual(answer.request_id, "hello")
    }))

  it.live("knows media types by their extension", () =>
    Effect.gen(function*() {
      const types = {
        "a.wav": "audio/wav",
        "a.b.MP3": "audio/mpeg",
        "a.flac": "audio/flac",
        "a.ogg": "audio/ogg",
        "a.opus": "audio/ogg",
        "a.webm": "video/webm",
        "a.m4a": "audio/mp4",
        "a.mp4": "video/mp4",
        "a.aac": "audio/aac",
        "a.amr": "audio/amr",
        "a.unknown": undefined,
        "wav": undefined
      }
      for (const [name, type] of Object.entries(types)) assert.strictEqual(yield* typeOf(name), type, name)
      assert.strictEqual(yield* typeOf("a.wav", { contentType: "audio/x-mine" }), "audio/x-mine")
    }))

  it.live("fails before anything is sent, in one line that names the file", () =>
    Effect.gen(function*() {
      const directory = yield* temporary
      const file = yield* fileOf("x")
      const server = yield* serve(receipt)
      const missing = join(directory, "missing.wav")
      const cases: ReadonlyArray<readonly [string | URL, NodeAudio.AudioFileError["reason"], string]> = [
        [missing, "NotFound", `NodeAudio.file: no such file: ${missing}`],
        [join(file, "below.wav"), "NotFound", `NodeAudio.file: no such file: ${join(file, "below.wav")}`],
        [directory, "NotAFile", `NodeAudio.file: this is a directory: ${directory}`],
        [devNull, "NotAFile", `NodeAudio.file: this is not a regular file: ${devNull}`],
        ["a\0b", "Unreadable", "NodeAudio.file: the file cannot be read (ERR_INVALID_ARG_VALUE)"],
        [
          new URL("https://example.com/a.wav"),
          "Unreadable",
          "NodeAudio.file: the file cannot be read (ERR_INVALID_URL_SCHEME): https://example.com/a.wav"
        ]
      ]
      for (const [path, reason, message] of cases) {
        const error = yield* upload(NodeAudio.file(path)).pipe(Effect.flip, Effect.provide(client(server)))
        assert.strictEqual(error._tag, "AudioFileError")
        if (error._tag !== "AudioFileError") continue
        assert.strictEqual(error.reason, reason)
        assert.isTrue(error.message.startsWith(message), error.message)
        assert.notInclude(error.message, "\n")
      }
      assert.strictEqual(server.connections(), 0)
    }))

  it.live("says that a permission is missing", () =>
    Effect.gen(function*() {
      const path = yield* fileOf("x")
      const { stderr, stdout } = yield* run("forbidden.ts", [path])
      assert.strictEqual(stdout, `PermissionDenied: NodeAudio.file: no permission to read the file: ${path}\n`, stderr)
    }))

  it.live("resolves a relative path", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(NodeAudio.file("no/such/file.wav").open)
      assert.strictEqual(error.path, join(process.cwd(), "no/such/file.wav"))
    }))
})

describe("a file that changes while it is sent", () => {
  const size = 64 * 1024 * 1024

  /** Stops reading after the first bytes until it is told to go on. */
  const pausing = Effect.gen(function*() {
    const paused = yield* Deferred.make<() => void>()
    const ended = yield* Deferred.make<boolean>()
    const server = yield* serve((request, response) => {
      let received = 0
      request.on("data", (chunk: Buffer) => {
        if (received === 0) {
          request.pause()
          Deferred.doneUnsafe(paused, Effect.succeed(() => void request.resume()))
        }
        received += chunk.byteLength
      })
      request.on("end", () => sendJson(response, { request_id: String(received) }))
      request.on("close", () => Deferred.doneUnsafe(ended, Effect.succeed(request.complete)))
    })
    return { server, paused: Deferred.await(paused), complete: Deferred.await(ended) }
  })

  it.live("and becomes shorter: fails, and the server sees no end", () =>
    Effect.gen(function*() {
      const path = yield* sparseFile(size)
      const { complete, paused, server } = yield* pausing
      const fiber = yield* upload(NodeAudio.file(path)).pipe(
        impatient,
        Effect.flip,
        Effect.provide(client(server)),
        Effect.forkChild
      )
      const proceed = yield* paused
      truncateSync(path, 1000)
      proceed()
      const error = yield* Fiber.join(fiber)
      assert.strictEqual(error._tag, "AudioFileError")
      assert.strictEqual(error.message, `NodeAudio.file: the file became shorter while it was sent: ${path}`)
      assert.isFalse(yield* complete)
      assert.strictEqual(server.requests.length, 1)
      assert.strictEqual(openDescriptors(path), 0)
    }))

  it.live("and becomes longer: what it was is sent", () =>
    Effect.gen(function*() {
      const path = yield* sparseFile(size)
      const { paused, server } = yield* pausing
      const fiber = yield* upload(NodeAudio.file(path)).pipe(Effect.provide(client(server)), Effect.forkChild)
      const proceed = yield* paused
      appendFileSync(path, new Uint8Array(100_000))
      proceed()
      assert.strictEqual((yield* Fiber.join(fiber)).request_id, String(size))
    }))

  it.live("between attempts: each sends what there is", () =>
    Effect.gen(function*() {
      const path = yield* fileOf("first")
      const server = yield* serve((request, response, { index }) =>
        readBody(request, (body) => {
          writeFileSync(path, "second, longer")
          sendJson(
            response,
            index === 0 ? { err_msg: "not now" } : { request_id: String(body) },
            index === 0 ? 503 : 200
          )
        })
      )
      const answer = yield* upload(NodeAudio.file(path)).pipe(impatient, Effect.provide(client(server)))
      assert.strictEqual(answer.request_id, "second, longer")
      assert.deepStrictEqual(server.requests.map(({ headers }) => headers["content-length"]), ["5", "14"])
    }))

  it.live("is closed after an answer that came early", () =>
    Effect.gen(function*() {
      const path = yield* sparseFile(size)
      const server = yield* serve((request, response) => {
        request.once("data", () => sendJson(response, { request_id: requestId }))
      })
      yield* Effect.provide(upload(NodeAudio.file(path)), client(server))
      yield* untilClosed(path)
    }))
})
