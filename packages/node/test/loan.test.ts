import { NodeAudio } from "@effect-deepgram/node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { AudioSource } from "effect-deepgram"
import { createHash } from "node:crypto"
import { subscribe, unsubscribe } from "node:diagnostics_channel"
import type { IncomingMessage } from "node:http"
import { client, upload } from "./support/client.ts"
import { fileOf } from "./support/files.ts"
import { requestId, sendJson, serve } from "./support/server.ts"

/** More than the memory that one upload has, several times. Each 32 bits are their own place. */
const audio = Buffer.from(Uint32Array.from({ length: 4_000_001 }, (_, index) => index).buffer)

const digestOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex")

/** Takes a little at a time, so that the sockets between are full, and says what came. */
const digestSlowly = (request: IncomingMessage, done: (digest: string) => void) => {
  const hash = createHash("sha256")
  let taken = 0
  request.on("data", (chunk: Buffer) => {
    hash.update(chunk)
    taken += chunk.byteLength
    if (taken < 1_000_000) return
    taken = 0
    request.pause()
    setTimeout(() => request.resume(), 5)
  }).on("end", () => done(hash.digest("hex")))
}

const slow = serve((request, response) =>
  digestSlowly(request, (digest) => sendJson(response, { request_id: requestId, digest }))
)

const digestIn = (answer: object) => (answer as { readonly digest?: string }).digest

describe("the memory that a file is read into", () => {
  it.live("is not filled again before it is sent", () =>
    Effect.gen(function*() {
      const path = yield* fileOf(audio)
      const server = yield* slow
      const answer = yield* Effect.provide(upload(NodeAudio.file(path)), client(server))
      assert.strictEqual(digestIn(answer), digestOf(audio))
    }))

  it.live("is filled again after it", () =>
    Effect.gen(function*() {
      const path = yield* fileOf(audio)
      const server = yield* slow
      const arrays = new Set<unknown>()
      const onSent = (message: unknown) => arrays.add((message as { readonly chunk: Uint8Array }).chunk.buffer)
      subscribe("undici:request:bodyChunkSent", onSent)
      yield* Effect.provide(upload(NodeAudio.file(path)), client(server))
      unsubscribe("undici:request:bodyChunkSent", onSent)
      // Of 62 pieces.
      assert.isAtMost(arrays.size, 8)
    }))

  it.live("is not filled again where somebody may have kept it", () =>
    Effect.gen(function*() {
      const path = yield* fileOf(audio)
      const server = yield* slow
      const kept: Array<Uint8Array> = []
      const source = AudioSource.make(Effect.map(NodeAudio.file(path).open, (opened) => ({
        ...opened,
        stream: Stream.tap(opened.stream, (chunk) => Effect.sync(() => kept.push(chunk)))
      })))
      const answer = yield* Effect.provide(upload(source), client(server))
      assert.strictEqual(digestIn(answer), digestOf(audio))
      assert.strictEqual(digestOf(Buffer.concat(kept)), digestOf(audio))
    }))
})
