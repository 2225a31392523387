/** What the museum's agent has in its mind where there is no model: in the emulator. */
import { Thinker } from "@effect-deepgram/emulator"

const weekday = /\bon (\w+day)\b/

/** It calls its tool, and says what that answers. */
export const thinker = Thinker.rules([
  {
    when: weekday,
    answer: ({ said }) => ({
      text: "Let me see.",
      calls: [{ name: "get_opening_hours", arguments: { day: weekday.exec(said)?.[1] } }]
    })
  },
  {
    when: "to see",
    answer: "There is the hall of balloons, with the basket of the first crossing. There is the hall of wings, " +
      "where gliders hang from the roof. There is the hall of engines, which is loud, and the hall of rockets, " +
      "which is high. There is a moon rock that can be touched. In the yard there are two airliners with open doors, " +
      "and a helicopter that you can sit in. And every hour there is a tour, with somebody who has been in space."
  },
  { when: "thank you", answer: "You are welcome. Goodbye!" }
])
