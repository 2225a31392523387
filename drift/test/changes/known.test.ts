/** What an entry explains is one difference; anything else at the same place is another. */
import { assert, describe, it } from "@effect/vitest"
import { type Changes, noticing, objectOf, string } from "../support/noticing.ts"
import { noticed, operation, parameter, type Path, plus, schema } from "../support/vendor.ts"

const listen = "POST /v1/listen"
const thinkModels = "GET /v1/agent/settings/think/models"
const project = "GET /v1/projects/{project_id}"
const keys = "POST /v1/projects/{project_id}/keys"

const refusals = (...rest: Path) => operation("post", "/v1/listen", "responses", "400", ...rest)
const firstModel = (name: string): Path => schema("AgentThinkModelsV1ResponseModelsItems0", "properties", name)
const ofProject = (name: string, ...rest: Path): Path => parameter("get", "/v1/projects/{project_id}", name, ...rest)

const changes: Changes = {
  "a refusal that only looks like a transcript": {
    edits: [[refusals("content", "application/json", "schema"), {
      ...objectOf({ metadata: string, results: string }),
      required: ["metadata", "results"]
    }]],
    lines: [`missing ${listen} response 400 (-; { metadata, results })`, `stale missing ${listen} response 400`]
  },
  "a refusal in another media type": {
    edits: [[operation("get", "/v1/models", "responses", "400", "content"), {
      "text/plain": { schema: { $ref: "#/components/schemas/ErrorResponse" } }
    }]],
    lines: [
      "missing GET /v1/models response 400 (-; (text/plain) string | { err_code?, err_msg?, request_id? } | " +
      "{ category?, message?, details?, request_id? })"
    ]
  },
  "a new name of what is not listed here": {
    edits: [[schema("AgentThinkModelsV1ResponseModelsItemsOneOf0Id", "enum"), plus("gpt-7")]],
    lines: []
  },
  "names that become objects": {
    edits: [[firstModel("id"), objectOf({ name: string })]],
    lines: [`missing ${thinkModels} response 200 models[].id as object (-; { name? })`]
  },
  "names that become flags": {
    edits: [[firstModel("id"), { type: "boolean" }]],
    lines: [`missing ${thinkModels} response 200 models[].id as boolean (-; boolean)`]
  },
  "one type beside anything": {
    edits: [[firstModel("provider"), { const: "open_ai" }]],
    lines: [
      `type ${thinkModels} response 200 models[].provider (string; anything | "open_ai")`,
      `stale type ${thinkModels} response 200 models[].provider`
    ]
  },
  "fields beside anything": {
    edits: [[schema("CreateKeyV1Request", "oneOf", 0), objectOf({ comment: string, region: string })]],
    lines: [
      `type ${keys} body ({ comment, scopes, tags?, expiration_date?, time_to_live_in_seconds? }; ` +
      "anything | { comment?, region? })",
      `stale type ${keys} body`
    ]
  },
  "another type of a parameter without effect": {
    edits: [[ofProject("limit", "schema"), string]],
    lines: [`missing ${project} query limit (-; string)`, `stale missing ${project} query limit`]
  },
  "a parameter without effect that is required": {
    edits: [[ofProject("page", "required"), true]],
    lines: [`missing ${project} query page (-; number, required)`, `stale missing ${project} query page`]
  }
}

const shapesOfErrors = {
  ErrorResponseTextError: undefined,
  ErrorResponseLegacyError: ["err_code", "err_msg", "request_id"],
  ErrorResponseModernError: ["category", "message", "details", "request_id"]
}

describe("a change at the place of an entry", () => {
  noticing("is noticed", changes)

  for (const [name, fields] of Object.entries(shapesOfErrors)) {
    const places = fields?.map((field) => schema(name, "properties", field)) ?? [schema(name)]
    for (const place of places) {
      it(`is noticed in errors: ${place.slice(2).join(" ")}`, () => {
        const lines = noticed([place, { type: "integer" }])
        // Every operation but one has the same refusals.
        assert.strictEqual(lines.filter((line) => / response 400 \(-; /.test(line)).length, 49)
        assert.deepStrictEqual(lines.slice(49), ["stale missing every operation response 400"])
      })
    }
  }
})
