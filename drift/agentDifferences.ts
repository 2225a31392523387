/** Where our channel of agents differs from the vendor's AsyncAPI document on purpose, and why. */
import type { Deliberate } from "./explain.ts"

const agent = "WS /v1/agent/converse"

/** Where settings of a kind stand: in the first message and in the update, one alone and in a list. */
const everywhere = (kind: "think" | "speak") =>
  [`client Settings agent.${kind}`, `client Update${kind === "think" ? "Think" : "Speak"} ${kind}`]
    .flatMap((place) => [place, `${place}[]`])

const inThink = (...rests: ReadonlyArray<string>): Deliberate["at"] => ({
  [agent]: everywhere("think").flatMap((place) => rests.map((rest) => `${place}.${rest}`))
})

const inSpeak = (...rests: ReadonlyArray<string>): Deliberate["at"] => ({
  [agent]: everywhere("speak").flatMap((place) => rests.map((rest) => `${place}.${rest}`))
})

const settings: ReadonlyArray<Deliberate> = [
  {
    kind: "required",
    at: {
      [agent]: ["client Settings agent.listen.provider.version", "client UpdateListen listen.provider.version"]
    },
    here: "required",
    there: "optional",
    reason: "Of Flux: without it the server takes the provider for that of the older models.",
    evidence: "inventory 3.3"
  },
  {
    kind: "extra",
    at: {
      [agent]: ["flux-general-en", "flux-general-multi"].flatMap((model) =>
        ["client Settings agent", "client UpdateListen"].map((where) =>
          `${where}${where.endsWith("agent") ? "." : " "}listen.provider.model as "${model}"`
        )
      )
    },
    reason: "The document takes any name here; those of Flux are known.",
    evidence: "inventory 3.3, appendix A"
  },
  {
    kind: "extra",
    at: {
      [agent]: [
        "client UpdateListen listen.provider as { type, version?, model?, language?, keyterms?, smart_format? }"
      ]
    },
    reason: "Newer than the document: what listens may be changed to the older models, too.",
    evidence: "the vendor's later document (inventory 2.5, 5.1)"
  },
  {
    kind: "extra",
    at: inThink(
      "provider.version as \"ai-studio-v1beta\"",
      "provider.version as \"gemini-enterprise-agent-v1\""
    ),
    reason: "Versions of Google that are newer than the document.",
    evidence: "the vendor's later document and SDK 5.8 (inventory 3.4, 5.1)"
  },
  {
    kind: "extra",
    at: inThink("provider as { type, model, others: anything }"),
    reason: "Nvidia, which is served and not documented: whatever it may be told besides a model goes through.",
    evidence: "the vendor's newest texts (inventory 3.4)"
  },
  {
    kind: "extra",
    at: inThink("functions[].defer_until_eot"),
    reason: "Newer than the document.",
    evidence: "the vendor's SDK 5.12 (inventory 3.4, 5.1)"
  },
  {
    kind: "extra",
    at: inSpeak("provider.expressivity"),
    reason: "Newer than the document.",
    evidence: "the vendor's later document and SDK 5.11 (inventory 3.5, 5.1)"
  },
  {
    kind: "missing",
    at: inSpeak("provider.model as \"flux-renee-en\""),
    reason: "The voice is deprecated, and later documents leave it out.",
    evidence: "the vendor's later document and SDK 5.9 (inventory 5.4, appendix A)"
  },
  {
    kind: "extra",
    at: inSpeak("provider.model"),
    values: true,
    reason: "Agents have all voices; the document lists some. What they are is compared where texts are spoken.",
    evidence: "the vendor's documentation of voices (inventory 3.5, appendix A)"
  }
]

const messages: ReadonlyArray<Deliberate> = [
  {
    kind: "extra",
    at: { [agent]: ["server as \"wss://agent.deepgram.com\""] },
    reason: "The document says nothing of the host of agents.",
    evidence: "the vendor's SDKs (inventory 1.0.1, 2.5)"
  },
  {
    kind: "missing",
    at: { [agent]: ["client (binary)", "server (binary)"] },
    there: "bytes",
    reason: "Audio goes in binary frames, which are no messages: there is nothing to describe.",
    evidence: "inventory 2.0"
  },
  {
    kind: "extra",
    at: { [agent]: ["client ForceEndTurn", "server FunctionCallCancelled"] },
    reason: "Newer than the document.",
    evidence: "the vendor's SDK 5.11 and 5.12 (inventory 2.5, 5.1)"
  },
  {
    kind: "extra",
    at: { [agent]: ["client __customToThinkProvider", "server __customFromThinkProvider"] },
    reason: "Newer than the document, and experimental.",
    evidence: "the vendor's newest texts (inventory 2.5, 5.1)"
  },
  {
    kind: "extra",
    at: { [agent]: ["client", "server"].map((side) => `${side} FunctionCallResponse thought_signature`) },
    reason: "Goes back as it came with the call: models that ask for it fail without. One type serves both sides.",
    evidence: "the vendor's newest texts (inventory 2.5, trap 17)"
  },
  {
    kind: "extra",
    at: { [agent]: ["server LatencyReport stt_latency"] },
    reason: "The document has lost it: those before and after it have it.",
    evidence: "the vendor's later document and both SDKs (inventory 2.5, 5.1)"
  },
  {
    kind: "extra",
    at: { [agent]: ["server EndOfThought", "server Error message"] },
    reason: "Sent, and not documented.",
    evidence: "recorded messages (inventory 2.5, 5.3)"
  }
]

export const ofAgents: ReadonlyArray<Deliberate> = [...settings, ...messages]
