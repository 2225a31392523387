/** What came of programs, wherever they ran, and what the tests say of it. */
import { assert, type TestContext } from "@effect/vitest"
import { Option, Schema } from "effect"
import type { Outcome, Suite, Traits } from "../programs/program.ts"

declare module "vitest" {
  interface TaskMeta {
    /** What `scripts/closing-line-reporter.mjs` prints of a test, at the end. */
    line?: string
  }
}

const parse = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Struct({
  suite: Schema.String,
  program: Schema.String,
  failure: Schema.optionalKey(Schema.String)
})))

/** The outcomes among the lines that were written. */
export const outcomesIn = (text: string): ReadonlyArray<Outcome> =>
  text.split("\n").flatMap((line) => Option.toArray(parse(line)))

/**
 * Asserts that all programs of a suite were run on a runtime, in their order, and were right. `trouble` is what else is
 * known, for those that were not run.
 */
export const expectRight = (
  { task }: TestContext,
  { outcomes, runtime, suite, traits, trouble }: {
    /** With the client: `Node 24.21.0, core`. */
    readonly runtime: string
    readonly traits: Traits
    readonly suite: Suite
    readonly outcomes: ReadonlyArray<Outcome>
    readonly trouble: string
  }
): void => {
  const own = outcomes.filter((outcome) => outcome.suite === suite.name)
  const expected = suite.programs.flatMap(({ name, needsKey = false }) => traits.hasKey || !needsKey ? [name] : [])
  const right = own.filter(({ failure }) => failure === undefined).length
  task.meta.line = `${runtime} · ${suite.name}: ` +
    (right === expected.length ? `${right} programs passed` : `${right} of ${expected.length} programs passed`)
  assert.deepStrictEqual(own.map(({ program }) => program), expected, `not all were run; ${trouble}`)
  for (const { failure, program } of own) assert.isUndefined(failure, `${program}: ${failure}`)
}
