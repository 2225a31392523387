import { describe } from "@effect/vitest"
import { type Changes, listOf, noticing, number, objectOf, string } from "../support/noticing.ts"
import { type Edit, minus, operation, parameter, type Path, plus, schema } from "../support/vendor.ts"

const listen = "POST /v1/listen"
const words = `${listen} response 200 results.channels[].alternatives[].words`

const inWord = (...rest: Path): Path =>
  schema("ListenV1ResponseResultsChannelsItemsAlternativesItemsWordsItems", "properties", ...rest)
const ofListen = (name: string, ...rest: Path): Path => parameter("post", "/v1/listen", name, ...rest)

const answers: Changes = {
  "a new field at depth": {
    edits: [[inWord("pitch"), number]],
    lines: [`missing ${words}[].pitch (-; number)`]
  },
  "a field at depth that is gone": {
    edits: [[inWord("confidence"), undefined]],
    lines: [
      `extra ${words}[].confidence (number, required; -)`,
      `stale required ${words}[].confidence`
    ]
  },
  "a field that the document had lacked": {
    edits: [[inWord("punctuated_word"), string]],
    lines: [`stale extra ${words}[].punctuated_word`]
  },
  "another type at depth": {
    edits: [[inWord("start"), string]],
    lines: [`type ${words}[].start (number; string)`]
  },
  "a list that becomes one thing": {
    edits: [[
      schema("ListenV1ResponseResultsChannelsItemsAlternativesItems", "properties", "entities"),
      (list: { readonly items: unknown }) => list.items
    ]],
    lines: [
      `type ${listen} response 200 results.channels[].alternatives[].entities ` +
      "(list of { label?, value?, raw_value?, confidence?, start_word?, end_word? }; " +
      "{ label?, value?, raw_value?, confidence?, start_word?, end_word? })"
    ]
  },
  "a thing that becomes a list": {
    edits: [[schema("ListenV1ResponseMetadata", "properties", "sha256"), listOf(string)]],
    lines: [`type ${listen} response 200 metadata.sha256 (string; list of string)`]
  },
  "a field that may be absent, and is needed here": {
    edits: [[schema("ListenV1ResponseMetadata", "required"), minus("duration")]],
    lines: [`required ${listen} response 200 metadata.duration (required; optional)`]
  },
  "a new field in what is nested there and flat here": {
    edits: [[schema("ReadV1ResponseMetadataMetadata", "properties", "region"), string]],
    lines: ["missing POST /v1/read response 200 metadata.region (-; string)"]
  },
  "a new field beside what is nested there and flat here": {
    edits: [[schema("ReadV1ResponseResultsSummaryResults", "properties", "region"), string]],
    lines: ["missing POST /v1/read response 200 results.summary.results (-; { region? })"]
  },
  "what was nested is flat": {
    edits: [[schema("ReadV1ResponseMetadata"), { $ref: "#/components/schemas/ReadV1ResponseMetadataMetadata" }]],
    lines: ["stale moved POST /v1/read response 200 metadata.metadata"]
  },
  "a new variant": {
    edits: [[schema("listen_v1_media_transcribe_Response_200", "oneOf"), plus(objectOf({ queue: string }))]],
    lines: [`missing ${listen} response 200 as { queue? }`]
  },
  "a new variant of what one type reads here": {
    edits: [[schema("GetModelV1Response", "oneOf"), plus(objectOf({ name: string, license: string }))]],
    lines: [
      "missing GET /v1/projects/{project_id}/models/{model_id} response 200 license (-; string)",
      "missing GET /v1/models/{model_id} response 200 license (-; string)"
    ]
  },
  "what a map holds": {
    edits: [[schema("ListBillingFieldsV1Response", "properties", "line_items", "additionalProperties"), number]],
    lines: ["type GET /v1/projects/{project_id}/billing/fields response 200 line_items.* (string; number)"]
  },
  "a free-form object that gets fields": {
    edits: [[schema("ProjectRequestResponseResponse", "properties", "code"), number]],
    lines: [
      "type GET /v1/projects/{project_id}/requests response 200 requests[].response (any object; { code? })",
      "type GET /v1/projects/{project_id}/requests/{request_id} response 200 request.response (any object; { code? })"
    ]
  },
  "fields that become a free-form object": {
    edits: [[schema("ListenV1ResponseResultsSummary", "properties"), {}]],
    lines: [`type ${listen} response 200 results.summary ({ result?, short? }; any object)`]
  },
  "anything, where there was a type": {
    edits: [[inWord("start"), {}]],
    lines: [`type ${words}[].start (number; anything)`]
  },
  "another status": {
    edits: [[operation("post", "/v1/listen", "responses", "202"), { description: "later" }]],
    lines: [`missing ${listen} response 202 (-; nothing)`]
  },
  "a status that is gone": {
    edits: [[operation("get", "/v1/models", "responses", "200"), undefined]],
    lines: [
      "extra GET /v1/models response 200 ({ stt, tts, languages? }; -)",
      ...["required", "required"].map((kind, i) => `stale ${kind} GET /v1/models response 200 ${["stt", "tts"][i]}`),
      ...["languages", "stt[].multilingual", "tts[].metadata.display_name"].map((field) =>
        `stale extra GET /v1/models response 200 ${field}`
      )
    ]
  },
  "another body of refusals": {
    edits: [[operation("get", "/v1/models", "responses", "400", "content", "application/json", "schema"), string]],
    lines: ["missing GET /v1/models response 400 (-; string)"]
  },
  "a slip that is put right": {
    edits: [[operation("post", "/v1/listen", "responses", "400", "content", "application/json", "schema"), {
      $ref: "#/components/schemas/ErrorResponse"
    }]],
    lines: [`stale missing ${listen} response 400`]
  }
}

