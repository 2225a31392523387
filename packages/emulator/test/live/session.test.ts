import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { inPieces } from "../../src/internal/live/session.ts"

describe("a frame", () => {
  for (const length of [0, 1, 65_536, 65_537, 200_000]) {
    it.effect(`of ${length} bytes is heard in order, and no more than 64 KiB of it at once`, () =>
      Effect.gen(function*() {
        const bytes = Uint8Array.from({ length }, (_, index) => index % 251)
        const said = yield* inPieces(bytes, (piece) => Effect.succeed([piece, piece.length]))
        const pieces = said.filter((part) => typeof part !== "number")
        assert.deepStrictEqual(said, pieces.flatMap((piece) => [piece, piece.length]))
        assert.isTrue(pieces.every((piece) => piece.length <= 65_536))
        assert.isTrue(Buffer.concat(pieces).equals(bytes))
      }))
  }
})
