import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { AgentV1, Deepgram } from "effect-deepgram"
import { refusedSettings } from "../../src/internal/refusedSettings.ts"
import { settingsVariants } from "../support/agentSettings.ts"

const think = { provider: { type: "open_ai", model: "gpt-4o-mini" } } as const
const flux = { provider: { type: "deepgram", model: "flux-kit-en" } } as const

// Nothing listens there: what is refused is not dialled.
const nowhere = Deepgram.layer({ apiKey: Redacted.make("key"), baseUrl: "http://127.0.0.1:9" })

const cases: ReadonlyArray<readonly [name: string, settings: AgentV1.Settings, message: string]> = [
  [
    "Flux that listens without its version",
    { agent: { listen: { provider: { type: "deepgram", model: "flux-general-en" } } } },
    "flux-general-en listens with version: \"v2\""
  ],
  ["a voice of Flux without its version", { agent: { speak: flux } }, "flux-kit-en speaks with version: \"v2\""],
  [
    "a voice of Flux that stands in for another",
    { agent: { speak: [{ provider: { type: "deepgram", model: "aura-2-thalia-en" } }, flux] } },
    "flux-kit-en speaks with version: \"v2\""
  ],
  [
    "a voice of Aura with the version of Flux",
    { agent: { speak: { provider: { type: "deepgram", model: "aura-2-thalia-en", version: "v2" } } } },
    "aura-2-thalia-en speaks with version: \"v1\""
  ],
  [
    "Groq without an endpoint",
    { agent: { think: { provider: { type: "groq", model: "openai/gpt-oss-20b" } } } },
    "groq thinks at an endpoint of your own"
  ],
  [
    "Bedrock that stands in without an endpoint",
    {
      agent: {
        think: [think, {
          provider: { type: "aws_bedrock", model: "anthropic/claude-3-5-haiku-20240307-v1:0" }
        }]
      }
    },
    "aws_bedrock thinks at an endpoint of your own"
  ],
  [
    "compressed audio of Flux",
    {
      audio: { output: { encoding: "mp3" } },
      agent: { speak: { provider: { type: "deepgram", version: "v2", model: "flux-kit-en" } } }
    },
    "voices of Flux do not speak mp3"
  ]
]

describe("settings that Deepgram would refuse", () => {
  for (const [name, settings, message] of cases) {
    it.effect(`are not sent: ${name}`, () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(AgentV1.connect(settings))
        assert.strictEqual(error._tag, "BadRequest")
        assert.include(error.message, message)
      }).pipe(Effect.scoped, Effect.provide(nowhere)))
  }

  for (const [name, settings] of Object.entries(settingsVariants)) {
    it(`are none of the documented ones: ${name}`, () => {
      assert.isUndefined(refusedSettings(settings))
    })
  }
})
