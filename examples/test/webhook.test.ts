import { Emulator, Recording } from "@effect-deepgram/emulator"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { Keys, ListenV1, Projects, Transcript } from "effect-deepgram"
import { HttpServer, HttpServerResponse } from "effect/http"
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { createServer } from "node:http"
import { type AddressInfo, createServer as createSocketServer } from "node:net"
import { join } from "node:path"
import { begin, count, forEmulator, run } from "./program.ts"
import { folder, lines } from "./support.ts"

/** A port that was free a moment ago. */
const freePort = Effect.callback<number>((resume) => {
  const server = createSocketServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address() as AddressInfo
    server.close(() => resume(Effect.succeed(port)))
  })
})

/** The id of the emulator's own key, as a person would look it up. */
const keyId = Effect.gen(function*() {
  const { projects: [project] } = yield* Projects.list()
  const { api_keys: [key] } = yield* Keys.list(project?.project_id ?? "")
  return key?.api_key.api_key_id ?? ""
})

const variables = Effect.gen(function*() {
  return { ...yield* forEmulator, DEEPGRAM_API_KEY_ID: yield* keyId }
})

const emulator = Emulator.layerSdk({ callbackRetryDelay: "50 millis" })

const kept = (path: string, name: string) =>
  Schema.decodeUnknownSync(Schema.fromJsonString(ListenV1.Transcription))(readFileSync(join(path, name), "utf8"))

const id = "018f3c5e-7d5a-7c3b-9f0e-2a4b6c8d0e1f"

const transcription = (requestId: string) => ({
  metadata: { request_id: requestId, duration: 1.5, later: "a field that is new" },
  results: { channels: [{ alternatives: [{ transcript: "Hello there." }] }] }
})

const send = (url: string, headers: Record<string, string>, body: unknown) =>
  Effect.promise(() =>
    fetch(url, {
      method: "POST",
      headers,
      body: typeof body === "string" ? body : JSON.stringify(body)
    }).then(({ status }) => status)
  )

const post = (url: string, token: string | undefined, body: unknown) =>
  send(url, token === undefined ? {} : { "dg-token": token }, body)

