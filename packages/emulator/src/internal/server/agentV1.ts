/** `agent.v1`: the models that agents can think with. */
import type { ThinkModel } from "effect-deepgram/AgentV1"
import { DeepgramApi } from "effect-deepgram/DeepgramApi"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"

const named = (provider: string, names: Readonly<Record<string, string>>): ReadonlyArray<ThinkModel> =>
  Object.entries(names).map(([id, name]) => ({ id, name, provider }))

/** Those that Deepgram documents (inventory 1.7). */
const models: ReadonlyArray<ThinkModel> = [
  ...named("open_ai", {
    "gpt-5": "GPT-5",
    "gpt-5-mini": "GPT-5 mini",
    "gpt-5-nano": "GPT-5 nano",
    "gpt-4.1": "GPT-4.1",
    "gpt-4.1-mini": "GPT-4.1 mini",
    "gpt-4.1-nano": "GPT-4.1 nano",
    "gpt-4o": "GPT-4o",
    "gpt-4o-mini": "GPT-4o mini"
  }),
  ...named("anthropic", {
    "claude-3-5-haiku-latest": "Claude 3.5 Haiku",
    "claude-sonnet-4-20250514": "Claude Sonnet 4"
  }),
  ...named("google", {
    "gemini-2.5-flash": "Gemini 2.5 Flash",
    "gemini-2.0-flash": "Gemini 2.0 Flash",
    "gemini-2.0-flash-lite": "Gemini 2.0 Flash-Lite"
  }),
  ...named("groq", { "openai/gpt-oss-20b": "GPT OSS 20B" })
]

/** The implementation of the group `AgentV1`. */
export const layer = HttpApiBuilder.group(
  DeepgramApi,
  "AgentV1",
  (handlers) => handlers.handle("listThinkModels", () => Effect.succeed({ models }))
)
