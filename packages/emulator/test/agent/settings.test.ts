/** Which settings there can be: everything of the inventory, section 3, and nothing that cannot work. */
import { Emulator } from "@effect-deepgram/emulator"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { AgentConfigurations, DeepgramChannels } from "effect-deepgram"
import { settingsVariants } from "../../../deepgram/test/support/agentSettings.ts"
import { inProject } from "../server/management.ts"
import type { Json } from "../server/socket.ts"
import { brief, converse, flux, open } from "./support.ts"

const endpoint = { url: "https://provider.example/v1", headers: { authorization: "Bearer s3cret" } }

const openAi = { type: "open_ai", model: "gpt-4o-mini" }

const think = (provider: Json, more: Json = {}): Json => ({ agent: { think: { provider, ...more } } })
const speak = (provider: Json, more: Json = {}): Json => ({ agent: { speak: { provider, ...more } } })
const listen = (provider: Json): Json => ({ agent: { listen: { provider: { type: "deepgram", ...provider } } } })
const output = (output: Json, agent: Json = {}): Json => ({ audio: { output }, agent })
const functions = (...functions: ReadonlyArray<Json>): Json => think(openAi, { functions })

const aura = { type: "deepgram", model: "aura-2-thalia-en" }
const aws = { type: "iam", region: "us-east-1", access_key_id: "id", secret_access_key: "s3cret" }

const possible: Readonly<Record<string, Json>> = {
  "as few as there can be": {},
  "everything at the top": {
    tags: ["a", "b"],
    experimental: true,
    flags: { history: true },
    mip_opt_out: true,
    audio: { input: { encoding: "mulaw", sample_rate: 8000 }, output: { encoding: "mulaw", container: "wav" } }
  },
  "an empty agent": { agent: { listen: {}, context: {}, greeting: "", language: "en" } },
  "a history": {
    agent: {
      context: {
        messages: [
          { type: "History", role: "user", content: "Hi." },
          { type: "History", role: "assistant", content: "Hello." },
          {
            type: "History",
            function_calls: [
              { id: "1", name: "f", client_side: true, arguments: "{}", response: "1", thought_signature: "s" }
            ]
          }
        ]
      }
    }
  },
  "Nova": listen({ version: "v1", model: "nova-3", language: "multi", keyterms: ["Deepgram"], smart_format: true }),
  "an earlier Nova": listen({ model: "nova-2-meeting" }),
  "Flux": listen({
    version: "v2",
    model: "flux-general-en",
    eot_threshold: 0.8,
    eager_eot_threshold: 0.4,
    eot_timeout_ms: 6000,
    keyterms: ["Deepgram"]
  }),
  "Flux for several languages": listen({ version: "v2", model: "flux-general-multi", language_hints: ["en", "de"] }),
  "OpenAI": think({ type: "open_ai", version: "v1", model: "gpt-5", temperature: 2, reasoning_mode: "high" }),
  "Bedrock": think({
    type: "aws_bedrock",
    model: "anthropic/claude-3-5-haiku-20240307-v1:0",
    temperature: 0,
    credentials: { ...aws, type: "sts", session_token: "t" }
  }, { endpoint }),
  "Anthropic": think({ type: "anthropic", version: "v1", model: "claude-sonnet-4-20250514", temperature: 1 }),
  "Google": think({ type: "google", version: "gemini-enterprise-agent-v1", model: "gemini-2.5-flash", temperature: 1 }),
  "Groq": think({ type: "groq", version: "v1", model: "openai/gpt-oss-20b", reasoning_mode: "low" }, { endpoint }),
  "Nvidia": think({ type: "nvidia", model: "nemotron", anything: true }),
  "a model of one's own": think(openAi, { endpoint: { url: "wss://llm.example" }, context_length: "max" }),
  "a short memory": think(openAi, { endpoint, context_length: 1000 }),
  "several that think": { agent: { think: [{ provider: openAi }, { provider: { ...openAi, model: "gpt-5" } }] } },
  "functions": functions(
    { name: "f", description: "Does.", parameters: { type: "object", properties: {} }, defer_until_eot: true },
    { name: "g", endpoint: { ...endpoint, method: "post" } }
  ),
  "Aura": speak({ ...aura, version: "v1", speed: 1.2 }),
  "an Aura that knows no speed": speak({ type: "deepgram", model: "aura-asteria-en", speed: 1 }),
  "Flux that speaks": speak({
    type: "deepgram",
    version: "v2",
    model: "flux-haley-en",
    speed: 0.85,
    expressivity: -2
  }),
  "ElevenLabs": speak({ type: "eleven_labs", version: "v1", model_id: "eleven_turbo_v2_5", language: "en" }, {
    endpoint: { url: "wss://api.elevenlabs.example/stream-input" }
  }),
  "Cartesia": speak({
    type: "cartesia",
    version: "2025-03-17",
    model_id: "sonic-2",
    voice: { mode: "id", id: "1" },
    language: "en",
    volume: 2
  }),
  "OpenAI that speaks": speak({ type: "open_ai", version: "v1", model: "tts-1-hd", voice: "nova" }, { endpoint }),
  "Polly": speak(
    { type: "aws_polly", voice: "Joanna", language: "en-US", engine: "neural", credentials: aws },
    { endpoint }
  ),
  "several that speak": { agent: { speak: [{ provider: aura }, { provider: { ...aura, model: "aura-luna-en" } }] } }
}

