/** A parcel service has an agent on the telephone: how it is set up, and what it can have done. */
import { Effect, Ref, Schema } from "effect"
import { AgentV1 } from "effect-deepgram"
import { Tool, Toolkit } from "effect/ai"

/** The agent's voice. */
export const output = { encoding: "linear16", sample_rate: 24_000, container: "none" } as const

/** How the agent listens, thinks and speaks. */
export const settings = (input: AgentV1.AudioInput): AgentV1.Settings => ({
  audio: { input, output },
  agent: {
    greeting: "Parcel service. How can I help you?",
    listen: { provider: { type: "deepgram", version: "v2", model: "flux-general-en" } },
    think: {
      provider: { type: "open_ai", model: "gpt-4o-mini" },
      prompt: "You answer the telephone of a parcel service, in one short sentence at a time. " +
        "Ask your tools; never guess where a parcel is."
    },
    speak: { provider: { type: "deepgram", model: "aura-2-thalia-en" } }
  }
})

const Day = Schema.Literals(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"])

const Parcel = Schema.Struct({
  number: Schema.String,
  place: Schema.String,
  /** When it is delivered. */
  day: Day
})

/** The agent is told of a failure, in the words of its schema, and may say so. */
class NoSuchParcel extends Schema.TaggedError<NoSuchParcel>()("NoSuchParcel", { number: Schema.String }) {}

/** Models learn what a tool takes, and what it is for, from its schema and its description. */
export const tools = Toolkit.make(
  Tool.make("find_parcel", {
    description: "Where a parcel is, and when it will be delivered",
    parameters: Schema.Struct({ number: Schema.String }),
    success: Parcel,
    failure: NoSuchParcel
  }),
  Tool.make("move_delivery", {
    description: "Has a parcel delivered on another day",
    parameters: Schema.Struct({ number: Schema.String, day: Day }),
    success: Parcel,
    failure: NoSuchParcel
    // It changes something: not before the caller has surely said all.
  }).annotate(AgentV1.DeferUntilEndOfTurn, true)
)

const parcels: ReadonlyArray<typeof Parcel.Type> = [
  { number: "42", place: "in Hamburg", day: "Tuesday" },
  { number: "77", place: "on its way", day: "Monday" }
]

/** What is done when they are called: a database stands here elsewhere. */
export const toolsLayer = tools.toLayer(Effect.gen(function*() {
  const known = yield* Ref.make(new Map(parcels.map((parcel) => [parcel.number, parcel])))
  const find = Effect.fnUntraced(function*(number: string) {
    return (yield* Ref.get(known)).get(number) ?? (yield* new NoSuchParcel({ number }))
  })
  return tools.of({
    find_parcel: ({ number }) => find(number),
    move_delivery: Effect.fnUntraced(function*({ day, number }) {
      const moved = { ...yield* find(number), day }
      yield* Ref.update(known, (parcels) => new Map(parcels).set(number, moved))
      return moved
    })
  })
}))
