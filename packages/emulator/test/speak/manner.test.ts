import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { auraSpeedProblem, expressivityProblem, fluxSpeedProblem } from "../../src/internal/speak/manner.ts"

const said = (problem: ReturnType<typeof fluxSpeedProblem>) =>
  problem === undefined ? undefined : [problem.status, problem.err_code, problem.err_msg]

describe("speed", () => {
  it("of Flux: every multiple of 0.05 from 0.5 to 1.5", () => {
    assert.isUndefined(fluxSpeedProblem(undefined))
    for (let percent = 50; percent <= 150; percent += 5) {
      assert.isUndefined(fluxSpeedProblem(percent / 100), `${percent} %`)
      assert.isUndefined(fluxSpeedProblem(Number((percent / 100).toFixed(2))))
    }
    for (const speed of [0.45, 0.1, 1.55, 3, -1, 0]) {
      assert.deepStrictEqual(said(fluxSpeedProblem(speed)), [
        400,
        "SPEED_OUT_OF_RANGE",
        "'speed' must be between 0.5 and 1.5."
      ])
    }
    for (const speed of [1.07, 1.37, 0.501, 1.499]) {
      assert.deepStrictEqual(said(fluxSpeedProblem(speed)), [
        400,
        "SPEED_INCREMENT_INVALID",
        "'speed' must be provided in increments of 0.05."
      ])
    }
  })

  it.prop("of Flux: nothing between the multiples", [
    Schema.Int.check(Schema.isBetween({ minimum: 500, maximum: 1500 }))
  ], ([
    thousandths
  ]) => {
    assert.strictEqual(fluxSpeedProblem(thousandths / 1000) === undefined, thousandths % 50 === 0)
  })

  it("of Aura: any from 0.7 to 1.5, where it can be told at all", () => {
    for (const speed of [undefined, 0.7, 0.93, 1, 1.07, 1.5]) assert.isUndefined(auraSpeedProblem(speed, true))
    for (const speed of [0.69, 0.6, 1.51, 2]) {
      assert.deepStrictEqual(said(auraSpeedProblem(speed, true)), [
        400,
        "SPEED_OUT_OF_RANGE",
        "'speed' must be between 0.7 and 1.5."
      ])
    }
    assert.isUndefined(auraSpeedProblem(undefined, false))
    assert.strictEqual(auraSpeedProblem(1, false)?.err_code, "SPEED_NOT_SUPPORTED")
  })
})

describe("expressivity", () => {
  it("whole numbers from -2 to 2", () => {
    for (const expressivity of [undefined, -2, -1, 0, 1, 2]) assert.isUndefined(expressivityProblem(expressivity))
    for (const expressivity of [-3, 3, 2.5]) {
      assert.strictEqual(expressivityProblem(expressivity)?.err_code, "EXPRESSIVITY_OUT_OF_RANGE")
    }
    for (const expressivity of [1.5, -0.1]) {
      assert.strictEqual(expressivityProblem(expressivity)?.err_code, "EXPRESSIVITY_INCREMENT_INVALID")
    }
  })
})
