/** Frames at random: a session ends with a proper code, and the emulator goes on. */
import { describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { assertSession, channels, largeSession, session } from "./frames.ts"
import { talk } from "./raw.ts"
import { type Dice, pieces, timeout, withstands } from "./support.ts"

/** Milliseconds after which a client goes that said how much would come, and never sent it. */
const quiet = 400

describe("sessions at random", () => {
  for (const channel of channels) {
    const name = channel.path.split("?", 1)[0] ?? ""
    const one = (dice: Dice, port: number) =>
      Effect.map(talk(port, { pieces: pieces(session(channel, dice), dice), quiet }), assertSession)
    it.live(name, () => withstands(100, one), timeout)

    it.live(
      `${name}: large messages are let go`,
      () =>
        withstands(
          30,
          (dice, port) => Effect.map(talk(port, { pieces: [largeSession(channel, dice)], quiet }), assertSession)
        ),
      timeout
    )
  }
})