describe("webhook.ts", () => {
  it.live("has recordings transcribed, and keeps what is delivered", () =>
    Effect.gen(function*() {
      const server = yield* HttpServer.HttpServer
      yield* HttpServer.serveEffect(Effect.succeed(HttpServerResponse.uint8Array(Recording.wav("It is delivered."))))
      const audio = HttpServer.formatAddress(server.address)
      const path = join(yield* folder, "results")
      const port = yield* freePort
      const callback = `http://me:p%40ss:word@127.0.0.1:${port}/transcriptions?for=me`
      const args = [callback, path, `${audio}/a.wav`, `${audio}/b.wav`, "--port", `${port}`]
      // Both proofs at once.
      const { code, err, out } = yield* run("webhook", args, yield* variables)
      assert.strictEqual(err, "")
      assert.strictEqual(code, 0)
      assert.notInclude(out, "word")
      assert.strictEqual(count(out, /✓ [0-9a-f-]{36}: It is delivered\.\n/), 2)
      const names = readdirSync(path)
      assert.strictEqual(names.length, 2)
      for (const name of names) {
        const result = kept(path, name)
        assert.strictEqual(name, `${result.metadata.request_id}.json`)
        assert.strictEqual(Transcript.toText(result), "It is delivered.")
      }
    }).pipe(
      Effect.scoped,
      Effect.provide([emulator, NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })])
    ))

  it.live("takes nothing from anybody else, nothing else, and everything once", () =>
    Effect.gen(function*() {
      const path = yield* folder
      const port = yield* freePort
      const url = `http://127.0.0.1:${port}/hook`
      const env = yield* variables
      const receiver = yield* begin("webhook", [url, path, "--port", `${port}`], env)
      yield* receiver.says(/listening on/)
      const token = env.DEEPGRAM_API_KEY_ID

      for (const wrong of [undefined, "", token.slice(1), `${token}0`, env.DEEPGRAM_API_KEY]) {
        assert.strictEqual(yield* post(url, wrong, transcription(id)), 401)
      }
      for (const wrong of ["", "{}", "{", transcription("../escaped"), transcription("")]) {
        assert.strictEqual(yield* post(url, token, wrong), 400)
      }
      assert.strictEqual(yield* post(url.replace("hook", "other"), token, transcription(id)), 404)
      assert.deepStrictEqual(readdirSync(path), [])

      const atOnce = Effect.forEach(Array(20).keys(), () => post(url, token, transcription(id)), { concurrency: 20 })
      assert.deepStrictEqual(new Set(yield* atOnce), new Set([200]))
      assert.deepStrictEqual(readdirSync(path), [`${id}.json`])
      assert.include(readFileSync(join(path, `${id}.json`), "utf8"), "a field that is new")
      assert.strictEqual(count(receiver.said.out, new RegExp(`✓ ${id}: Hello there\\.`)), 1)

      yield* receiver.kill("SIGTERM")
      assert.strictEqual(yield* receiver.code, 0)
      assert.strictEqual(receiver.said.err, "")

      // It is known by those that are started later, too.
      const other = yield* begin("webhook", [url, path, "--port", `${port}`], env)
      yield* other.says(/listening on/)
      assert.strictEqual(yield* post(url, token, transcription(id)), 200)
      assert.notInclude(other.said.out, "✓")
    }).pipe(Effect.scoped, Effect.provide(emulator)))

  it.live("knows Deepgram by the password of its address, too", () =>
    Effect.gen(function*() {
      const path = yield* folder
      const port = yield* freePort
      const url = `http://127.0.0.1:${port}/hook`
      const args = [url.replace("//", "//me:secret@"), path, "--port", `${port}`]
      const receiver = yield* begin("webhook", args, yield* forEmulator)
      yield* receiver.says(/listening on port \d+ for http:\/\/127\.0\.0\.1:\d+\/hook\n/)
      for (const wrong of ["", "me:", "me:secre", "you:secret", ":"]) {
        const headers: Record<string, string> = wrong === "" ? {} : { authorization: `Basic ${btoa(wrong)}` }
        assert.strictEqual(yield* send(url, headers, transcription(id)), 401)
      }
      const headers = { authorization: `Basic ${btoa("me:secret")}` }
      assert.strictEqual(yield* send(url, headers, transcription(id)), 200)
      assert.deepStrictEqual(readdirSync(path), [`${id}.json`])
    }).pipe(Effect.scoped, Effect.provide(emulator)))

  it.live("gets again what it could not keep", () =>
    Effect.gen(function*() {
      const path = yield* folder
      const port = yield* freePort
      const url = `http://127.0.0.1:${port}/hook`
      const receiver = yield* begin("webhook", [url, path, "--port", `${port}`], yield* variables)
      yield* receiver.says(/listening on/)
      rmSync(path, { recursive: true })
      const { request_id } = yield* ListenV1.submitFile(Recording.wav("At last."), { model: "nova-3", callback: url })
      yield* receiver.says(/Not kept:/)
      mkdirSync(path)
      yield* receiver.says(new RegExp(`✓ ${request_id}: at last`))
      assert.deepStrictEqual(readdirSync(path), [`${request_id}.json`])
    }).pipe(Effect.scoped, Effect.provide(emulator)))

  it.live("says what is missing or wrong", () =>
    Effect.gen(function*() {
      const path = yield* folder
      for (const args of [["http://127.0.0.1/hook"], ["hook", path]]) {
        const { code, err, out } = yield* run("webhook", args)
        assert.strictEqual(code, 2)
        assert.strictEqual(out, "")
        assert.match(err, /^✗ [^]*webhook \[flags\] <url> <folder>/)
      }
      const args = ["http://127.0.0.1/hook", path, "--port", "0"]
      const { DEEPGRAM_API_KEY_ID: _, ...without } = yield* variables
      // Nobody could be told from anybody.
      for (const env of [without, { ...without, DEEPGRAM_API_KEY_ID: "" }]) {
        const unsafe = yield* run("webhook", args, env)
        assert.deepStrictEqual(unsafe, {
          code: 1,
          out: "",
          err: "✗ anybody could send results: write a user and a password into the URL\n"
        })
      }
      const unauthorized = yield* run(
        "webhook",
        [...args, "http://127.0.0.1/a.wav"],
        { ...yield* variables, DEEPGRAM_API_KEY: "not-the-key" }
      )
      assert.strictEqual(unauthorized.code, 1)
      assert.strictEqual(lines(unauthorized.err).length, 1, unauthorized.err)
      assert.match(unauthorized.err, /^✗ .*401 Unauthorized/)
    }).pipe(Effect.scoped, Effect.provide(emulator)))
})
