/** The museum of flight has an agent on the telephone: how it is set up, what it can do, and who calls. */
import { Thinker } from "@effect-deepgram/emulator"
import { Effect, Schema } from "effect"
import type { AgentV1 } from "effect-deepgram"
import { Tool, Toolkit } from "effect/ai"

/** The audio of both sides. */
export const format = { encoding: "linear16", sample_rate: 16_000 } as const

/** How the agent listens, thinks and speaks. */
export const settings: AgentV1.Settings = {
  audio: { input: format, output: { ...format, container: "none" } },
  agent: {
    greeting: "Museum of flight, good morning. How can I help you?",
    listen: { provider: { type: "deepgram", version: "v2", model: "flux-general-en" } },
    think: {
      provider: { type: "open_ai", model: "gpt-4o-mini" },
      prompt: "You answer the telephone of a museum of flight, in one short sentence at a time. " +
        "Ask your tool when it is open. Asked what there is to see, tell of ten exhibits."
    },
    speak: { provider: { type: "deepgram", model: "aura-2-thalia-en" } }
  }
}

const hours = {
  Monday: "closed",
  Tuesday: "open from ten to six",
  Wednesday: "open from ten to six",
  Thursday: "open from ten to nine",
  Friday: "open from ten to six",
  Saturday: "open from nine to six",
  Sunday: "open from nine to six"
} as const

/** What the agent can have done. */
export const tools = Toolkit.make(
  Tool.make("get_opening_hours", {
    description: "When the museum is open on a day of the week",
    parameters: Schema.Struct({
      day: Schema.Literals(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"])
    }),
    success: Schema.String
  })
)

/** How it is done, which takes a moment. */
export const toolsLayer = tools.toLayer({
  get_opening_hours: ({ day }) => Effect.delay(Effect.succeed(`On ${day} the museum is ${hours[day]}.`), "500 millis")
})

/** What somebody says who calls. */
export interface Line {
  readonly text: string
  /** Says it while the agent speaks, instead of hearing it out. */
  readonly interrupts?: boolean
}

/** Everything that is said to the agent, one after the other. */
export const lines: ReadonlyArray<Line> = [
  { text: "When do you open on Saturday?" },
  { text: "And what is there to see?" },
  { text: "Thank you, that is all I wanted to know.", interrupts: true }
]

const weekday = /\bon (\w+day)\b/

/** In an emulator the agent has no model that thinks, but these rules. It says what its tool answers. */
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
