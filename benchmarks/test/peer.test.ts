import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { start } from "../peer.ts"

describe("a peer", () => {
  it.live("that ends before it answers is an error, now and from then on", () =>
    Effect.gen(function*() {
      const peer = yield* start<string, never>("test/children/mute")
      for (let i = 0; i < 2; i++) {
        const error = yield* Effect.flip(peer.ask("anything"))
        assert.strictEqual(error._tag, "PeerError")
        assert.strictEqual(error.message, "test/children/mute ended before it answered")
      }
    }))
})
