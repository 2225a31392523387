/** How much of the SDK a page has to load: docs/architecture.md says what the budgets rest on. */
import { describe, expect, inject, it } from "vitest"
import { weigh } from "../support/sizes.ts"

const consumer = inject("consumer")

const client = `
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Deepgram from "effect-deepgram/Deepgram"
const run = (program) =>
  Effect.runPromise(Effect.provide(program, Deepgram.layer({ accessToken: Redacted.make("a token") })))
`

const programs = {
  "one call": {
    // Names of spans, and what is only said on sockets.
    without: ["ListenV1.transcribeFile", "ListenV1.submitUrl", "ListenV1.connect", "CloseStream"],
    code: `${client}
import * as ListenV1 from "effect-deepgram/ListenV1"
run(ListenV1.transcribeUrl("https://dpgr.am/spacewalk.wav", { model: "nova-3" })).then(console.log)`
  },

  "one live channel": {
    without: ["ListenV1.transcribeUrl", "ListenV1.connect", "HttpClientRequest"],
    code: `${client}
import * as ListenV1 from "effect-deepgram/ListenV1"
import * as Stream from "effect/Stream"
run(Stream.runForEach(
  ListenV1.transcribeStream({ model: "nova-3" })(Stream.never),
  (message) => Effect.sync(() => console.log(message))
))`
  }
}

/** Bytes, gzipped. */
const budgets: Readonly<Record<keyof typeof programs, { readonly total: number; readonly onTop: number }>> = {
  "one call": { total: 62_500, onTop: 13_000 },
  "one live channel": { total: 58_500, onTop: 19_500 }
}

describe("what a browser loads", () => {
  for (const [name, { code, without }] of Object.entries(programs)) {
    const budget = budgets[name as keyof typeof programs]
    it(`for ${name}: ${budget.total / 1000} kB, ${budget.onTop / 1000} kB of it not Effect's`, async ({ task }) => {
      const sizes = await weigh(consumer, code)
      Object.assign(task.meta, {
        line: `bundle, ${name}: ${sizes.total} B gzipped, ${sizes.onTop} B of it not Effect's`
      })
      expect(sizes.total).toBeLessThanOrEqual(budget.total)
      expect(sizes.onTop).toBeLessThanOrEqual(budget.onTop)
      expect(without.filter((text) => sizes.code.includes(text))).toStrictEqual([])
    })
  }
})
