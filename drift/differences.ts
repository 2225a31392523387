/**
 * Where our contract differs from the vendor's document on purpose, and why. What no entry explains fails the tests, and
 * so does an entry that explains nothing any more. Rules that hold everywhere are in `compare.ts`, what stands at another
 * place in `moves.ts`.
 */
import { fluxVoices } from "effect-deepgram/DeepgramApi"
import { type Deliberate, everyOperation } from "./explain.ts"
import { moves } from "./moves.ts"
import type { Known } from "./report.ts"

const listen = "POST /v1/listen"
const read = "POST /v1/read"
const speakV1 = "POST /v1/speak"
const speakV2 = "POST /v2/speak"

const within = (path: string) => (name: string) => `${path}${name}`

const alternative = within("response 200 results.channels[].alternatives[].")
const word = within("response 200 results.channels[].alternatives[].words[].")
const utterance = within("response 200 results.utterances[].")
const utteranceWord = within("response 200 results.utterances[].words[].")
const rate = (parameter: string) => (value: number) => `query ${parameter} as "${value}"`

const agents = "/v1/projects/{project_id}/agents"
const variables = "/v1/projects/{project_id}/agent-variables"
const requests = "/v1/projects/{project_id}/requests"

const ofAgent = ["config as string", "member_id", "api_version"]
const ofRequest = ["accessor", "callback as object"]
const ofVariable = ["member_id", "api_version", "is_sensitive"]

/** The fields of the answers of several methods. */
const inAnswers = (path: string, methods: string, fields: ReadonlyArray<string>): Deliberate["at"] =>
  Object.fromEntries(methods.split(" ").map((method) => [`${method} ${path}`, fields.map(within("response 200 "))]))

/** Of every operation. */
const errors: ReadonlyArray<Deliberate> = [
  {
    kind: "missing",
    at: { [everyOperation]: ["response 400"] },
    there: "string | { category?: string, details?: string, message?: string, request_id?: string } | " +
      "{ err_code?: string, err_msg?: string, request_id?: string }",
    reason: "Refusals are no part of an endpoint: one mapper (internal/errors.ts) reads these shapes for all statuses.",
    evidence: "inventory 1.0.5"
  },
  {
    kind: "missing",
    at: { [listen]: ["response 400"] },
    there: { copyOf: "200" },
    reason: "A slip of the document: a refusal holds no transcript.",
    evidence: "error texts of the live API (inventory 1.0.5)"
  }
]

/** What answers are nothing without, though the document calls everything optional. */
const required: ReadonlyArray<Deliberate> = [
  {
    kind: "required",
    at: {
      "GET /v1/projects": ["response 200 projects"],
      "GET /v1/projects/{project_id}/agents": ["response 200 agents"],
      "GET /v1/projects/{project_id}/agent-variables": ["response 200 variables"],
      "GET /v1/models": ["response 200 stt", "response 200 tts"],
      "GET /v1/projects/{project_id}/models": ["response 200 stt", "response 200 tts"],
      "GET /v1/projects/{project_id}/keys": ["response 200 api_keys"],
      "GET /v1/projects/{project_id}/members": ["response 200 members"],
      "GET /v1/projects/{project_id}/members/{member_id}/scopes": ["response 200 scopes"],
      "GET /v1/projects/{project_id}/invites": ["response 200 invites"],
      "GET /v1/projects/{project_id}/requests": ["response 200 requests"],
      "GET /v1/projects/{project_id}/balances": ["response 200 balances"],
      "GET /v1/projects/{project_id}/purchases": ["response 200 orders"],
      "GET /v1/projects/{project_id}/self-hosted/distribution/credentials": ["response 200 distribution_credentials"]
    },
    reason: "A list is always there: an absent one is read as an empty one (internal/normalize.ts).",
    evidence: "all response fields are optional in effect, and null is known (inventory 1.10, trap 29)"
  },
  {
    kind: "required",
    at: {
      "GET /v1/projects": ["response 200 projects[].project_id"],
      "GET /v1/projects/{project_id}": ["response 200 project_id"],
      "GET /v1/projects/{project_id}/keys": [
        "response 200 api_keys[].api_key",
        "response 200 api_keys[].api_key.api_key_id"
      ],
      "GET /v1/projects/{project_id}/keys/{key_id}": ["response 200 api_key", "response 200 api_key.api_key_id"],
      "POST /v1/projects/{project_id}/keys": ["response 200 api_key_id", "response 200 key"],
      "GET /v1/projects/{project_id}/members": ["response 200 members[].member_id"],
      "GET /v1/projects/{project_id}/invites": ["response 200 invites[].email"],
      "GET /v1/projects/{project_id}/requests": ["response 200 requests[].request_id"],
      "GET /v1/projects/{project_id}/requests/{request_id}": [
        "response 200 request",
        "response 200 request.request_id"
      ],
      "GET /v1/projects/{project_id}/balances": ["response 200 balances[].balance_id"],
      "GET /v1/projects/{project_id}/balances/{balance_id}": ["response 200 balance_id"],
      "GET /v1/projects/{project_id}/purchases": ["response 200 orders[].order_id"]
    },
    reason: "What the operation is about, or the id by which others find it: without it there is nothing to answer.",
    evidence: "version 4 of the vendor's SDK, which types them so; of purchases the document is all that is known"
  },
  {
    kind: "required",
    at: {
      [listen]: [
        "response 200 results.channels[].alternatives",
        ...["transcript", "paragraphs.paragraphs", "paragraphs.paragraphs[].sentences"].map(alternative),
        ...["text", "start", "end"].map(within(alternative("paragraphs.paragraphs[].sentences[]."))),
        ...["start", "end", "transcript"].map(utterance),
        ...["word", "start", "end", "confidence"].flatMap((name) => [word(name), utteranceWord(name)])
      ]
    },
    reason: "A transcript is nothing without them, and captions cannot be made.",
    evidence: "every recorded answer has them (inventory 1.2)"
  }
]

