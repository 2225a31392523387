/**
 * Settings of agents in every variant that is documented (inventory 3), as they are on the wire: each provider alone, with
 * each of its options, and with all of them. All of them are settings that Deepgram takes. Without a test framework, for
 * the emulator's tests take them too.
 */
import type { agentV1 } from "effect-deepgram/DeepgramChannels"
import type * as Contract from "../../src/internal/contract/agentSettings.ts"

export type SettingsMessage = typeof agentV1.client.Settings.Type

/** By what is particular about them. */
type Variants<A> = Readonly<Record<string, A>>

/** Values that a member may have. */
type Values<A> = { readonly [K in keyof A]?: ReadonlyArray<A[K]> }

const mapped = <A, B>(variants: Variants<A>, change: (value: A) => B): Variants<B> =>
  Object.fromEntries(Object.entries(variants).map(([name, value]) => [name, change(value)]))

/** Without any of the options, with each value of each, and with all of them. */
const each = <A extends object>(name: string, needed: A, options: Values<A>): Variants<A> => {
  const all = Object.entries(options).map(([key, values]) => [key, (values as ReadonlyArray<unknown>)[0]])
  return {
    [name]: needed,
    ...Object.fromEntries(
      Object.entries(options).flatMap(([key, values]) =>
        (values as ReadonlyArray<unknown>).map((value, i) => [
          `${name}, ${key} ${typeof value === "object" ? `(${i + 1})` : String(value)}`,
          { ...needed, [key]: value }
        ])
      )
    ),
    [`${name}, everything`]: { ...needed, ...Object.fromEntries(all) }
  }
}

const named = <A>(kind: string, variants: Variants<A>): Variants<A> =>
  Object.fromEntries(Object.entries(variants).map(([name, value]) => [`${kind}: ${name}`, value]))

const ofAgent = (kind: string, variants: Variants<Contract.Agent>): Variants<SettingsMessage> =>
  named(kind, mapped(variants, (agent) => ({ type: "Settings", audio: {}, agent })))

const ofAudio = (variants: Variants<Contract.AudioSettings>): Variants<SettingsMessage> =>
  named("audio", mapped(variants, (audio) => ({ type: "Settings", audio, agent: {} })))

/** Is in whatever is secret in them, and nowhere else. */
export const secret = "hush"

const headers = { authorization: `Bearer ${secret}`, "x-key": secret }
const endpoint: Contract.Endpoint = { url: "https://example.com/v1", headers }

const inputs = {
  linear16: 44_100,
  linear32: 48_000,
  flac: 16_000,
  alaw: 8000,
  mulaw: 8000,
  "amr-nb": 8000,
  "amr-wb": 16_000,
  opus: 48_000,
  "ogg-opus": 48_000,
  speex: 16_000,
  g729: 8000
}

const audio: Variants<SettingsMessage> = ofAudio({
  "no audio": {},
  "empty output": { output: {} },
  ...Object.fromEntries(
    Object.entries(inputs).map(([encoding, sample_rate]) => [`hears ${encoding}`, { input: { encoding, sample_rate } }])
  ),
  "says linear16": { output: { encoding: "linear16", sample_rate: 16_000, container: "none" } },
  "says linear16 in a file": { output: { encoding: "linear16", sample_rate: 48_000, container: "wav" } },
  "says mulaw": { output: { encoding: "mulaw", sample_rate: 8000 } },
  "says alaw": { output: { encoding: "alaw", sample_rate: 8000 } },
  "says mp3": { output: { encoding: "mp3", bitrate: 48_000 } },
  "says opus": { output: { encoding: "opus", bitrate: 12_000, container: "ogg" } },
  "says flac": { output: { encoding: "flac", sample_rate: 22_050 } },
  "says aac": { output: { encoding: "aac", bitrate: 48_000 } },
  "says at another rate": { output: { sample_rate: 8000 } },
  "hears and says": {
    input: { encoding: "linear16", sample_rate: 16_000 },
    output: { encoding: "linear16", sample_rate: 24_000, container: "none" }
  }
})

// Compressed audio is of Aura only, and without a voice there is one of Flux.
const compressed: ReadonlySet<string> = new Set(["mp3", "opus", "flac", "aac"])

const withVoice = (settings: SettingsMessage): SettingsMessage =>
  compressed.has(settings.audio.output?.encoding ?? "")
    ? { ...settings, agent: { speak: { provider: { type: "deepgram", model: "aura-2-thalia-en" } } } }
    : settings

