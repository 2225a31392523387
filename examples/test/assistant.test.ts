import { Emulator, Recording, Thinker } from "@effect-deepgram/emulator"
import { NodeAudio } from "@effect-deepgram/node"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { ListenV1, Transcript } from "effect-deepgram"
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { begin, forEmulator, run } from "./program.ts"
import { file, folder, lines } from "./support.ts"

/** What a model would do with the tools: it is told what they answered as JSON. */
const answered = ({ messages }: Thinker.Situation) => {
  const last = messages.at(-1)
  const parcel = JSON.parse(last?._tag === "Calls" ? last.calls[0]?.response ?? "{}" : "{}")
  return parcel.day === undefined ? "There is no such parcel." : `It comes on ${parcel.day}.`
}

const numberOf = (said: string) => /number (\w+)/.exec(said)?.[1] === "nine" ? "9" : "42"

const thinker = Thinker.rules([
  {
    when: "where is",
    answer: ({ said }) => ({ calls: [{ name: "find_parcel", arguments: { number: numberOf(said) } }] }),
    afterwards: answered
  },
  {
    when: "thursday",
    answer: { calls: [{ name: "move_delivery", arguments: { number: "42", day: "Thursday" } }] },
    afterwards: answered
  }
])

const greeting = "Parcel service. How can I help you?"

const withAgent = Effect.provide(Emulator.layerSdk({ thinker }))

describe("assistant.ts", () => {
  it.live("answers a recorded caller with its tools, and keeps what it said", () =>
    Effect.gen(function*() {
      const voice = join(yield* folder, "voice.wav")
      // The pause is longer than the answer takes.
      const caller = yield* file(
        "caller.wav",
        Recording.wav([
          { text: "Where is parcel number nine?", pause: 12 },
          { text: "Please bring mine on Thursday.", pause: 1 }
        ], { sampleRate: 8000, encoding: "mulaw" })
      )
      const { code, err, out } = yield* run(
        "assistant",
        [voice, "--caller", caller, "--speed", "4", "--quiet", "1"],
        yield* forEmulator
      )
      assert.strictEqual(code, 0, err)
      assert.strictEqual(err, "")
      assert.deepStrictEqual(lines(out).slice(0, -1), [
        `Agent: ${greeting}`,
        "Caller: Where is parcel number nine?",
        `→ find_parcel {"number":"9"}`,
        `← {"error":{"_tag":"NoSuchParcel","number":"9"}}`,
        "Agent: There is no such parcel.",
        "Caller: Please bring mine on Thursday.",
        `→ move_delivery {"number":"42","day":"Thursday"}`,
        `← {"number":"42","place":"in Hamburg","day":"Thursday"}`,
        "Agent: It comes on Thursday."
      ])
      assert.match(lines(out).at(-1) ?? "", /^\d\.\d s of the agent's voice are in .*voice\.wav$/)
      const heard = yield* ListenV1.transcribeFile(NodeAudio.file(voice), { model: "nova-3", punctuate: true })
      assert.strictEqual(
        Transcript.toText(heard),
        `${greeting} There is no such parcel. It comes on Thursday.`
      )
    }).pipe(Effect.scoped, withAgent))

  it.live("talks with who speaks into a microphone, until Ctrl-C", () =>
    Effect.gen(function*() {
      const path = yield* folder
      const at = `"\${0%/*}"`
      const script = (text: string) => `#!/bin/sh\n${text}\n`
      writeFileSync(join(path, "speech.raw"), Recording.raw([{ text: "Where is my parcel?", pause: 2 }]))
      const speaks = `while [ -e "$0" ] && [ ! -e ${at}/heard ]; do /bin/sleep 0.01; done\n/bin/cat ${at}/speech.raw`
      const stays = `while [ -e "$0" ]; do /bin/sleep 0.01; done`
      // Whoever has heard something begins to speak.
      writeFileSync(join(path, "arecord"), script(`${speaks}\n${stays}`), { mode: 0o755 })
      writeFileSync(join(path, "aplay"), script(`/bin/cat >> ${at}/heard`), { mode: 0o755 })
      const voice = join(path, "voice.wav")
      const { code, kill, said, says } = yield* begin("assistant", [voice], { ...yield* forEmulator, PATH: path })
      yield* says(/→ find_parcel {"number":"42"}\n← .*"in Hamburg".*\nAgent: It comes on Tuesday\.\n/)
      yield* kill("SIGINT")
      assert.strictEqual(yield* code, 0, said.err)
      assert.match(said.out, /\n\d\.\d s of the agent's voice are in .*voice\.wav\n$/)
      assert.isAbove(readFileSync(voice).byteLength, 10_000)
    }).pipe(Effect.scoped, withAgent))

  it.live("says what is wrong", () =>
    Effect.gen(function*() {
      const path = yield* folder
      const env = yield* forEmulator
      const voice = join(path, "voice.wav")
      const stereo = yield* file("stereo.wav", Recording.wav([{ text: "One." }, { text: "Two.", channel: 1 }]))
      const failures: ReadonlyArray<readonly [ReadonlyArray<string>, Record<string, string>, RegExp]> = [
        [[voice, "--caller", join(path, "none.wav")], env, /^✗ .*none\.wav cannot be read$/],
        [
          [voice, "--caller", stereo],
          env,
          /^✗ .*stereo\.wav is no WAV file with one channel of linear16, mulaw or alaw$/
        ],
        [[join(path, "none", "voice.wav")], env, /^✗ .* cannot be written: there is no folder /],
        [[voice, "--caller", yield* file("a.wav", Recording.wav("Hello."))], {
          ...env,
          DEEPGRAM_API_KEY: "not-the-key"
        }, /^✗ .*401 Unauthorized/]
      ]
      for (const [args, variables, line] of failures) {
        const { code, err } = yield* run("assistant", args, variables)
        assert.strictEqual(code, 1)
        assert.strictEqual(lines(err).length, 1, err)
        assert.match(err.trimEnd(), line)
      }
      assert.deepStrictEqual(readdirSync(path), [])
      for (const args of [[], [voice, "--speed", "0"], [voice, "--quiet", "long"]]) {
        const { code, err } = yield* run("assistant", args)
        assert.strictEqual(code, 2)
        assert.match(err, /^✗ .+\n\n[^]*USAGE\n {2}assistant \[flags\] <voice>/)
      }
    }).pipe(Effect.scoped, withAgent))
})