const transcription: ReadonlyArray<Deliberate> = [
  {
    kind: "extra",
    at: { [listen]: ["body (application/octet-stream)"] },
    reason: "The document has lost the upload of recordings.",
    evidence: "the vendor's SDKs (inventory 1.0.4)"
  },
  {
    kind: "extra",
    at: { [listen]: ["query channels", "query sample_rate"] },
    reason: "Raw audio cannot be understood without them; the document has them for sockets only.",
    evidence: "the vendor's documentation (inventory 1.2)"
  },
  {
    kind: "extra",
    at: { [listen]: ["query encoding as \"alaw\""] },
    reason: "The document has it for sockets only. The documentation of encodings, which is of recordings too, has it.",
    evidence: "developers.deepgram.com/docs/encoding; the vendor's AsyncAPI document (inventory, appendix A)"
  },
  {
    kind: "extra",
    at: { [listen]: ["query model as \"nova-3-pharma\"", "query model as \"base-general\""] },
    reason: "Names that the document lacks. The latter is its own default.",
    evidence: "the vendor's later document (inventory, appendix A)"
  },
  {
    kind: "extra",
    at: { [listen]: ["query redact as \"ssn\"", "query redact as \"aggressive_numbers\"", "query redact as boolean"] },
    reason: "The document has them for sockets only, and `false` as the default.",
    evidence: "the vendor's documentation (inventory 1.2, trap 6)"
  },
  {
    kind: "missing",
    at: { [listen]: ["query version as \"latest\""] },
    reason: "The default: nobody has to complete it.",
    evidence: "inventory 1.2"
  },
  {
    kind: "type",
    at: { [listen]: ["response 200 metadata.model_info.*"] },
    here: "{ arch?: string, name?: string, tier?: string, version?: string }",
    there: "anything",
    reason: "The document leaves open what is said of a model.",
    evidence: "recorded answers (inventory 1.2, trap 15)"
  },
  {
    kind: "extra",
    at: {
      [listen]: [
        ...["warnings", "diarize_info", "extra"].map(within("response 200 metadata.")),
        "response 200 results.channels[].language_confidence",
        ...["languages", "translations"].map(alternative),
        ...["punctuated_word", "speaker", "speaker_confidence", "language", "sentiment", "sentiment_score"].map(word),
        ...["language", "sentiment", "sentiment_score"].map(utteranceWord)
      ]
    },
    reason: "Answers have these fields, the document lacks them.",
    evidence: "recorded answers, the vendor's SDK 5.9 and its version 4 (inventory 1.2, 5.3)"
  }
]

