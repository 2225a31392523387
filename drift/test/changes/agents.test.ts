/** What a document says of agents: settings that may be of one kind or another, and stand at several places. */
import { describe } from "@effect/vitest"
import { type Changes, listOf, noticing, number, objectOf, string } from "../support/noticing.ts"
import { type Edit, messages, minus, noticedOfSockets, type Path, plus, schema } from "../support/vendor.ts"

const agent = "WS /v1/agent/converse"
const think = ["client Settings agent.think", "client UpdateThink think"]
const speak = ["client Settings agent.speak", "client UpdateSpeak speak"]

/** One line for each place where the settings stand, be it in a list or alone. */
const everywhere = (kind: string, places: ReadonlyArray<string>, rest: string) =>
  places.flatMap((place) => [`${place}[]`, place]).map((place) => `${kind} ${agent} ${place}${rest}`)

const sorted = (lines: ReadonlyArray<string>) => lines.toSorted()

const noticedInOrder = (...edits: ReadonlyArray<Edit>) => sorted(noticedOfSockets(...edits))

const property = (name: string, ...rest: Path): Path => schema(name, "properties", ...rest)

const providers: Changes = {
  "a new one that thinks": {
    edits: [[
      schema("ThinkSettingsV1Provider", "oneOf"),
      plus({ ...objectOf({ type: { const: "local" }, model: string }), required: ["type", "model"] })
    ]],
    lines: sorted(everywhere("missing", think, ".provider as { type, model }"))
  },
  "one that the document had lacked": {
    edits: [[
      schema("ThinkSettingsV1Provider", "oneOf"),
      plus({
        ...objectOf({ type: { const: "nvidia" }, model: string }),
        required: ["type", "model"],
        additionalProperties: true
      })
    ]],
    lines: sorted(everywhere("stale extra", think, ".provider as { type, model, others: anything }"))
  },
  "one that is gone": {
    edits: [[schema("SpeakSettingsV1Provider", "oneOf"), (list: ReadonlyArray<unknown>) => list.slice(0, -1)]],
    lines: sorted(
      everywhere("extra", speak, ".provider as { type, voice, language, language_code?, engine, credentials }")
    )
  },
  "another version": {
    edits: [[schema("GroqThinkProviderVersion", "enum"), plus("v2")]],
    lines: sorted(everywhere("missing", think, ".provider.version as \"v2\""))
  },
  "a new member of one": {
    edits: [[property("CartesiaSpeakProvider", "emotion"), string]],
    lines: sorted(everywhere("missing", speak, ".provider.emotion (-; string)"))
  },
  "a member of one that is gone": {
    edits: [[property("GoogleThinkProvider", "temperature"), undefined]],
    lines: sorted(everywhere("extra", think, ".provider.temperature (number; -)"))
  },
  "a member that becomes required": {
    edits: [[schema("AwsBedrockThinkProvider", "required"), plus("credentials")]],
    lines: sorted(everywhere("required", think, ".provider.credentials (optional; required)"))
  },
  "a secret that is no text": {
    edits: [[property("AwsPollySpeakProviderCredentials", "secret_access_key"), number]],
    lines: sorted(everywhere("type", speak, ".provider.credentials.secret_access_key (string; number)"))
  },
  "a voice of Aura": {
    edits: [[schema("DeepgramSpeakProviderModel", "enum"), plus("aura-3-nova-en")]],
    lines: sorted(everywhere("missing", speak, ".provider.model as \"aura-3-nova-en\""))
  },
  "a voice of Flux, which has an object of its own there": {
    edits: [[schema("SpeakSettingsV1ProviderOneOf1Model", "enum"), plus("flux-nova-en")]],
    lines: sorted(everywhere("missing", speak, ".provider.model as \"flux-nova-en\""))
  },
  "a member of the object that voices of Flux have there": {
    edits: [[property("SpeakSettingsV1Provider1", "mood"), string]],
    lines: sorted(everywhere("missing", speak, ".provider.mood (-; string)"))
  },
  "a voice that the document had given up": {
    edits: [[schema("SpeakSettingsV1ProviderOneOf1Model", "enum"), minus("flux-renee-en")]],
    lines: sorted(everywhere("stale missing", speak, ".provider.model as \"flux-renee-en\""))
  },
  "both kinds of listening in updates too": {
    edits: [[
      property("ChannelsAgentV1MessagesAgentV1UpdateListenListen", "provider"),
      { $ref: "#/components/schemas/ChannelsAgentV1MessagesAgentV1SettingsAgentOneOf0ListenProvider" }
    ]],
    lines: [
      `stale extra ${agent} client UpdateListen listen.provider as ` +
      "{ type, version?, model?, language?, keyterms?, smart_format? }"
    ]
  },
  "a member of one kind of listening": {
    edits: [[property("DeepgramListenProviderV1", "diarize"), { type: "boolean" }]],
    lines: [`missing ${agent} client Settings agent.listen.provider.diarize (-; boolean)`]
  }
}

