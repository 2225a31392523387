import { Emulator, Faults, Recording } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema, Stream } from "effect"
import { AudioSource, ListenV1, Transcript } from "effect-deepgram"
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { makeBars } from "../batch/bars.ts"
import { begin, forEmulator, run } from "./program.ts"
import { folder, lines } from "./support.ts"

const recordings: Readonly<Record<string, Uint8Array | string>> = {
  "a.wav": Recording.wav([{ text: "Did you see it?", voice: 0, pause: 0.5 }, { text: "I did.", voice: 1 }]),
  "b.wav": "This is no recording.",
  "c.WAV": Recording.wav("This one is short."),
  "notes.txt": "Not to be transcribed."
}

const made = Effect.map(folder, (path) => {
  for (const [name, content] of Object.entries(recordings)) writeFileSync(join(path, name), content)
  mkdirSync(join(path, "others"))
  return path
})

describe("batch.ts", () => {
  it.live("transcribes a folder, goes on after a failure, and then does what is left", () =>
    Effect.gen(function*() {
      const env = yield* forEmulator
      const path = yield* made
      const { code, err, out } = yield* run("batch", [path, "--concurrency", "2"], env)
      assert.strictEqual(code, 1)
      assert.strictEqual(err, "✗ 1 of 3 recordings failed\n")
      const shown = lines(out)
      assert.deepStrictEqual(shown.slice(0, -1).map((line) => line.slice(0, 8)).toSorted(), [
        "✓ a.wav:",
        "✓ c.WAV:",
        "✗ b.wav:"
      ])
      assert.match(out, /^✓ a\.wav: \d\.\d s of audio$/m)
      assert.match(out, /^✗ b\.wav: ListenV1\.transcribeFile: 400 .*$/m)
      assert.match(shown.at(-1) ?? "", /^2 transcribed, \d\.\d s of audio; 1 failed; 0 had their result$/)
      assert.notInclude(out, "\u001b")
      const names = ["a.wav", "a.wav.txt", "b.wav", "c.WAV", "c.WAV.txt", "notes.txt", "others"]
      assert.deepStrictEqual(readdirSync(path).toSorted(), names)
      assert.strictEqual(
        readFileSync(join(path, "a.wav.txt"), "utf8"),
        "Speaker 0: Did you see it?\nSpeaker 1: I did.\n"
      )

      writeFileSync(join(path, "b.wav"), Recording.wav("Now it can be heard."))
      const again = yield* run("batch", [path], env)
      assert.strictEqual(again.code, 0, again.err)
      assert.match(again.out, /^✓ b\.wav: .*\n1 transcribed, \d\.\d s of audio; 0 failed; 2 had their result\n$/)
      assert.strictEqual(readFileSync(join(path, "b.wav.txt"), "utf8"), "Now it can be heard.\n")
      assert.strictEqual((yield* run("batch", [path], env)).out, "Each of 3 recordings has its result.\n")
    }).pipe(Effect.scoped, Effect.provide(Emulator.layer())))

  it.live("keeps all that Deepgram says, if it is asked to", () =>
    Effect.gen(function*() {
      const path = yield* folder
      writeFileSync(join(path, "a.wav"), Recording.wav("All of it."))
      const { code, err } = yield* run("batch", [path, "--format", "json"], yield* forEmulator)
      assert.strictEqual(code, 0, err)
      const read = Schema.decodeUnknownEffect(Schema.fromJsonString(ListenV1.Transcription))
      const transcription = yield* read(readFileSync(join(path, "a.wav.json"), "utf8"))
      assert.strictEqual(Transcript.toText(transcription), "All of it.")
    }).pipe(Effect.scoped, Effect.provide(Emulator.layer())))

  it.live("has so many on their way as it is told, and leaves nothing half behind", () =>
    Effect.gen(function*() {
      const { faults } = yield* Emulator.Emulator
      const path = yield* folder
      for (const name of ["a", "b", "c", "d", "e"]) writeFileSync(join(path, `${name}.wav`), Recording.wav(name))
      const { code, kill } = yield* begin("batch", [path, "--concurrency", "3"], yield* forEmulator)
      // None of them is answered.
      yield* Effect.repeat(faults.injected, { until: (injected) => injected.length === 3 })
      yield* Effect.sleep("200 millis")
      assert.strictEqual((yield* faults.injected).length, 3)
      yield* kill("SIGINT")
      assert.strictEqual(yield* code, 130)
      assert.strictEqual(readdirSync(path).length, 5)
    }).pipe(
      Effect.scoped,
      Effect.provide(Emulator.layer({ faults: Faults.plan([{ faults: [{ type: "Latency", delay: "1 minute" }] }]) }))
    ))

  it.live("stops where every other one would fail, too", () =>
    Effect.gen(function*() {
      const path = yield* made
      const env = { ...yield* forEmulator, DEEPGRAM_API_KEY: "not-the-key" }
      const { code, err, out } = yield* run("batch", [path, "--concurrency", "1"], env)
      assert.strictEqual(code, 1)
      assert.match(err, /^✗ .*401 Unauthorized.*\n$/)
      assert.strictEqual(out, "")
    }).pipe(Effect.scoped, Effect.provide(Emulator.layer())))

  it.live("says what is wrong with a folder, or with how it is asked", () =>
    Effect.gen(function*() {
      const path = yield* folder
      const env = { DEEPGRAM_API_KEY: "a key" }
      assert.strictEqual((yield* run("batch", [path], env)).err, `✗ there are no recordings in ${path}\n`)
      const missing = yield* run("batch", [join(path, "none")], env)
      assert.strictEqual(missing.code, 1)
      assert.strictEqual(missing.err, `✗ ${path}/none cannot be read, or is no folder\n`)
      for (const args of [[], [path, "--concurrency", "0"], [path, "--format", "pdf"], [path, "extra"]]) {
        const { code, err, out } = yield* run("batch", args, env)
        assert.strictEqual(code, 2)
        assert.match(err, /^✗ .+\n\n[^]*USAGE\n {2}batch \[flags\] <folder>/)
        assert.strictEqual(out, "")
      }
    }).pipe(Effect.scoped))
})

