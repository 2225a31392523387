/** The museum of flight has an agent on the telephone: how it is set up, and what it can do. */
import { Effect, Schema } from "effect"
import type { AgentV1 } from "effect-deepgram"
import { Tool, Toolkit } from "effect/ai"

/** The audio of both sides. */
export const format = { encoding: "linear16", sample_rate: 16_000 } as const

/** How long some of it lasts. */
export const secondsOf = (audio: Uint8Array): number => audio.byteLength / 2 / format.sample_rate

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