const settings: Changes = {
  "what may be a list no more": {
    edits: [[
      property("AgentV1_AgentV1UpdateThink", "think"),
      { $ref: "#/components/schemas/ThinkSettingsV1" }
    ]],
    lines: sorted([
      `extra ${agent} client UpdateThink think as list (list of { provider, endpoint?, functions?, prompt?, ` +
      "context_length? }; -)",
      ...[
        "provider.version as \"ai-studio-v1beta\"",
        "provider.version as \"gemini-enterprise-agent-v1\"",
        "provider as { type, model, others: anything }",
        "functions[].defer_until_eot"
      ].map((rest) => `stale extra ${agent} client UpdateThink think[].${rest}`)
    ])
  },
  "an agent that has no id": {
    edits: [[
      schema("ChannelsAgentV1MessagesAgentV1SettingsAgent", "oneOf"),
      (list: ReadonlyArray<unknown>) => list.slice(0, 1)
    ]],
    lines: [`extra ${agent} client Settings agent as string (string; -)`]
  },
  "null": {
    edits: [[
      property("ChannelsAgentV1MessagesAgentV1SettingsAgent0", "greeting"),
      { type: ["string", "null"] }
    ]],
    lines: [`missing ${agent} client Settings agent.greeting as null (-; null)`]
  },
  "headers that hold something else": {
    edits: [[property("SpeakSettingsV1Endpoint", "headers"), { type: "object", additionalProperties: number }]],
    lines: sorted(everywhere("type", speak, ".endpoint.headers.* (string; number)"))
  },
  "arguments of functions that get fields": {
    edits: [[property("ThinkSettingsV1FunctionsItemsParameters", "schema"), string]],
    lines: sorted(everywhere("type", think, ".functions[].parameters (any object; { schema? })"))
  },
  "names beside numbers": {
    edits: [[schema("ThinkSettingsV1ContextLength0", "enum"), plus("min")]],
    lines: sorted(everywhere("missing", think, ".context_length as \"min\""))
  }
}

const ofServer: Changes = {
  "a new member of what was said": {
    edits: [[property("AgentV1AgentV1History0", "at"), number]],
    lines: [
      `missing ${agent} server History at (-; number)`
    ]
  },
  "a new member of what was called": {
    edits: [[property("ChannelsAgentV1MessagesAgentV1HistoryOneOf1FunctionCallsItems", "at"), number]],
    lines: [
      `missing ${agent} server History function_calls[].at (-; number)`
    ]
  },
  "a latency that the document had lost": {
    edits: [[property("AgentV1_AgentV1LatencyReport", "stt_latency"), number]],
    lines: [`stale extra ${agent} server LatencyReport stt_latency`]
  },
  "functions that are one": {
    edits: [[
      property("AgentV1_AgentV1FunctionCallRequest", "functions"),
      (list: { readonly items: unknown }) => list.items
    ]],
    lines: [
      `type ${agent} server FunctionCallRequest functions ` +
      "(list of { id, name, arguments, client_side?, thought_signature? }; " +
      "{ id, name, arguments, client_side, thought_signature? })"
    ]
  },
  "a message": {
    edits: [[
      messages("/v1/agent/converse", "publish"),
      plus({ payload: { ...objectOf({ type: { const: "Mood" }, moods: listOf(string) }), required: ["type"] } })
    ]],
    lines: [`missing ${agent} server Mood (-; { type, moods? })`]
  }
}

describe("an agent", () => {
  noticing("has providers", providers, noticedInOrder)
  noticing("has settings", settings, noticedInOrder)
  noticing("says", ofServer, noticedInOrder)
})