const listen: Variants<SettingsMessage> = ofAgent("listen", {
  nothing: { listen: {} },
  ...mapped<Contract.ListenProviderV1 | Contract.ListenProviderV2, Contract.Agent>({
    ...each<Contract.ListenProviderV1>("as before", { type: "deepgram" }, {
      version: ["v1"],
      model: ["nova-3", "nova-2", "nova-3-medical"],
      language: ["en-US", "multi"],
      keyterms: [["Deepgram", "Effect"], []],
      smart_format: [true, false]
    }),
    ...each<Contract.ListenProviderV2>(
      "Flux",
      { type: "deepgram", version: "v2", model: "flux-general-multi" },
      {
        model: ["flux-general-multi", "flux-general-en"],
        language_hints: [["en", "es"]],
        eot_threshold: [0.5, 0.7, 1],
        eager_eot_threshold: [0.3, 0.7],
        eot_timeout_ms: [500, 60_000],
        keyterms: [["Deepgram"]]
      }
    ),
    "Flux, the highest thresholds": {
      type: "deepgram",
      version: "v2",
      model: "flux-general-en",
      eot_threshold: 1,
      eager_eot_threshold: 0.9
    }
  }, (provider) => ({ listen: { provider } }))
})

const temperatures = [0, 0.7, 2]
const reasoning_mode = ["none", "minimal", "low", "medium", "high"] as const
const credentials: Contract.AwsPollyCredentials = {
  type: "sts",
  region: "eu-central-1",
  access_key_id: `${secret}-id`,
  secret_access_key: `${secret}-key`,
  session_token: `${secret}-token`
}
const { session_token: _, ...withoutToken } = credentials

const managed = {
  ...each<Contract.OpenAiThinkProvider>("open_ai", { type: "open_ai", model: "gpt-4o-mini" }, {
    version: ["v1"],
    model: [
      "gpt-5",
      "gpt-5-mini",
      "gpt-5-nano",
      "gpt-4.1",
      "gpt-4.1-mini",
      "gpt-4.1-nano",
      "gpt-4o",
      "gpt-99"
    ],
    temperature: temperatures,
    reasoning_mode
  }),
  ...each<Contract.AnthropicThinkProvider>("anthropic", { type: "anthropic", model: "claude-3-5-haiku-latest" }, {
    version: ["v1"],
    model: ["claude-sonnet-4-20250514"],
    temperature: [0, 0.5, 1]
  }),
  ...each<Contract.GoogleThinkProvider>("google", { type: "google", model: "gemini-2.5-flash" }, {
    version: ["ai-studio-v1beta", "gemini-enterprise-agent-v1", "v1beta"],
    model: ["gemini-2.0-flash", "gemini-2.0-flash-lite"],
    temperature: temperatures
  }),
  nvidia: { type: "nvidia", model: "nemotron" } as const,
  "nvidia, with what is not documented": {
    type: "nvidia",
    model: "nemotron",
    temperature: 1,
    more: { depth: [1] }
  } as const
}

const own = {
  ...each<Contract.AwsBedrockThinkProvider>(
    "aws_bedrock",
    { type: "aws_bedrock", model: "anthropic/claude-3-5-sonnet-20240620-v1:0" },
    {
      model: ["anthropic/claude-3-5-haiku-20240307-v1:0"],
      temperature: temperatures,
      credentials: [credentials, { ...withoutToken, type: "iam" }, {}]
    }
  ),
  ...each<Contract.GroqThinkProvider>("groq", { type: "groq", model: "openai/gpt-oss-20b" }, {
    version: ["v1"],
    temperature: temperatures,
    reasoning_mode
  })
}

const parameters = {
  type: "object",
  properties: { city: { type: "string" }, days: { type: ["integer", "null"], default: null } },
  required: ["city"]
}

const functions = each<Contract.FunctionDefinition>("a function", { name: "weather" }, {
  description: ["What the weather is like."],
  parameters: [parameters, {}],
  defer_until_eot: [true, false],
  endpoint: [
    { url: "https://example.com/weather", method: "POST", headers },
    { url: "https://example.com/weather", method: "GET" },
    { url: "https://example.com/weather" }
  ]
})

const severalFunctions = Object.values(functions).map((one, i) => Object.assign({}, one, { name: `weather_${i}` }))

const gpt: Contract.ThinkSettings = { provider: { type: "open_ai", model: "gpt-4o-mini" } }
const claude: Contract.ThinkSettings = { provider: { type: "anthropic", model: "claude-3-5-haiku-latest" } }

const thinkSettings: Variants<Contract.ThinkSettings> = {
  ...mapped(managed, (provider) => ({ provider })),
  ...mapped(own, (provider) => ({ provider, endpoint })),
  ...mapped(functions, (one) => ({ ...gpt, functions: [one] })),
  ...each<Contract.ThinkSettings>("more", { ...gpt, endpoint }, {
    endpoint: [endpoint, { url: "https://example.com/v1" }],
    functions: [severalFunctions, []],
    prompt: ["You are brief.", ""],
    context_length: ["max", 2, 15_000]
  })
}

const think: Variants<SettingsMessage> = ofAgent("think", {
  ...mapped(thinkSettings, (one) => ({ think: one })),
  "one in a list": { think: [gpt] },
  "several": {
    think: [gpt, claude, { ...gpt, endpoint, functions: severalFunctions, prompt: "You are brief." }]
  }
})

