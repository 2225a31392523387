import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { launch, run } from "./support/process.ts"

const mebibyte = 1024 * 1024

const size = 512 * mebibyte

/** What a download may take beyond what the process took before it: garbage, which is collected when it pleases Node. */
const allowed = 200 * mebibyte

// Each download has a process of its own, and so has the server: its memory is not counted.
describe("memory", () => {
  for (const transport of ["undici", "fetch"]) {
    it.live(`does not grow with speech: 512 MiB over ${transport}`, () =>
      Effect.gen(function*() {
        const url = yield* launch("source.ts")
        const { stderr, stdout } = yield* run("download.ts", [transport, String(size), url])
        assert.strictEqual(stderr, "")
        const { before, peak, received } = JSON.parse(stdout)
        assert.strictEqual(received, size)
        assert.isBelow(peak - before, allowed)
      }), 120_000)
  }
})
