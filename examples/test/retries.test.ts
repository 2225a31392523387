import { Emulator, Faults, Recording } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { forEmulator, run } from "./program.ts"
import { file, lines } from "./support.ts"

const busy = (answer: Partial<Faults.Answer>, rule: Partial<Faults.Rule> = {}): Faults.Rule => ({
  when: { path: "/v1/listen" },
  faults: [{ type: "Answer", status: 429, ...answer }],
  ...rule
})

/** Transcribes a file, and counts what went wrong. */
const transcribe = (...args: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const { faults } = yield* Emulator.Emulator
    const path = yield* file("call.wav", Recording.wav("There is room again."))
    const result = yield* run("retries", [path, ...args], yield* forEmulator)
    return { ...result, injected: (yield* faults.injected).length }
  }).pipe(Effect.scoped)

describe("retries.ts", () => {
  it.live("waits as long as it is asked to, or longer and longer, and says so", () =>
    Effect.gen(function*() {
      const { code, err, injected, out } = yield* transcribe()
      assert.strictEqual(err, "")
      assert.strictEqual(code, 0)
      assert.strictEqual(injected, 2)
      const [first, second, ...rest] = lines(out)
      assert.match(first ?? "", /^… attempt 1: .*429.*; again in (1\.[0-2]) s$/)
      // The second wait of those that double.
      assert.match(second ?? "", /^… attempt 2: .*429.*; again in (1\.[0-2]) s$/)
      assert.deepStrictEqual(rest, ["✓ There is room again."])
    }).pipe(Effect.provide(Emulator.layer({
      faults: Faults.plan([busy({ retryAfter: 1 }, { times: 1 }), busy({}, { skip: 1, times: 1 })])
    }))))

  it.live("does not wait for anything else", () =>
    Effect.gen(function*() {
      const { code, err, injected, out } = yield* transcribe()
      assert.strictEqual(code, 1)
      assert.strictEqual(out, "")
      assert.strictEqual(lines(err).length, 1, err)
      assert.match(err, /^✗ ListenV1\.transcribeFile: 503/)
      assert.strictEqual(injected, 1)
    }).pipe(Effect.provide(Emulator.layer({ faults: Faults.plan([busy({ status: 503 })]) }))))

  it.live("does not begin a wait that would take too long", () =>
    Effect.gen(function*() {
      const { code, err, injected, out } = yield* transcribe("--seconds", "20")
      assert.strictEqual(code, 1)
      assert.strictEqual(out, "")
      assert.match(err, /^✗ ListenV1\.transcribeFile: 429/)
      assert.strictEqual(injected, 1)
    }).pipe(Effect.provide(Emulator.layer({ faults: Faults.plan([busy({ retryAfter: 30 })]) }))))

  it.live("says what is missing or wrong", () =>
    Effect.gen(function*() {
      for (const args of [[], ["a.wav", "--seconds", "long"]]) {
        const { code, err, out } = yield* run("retries", args)
        assert.strictEqual(code, 2)
        assert.strictEqual(out, "")
        assert.match(err, /^✗ [^]*retries \[flags\] <recording>/)
      }
      const missing = yield* run("retries", ["missing.wav"], { DEEPGRAM_API_KEY: "a-key" })
      assert.strictEqual(missing.code, 1)
      assert.match(missing.err, /^✗ .*no such file.*missing\.wav\n$/)
    }))
})
