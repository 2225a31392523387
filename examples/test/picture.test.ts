/** The picture of `npm start` in the README is what it prints; `UPDATE_PICTURE=1` makes it anew, from a run. */
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { readFileSync, writeFileSync } from "node:fs"
import { env } from "node:process"
import { lines, start } from "./support.ts"
import { picture } from "./terminal.ts"

const file = new URL("../../docs/start.svg", import.meta.url)

/** What is another one in each run. */
const settled = (line: string): string =>
  line.replace(/127\.0\.0\.1:\d+/, "127.0.0.1:40001").replace(
    /request [\da-f-]{36}/,
    "request 01a2013b-0935-7c65-9d8b-479c5f597550"
  )

it.live("shows what `npm start` prints", () =>
  Effect.gen(function*() {
    const { code, out } = yield* start([])
    assert.strictEqual(code, 0)
    // The first recording: as a whole, and live.
    const second = lines(out).findIndex((line, i, all) =>
      line.startsWith("▶") && all.slice(0, i).some((before) => before.startsWith("▶"))
    )
    const shown = lines(out).slice(0, second).map(settled)
    const drawn = picture("npm start", [...shown, "…"])
    if (env["UPDATE_PICTURE"] === "1") yield* Effect.sync(() => writeFileSync(file, drawn))
    assert.strictEqual(readFileSync(file, "utf8"), drawn)
  }), 60_000)
