/** Many short sessions that speak, in one process: all of them are right, and nothing of them is left. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Requests } from "effect-deepgram"
import { inProject } from "../server/management.ts"
import { conversed } from "./agentsShort.ts"
import { leavingNothing } from "./leaks.ts"
import { left, spoken } from "./speechShort.ts"
import { globalSocket, ws } from "./support.ts"

/** How many are there at a time. */
const concurrency = 25

/** Of five sessions, two speak, two are left while they speak, and one is a conversation. */
const session = Effect.fnUntraced(function*(index: number) {
  const round = Math.floor(index / 5)
  switch (index % 5) {
    case 0:
    case 1:
      return yield* spoken(2 * round + index % 5)
    case 2:
    case 3:
      return yield* left(2 * round + index % 5)
    default:
      return yield* conversed(round)
  }
})

describe("short sessions that speak", () => {
  for (const { count, transport } of [{ transport: ws, count: 1000 }, { transport: globalSocket, count: 200 }]) {
    it.live(`${count} over ${transport.name}: each is its own, and nothing is left`, () =>
      leavingNothing(
        transport,
        Effect.forEach(Array.from({ length: count }, (_, index) => index), session, { concurrency, discard: true }),
        () =>
          Effect.gen(function*() {
            const { requests } = yield* inProject((id) => Requests.list(id, { limit: 1000, endpoint: "agent" }))
            assert.isAtLeast(requests.length, 0.8 * count / 5)
          })
      ), 120_000)
  }
})