const speech: ReadonlyArray<Deliberate> = [
  {
    kind: "extra",
    at: {
      [speakV1]: ["response 200 (application/octet-stream)"],
      [speakV2]: ["response 200 (application/octet-stream)"]
    },
    reason: "The document has lost the audio. Its media type follows from the encoding.",
    evidence: "recorded answers, the vendor's SDKs (inventory 1.0.4)"
  },
  {
    kind: "type",
    at: { [speakV1]: ["response 200"] },
    here: "{ request_id: string }",
    there: "any object",
    reason: "What the document calls an empty object is audio. JSON comes with a callback only, and is a receipt.",
    evidence: "the vendor's documentation (inventory 1.3, trap 1)"
  },
  {
    kind: "missing",
    at: {
      [speakV1]: [
        ...[32_000, 48_000].map(rate("bit_rate")),
        ...[8000, 16_000, 22_050, 24_000, 32_000, 48_000].map(rate("sample_rate"))
      ],
      [speakV2]: [
        ...[8000, 16_000, 24_000, 32_000, 40_000, 48_000].map(rate("bit_rate")),
        ...[8000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000].map(rate("sample_rate"))
      ]
    },
    reason: "Which of them there are depends on the encoding: internal/contract/speech.ts has them by encoding.",
    evidence: "inventory 1.3, 1.4"
  },
  {
    kind: "missing",
    at: { [speakV1]: ["query model as \"aura-2-perseo-it\""] },
    reason: "The voice has never been served, and later documents leave it out.",
    evidence: "the vendor's SDK 5.11 (inventory 5.1)"
  },
  {
    kind: "extra",
    at: { [speakV2]: fluxVoices.map((voice) => `query model as "${voice}"`) },
    reason: "The document takes any name here; the voices are listed for agents.",
    evidence: "the vendor's later document (inventory, appendix A)"
  },
  {
    kind: "extra",
    at: { [speakV2]: ["query speed", "query expressivity"] },
    reason: "Newer than the document.",
    evidence: "the vendor's later document and SDK 5.8 (inventory 1.4)"
  }
]

