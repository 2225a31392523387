/** What is installed of the programs that record and play, with a sound card that hears nothing and is not heard. */
import { NodeAudio } from "@effect-deepgram/node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { spawnSync } from "node:child_process"
import { fileOf } from "./support/files.ts"

const recorders = ["sox", "arecord", "ffmpeg"] as const
const players = ["sox", "aplay", "ffplay"] as const

const says = (name: string, args: ReadonlyArray<string>): string => {
  const { stderr, stdout } = spawnSync(name, args, { encoding: "utf8" })
  return `${stdout ?? ""}${stderr ?? ""}`
}

/** Whether a program is installed, with what it needs for ALSA. */
const isUsable = (name: string): boolean => {
  if (process.platform !== "linux") return false
  switch (name) {
    case "sox":
      return /^AUDIO DEVICE DRIVERS:.* alsa\b/m.test(says(name, ["--help"]))
    case "ffmpeg":
      return /^ D.* alsa\b/m.test(says(name, ["-hide_banner", "-devices"]))
    default:
      return says(name, ["--version"]) !== "" || says(name, ["-version"]) !== ""
  }
}

const environment = Effect.map(
  fileOf("pcm.!default { type null }\nctl.!default { type null }\n"),
  (path) => ({ ALSA_CONFIG_PATH: path, AUDIODRIVER: "alsa", SDL_AUDIODRIVER: "dummy" })
)

describe("installed programs", () => {
  for (const program of recorders.filter(isUsable)) {
    it.live(`${program} records, until its reader has enough`, () =>
      Effect.gen(function*() {
        const env = yield* environment
        let size = 0
        yield* NodeAudio.microphone({ program, env, sample_rate: 16_000, channels: 2 }).pipe(
          Stream.takeUntil(({ length }) => (size += length) >= 12_800),
          Stream.runDrain
        )
        assert.strictEqual(size % 4, 0)
      }), 30_000)
  }

  for (const program of players.filter(isUsable)) {
    it.live(`${program} plays to the end`, () =>
      Effect.gen(function*() {
        const env = yield* environment
        yield* Stream.make(new Uint8Array(3200), new Uint8Array(3200)).pipe(
          NodeAudio.play({ program, env, sample_rate: 16_000 })
        )
      }), 30_000)
  }

  it.live("are those that are looked for", () =>
    Effect.gen(function*() {
      const unknown = { program: "none" as never, sample_rate: 16_000 }
      const microphone = yield* Effect.flip(Stream.runDrain(NodeAudio.microphone(unknown)))
      assert.include(microphone.message, `none of ${recorders.join(", ")}:`)
      const loudspeaker = yield* Effect.flip(Stream.empty.pipe(NodeAudio.play(unknown)))
      assert.include(loudspeaker.message, `none of ${players.join(", ")}:`)
    }))
})
