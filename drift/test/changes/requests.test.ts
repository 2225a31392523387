import { describe } from "@effect/vitest"
import { boolean, type Changes, listOf, noticing, number, objectOf, string } from "../support/noticing.ts"
import { minus, operation, parameter, type Path, plus, schema } from "../support/vendor.ts"

const listen = "POST /v1/listen"

const parameters = (...path: Parameters<typeof operation>): Path => [...operation(...path), "parameters"]
const ofListen = (name: string, ...rest: Path): Path => parameter("post", "/v1/listen", name, ...rest)
const query = (name: string, type: unknown) => ({ name, in: "query", required: false, schema: type })

const operations: Changes = {
  "a new operation": {
    edits: [[["paths", "/v3/listen"], { post: { responses: {} } }]],
    lines: ["missing POST /v3/listen"]
  },
  "an operation that is gone": {
    edits: [[operation("delete", "/v1/projects/{project_id}/leave"), undefined]],
    lines: ["extra DELETE /v1/projects/{project_id}/leave"]
  },
  "another method": {
    edits: [
      [operation("patch", "/v1/projects/{project_id}/leave"), { responses: {} }],
      [operation("delete", "/v1/projects/{project_id}/leave"), undefined]
    ],
    lines: ["missing PATCH /v1/projects/{project_id}/leave", "extra DELETE /v1/projects/{project_id}/leave"]
  },
  "an operation that comes back to be as we have it": {
    edits: [[parameters("get", "/v1/projects/{project_id}"), [{
      ...query("project_id", string),
      in: "path",
      required: true
    }]]],
    lines: [
      "stale missing GET /v1/projects/{project_id} query limit",
      "stale missing GET /v1/projects/{project_id} query page"
    ]
  }
}

const ofParameters: Changes = {
  "a new one": {
    edits: [[parameters("post", "/v1/listen"), plus(query("karaoke", boolean))]],
    lines: [`missing ${listen} query karaoke (-; boolean)`]
  },
  "one for all methods of a path": {
    edits: [[["paths", "/v1/models/{model_id}", "parameters"], [query("karaoke", boolean)]]],
    lines: ["missing GET /v1/models/{model_id} query karaoke (-; boolean)"]
  },
  "one that is gone": {
    edits: [[ofListen("numerals"), undefined]],
    lines: [`extra ${listen} query numerals (boolean; -)`]
  },
  "another name": {
    edits: [[ofListen("numerals", "name"), "figures"]],
    lines: [`missing ${listen} query figures (-; boolean)`, `extra ${listen} query numerals (boolean; -)`]
  },
  "another name in the path": {
    edits: [
      [["paths"], (paths: object) =>
        Object.fromEntries(
          Object.entries(paths).map(([path, item]) => [path.replace("/models/{model_id}", "/models/{id}"), item])
        )],
      [parameter("get", "/v1/models/{id}", "model_id", "name"), "id"]
    ],
    lines: [
      "missing GET /v1/models/{model_id} path id (-; string, required)",
      "extra GET /v1/models/{model_id} path model_id (string, required; -)"
    ]
  },
  "another place": {
    edits: [[ofListen("numerals", "in"), "header"]],
    lines: [`extra ${listen} query numerals (boolean; -)`, `missing ${listen} header numerals (-; boolean)`]
  },
  "a header besides the credential": {
    edits: [[parameters("post", "/v1/listen"), plus({ ...query("x-region", string), in: "header" })]],
    lines: [`missing ${listen} header x-region (-; string)`]
  },
  "a cookie": {
    edits: [[parameters("post", "/v1/listen"), plus({ ...query("session", string), in: "cookie" })]],
    lines: [`missing ${listen} header session (-; string)`]
  },
  "required": {
    edits: [[ofListen("language", "required"), true]],
    lines: [`required ${listen} query language (optional; required)`]
  },
  "optional": {
    edits: [[parameter("post", "/v2/speak", "model", "required"), false]],
    lines: ["required POST /v2/speak query model (required; optional)"]
  },
  "a new name in a set that is open here": {
    edits: [[schema("V1ListenPostParametersModel0", "enum"), plus("nova-4")]],
    lines: [`missing ${listen} query model as "nova-4"`]
  },
  "a name that is gone from a set": {
    edits: [[schema("V1ListenPostParametersModel0", "enum"), minus("nova-3")]],
    lines: [`extra ${listen} query model as "nova-3"`]
  },
  "a new name in a set that is closed here": {
    edits: [[schema("V1ListenPostParametersCallbackMethod", "enum"), plus("PATCH")]],
    lines: [`missing ${listen} query callback_method as "PATCH"`]
  },
  "a set that is closed here and open there": {
    edits: [[schema("V1ListenPostParametersCallbackMethod", "enum"), undefined]],
    lines: [
      `type ${listen} query callback_method ("POST" | "PUT"; string)`,
      `extra ${listen} query callback_method as "POST"`,
      `extra ${listen} query callback_method as "PUT"`
    ]
  },
  "another type": {
    edits: [[ofListen("numerals", "schema"), number]],
    lines: [`type ${listen} query numerals (boolean; number)`]
  },
  "words that mean another type": {
    edits: [[ofListen("numerals", "schema"), { type: "string", enum: ["1", "2"] }]],
    lines: [`type ${listen} query numerals (boolean; 1 | 2)`]
  },
  "a word among figures": {
    edits: [[schema("V2SpeakPostParametersSampleRate0", "enum"), plus("auto")]],
    lines: ["missing POST /v2/speak query sample_rate as string (-; \"auto\")"]
  },
  "words where there were none": {
    edits: [[ofListen("numerals", "schema"), { type: "string", enum: [..."abcdefghijkl"] }]],
    lines: [
      `type ${listen} query numerals (boolean; ${[..."abcdefghij"].map((word) => `"${word}"`).join(" | ")} | ` +
      "… (12 strings))"
    ]
  },
  "one more type": {
    edits: [[schema("V1ListenPostParametersSummarize", "oneOf"), plus(number)]],
    lines: [`missing ${listen} query summarize as number (-; number)`]
  },
  "one type less": {
    edits: [[schema("V1ListenPostParametersSummarize", "oneOf"), (types: ReadonlyArray<unknown>) => types.slice(0, 1)]],
    lines: [`extra ${listen} query summarize as boolean (boolean; -)`]
  },
  "fractions where we say whole numbers": {
    edits: [[
      parameters("get", "/v1/projects/{project_id}/purchases"),
      (list: ReadonlyArray<{ readonly name: string }>) =>
        list.map((each) => each.name === "limit" ? { ...each, schema: { type: "integer" } } : each)
    ]],
    lines: ["stale type GET /v1/projects/{project_id}/purchases query limit"]
  },
  "one value where there were several": {
    edits: [[ofListen("tag", "schema"), string]],
    lines: [`extra ${listen} query tag as list (string | list of string; -)`]
  },
  "several values where there was one": {
    edits: [[ofListen("language", "schema"), listOf(string)]],
    lines: [`missing ${listen} query language as list (-; list of string)`]
  },
  "several values that are joined": {
    edits: [[ofListen("keyterm", "explode"), false]],
    lines: [`unread ${listen} query keyterm (string | list of string; unread (explode))`]
  }
}

