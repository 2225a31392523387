import { assert, describe, layer } from "@effect/vitest"
import { Cause, Effect, Exit, Layer } from "effect"
import { blocksOf, isMisleading, isRun, isTypeScript, origin } from "./support/blocks.ts"
import * as Compiler from "./support/compiler.ts"
import { documents, read, sources } from "./support/repository.ts"
import * as Stage from "./support/stage.ts"

const fences = [...documents(), ...sources()].flatMap((file) => blocksOf(file, read(file)))
const blocks = fences.filter(isTypeScript)

/** Examples that are wrong, by their heading. */
const mistakes = blocksOf("docs/test/fixtures/mistakes.md", read("docs/test/fixtures/mistakes.md"))

/** What is to be found in them, and at which line of the file. */
const typeErrors: Readonly<Record<string, readonly [place: string, message: string]>> = {
  type: ["10:14", "Type 'Effect<number, never, never>' is not assignable"],
  "unused-import": ["18:21", "'Stream' is declared but its value is never read"],
  "value-of-a-stream": ["50:7", "'numbers' is declared but its value is never read"]
}
const failures: Readonly<Record<string, string>> = {
  "value-of-an-expression": "mistakes.md:27: expected 3 to deeply equal 2",
  "value-of-an-effect": "mistakes.md:39: expected { answer: 42 } to deeply equal { answer: 43 }",
  "value-of-a-stream": "mistakes.md:50: expected [ 1, 2, 3 ] to deeply equal [ 1, 2 ]",
  "failure-of-an-effect": "not this time",
  "failure-of-a-stream": "no second number",
  "failure-of-a-layer": "no foundation",
  "failure-of-a-statement": "at once",
  "failure-of-an-effect-that-is-not-exported": "forgotten",
  "missing-credential": "No Deepgram credential",
  "misplaced-comment": "line 3: \"// =>\" belongs behind the whole statement"
}

const world = Layer.merge(Compiler.layer([...blocks, ...mistakes]), Stage.layer)

layer(world, { excludeTestServices: true, timeout: "60 seconds" })((it) => {
  describe("examples", { timeout: 60_000 }, () => {
    it("are marked `ts` or `ts no-run`", () => {
      assert.deepStrictEqual(fences.filter(isMisleading).map((block) => `${origin(block)}: ${block.info}`), [])
    })

    it.effect("compile against sources without errors", () =>
      Effect.map(Compiler.Compiler, ({ otherErrors }) => assert.deepStrictEqual(otherErrors, [])))

    for (const block of blocks) {
      it.effect(`${origin(block)} ${block.owner}${isRun(block) ? "" : " (no-run: only type-checked)"}`, () =>
        Effect.gen(function*() {
          const { errorsOf } = yield* Compiler.Compiler
          assert.deepStrictEqual(errorsOf(block), [])
          if (isRun(block)) yield* Stage.perform(block)
        }))
    }
  })

  describe("mistakes are found", { timeout: 60_000 }, () => {
    for (const block of mistakes) {
      it.effect(block.owner, () =>
        Effect.gen(function*() {
          const { errorsOf } = yield* Compiler.Compiler
          const [place, message] = typeErrors[block.owner] ?? []
          const [error] = errorsOf(block)
          if (place === undefined || message === undefined) assert.isUndefined(error)
          else {
            assert.match(error ?? "", new RegExp(`^${block.file}:${place} error TS`))
            assert.include(error, message)
          }
          const failure = failures[block.owner]
          if (failure === undefined) return assert.isDefined(place)
          const exit = yield* Effect.exit(Stage.perform(block))
          assert.include(Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "success", failure)
        }))
    }
  })
})