const impossible: Readonly<Record<string, readonly [settings: Json, problem: RegExp]>> = {
  "an unknown encoding of input": [{ audio: { input: { encoding: "mp4", sample_rate: 8000 } } }, /audio.input.*mp4/],
  "a sample rate of nothing": [{ audio: { input: { encoding: "linear16", sample_rate: 0 } } }, /audio.input.*is 0/],
  "half a sample rate": [{ audio: { input: { encoding: "linear16", sample_rate: 8000.5 } } }, /integer/],
  "an unknown encoding of output": [output({ encoding: "vorbis" }), /audio.output.*vorbis/],
  "a sample rate that no voice has": [output({ encoding: "linear16", sample_rate: 11_025 }), /sample_rate/],
  "a container that does not fit": [output({ encoding: "mulaw", container: "ogg" }), /container=ogg/],
  "a bit rate of what is not compressed": [output({ encoding: "linear16", bitrate: 48_000 }), /bit_rate/],
  "compressed audio of the default voice": [output({ encoding: "mp3" }), /Flux.*mp3/],
  "compressed audio of Flux among others": [
    output({ encoding: "opus" }, {
      speak: [{ provider: aura }, { provider: { type: "deepgram", version: "v2", model: "flux-kit-en" } }]
    }),
    /Flux.*opus/
  ],
  "a model of Nova that is none": [listen({ model: "nova-9" }), /nova-9/],
  "a model of Flux that is none": [listen({ version: "v2", model: "flux-general-xx" }), /flux-general-xx/],
  "Flux as version v1": [listen({ version: "v1", model: "flux-general-en" }), /flux-general-en/],
  "Nova as version v2": [listen({ version: "v2", model: "nova-3" }), /nova-3/],
  "a threshold out of range": [listen({ version: "v2", model: "flux-general-en", eot_threshold: 0.4 }), /0.5 and 1/],
  "thresholds the wrong way round": [
    listen({ version: "v2", model: "flux-general-en", eot_threshold: 0.6, eager_eot_threshold: 0.7 }),
    /eager_eot_threshold/
  ],
  "language hints for English": [
    listen({ version: "v2", model: "flux-general-en", language_hints: ["de"] }),
    /language_hint/
  ],
  "too many key terms": [
    listen({ version: "v2", model: "flux-general-en", keyterms: Array.from({ length: 101 }, (_, i) => `${i}`) }),
    /100/
  ],
  "a temperature out of range": [think({ ...openAi, temperature: 3 }), /temperature/],
  "Groq without an endpoint": [think({ type: "groq", model: "openai/gpt-oss-20b" }), /groq needs an endpoint/],
  "Bedrock without an endpoint": [think({ type: "aws_bedrock", model: "x" }), /aws_bedrock needs an endpoint/],
  "an endpoint without a URL": [think(openAi, { endpoint: {} }), /URL/],
  "an endpoint on a disk": [think(openAi, { endpoint: { url: "file:///etc" } }), /URL/],
  "a length of the context of somebody else": [think(openAi, { context_length: 100 }), /context_length/],
  "a context of one character": [think(openAi, { endpoint, context_length: 1 }), /context_length/],
  "nobody who thinks": [{ agent: { think: [] } }, /think is empty/],
  "a function without a name": [functions({ description: "Does." }), /name/],
  "two functions of the same name": [functions({ name: "f" }, { name: "f" }), /two functions f/],
  "a function at no URL": [functions({ name: "f", endpoint: { url: "call me" } }), /function f/],
  "a function with a method that is none": [
    functions({ name: "f", endpoint: { ...endpoint, method: "FETCH" } }),
    /FETCH/
  ],
  "a voice that nobody has": [speak({ type: "deepgram", model: "aura-2-nobody-en" }), /aura-2-nobody-en/],
  "a voice of Flux as v1": [speak({ type: "deepgram", model: "flux-kit-en" }), /flux-kit-en/],
  "a voice of Aura as v2": [speak({ ...aura, version: "v2" }), /aura-2-thalia-en/],
  "a version that there is not": [speak({ ...aura, version: "v3" }), /v3/],
  "an expressive Aura": [speak({ ...aura, expressivity: 1 }), /expressivity/],
  "more than expressive": [
    speak({ type: "deepgram", version: "v2", model: "flux-kit-en", expressivity: 3 }),
    /expressivity/
  ],
  "nobody who speaks": [{ agent: { speak: [] } }, /speak is empty/],
  "OpenAI without an endpoint": [
    speak({ type: "open_ai", model: "tts-1", voice: "alloy" }),
    /open_ai needs an endpoint/
  ],
  "OpenAI at a socket": [
    speak({ type: "open_ai", model: "tts-1", voice: "alloy" }, { endpoint: { url: "wss://x.example" } }),
    /wss/
  ],
  "ElevenLabs with a format in its URL": [
    speak({ type: "eleven_labs", model_id: "eleven_turbo_v2_5" }, {
      endpoint: { url: "https://x.example/?output_format=mp3" }
    }),
    /output_format/
  ]
}