const deepgram = {
  ...each<Contract.DeepgramSpeakProvider>("aura", { type: "deepgram", model: "aura-2-thalia-en" }, {
    version: ["v1"],
    model: ["aura-asteria-en", "aura-2-estrella-es"],
    speed: [0.7, 1, 1.5]
  }),
  ...each<Contract.DeepgramSpeakProvider>("flux", { type: "deepgram", version: "v2", model: "flux-kit-en" }, {
    model: ["flux-alexis-en", "flux-wes-en"],
    speed: [0.85, 0.5, 1.5],
    expressivity: [-2, 0, 2]
  })
}

const others = {
  ...each<Contract.CartesiaSpeakProvider>(
    "cartesia",
    { type: "cartesia", model_id: "sonic-2", voice: { mode: "id", id: "a-voice" } },
    { version: ["2025-03-17"], model_id: ["sonic-multilingual"], language: ["en"], volume: [0.5, 1, 2] }
  ),
  ...each<Contract.OpenAiSpeakProvider>("open_ai", { type: "open_ai", model: "tts-1", voice: "alloy" }, {
    version: ["v1"],
    model: ["tts-1-hd"],
    voice: ["echo", "fable", "onyx", "nova", "shimmer"]
  }),
  ...each<Contract.AwsPollySpeakProvider>(
    "aws_polly",
    { type: "aws_polly", voice: "Matthew", language: "en-US", engine: "neural", credentials: withoutToken },
    {
      voice: ["Joanna", "Amy", "Emma", "Brian", "Arthur", "Aria", "Ayanda"],
      language_code: ["en-US"],
      engine: ["generative", "long-form", "standard"],
      credentials: [credentials, { ...withoutToken, type: "iam" }]
    }
  )
}

const elevenLabs = each<Contract.ElevenLabsSpeakProvider>(
  "eleven_labs",
  { type: "eleven_labs", model_id: "eleven_turbo_v2_5" },
  {
    version: ["v1"],
    model_id: ["eleven_monolingual_v1", "eleven_multilingual_v2"],
    language: ["en"],
    language_code: ["en"]
  }
)

const voice: Contract.SpeakSettings = { provider: { type: "deepgram", model: "aura-2-thalia-en" } }

const speakSettings: Variants<Contract.SpeakSettings> = {
  ...mapped(deepgram, (provider) => ({ provider })),
  ...mapped(others, (provider) => ({ provider, endpoint })),
  ...mapped(elevenLabs, (provider) => ({ provider, endpoint: { url: "wss://example.com/v1", headers } })),
  "without headers": {
    provider: { type: "open_ai", model: "tts-1", voice: "alloy" },
    endpoint: { url: "https://example.com/v1" }
  }
}

const speak: Variants<SettingsMessage> = ofAgent("speak", {
  ...mapped(speakSettings, (one) => ({ speak: one })),
  "one in a list": { speak: [voice] },
  "several": { speak: [voice, { provider: { type: "open_ai", model: "tts-1", voice: "alloy" }, endpoint }] }
})

const said: ReadonlyArray<Contract.HistoryText> = [
  { type: "History", role: "user", content: "Hello." },
  { type: "History", role: "assistant", content: "" }
]

const called: Contract.CalledFunction = {
  id: "a-call",
  name: "weather",
  client_side: true,
  arguments: "{\"city\":\"Berlin\"}",
  response: "Rain."
}

const context: Variants<SettingsMessage> = ofAgent("agent", {
  empty: {},
  ...mapped(
    each<Contract.AgentContext>("context", {}, {
      messages: [
        [],
        said,
        [{ type: "History", function_calls: [called, { ...called, client_side: false, thought_signature: "signed" }] }],
        [{ type: "History", function_calls: [] }],
        [...said, { type: "History", function_calls: [called] }]
      ]
    }),
    (context) => ({ context })
  ),
  "language": { language: "en" },
  "greeting": { greeting: "Hello, who is there?" },
  everything: {
    language: "en",
    greeting: "Hello.",
    context: { messages: said },
    listen: { provider: { type: "deepgram", version: "v2", model: "flux-general-en", eot_threshold: 0.8 } },
    think: [{ ...gpt, prompt: "You are brief.", functions: severalFunctions }, claude],
    speak: [{ provider: { type: "deepgram", version: "v2", model: "flux-kit-en", expressivity: 1 } }, voice]
  }
})

const whole: Variants<SettingsMessage> = {
  ...each<SettingsMessage>("settings", { type: "Settings", audio: {}, agent: {} }, {
    tags: [["support", "eu"], []],
    experimental: [true, false],
    flags: [{ history: false }, { history: true }, {}],
    mip_opt_out: [true, false]
  }),
  "settings, an agent that Deepgram keeps": {
    type: "Settings",
    audio: {},
    agent: "b4f2c1de-9a57-4c11-8f0e-2f6a3c1d5e70"
  }
}

/** All of them. */
export const settingsVariants: Variants<SettingsMessage> = {
  ...mapped(audio, withVoice),
  ...listen,
  ...think,
  ...speak,
  ...context,
  ...whole
}