const others: ReadonlyArray<Deliberate> = [
  {
    kind: "extra",
    at: { [read]: ["response 200 as { request_id }"] },
    reason: "With a callback the answer is a receipt, as that of listen is.",
    evidence: "the vendor's documentation (inventory 1.5, trap 1)"
  },
  {
    kind: "missing",
    at: { "GET /v1/agent/settings/think/models": ["response 200 models[].id"] },
    values: true,
    reason: "Not listed here: which models there are is what the operation is asked for.",
    evidence: "a recorded answer has names that the document lacks (inventory 1.7)"
  },
  {
    kind: "type",
    at: { "GET /v1/agent/settings/think/models": ["response 200 models[].provider"] },
    here: "\"anthropic\" | \"aws_bedrock\" | \"google\" | \"groq\" | \"nvidia\" | \"open_ai\" | string",
    there: "anything",
    reason: "The document has lost the type.",
    evidence: "the vendor's SDKs and a recorded answer (inventory 1.7)"
  },
  {
    kind: "extra",
    at: {
      "POST /v1/projects/{project_id}/agents": ["response 200 created_at", "response 200 updated_at"],
      "GET /v1/projects": ["response 200 projects[].mip_opt_out"]
    },
    reason: "One type for the same thing wherever it is answered. Its fields are optional.",
    evidence: "the document itself, of the operations that get one (inventory 1.8, 1.11)"
  },
  {
    kind: "type",
    at: {
      ...inAnswers(agents, "GET", ["agents[].metadata.*"]),
      ...inAnswers(agents, "POST", ["metadata.*"]),
      ...inAnswers(`${agents}/{agent_id}`, "GET PUT", ["metadata.*"])
    },
    here: "anything",
    there: "string",
    reason: "Labels are sent as text, but whatever another client wrote must not make the agent unreadable.",
    evidence: "the vendor's SDK for Go, which takes any JSON there; our rule of tolerant reading"
  },
  {
    kind: "extra",
    at: { "POST /v1/projects/{project_id}/agent-variables": ["body is_sensitive"] },
    reason:
      "The document lacks it. Only `false` is taken; whether it may be left out the vendor's sources differ: no, " +
      "say the tests of the SDK for .NET, yes, says that for Go. So it is always sent.",
    evidence: "the vendor's documentation (inventory 1.9) and both SDKs, 2026"
  },
  {
    kind: "extra",
    at: {
      ...inAnswers(agents, "GET", ofAgent.map(within("agents[]."))),
      ...inAnswers(`${agents}/{agent_id}`, "GET", ofAgent),
      ...inAnswers(variables, "GET", ofVariable.map(within("variables[]."))),
      ...inAnswers(`${variables}/{variable_id}`, "GET", ofVariable)
    },
    reason: "The API has these fields, and keeps configurations as text.",
    evidence: "answers of 31 August and 23 September 2026 in the tests of the vendor's SDKs for .NET and for Go"
  },
  {
    kind: "extra",
    at: {
      ...inAnswers(agents, "POST", ofAgent),
      ...inAnswers(`${agents}/{agent_id}`, "PUT", ofAgent),
      ...inAnswers(variables, "POST", ofVariable),
      ...inAnswers(`${variables}/{variable_id}`, "PATCH", ofVariable)
    },
    reason: "The document answers what is created or changed as what is read, so it is typed alike.",
    evidence: "the document alone: by the same tests the API answers with an id, or with nothing"
  },
  {
    kind: "extra",
    at: {
      ...inAnswers(requests, "GET", ofRequest.map(within("requests[]."))),
      ...inAnswers(`${requests}/{request_id}`, "GET", ofRequest.map(within("request.")))
    },
    reason: "Older types have them: who asked, and what became of the callback. No such answer is on record.",
    evidence: "the vendor's SDKs for .NET and Go; for `callback` version 4 of that for JavaScript too"
  },
  {
    kind: "extra",
    at: {
      "DELETE /v1/projects/{project_id}/self-hosted/distribution/credentials/{distribution_credentials_id}": [
        "response 200 message"
      ]
    },
    reason: "An older type says that a message is the answer. No answer is on record.",
    evidence: "version 4 of the vendor's SDK for JavaScript, of the path before `self-hosted`"
  },
  {
    kind: "type",
    at: { "POST /v1/projects/{project_id}/keys": ["body"] },
    here: "{ comment: string, expiration_date?: string, scopes: list of string, tags?: list of string, " +
      "time_to_live_in_seconds?: number }",
    there: "anything",
    reason: "The document says `Any | Any`.",
    evidence: "the vendor's documentation and version 4 of its SDK (inventory 1.12)"
  },
  {
    kind: "missing",
    at: { "GET /v1/projects/{project_id}": ["query limit", "query page"] },
    there: "number",
    reason: "One project has no pages; the parameters have no effect.",
    evidence: "inventory 1.11, trap 33"
  },
  {
    kind: "type",
    at: {
      "GET /v1/projects/{project_id}/requests": ["query limit", "query page"],
      "GET /v1/projects/{project_id}/purchases": ["query limit"]
    },
    here: "integer",
    there: "number",
    reason: "There are no fractions of a page, nor of what is on it.",
    evidence: "inventory 1.14, 1.16"
  },
  {
    kind: "extra",
    at: { "PATCH /v1/projects/{project_id}": ["body company"] },
    reason: "Projects have it, the document lacks it.",
    evidence: "version 4 of the vendor's SDK (inventory 1.11)"
  },
  {
    kind: "extra",
    at: {
      "GET /v1/projects": ["response 200 projects[].company"],
      "GET /v1/projects/{project_id}": ["response 200 company"],
      "GET /v1/models": [
        "response 200 languages",
        "response 200 stt[].multilingual",
        "response 200 tts[].metadata.display_name"
      ],
      "GET /v1/projects/{project_id}/models": [
        "response 200 languages",
        "response 200 stt[].multilingual",
        "response 200 tts[].metadata.display_name"
      ],
      "GET /v1/models/{model_id}": ["response 200 multilingual", "response 200 metadata.display_name"],
      "GET /v1/projects/{project_id}/models/{model_id}": [
        "response 200 multilingual",
        "response 200 metadata.display_name"
      ],
      "GET /v1/projects/{project_id}/keys": [
        "response 200 api_keys[].member.first_name",
        "response 200 api_keys[].member.last_name",
        "response 200 api_keys[].api_key.tags",
        "response 200 api_keys[].api_key.expiration_date"
      ],
      "POST /v1/projects/{project_id}/keys": ["response 200 created"],
      "GET /v1/projects/{project_id}/usage": ["response 200 results"],
      "GET /v1/projects/{project_id}/usage/fields": ["response 200 languages"],
      "GET /v1/projects/{project_id}/balances": ["response 200 balances[].purchase"],
      "GET /v1/projects/{project_id}/balances/{balance_id}": ["response 200 purchase"]
    },
    reason: "Answers have these fields, the document lacks them.",
    evidence: "recorded answers, or version 4 of the vendor's SDK (inventory 1.10 to 1.16, 5.3)"
  }
]

export const known: Known = {
  moves,
  differences: [...errors, ...required, ...transcription, ...speech, ...others]
}
