import { Recording } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { recordings } from "../recordings.ts"

describe("the recordings of audio/", () => {
  for (const [name, { options, script }] of Object.entries(recordings)) {
    it(`${name} is what \`npm run audio\` makes`, () => {
      const kept = readFileSync(new URL(`../audio/${name}`, import.meta.url))
      assert.isTrue(kept.equals(Recording.wav(script, options)))
    })
  }
})