/** What a terminal shows, and what has been scrolled away, of what it understands. */
const screen = () => {
  const rows: Array<string> = [""]
  let at = 0
  return {
    rows,
    write: (text: string) => {
      for (const [part] of text.replaceAll("\u001b", "␛").matchAll(/␛\[\d*[AJ]|\r|\n|[^␛\r\n]+/g)) {
        if (part.endsWith("A") && part.startsWith("␛")) at -= Number(part.slice(2, -1))
        else if (part === "␛[J") rows.splice(at, Infinity, "")
        else if (part === "\n") rows[++at] ??= ""
        else if (part !== "\r") rows[at] = part
      }
    }
  }
}

describe("bars", () => {
  const upload = (megabytes: ReadonlyArray<number>, size: number | undefined) =>
    AudioSource.make(Effect.succeed({
      stream: Stream.fromIterable(megabytes).pipe(Stream.map((count) => new Uint8Array(count * 1_000_000))),
      size: size === undefined ? undefined : size * 1_000_000
    }))

  it.live("are drawn again where they stand, below what is over", () =>
    Effect.gen(function*() {
      const { rows, write } = screen()
      yield* Effect.gen(function*() {
        const bars = yield* makeBars(4, { isTTY: true, columns: 60, rows: 24, write })
        const take = (name: string, megabytes: ReadonlyArray<number>, size?: number) =>
          Effect.flatMap(bars.watch(name, upload(megabytes, size)).open, ({ stream }) => Stream.runDrain(stream))
        yield* take("half.wav", [1, 1], 4)
        yield* take("whole.wav", [4], 4)
        yield* take("an unknown length.wav", [3])
        yield* bars.done("first.wav", "3.0 s of audio")
        yield* bars.failed("second.wav", "not today")
        assert.deepStrictEqual(rows, [
          "✓ first.wav: 3.0 s of audio",
          "✗ second.wav: not today",
          "  [############············] 2.0 of 4.0 MB  half.wav",
          "  [########################] transcribing  whole.wav",
          "  [························] 3.0 MB  an unknown length.wav",
          "  2 of 4, 1 failed",
          ""
        ])
        // Another attempt.
        yield* take("whole.wav", [1], 4)
        yield* Effect.repeat(Effect.sync(() => rows[3]), { until: (row) => row?.includes("1.0 of 4.0 MB") === true })
        assert.strictEqual(rows.length, 7)
      }).pipe(Effect.scoped)
      assert.deepStrictEqual(rows, ["✓ first.wav: 3.0 s of audio", "✗ second.wav: not today", ""])
    }))

  it.effect("fit into the window", () =>
    Effect.gen(function*() {
      const { rows, write } = screen()
      const bars = yield* makeBars(9, { isTTY: true, columns: 20, rows: 4, write })
      for (let i = 0; i < 5; i++) yield* bars.watch(`${i}.wav`, upload([], 1)).open
      yield* bars.done("first.wav", "done")
      assert.deepStrictEqual(rows.map((row) => row.length <= 19 || row.startsWith("✓")), rows.map(() => true))
      assert.deepStrictEqual(rows.length, 5)
    }).pipe(Effect.scoped))
})
