import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { sparseFile } from "./support/files.ts"
import { launch, run } from "./support/process.ts"

const mebibyte = 1024 * 1024

/** What an upload may take beyond what the process took before it. */
const allowed = 100 * mebibyte

const cases = [
  ["undici", "path", 1024],
  ["undici", "stream", 1024],
  ["undici", "blob", 512],
  ["fetch", "path", 256],
  ["fetch", "stream", 256],
  ["fetch", "blob", 256]
] as const

// Each upload has a process of its own, and so has the server: its memory is not counted.
describe("memory", () => {
  for (const [transport, form, size] of cases) {
    it.live(`does not grow with an upload: ${size} MiB by ${form} over ${transport}`, () =>
      Effect.gen(function*() {
        const path = yield* sparseFile(size * mebibyte)
        const url = yield* launch("sink.ts")
        const { stderr, stdout } = yield* run("upload.ts", [transport, form, path, url])
        assert.strictEqual(stderr, "")
        const { before, peak, received } = JSON.parse(stdout)
        assert.strictEqual(received, size * mebibyte)
        assert.isBelow(peak - before, allowed)
      }), 120_000)
  }
})
