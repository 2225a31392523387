import { Emulator, Recording } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { begin, forEmulator, run } from "./program.ts"
import { folder, lines } from "./support.ts"

/** Nothing is said behind the last words: they are not final before the session is closed. */
const speech = Recording.raw([{ text: "Good morning.", pause: 0.7 }, { text: "How are you on this day?", pause: 0.2 }])

const say = `/bin/cat "\${0%/*}/speech.raw"`
// What a failed test leaves behind ends with its folder.
const stay = `while [ -e "$0" ]; do /bin/sleep 0.01; done`

/** The program that the SDK records with: one that says a recording, in a folder that is all of the `PATH`. */
const microphone = Effect.fnUntraced(function*(script: string) {
  const path = yield* folder
  writeFileSync(join(path, "speech.raw"), speech)
  writeFileSync(join(path, "arecord"), `#!/bin/sh\necho "$*" > "\${0%/*}/told"\n${script}\n`, { mode: 0o755 })
  return { ...yield* forEmulator, PATH: path }
})

const last = "    How are you on this day?\n"

describe("microphone.ts", () => {
  it.live("shows what is said while it is said, and the last words after Ctrl-C", () =>
    Effect.gen(function*() {
      const { code, kill, said, says } = yield* begin("microphone", [], yield* microphone(`${say}\n${stay}`))
      yield* says(/ {4}Good morning\.\n[^]* {2}… How are you on this day\?\n$/)
      assert.notInclude(said.out, last)
      yield* kill("SIGINT")
      assert.strictEqual(yield* code, 0)
      assert.isTrue(said.out.endsWith(last), said.out)
      assert.strictEqual(said.err, "Speak. Ctrl-C ends it.\n")
    }).pipe(Effect.scoped, Effect.provide(Emulator.layer())))

  it.live("shows them as well when Ctrl-C ends the program that records", () =>
    Effect.gen(function*() {
      // Ctrl-C goes to both: it ends before it is told to.
      const script = `${say}\nwhile [ -e "$0" ] && [ ! -e "\${0%/*}/enough" ]; do /bin/sleep 0.01; done\n` +
        `( /bin/sleep 0.05; kill -INT "$PPID" ) > /dev/null 2>&1 &\nexit 1`
      const env = yield* microphone(script)
      const { code, said, says } = yield* begin("microphone", [], env)
      yield* says(/ {2}… How are you on this day\?\n$/)
      writeFileSync(join(env.PATH, "enough"), "")
      assert.strictEqual(yield* code, 0, said.err)
      assert.isTrue(said.out.endsWith(last), said.out)
    }).pipe(Effect.scoped, Effect.provide(Emulator.layer())))

  it.live("says in one line why it hears nothing", () =>
    Effect.gen(function*() {
      const broken = yield* microphone("echo 'no such device' >&2; exit 3")
      const failures: ReadonlyArray<readonly [Record<string, string>, RegExp]> = [
        [broken, /^✗ NodeAudio\.microphone: arecord ended by itself \(exit code 3\): no such device$/],
        [{ ...broken, PATH: "/nowhere" }, /^✗ NodeAudio\.microphone: none of sox, arecord, ffmpeg is installed/],
        [{ ...yield* microphone(stay), DEEPGRAM_API_KEY: "not-the-key" }, /^✗ .*401 Unauthorized/]
      ]
      for (const [env, line] of failures) {
        const { code, err, out } = yield* run("microphone", [], env)
        assert.strictEqual(code, 1)
        assert.strictEqual(out, "")
        assert.strictEqual(lines(err).length, 2, err)
        assert.match(lines(err)[1] ?? "", line)
      }
      const { code, err } = yield* run("microphone", ["--devise", "x"])
      assert.strictEqual(code, 2)
      assert.match(err, /^✗ .*--devise[^]*USAGE\n {2}microphone/)
    }).pipe(Effect.scoped, Effect.provide(Emulator.layer())))
})
