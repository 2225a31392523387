import { assert, describe, it } from "@effect/vitest"
import { compare } from "../compare.ts"
import { operationName } from "../description.ts"
import { type Cut, inOperation, only, partsOf } from "./support/cuts.ts"
import { channels, contract, sockets, vendor } from "./support/vendor.ts"

/** The part of an operation that a cut is of: `query model`, `body`, `response 200`, `server Results`. */
const partOf = ({ what }: Cut<unknown>): string => /^(body|response \d+|\w+ [^ [.]+)/.exec(what)?.[0] ?? what

/** Answers may promise more than we need. */
const isPromise = ({ what }: Cut<unknown>): boolean => /^(response|server) .* required$/.test(what)

const names = (cuts: ReadonlyArray<Cut<unknown>>) => cuts.map(({ what }) => what)

describe.each(
  [
    ["our contract", contract, 1500],
    ["the vendor's document", vendor, 3000],
    ["our channels", channels, 2500],
    ["the vendor's document of sockets", sockets, 2000]
  ] as const
)(
  "whatever is taken out of %s",
  (_, { operations }, atLeast) => {
    it("is much", () => {
      assert.isAbove(operations.flatMap((operation) => [...inOperation(operation)]).length, atLeast)
    })

    for (const operation of operations) {
      it(`is noticed in ${operationName(operation)}`, () => {
        for (const part of partsOf(operation)) {
          const whole = only(part)
          const cuts = [...inOperation(part)]
          const there = cuts.map((cut) => ({ cut, found: compare(whole, only(cut.rest)) }))
          const here = cuts.filter(({ rest }) => compare(only(rest), whole).length === 0)
          const elsewhere = there.filter(({ cut, found }) => found.some(({ place }) => !place.startsWith(partOf(cut))))
          assert.deepStrictEqual(names(there.filter(({ found }) => found.length === 0).map(({ cut }) => cut)), [])
          assert.deepStrictEqual(names(elsewhere.map(({ cut }) => cut)), [])
          assert.deepStrictEqual(names(here), names(cuts.filter(isPromise)))
          assert.deepStrictEqual(compare(whole, whole), [])
        }
      })
    }
  }
)