layer(Emulator.layerSdk())("every variant that is documented", (it) => {
  it.effect.each(Object.entries(settingsVariants))(
    "is accepted as it is: %s",
    ([, settings]) =>
      Effect.gen(function*() {
        const kept = inProject((id) => AgentConfigurations.create(id, { config: {} }))
        const agent = typeof settings.agent === "string" ? (yield* kept).agent_id : settings.agent
        const client = yield* open
        yield* client.say({ ...settings, agent })
        assert.deepStrictEqual(brief(yield* client.until("SettingsApplied")), ["Welcome", "SettingsApplied"])
      })
  )
})

layer(Emulator.layer())("settings", (it) => {
  for (const [what, more] of Object.entries(possible)) {
    it.effect(`can be ${what}`, () =>
      Effect.gen(function*() {
        const client = yield* open
        yield* client.say({ type: "Settings", audio: {}, agent: {}, ...more })
        assert.deepStrictEqual(brief(yield* client.until("SettingsApplied")), ["Welcome", "SettingsApplied"])
      }))
  }

  for (const encoding of DeepgramChannels.listenV1Encodings) {
    it.effect(`can have input as ${encoding}`, () =>
      Effect.gen(function*() {
        const client = yield* open
        yield* client.say({ type: "Settings", audio: { input: { encoding, sample_rate: 16_000 } }, agent: {} })
        yield* client.until("SettingsApplied")
      }))
  }

  for (const [what, [more, problem]] of Object.entries(impossible)) {
    it.effect(`cannot be ${what}`, () =>
      Effect.gen(function*() {
        const client = yield* open
        yield* client.say({ type: "Settings", audio: {}, agent: {}, ...more })
        const { code, messages } = yield* client.end
        assert.deepStrictEqual(brief(messages), ["Welcome", "Error INVALID_SETTINGS"])
        assert.match(String(messages[1]!["description"]), problem)
        assert.strictEqual(code, 1008)
      }))
  }

  const updates: Readonly<Record<string, Json>> = {
    UpdateListen: { listen: { provider: { type: "deepgram", model: "nova-9" } } },
    UpdateThink: { think: { provider: { type: "groq", model: "x" } } },
    UpdateSpeak: { speak: { provider: { ...aura, version: "v2" } } }
  }
  for (const [type, more] of Object.entries(updates)) {
    it.effect(`cannot become impossible by ${type}`, () =>
      Effect.gen(function*() {
        const client = yield* converse()
        yield* client.say({ type, ...more })
        assert.deepStrictEqual(brief((yield* client.end).messages), ["Error INVALID_SETTINGS"])
      }))
  }

  it.effect("are changed by updates, each of which is confirmed", () =>
    Effect.gen(function*() {
      const client = yield* converse()
      yield* client.say({ type: "UpdateListen", listen: { provider: flux } })
      yield* client.say({ type: "UpdateThink", think: [{ provider: openAi }, { provider: openAi }] })
      yield* client.say({ type: "UpdateSpeak", speak: { provider: aura } })
      yield* client.say({ type: "UpdatePrompt", prompt: "Be kind." })
      const messages = yield* client.until("PromptUpdated")
      assert.deepStrictEqual(brief(messages), ["ListenUpdated", "ThinkUpdated", "SpeakUpdated", "PromptUpdated"])
    }))

  it.effect("say whether there is a provider for messages of its own", () =>
    Effect.gen(function*() {
      const message = { type: "__customToThinkProvider", content: { any: ["thing"] } }
      const client = yield* converse()
      yield* client.say(message)
      yield* client.say({ type: "UpdateThink", think: { provider: openAi, endpoint: { url: "wss://llm.example" } } })
      yield* client.say(message)
      const messages = yield* client.until("__customFromThinkProvider")
      assert.deepStrictEqual(brief(messages).slice(0, 2), [
        "Warning CUSTOM_THINK_PROVIDER_UNSUPPORTED",
        "ThinkUpdated"
      ])
      assert.deepStrictEqual(messages[2], { type: "__customFromThinkProvider", content: message.content })
    }))
})
