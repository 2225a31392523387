/** Requests at random: each has one answer, and none is the fault of the emulator. */
import { Recording } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { compressed, kinds, spoken } from "../audio/support.ts"
import { answersIn, assertProper, talk } from "./raw.ts"
import { largeRequest, request } from "./requests.ts"
import { type Dice, mutated, pieces, timeout, withstands } from "./support.ts"

/** The emulator does not wait long for what does not come; the client goes when nobody says anything more. */
const impatient = { headTimeout: "400 millis", uploadTimeout: "400 millis" } as const
const quiet = 3000

const upload = (audio: Buffer, query: string, type: string) =>
  Buffer.concat([
    Buffer.from(
      `POST /v1/listen?model=nova-3${query} HTTP/1.1\r\nhost: x\r\nauthorization: Token emulator-key\r\n` +
        `content-type: ${type}\r\ncontent-length: ${audio.length}\r\nconnection: close\r\n\r\n`
    ),
    audio
  ])

describe("requests at random", () => {
  it.live(
    "that are requests have one answer each, however they are cut",
    () =>
      withstands(400, (dice, port) =>
        Effect.gen(function*() {
          const count = 1 + dice.below(4)
          const sent = Buffer.concat(Array.from({ length: count }, (_, i) => request(dice, i === count - 1)))
          const answers = answersIn(yield* talk(port, { pieces: pieces(sent, dice) }))
          for (const answer of answers) assertProper(answer)
          assert.strictEqual(answers.length, count)
        })),
    timeout
  )

  it.live(
    "that are broken anywhere have proper answers, and the connection ends",
    () =>
      withstands(400, (dice, port) =>
        Effect.gen(function*() {
          const sent = Buffer.concat(Array.from({ length: 1 + dice.below(3) }, (_, i) => request(dice, i === 2)))
          const broken = dice.chance(0.05) ? dice.bytes(dice.below(2000)) : mutated(sent, dice)
          const answers = answersIn(yield* talk(port, { pieces: pieces(broken, dice), quiet }))
          for (const answer of answers) assertProper(answer)
          assert.isAtLeast(answers.length, 1)
        }), impatient),
    timeout
  )

  it.live(
    "with large bodies have one answer, and are let go",
    () =>
      withstands(60, (dice, port) =>
        Effect.gen(function*() {
          const answers = answersIn(yield* talk(port, { pieces: [largeRequest(dice)] }))
          assert.strictEqual(answers.length, 1)
          for (const answer of answers) assertProper(answer)
        })),
    timeout
  )

  it.live("with audio that is damaged have one answer", () =>
    Effect.gen(function*() {
      const compressedOnes = yield* Effect.forEach(
        kinds,
        (kind) => Effect.map(spoken("Hi.", compressed[kind]), (bytes) => Buffer.from(bytes))
      )
      const files = [
        Buffer.from(Recording.wav("Hi.")),
        Buffer.from(Recording.wav("Hi.", { sampleRate: 8_000, encoding: "mulaw" })),
        ...compressedOnes
      ]
      const audio = (dice: Dice) =>
        dice.chance(0.1)
          ? Buffer.concat([dice.pick(files).subarray(0, dice.below(64)), dice.bytes(dice.below(3000))])
          : mutated(dice.pick(files), dice)
      const query = (dice: Dice) =>
        dice.chance(0.7) ? "" : dice.pick([
          "&encoding=linear16&sample_rate=8000",
          "&encoding=mulaw&sample_rate=8000&channels=2&multichannel=true",
          "&encoding=opus&sample_rate=48000",
          "&encoding=flac",
          "&multichannel=true&diarize=true&utterances=true",
          "&encoding=linear16&sample_rate=1e9",
          "&encoding=linear32&sample_rate=16000&channels=300"
        ])
      yield* withstands(80, (dice, port) =>
        Effect.gen(function*() {
          const sent = upload(audio(dice), query(dice), dice.pick(["audio/wav", "audio/mpeg", "", "audio/x"]))
          const answers = answersIn(yield* talk(port, { pieces: pieces(sent, dice) }))
          assert.strictEqual(answers.length, 1)
          for (const answer of answers) assertProper(answer)
        }))
    }), timeout)
})
