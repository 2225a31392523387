import { existsSync } from "node:fs"
import { expect, inject, it } from "vitest"

it("the packed packages are installed", () => {
  expect(existsSync(`${inject("consumer")}/node_modules/effect-deepgram/dist/index.js`)).toBe(true)
})
