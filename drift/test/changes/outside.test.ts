/** What a document says outside schemas and parameters. */
import { assert, describe, it } from "@effect/vitest"
import { type Changes, noticing, string } from "../support/noticing.ts"
import { type Edit, noticed, operation, type Path, specification } from "../support/vendor.ts"

const models = "GET /v1/models"
const thinkModels = "GET /v1/agent/settings/think/models"

const ofModels = (...rest: Path): Path => operation("get", "/v1/models", ...rest)
const ofGrant = (...rest: Path): Path => operation("post", "/v1/auth/grant", ...rest)
const nowhere = { $ref: "#/components/none" }

const api = { url: "https://api.deepgram.com", description: "Production" }
const agent = { url: "https://agent.deepgram.com/" }
const serverAs = (name: "api" | "agent") => `server as "https://${name}.deepgram.com"`

const strange: Changes = {
  "a key of the document": {
    edits: [[["webhooks"], { heard: { post: {} } }]],
    lines: ["unread the document webhooks"]
  },
  "a key of a path": {
    edits: [[["paths", "/v1/models", "additionalOperations"], { COPY: {} }]],
    lines: ["unread the document /v1/models additionalOperations"]
  },
  "a key of an operation": {
    edits: [[ofModels("trailers"), {}]],
    lines: [`unread ${models} trailers`]
  },
  "a key of a request's body": {
    edits: [[ofGrant("requestBody", "encrypted"), true]],
    lines: ["unread POST /v1/auth/grant body encrypted"]
  },
  "headers of an answer": {
    edits: [[ofModels("responses", "200", "headers"), { "x-next": { schema: string } }]],
    lines: [`unread ${models} response 200 headers`]
  },
  "the encoding of a media type": {
    edits: [[ofGrant("requestBody", "content", "application/json", "encoding"), { ttl_seconds: {} }]],
    lines: ["unread POST /v1/auth/grant body encoding"]
  },
  "the encoding of another media type": {
    edits: [[ofGrant("requestBody", "content", "text/plain"), { schema: string, encoding: {} }]],
    lines: [
      "unread POST /v1/auth/grant body (text/plain) encoding",
      "missing POST /v1/auth/grant body (text/plain) (-; string)"
    ]
  },
  "a part of a server's address": {
    edits: [[["servers", 1, "variables"], { region: { default: "eu" } }]],
    lines: ["unread the document servers variables"]
  },
  "servers that are no list": {
    edits: [[["servers"], api]],
    lines: ["unread the document servers"]
  },
  "a reference to no body": {
    edits: [[ofGrant("requestBody"), nowhere]],
    lines: ["unread POST /v1/auth/grant body $ref", "extra POST /v1/auth/grant body ({ ttl_seconds? }; -)"]
  },
  "a reference to no answer": {
    edits: [[operation("delete", "/v1/projects/{project_id}/leave", "responses", "400"), nowhere]],
    lines: [
      "unread DELETE /v1/projects/{project_id}/leave response 400 $ref",
      "missing DELETE /v1/projects/{project_id}/leave response 400 (-; nothing)"
    ]
  },
  "a reference to no parameter": {
    edits: [[ofModels("parameters"), (list: ReadonlyArray<unknown>) => [...list, nowhere]]],
    lines: [`unread ${models} parameters`]
  }
}

const servers: Changes = {
  "other than ours, of a path": {
    edits: [[["paths", "/v1/agent/settings/think/models", "servers"], [api]]],
    lines: [`missing ${thinkModels} ${serverAs("api")}`, `extra ${thinkModels} ${serverAs("agent")}`]
  },
  "more than ours, of an operation": {
    edits: [[ofModels("servers"), [api, agent]]],
    lines: [`missing ${models} ${serverAs("agent")}`]
  },
  "of an operation, other than those of its path": {
    edits: [[["paths", "/v1/models", "servers"], [api]], [ofModels("servers"), [agent]]],
    lines: [`missing ${models} ${serverAs("agent")}`, `extra ${models} ${serverAs("api")}`]
  },
  "one more, of the document": {
    edits: [[["servers"], [api, agent, { url: "https://api.eu.deepgram.com" }]]],
    lines: ["missing the document server as \"https://api.eu.deepgram.com\""]
  },
  "one less, of the document": {
    edits: [[["servers"], [api]]],
    lines: [`extra ${thinkModels} ${serverAs("agent")}`]
  }
}

const paths = specification("openapi.yml") as { readonly paths: Readonly<Record<string, object>> }

const silent: Readonly<Record<string, ReadonlyArray<Edit>>> = {
  "whether a body must be there": [
    [ofGrant("requestBody", "required"), false],
    [operation("post", "/v1/read", "requestBody", "required"), true]
  ],
  "what the client's own server gets": [[operation("post", "/v1/listen", "callbacks"), { heard: { "{$url}": {} } }]],
  "extensions": [
    [["x-fern"], {}],
    [["paths", "x-fern"], { any: "thing" }],
    [["paths", "/v1/models", "x-fern"], {}],
    [ofModels("x-fern"), {}],
    [ofModels("responses", "x-fern"), {}]
  ],
  "servers of every path that are ours": Object.keys(paths.paths).map((path): Edit => [
    ["paths", path, "servers"],
    [path.startsWith("/v1/agent/") ? agent : api]
  ]),
  "no servers at all": [[["servers"], undefined]],
  "an empty list of servers": [[ofModels("servers"), []]],
  "an answer that stands elsewhere": [
    [["components", "responses"], { Again: { $ref: "#/components/responses/Left" }, Left: leaving() }],
    [operation("delete", "/v1/projects/{project_id}/leave", "responses", "200"), {
      $ref: "#/components/responses/Again"
    }]
  ],
  "a path that stands elsewhere": [
    [["components", "pathItems"], { Models: paths.paths["/v1/models"] }],
    [["paths", "/v1/models"], { $ref: "#/components/pathItems/Models", summary: "Models" }]
  ]
}

function leaving(): unknown {
  const item = paths.paths["/v1/projects/{project_id}/leave"] as { delete: { responses: Record<string, unknown> } }
  return item.delete.responses["200"]
}

describe("what stands outside schemas", () => {
  noticing("is not understood", strange)
  noticing("names servers", servers)
  noticing(
    "does not matter",
    Object.fromEntries(Object.entries(silent).map(([name, edits]) => [name, { edits, lines: [] }]))
  )

  it("is not understood where a path is nowhere", () => {
    const lines = noticed([["paths", "/v1/models"], nowhere])
    assert.deepStrictEqual(lines.slice(0, 2), ["unread the document /v1/models $ref", `extra ${models}`])
  })

  it("is not understood where an answer refers to itself", () => {
    const itself = { $ref: "#/components/responses/Itself" }
    assert.deepStrictEqual(
      noticed([["components", "responses"], { Itself: itself }], [ofModels("responses", "400"), itself])[0],
      `unread ${models} response 400 $ref`
    )
  })

  it("is not understood where something stands beside a reference", () => {
    assert.deepStrictEqual(
      noticed(
        [["components", "pathItems"], { Models: paths.paths["/v1/models"] }],
        [["paths", "/v1/models"], { $ref: "#/components/pathItems/Models", parameters: [] }]
      ),
      ["unread the document /v1/models $ref, parameters"]
    )
  })
})
