import { Emulator, Faults, Recording } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { begin, count, forEmulator, run } from "./program.ts"
import { file, lines } from "./support.ts"

const recording = file("call.wav", Recording.wav([{ text: "I promise.", pause: 1 }, { text: "And I keep it." }]))

const running = (faults: Faults.Plan) => <A, E>(effect: Effect.Effect<A, E, Emulator.Emulator>) =>
  Effect.provide(effect, Emulator.layer({ faults }))

describe("promises.ts", () => {
  it.live("transcribes a recording, then live", () =>
    Effect.gen(function*() {
      const { code, err, out } = yield* run("promises", [yield* recording], yield* forEmulator)
      assert.strictEqual(err, "")
      assert.strictEqual(code, 0)
      const [recorded, ...live] = lines(out)
      assert.strictEqual(recorded, "Recorded  I promise. And I keep it.")
      assert.strictEqual(live.length, 2)
      assert.match(live[0] ?? "", /^Live {6}0\.\d s {2}I promise\.$/)
      assert.match(live[1] ?? "", /^Live {6}[12]\.\d s {2}And I keep it\.$/)
    }).pipe(Effect.scoped, Effect.provide(Emulator.layer())))

  it.live("tells failures by their tags", () =>
    Effect.gen(function*() {
      const env = yield* forEmulator
      const path = yield* recording
      const cases: ReadonlyArray<readonly [string, Record<string, string>, RegExp]> = [
        [path, { ...env, DEEPGRAM_API_KEY: "not-the-key" }, /^✗ the key is not accepted: .*401/],
        ["missing.wav", env, /^✗ .*missing\.wav cannot be read: NotFound$/],
        [path, {}, /^✗ .*DEEPGRAM_API_KEY/]
      ]
      for (const [path, env, words] of cases) {
        const { code, err, out } = yield* run("promises", [path], env)
        assert.strictEqual(code, 1)
        assert.strictEqual(out, "")
        assert.strictEqual(lines(err).length, 1, err)
        assert.match(err.trimEnd(), words)
      }
      const { faults } = yield* Emulator.Emulator
      yield* faults.set(Faults.plan([{ type: "Answer", status: 429, retryAfter: 0 }]))
      const busy = yield* run("promises", [path], env)
      assert.strictEqual(busy.code, 1)
      assert.match(busy.err, /^✗ Deepgram is busy, after [0-9a-f-]{36}: try again later\n$/)
      assert.strictEqual((yield* faults.injected).length, 3)
    }).pipe(Effect.scoped, Effect.provide(Emulator.layer())))

  it.live("throws what ends a session within its loop", () =>
    Effect.gen(function*() {
      const { code, err, out } = yield* run("promises", [yield* recording], yield* forEmulator)
      assert.strictEqual(code, 1)
      assert.strictEqual(out, "Recorded  I promise. And I keep it.\n")
      assert.strictEqual(lines(err).length, 1, err)
      assert.match(err, /^✗ ListenV1\.\w+: .*1011/)
    }).pipe(
      Effect.scoped,
      running(Faults.plan([{ when: { transport: "websocket" }, faults: [{ type: "Close", code: 1011 }] }]))
    ))

  it.live("ends a request with its signal", () =>
    Effect.gen(function*() {
      const { faults } = yield* Emulator.Emulator
      const program = yield* begin("promises", [yield* recording], yield* forEmulator)
      while ((yield* faults.injected).length === 0) yield* Effect.sleep("10 millis")
      yield* program.kill("SIGINT")
      assert.strictEqual(yield* program.code, 130)
      assert.deepStrictEqual(program.said, { out: "", err: "" })
    }).pipe(Effect.scoped, running(Faults.plan([{ type: "Stall" }]))))

  it.live("ends a session with its signal", () =>
    Effect.gen(function*() {
      const path = yield* file(
        "long.wav",
        Recording.wav([
          { text: "I promise.", pause: 1 },
          { text: "And I keep it, although it takes me longer than anybody who waits for it would like." }
        ])
      )
      const program = yield* begin("promises", [path], yield* forEmulator)
      yield* program.says(/^Live .*I promise\./m)
      yield* program.kill("SIGINT")
      assert.strictEqual(yield* program.code, 130)
      assert.strictEqual(program.said.err, "")
      assert.strictEqual(count(program.said.out, /Live /), 1)
    }).pipe(Effect.scoped, Effect.provide(Emulator.layer())))

  it.live("says how it is used", () =>
    Effect.gen(function*() {
      for (const args of [[], ["a.wav", "b.wav"]]) {
        const { code, err, out } = yield* run("promises", args)
        assert.deepStrictEqual([code, out], [2, ""])
        assert.match(err, /^promises\.ts RECORDING/)
      }
    }))
})
