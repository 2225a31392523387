/**
 * Where our channels over WebSocket differ from the vendor's AsyncAPI document on purpose, and why: as `differences.ts`
 * does for requests. Here are the types that the document has lost, and what is of transcription.
 */
import { ofAgents } from "./agentDifferences.ts"
import type { Deliberate } from "./explain.ts"
import type { Known } from "./report.ts"
import { ofSpeech } from "./speechDifferences.ts"

const listenV1 = "WS /v1/listen"
const listenV2 = "WS /v2/listen"
const speakV1 = "WS /v1/speak"
const speakV2 = "WS /v2/speak"

const within = (path: string) => (name: string) => `${path}${name}`

const query = within("query ")
const thresholds = (message: string) => ["eager_eot_threshold", "eot_threshold"].map(within(`${message} thresholds.`))
const timeout = (message: string) => [`${message} thresholds.eot_timeout_ms`]

/** What the document calls `Any type`, by what it is. */
const lost = (here: string, at: Deliberate["at"]): Deliberate => ({
  kind: "type",
  at,
  here,
  there: "anything",
  reason: "The document has lost the type.",
  evidence: "the vendor's documentation and SDKs (inventory 0.1, 2.1 to 2.4)"
})

const types: ReadonlyArray<Deliberate> = [
  lost("string", { [listenV1]: ["callback", "language", "version"].map(query) }),
  lost("list of string | string", {
    [listenV1]: ["extra", "keyterm", "keywords", "replace", "search", "tag"].map(query),
    [listenV2]: ["query tag"],
    [speakV2]: ["query tag"]
  }),
  lost(
    "boolean",
    Object.fromEntries([listenV1, listenV2, speakV1, speakV2].map((channel) => [channel, ["query mip_opt_out"]]))
  ),
  lost("boolean | integer", { [listenV1]: ["query endpointing"] }),
  lost("integer", {
    [listenV1]: ["channels", "sample_rate", "utterance_end_ms"].map(query),
    [listenV2]: [...["sample_rate", "eot_timeout_ms"].map(query), ...timeout("client Configure")]
  }),
  lost("number", {
    [listenV2]: [
      ...["eager_eot_threshold", "eot_threshold"].map(query),
      ...thresholds("client Configure"),
      ...thresholds("server ConfigureSuccess"),
      ...timeout("server ConfigureSuccess")
    ]
  })
]

const parameters: ReadonlyArray<Deliberate> = [
  {
    kind: "extra",
    at: { [listenV1]: ["query model as \"nova-3-pharma\"", "query model as \"base-general\""] },
    reason: "Names that the document lacks. The latter is the default.",
    evidence: "the vendor's later document (inventory 2.1, appendix A)"
  },
  {
    kind: "missing",
    at: { [listenV1]: ["query model as \"custom\""] },
    reason: "It stands for models that were trained for a customer; each of them has a name of its own.",
    evidence: "inventory 2.1, appendix A: the set is open"
  },
  {
    kind: "extra",
    at: { [listenV1]: ["query redact as list"] },
    reason: "The parameter may be repeated.",
    evidence: "inventory 2.1, trap 6"
  },
  {
    kind: "extra",
    at: { [listenV1]: ["query redact as \"pii\""] },
    reason: "The document has it for recordings only, the documentation for live audio too.",
    evidence: "developers.deepgram.com/docs/redaction"
  },
  {
    kind: "required",
    at: { [listenV2]: ["query model"] },
    here: "required",
    there: "optional",
    reason: "The handshake is refused without it.",
    evidence: "the vendor's SDKs (inventory 2.2, trap 4)"
  }
]

const ofClients: ReadonlyArray<Deliberate> = [
  {
    kind: "missing",
    at: { [listenV1]: ["client (binary)"], [listenV2]: ["client (binary)"] },
    there: "bytes",
    reason: "Audio goes in binary frames, which are no messages: there is nothing to describe.",
    evidence: "inventory 2.0"
  },
  {
    kind: "missing",
    at: {
      [listenV1]: [
        ["Finalize", "CloseStream"],
        ["Finalize", "KeepAlive"],
        ["CloseStream", "Finalize"],
        ["CloseStream", "KeepAlive"],
        ["KeepAlive", "Finalize"],
        ["KeepAlive", "CloseStream"]
      ].map(([message, other]) => `client ${message} type as "${other}"`)
    },
    reason: "In the document these messages share one set of types, where each has its own.",
    evidence: "the vendor's SDKs (inventory 2.1)"
  },
  {
    kind: "extra",
    at: { [listenV2]: ["client ForceEndTurn", "client Configure numerals"] },
    reason: "Newer than the document.",
    evidence: "the vendor's SDK 5.9 and 5.13 (inventory 2.2, 5.1)"
  }
]

const ofServers: ReadonlyArray<Deliberate> = [
  {
    kind: "extra",
    at: {
      [listenV1]: [
        "server Results metadata.diarize_info",
        ...["models", "model_info", "extra"].map(within("server Metadata "))
      ],
      [listenV2]: ["server ConfigureSuccess profanity_filter"]
    },
    reason: "Messages have these fields, the document lacks them.",
    evidence: "recorded messages and the vendor's SDK 5.9 (inventory 2.1, 2.2, 5.3)"
  },
  {
    kind: "extra",
    at: {
      [listenV1]: [
        ...["speaker_confidence", "sentiment", "sentiment_score"].map(
          within("server Results channel.alternatives[].words[].")
        ),
        "server Results metadata.model_info.tier"
      ]
    },
    reason: "Words and models have the types of those of recordings. What live audio lacks of them is optional.",
    evidence: "our own decision: what works on words works on both (inventory 1.2, 2.1)"
  },
  {
    kind: "extra",
    at: {
      [listenV2]: [
        "server Warning",
        "server TurnInfo trigger",
        "server ConfigureSuccess numerals",
        ...["code", "description"].map(within("server ConfigureFailure "))
      ]
    },
    reason: "Newer than the document.",
    evidence: "the vendor's later document; of `trigger` its SDK 5.9 too (inventory 2.2, 5.1)"
  },
  {
    kind: "extra",
    at: { [listenV2]: ["server Error request_id"] },
    reason: "One type for what Deepgram complains of. All other messages have the field; it is optional.",
    evidence: "the vendor's later document, of `Warning` (inventory 2.2)"
  }
]

export const known: Known = {
  moves: [],
  differences: [...types, ...parameters, ...ofClients, ...ofServers, ...ofSpeech, ...ofAgents]
}
