/**
 * Uploads so many bytes and says what that took: `{ before, peak, received }` in bytes.
 *
 * Arguments: transport (`undici`, `fetch`), form (`path`, `stream`, `blob`), path, URL of the server.
 */
import { NodeAudio, NodeDeepgram } from "@effect-deepgram/node"
import { Effect, Redacted, Stream } from "effect"
import { Deepgram, ListenV1 } from "effect-deepgram"
import { openAsBlob } from "node:fs"

const [transport, form, path = "", baseUrl = ""] = process.argv.slice(2)

const options = { apiKey: Redacted.make("memory"), baseUrl, timeout: "5 minutes" } as const
const layer = transport === "fetch" ? Deepgram.layer(options) : NodeDeepgram.layer({ ...options, proxy: false })
const submit = { model: "nova-3", callback: "https://example.com/hook" } as const

const file = NodeAudio.file(path)

const program = Effect.gen(function*() {
  // What the first request loads is no cost of the size.
  yield* ListenV1.submitFile(new Uint8Array(1000), submit)
  const audio = form === "path"
    ? file
    : form === "blob"
    ? yield* Effect.promise(() => openAsBlob(path))
    // Read once, of unknown length.
    : Stream.unwrap(Effect.map(file.open, ({ stream }) => stream))
  const before = process.memoryUsage.rss()
  const { request_id } = yield* ListenV1.submitFile(audio, submit)
  const peak = process.resourceUsage().maxRSS * 1024
  console.log(JSON.stringify({ before, peak, received: Number(request_id) }))
})

Effect.runPromise(Effect.provide(program, layer))