const unread: Changes = {
  "a keyword": {
    edits: [[inWord("start"), { allOf: [number] }]],
    lines: [`unread ${words}[].start (number; unread (allOf))`]
  },
  "a reference to nothing": {
    edits: [[inWord("start"), { $ref: "#/components/schemas/None" }]],
    lines: [`unread ${words}[].start (number; unread (no schema))`]
  },
  "a reference to itself": {
    edits: [
      [schema("Loop"), { oneOf: [number, listOf({ $ref: "#/components/schemas/Loop" })] }],
      [inWord("start"), { $ref: "#/components/schemas/Loop" }]
    ],
    lines: [
      `missing ${words}[].start as list (-; list of unread (#/components/schemas/Loop within itself))`
    ]
  },
  "keywords beside a reference": {
    edits: [[inWord("start"), { $ref: "#/components/schemas/GrantV1Request", required: ["ttl_seconds"] }]],
    lines: [`unread ${words}[].start (number; unread ($ref, required))`]
  },
  "a type that JSON Schema does not have": {
    edits: [[inWord("start"), { type: "float" }]],
    lines: [`unread ${words}[].start (number; unread (type "float"))`]
  }
}

const silent: Readonly<Record<string, ReadonlyArray<Edit>>> = {
  "texts, tags, examples, security and defaults": [
    [operation("post", "/v1/listen", "description"), "Hears."],
    [operation("post", "/v1/listen", "tags"), ["ears"]],
    [operation("post", "/v1/listen", "security"), [{}]],
    [ofListen("model", "schema", "default"), "nova-3"],
    [ofListen("model", "example"), "nova-3"],
    [inWord("start", "examples"), [1]],
    [inWord("start", "x-order"), 1]
  ],
  "formats and bounds": [
    [inWord("start", "format"), "float"],
    [inWord("start", "minimum"), 0],
    [schema("ListenV1ResponseMetadata", "properties", "request_id", "format"), undefined]
  ],
  "the credential": [[operation("get", "/v1/agent/settings/think/models", "parameters"), [{
    name: "authorization",
    in: "header",
    required: true,
    schema: string
  }]]],
  "another spelling of the same": [
    [ofListen("numerals", "schema"), { type: "string", enum: ["true", "false"] }],
    [ofListen("utt_split", "schema"), { $ref: "#/components/schemas/Seconds" }],
    [schema("Seconds"), { anyOf: [{ type: "integer" }, number] }],
    [schema("V1ListenPostParametersCallbackMethod"), { oneOf: [{ const: "POST" }, { enum: ["PUT"] }] }],
    [ofListen("tag", "schema"), listOf(string)]
  ],
  "whole numbers where we read any": [[inWord("start"), { type: "integer" }]],
  "answers that promise more": [[schema("ListenV1ResponseMetadata", "required"), plus("tags")]],
  "answers with null": [[inWord("start", "type"), ["number", "null"]]],
  "a field of an object that may have others": [[schema("ListenV1ResponseMetadata", "additionalProperties"), false]]
}

describe("a change of the vendor's document", () => {
  noticing("of answers", answers)
  noticing("that cannot be read", unread)
  noticing(
    "that does not matter",
    Object.fromEntries(Object.entries(silent).map(([name, edits]) => [name, { edits, lines: [] }]))
  )
})