const bodies: Changes = {
  "a new field of a request": {
    edits: [[schema("GrantV1Request", "properties", "audience"), string]],
    lines: ["missing POST /v1/auth/grant body audience (-; string)"]
  },
  "a field of a request that is gone": {
    edits: [[schema("CreateProjectInviteV1Request", "properties", "scope"), undefined]],
    lines: ["extra POST /v1/projects/{project_id}/invites body scope (string, required; -)"]
  },
  "a field of a request that becomes optional": {
    edits: [[schema("CreateProjectInviteV1Request", "required"), minus("scope")]],
    lines: ["required POST /v1/projects/{project_id}/invites body scope (required; optional)"]
  },
  "a field of a request that becomes required": {
    edits: [[schema("GrantV1Request", "required"), ["ttl_seconds"]]],
    lines: ["required POST /v1/auth/grant body ttl_seconds (optional; required)"]
  },
  "a field of a request of another type": {
    edits: [[schema("CreateProjectInviteV1Request", "properties", "scope"), listOf(string)]],
    lines: ["type POST /v1/projects/{project_id}/invites body scope (string; list of string)"]
  },
  "a field of a request that may be null": {
    edits: [[schema("CreateProjectInviteV1Request", "properties", "scope", "type"), ["string", "null"]]],
    lines: ["missing POST /v1/projects/{project_id}/invites body scope as null (-; null)"]
  },
  "a new variant of a request": {
    edits: [[schema("ReadV1Request", "oneOf"), plus({ ...objectOf({ pages: listOf(string) }), required: ["pages"] })]],
    lines: ["missing POST /v1/read body as { pages }"]
  },
  "a variant of a request that is gone": {
    edits: [[schema("ReadV1Request", "oneOf"), (variants: ReadonlyArray<unknown>) => variants.slice(1)]],
    lines: ["extra POST /v1/read body as { url }"]
  },
  "a body where there was none": {
    edits: [[operation("delete", "/v1/projects/{project_id}/leave", "requestBody"), {
      content: { "application/json": { schema: objectOf({ reason: string }) } }
    }]],
    lines: ["missing DELETE /v1/projects/{project_id}/leave body (-; { reason? })"]
  },
  "no body where there was one": {
    edits: [[operation("put", "/v1/projects/{project_id}/agents/{agent_id}", "requestBody"), undefined]],
    lines: ["extra PUT /v1/projects/{project_id}/agents/{agent_id} body ({ metadata }; -)"]
  },
  "another media type": {
    edits: [[operation("post", "/v1/read", "requestBody", "content", "text/plain"), { schema: string }]],
    lines: ["missing POST /v1/read body (text/plain) (-; string)"]
  },
  "what the document had lost": {
    edits: [[operation("post", "/v1/listen", "requestBody", "content", "application/octet-stream"), {
      schema: { type: "string", format: "binary" }
    }]],
    lines: [`stale extra ${listen} body (application/octet-stream)`]
  }
}

describe("a change of the vendor's document", () => {
  noticing("of operations", operations)
  noticing("of parameters", ofParameters)
  noticing("of bodies", bodies)
})
