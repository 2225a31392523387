/**
 * Makes requests and has nothing more to do. With `closed` the layer ends before, and the script says what is left
 * open; with `kept` it never does.
 */
import { NodeAudio, NodeDeepgram } from "@effect-deepgram/node"
import { Effect, ManagedRuntime, Redacted } from "effect"
import { ListenV1 } from "effect-deepgram"

const [mode, baseUrl = "", path = ""] = process.argv.slice(2)

const layer = NodeDeepgram.layer({ apiKey: Redacted.make("exit"), baseUrl, proxy: false })

const program = Effect.replicateEffect(
  ListenV1.submitFile(NodeAudio.file(path), { model: "nova-3", callback: "https://example.com/hook" }),
  3,
  { concurrency: 2, discard: true }
)

if (mode === "kept") await ManagedRuntime.make(layer).runPromise(program)
else {
  await Effect.runPromise(Effect.provide(program, layer))
  const open = process.getActiveResourcesInfo().filter((name) => /^TCP|^TLS|^FSReq|^Timeout/.test(name))
  console.log(`open: ${open.join(" ")}`)
}
