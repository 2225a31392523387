import { Emulator, Recording } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { forEmulator, run } from "./program.ts"
import { file, folder, lines } from "./support.ts"

const talk = Recording.wav([
  { text: "Shall we begin?", voice: 1, pause: 0.6 },
  { text: "Yes, please.", voice: 0, pause: 0.6 },
  { text: "Good.", voice: 1 }
])

/** Who says what in a file of subtitles. */
const said = (path: string) =>
  readFileSync(path, "utf8").trimEnd().split("\n\n").map((cue, i) => {
    const [number, times, ...text] = cue.split("\n")
    assert.strictEqual(number, String(i + 1))
    assert.match(times ?? "", /^00:00:0\d,\d{3} --> 00:00:0\d,\d{3}$/)
    return text.join(" ")
  })

describe("meeting.ts", () => {
  it.live("writes subtitles with the names of who speaks, in the order in which they begin", () =>
    Effect.gen(function*() {
      const recording = yield* file("meeting.wav", talk)
      const subtitles = join(yield* folder, "meeting.srt")
      const named = yield* run("meeting", [recording, subtitles, "--names", "Ann, Ben"], yield* forEmulator)
      assert.strictEqual(named.code, 0, named.err)
      assert.deepStrictEqual(said(subtitles), ["Ann: Shall we begin?", "Ben: Yes, please.", "Ann: Good."])
      assert.match(named.out, /^Ann, \d\.\d s: “Shall we begin\?”\nBen, \d\.\d s: “Yes, please\.”\n$/)
      assert.strictEqual(named.err, "")
      const [ann = 0, ben = 0] = Array.from(named.out.matchAll(/, (\d\.\d) s/g), ([, seconds]) => Number(seconds))
      assert.isAbove(ann, ben)
    }).pipe(Effect.scoped, Effect.provide(Emulator.layer())))

  it.live("numbers those who have no name, and says that there are names left", () =>
    Effect.gen(function*() {
      const env = yield* forEmulator
      const recording = yield* file("meeting.wav", talk)
      const subtitles = join(yield* folder, "meeting.srt")
      assert.strictEqual((yield* run("meeting", [recording, subtitles], env)).code, 0)
      assert.deepStrictEqual(said(subtitles), [
        "Speaker 1: Shall we begin?",
        "Speaker 2: Yes, please.",
        "Speaker 1: Good."
      ])
      const { code, err } = yield* run("meeting", [recording, subtitles, "--names", "Ann,Ben,Cem"], env)
      assert.strictEqual(code, 0)
      assert.strictEqual(err, "There are 3 names, and 2 voices were told apart.\n")
    }).pipe(Effect.scoped, Effect.provide(Emulator.layer())))

  it.live("says what is wrong", () =>
    Effect.gen(function*() {
      const path = yield* folder
      const env = yield* forEmulator
      const missing = yield* run("meeting", [join(path, "none.wav"), join(path, "none.srt")], env)
      assert.strictEqual(missing.code, 1)
      assert.match(missing.err, /^✗ NodeAudio\.file: no such file: .*none\.wav\n$/)
      assert.isFalse(existsSync(join(path, "none.srt")))
      for (const args of [[], ["a.wav"], ["a.wav", "a.vtt"], ["a.wav", "a.srt", "Ann"]]) {
        const { code, err, out } = yield* run("meeting", args)
        assert.strictEqual(code, 2)
        assert.strictEqual(out, "")
        assert.match(err, /^✗ .+\n\n[^]*USAGE\n {2}meeting \[flags\] <recording> <subtitles>/)
        assert.strictEqual(lines(err)[1], "")
      }
    }).pipe(Effect.scoped, Effect.provide(Emulator.layer())))
})
