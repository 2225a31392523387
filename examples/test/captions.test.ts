import { Emulator, Recording } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { forEmulator, run } from "./program.ts"
import { file, folder, lines } from "./support.ts"

const call = Recording.wav([
  { text: "Thank you for calling.", channel: 0, voice: 0, pause: 1.2 },
  { text: "Hello, where is my parcel?", channel: 1, voice: 1 }
], { sampleRate: 8000, encoding: "mulaw" })

const time = String.raw`\d\d:\d\d:\d\d`

describe("captions.ts", () => {
  it.live("shows WebVTT, and writes what the name of the file says", () =>
    Effect.gen(function*() {
      const env = yield* forEmulator
      const path = yield* file("call.wav", call)

      const shown = yield* run("captions", [path], env)
      assert.strictEqual(shown.code, 0, shown.err)
      const webVtt = new RegExp(
        String.raw`^WEBVTT\n\n${time}\.\d{3} --> ${time}\.\d{3}\nThank you for calling\.\n\n` +
          String.raw`${time}\.\d{3} --> ${time}\.\d{3}\nHello, where is my parcel\?\n$`
      )
      assert.match(shown.out, webVtt)

      for (const name of ["call.vtt", "call.SRT"]) {
        const captions = join(yield* folder, name)
        const { code, err, out } = yield* run("captions", [path, captions], env)
        assert.strictEqual(code, 0, err)
        assert.strictEqual(out, `2 captions are in ${captions}\n`)
        const text = readFileSync(captions, "utf8")
        if (name === "call.vtt") assert.strictEqual(text, shown.out)
        else {assert.match(
            text,
            new RegExp(String.raw`^1\n${time},\d{3} --> ${time},\d{3}\nThank you for calling\.\n\n2\n`)
          )}
      }
    }).pipe(Effect.scoped, Effect.provide(Emulator.layer())))

  it.live("names the channels that are heard alone", () =>
    Effect.gen(function*() {
      const path = yield* file("call.wav", call)
      const { code, err, out } = yield* run("captions", [path, "--multichannel"], yield* forEmulator)
      assert.strictEqual(code, 0, err)
      assert.match(out, /<v Channel 0>Thank you for calling\.\n/)
      assert.match(out, /<v Channel 1>Hello, where is my parcel\?\n/)
    }).pipe(Effect.scoped, Effect.provide(Emulator.layer())))

  it.live("says in one line why there are none", () =>
    Effect.gen(function*() {
      const env = yield* forEmulator
      const { faults } = yield* Emulator.Emulator
      const path = yield* folder
      const recording = yield* file("call.wav", call)
      const failures: ReadonlyArray<readonly [ReadonlyArray<string>, Record<string, string>, RegExp]> = [
        [[join(path, "none.wav")], env, /^✗ NodeAudio\.file: no such file: .*none\.wav$/],
        [
          [recording, join(path, "none", "call.vtt")],
          env,
          /^✗ .*call\.vtt cannot be written: there is no folder .*none$/
        ],
        [[recording], { ...env, DEEPGRAM_API_KEY: "not-the-key" }, /^✗ .*401 Unauthorized/],
        [[recording], {}, /^✗ .*No Deepgram credential/]
      ]
      for (const [args, variables, line] of failures) {
        const { code, err, out } = yield* run("captions", args, variables)
        assert.strictEqual(code, 1)
        assert.strictEqual(out, "")
        assert.strictEqual(lines(err).length, 1, err)
        assert.match(err.trimEnd(), line)
      }
      assert.deepStrictEqual(readdirSync(path), [])
      assert.deepStrictEqual(yield* faults.injected, [])
    }).pipe(Effect.scoped, Effect.provide(Emulator.layer())))

  it.live("explains itself: on stderr where the arguments are wrong, on stdout to who asks", () =>
    Effect.gen(function*() {
      const wrong: ReadonlyArray<readonly [ReadonlyArray<string>, RegExp]> = [
        [[], /^✗ .*recording\n\n/],
        [["a.wav", "b.txt"], /^✗ .*"?.*b\.txt.*a name that ends in \.vtt or \.srt\n\n/],
        [["a.wav", "--multi"], /^✗ .*--multi\b/]
      ]
      for (const [args, line] of wrong) {
        const { code, err, out } = yield* run("captions", args)
        assert.strictEqual(code, 2)
        assert.strictEqual(out, "")
        assert.match(err, line)
        assert.match(err, /USAGE\n {2}captions \[flags\] <recording> \[<captions>\]/)
      }
      const { code, err, out } = yield* run("captions", ["--help"])
      assert.strictEqual(code, 0)
      assert.strictEqual(err, "")
      assert.match(out, /USAGE\n {2}captions/)
      assert.isFalse(existsSync("b.txt"))
    }))
})
