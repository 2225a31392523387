import { Emulator, Recognizer } from "@effect-deepgram/emulator"
import { NodeAudio } from "@effect-deepgram/node"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { ListenV1, Transcript } from "effect-deepgram"
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { forEmulator, run } from "./program.ts"
import { folder, lines } from "./support.ts"

const text =
  "The light of the sun has all colours. Air scatters the blue ones most, and so they reach us from everywhere."

const question = "Why is the sky blue?"

/** What is shown, but for the times: of the first sound and of the last word, in seconds. */
const timesOf = (out: string) => {
  const [, shown, sound, word] =
    /^(.*) \nThe first sound came after (\d+\.\d\d) s, the last word after (\d+\.\d\d) s\.\n$/
      .exec(out) ?? []
  assert.strictEqual(shown, text, out)
  return { sound: Number(sound), word: Number(word) }
}

describe("answer.ts", () => {
  it.live("speaks an answer into a file while it is written", () =>
    Effect.gen(function*() {
      const file = join(yield* folder, "answer.wav")
      const { code, err, out } = yield* run("answer", [question, file], yield* forEmulator)
      assert.strictEqual(code, 0, err)
      const { sound, word } = timesOf(out)
      assert.isAbove(sound, 0)
      // The second sentence alone takes longer than half a second to write.
      assert.isBelow(sound, word)
      const heard = yield* ListenV1.transcribeFile(NodeAudio.file(file), { model: "nova-3", punctuate: true })
      assert.strictEqual(Transcript.toText(heard), text)
    }).pipe(Effect.scoped, Effect.provide(Emulator.layerSdk())))

  it.live("speaks it through the loudspeaker", () =>
    Effect.gen(function*() {
      const path = yield* folder
      writeFileSync(join(path, "aplay"), `#!/bin/sh\n/bin/cat > "\${0%/*}/heard"\n`, { mode: 0o755 })
      const { code, err, out } = yield* run("answer", [question], { ...yield* forEmulator, PATH: path })
      assert.strictEqual(code, 0, err)
      timesOf(out)
      assert.strictEqual(Recognizer.text(readFileSync(join(path, "heard")), { sampleRate: 24_000 }), text)
    }).pipe(Effect.scoped, Effect.provide(Emulator.layer())))

  it.live("says what is wrong, and leaves no file behind", () =>
    Effect.gen(function*() {
      const path = yield* folder
      const env = yield* forEmulator
      const refused = yield* run("answer", [question, join(path, "a.wav")], { ...env, DEEPGRAM_API_KEY: "not-the-key" })
      assert.strictEqual(refused.code, 1)
      assert.match(refused.err, /^✗ .*401 Unauthorized.*\n$/)
      const missing = yield* run("answer", [question, join(path, "none", "a.wav")], env)
      assert.strictEqual(missing.code, 1)
      assert.strictEqual(missing.out, "")
      assert.match(missing.err, /^✗ .* cannot be written: there is no folder .*\n$/)
      const silent = yield* run("answer", [question], { ...env, PATH: path })
      assert.strictEqual(silent.code, 1)
      assert.match(silent.err, /^✗ NodeAudio\.play: none of sox, aplay, ffplay is installed/)
      assert.strictEqual(lines(silent.err).length, 1)
      assert.deepStrictEqual(readdirSync(path), [])
      for (const args of [[], [" "], [question, "a.wav", "b.wav"]]) {
        const { code, err } = yield* run("answer", args)
        assert.strictEqual(code, 2)
        assert.match(err, /^✗ .+\n\n[^]*USAGE\n {2}answer \[flags\] <question> \[<file>\]/)
      }
    }).pipe(Effect.scoped, Effect.provide(Emulator.layer())))
})
