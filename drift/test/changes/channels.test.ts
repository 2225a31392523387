/** What a document says of channels. */
import { assert, describe, it } from "@effect/vitest"
import { boolean, type Changes, listOf, noticing, number, objectOf, string } from "../support/noticing.ts"
import { channel, minus, noticedOfSockets, type Path, plus, query, schema } from "../support/vendor.ts"

const listen = "WS /v1/listen"
const flux = "WS /v2/listen"

const ofListen = (name: string, ...rest: Path): Path => query("/v1/listen", name, ...rest)
const handshake = (path: string, ...rest: Path): Path => channel(path, "bindings", "ws", ...rest)
const production = (...rest: Path): Path => ["servers", "Production", ...rest]
const renamed = (from: string, to: string) => (paths: object) =>
  Object.fromEntries(Object.entries(paths).map(([path, item]) => [path === from ? to : path, item]))

const queries: Changes = {
  "a new parameter": {
    edits: [[ofListen("karaoke"), boolean]],
    lines: [`missing ${listen} query karaoke (-; boolean)`]
  },
  "a parameter that is gone": {
    edits: [[ofListen("numerals"), undefined]],
    lines: [`extra ${listen} query numerals (boolean; -)`]
  },
  "another name": {
    edits: [[handshake("/v1/listen", "query", "properties"), renamed("numerals", "figures")]],
    lines: [`missing ${listen} query figures (-; "true" | "false")`, `extra ${listen} query numerals (boolean; -)`]
  },
  "a parameter that becomes required": {
    edits: [[handshake("/v1/listen", "query", "required"), ["punctuate"]]],
    lines: [`required ${listen} query punctuate (optional; required)`]
  },
  "a parameter that is required as we have it": {
    edits: [[handshake("/v2/listen", "query", "required"), ["model"]]],
    lines: [`stale required ${flux} query model`]
  },
  "another type": {
    edits: [[ofListen("numerals"), number]],
    lines: [`type ${listen} query numerals (boolean; number)`]
  },
  "the type that was lost": {
    edits: [[schema("ListenV1Channels"), { type: "integer" }]],
    lines: [`stale type ${listen} query channels`]
  },
  "the type that was lost, of a list": {
    edits: [[schema("ListenV1Keyterm"), { oneOf: [string, listOf(string)] }]],
    lines: [`stale type ${listen} query keyterm`]
  },
  "another type than the one that was lost": {
    edits: [[schema("ListenV1SampleRate"), string]],
    lines: [`type ${listen} query sample_rate (integer; string)`, `stale type ${listen} query sample_rate`]
  },
  "a type that is lost": {
    edits: [[schema("ListenV1Encoding"), {}]],
    lines: [`type ${listen} query encoding (string; anything)`]
  },
  "a new name": {
    edits: [[schema("ListenV1Model", "enum"), plus("nova-4")]],
    lines: [`missing ${listen} query model as "nova-4"`]
  },
  "a name that is gone": {
    edits: [[schema("ListenV2Model", "enum"), minus("flux-general-multi")]],
    lines: [`extra ${flux} query model as "flux-general-multi"`]
  },
  "one value where there were several": {
    edits: [[schema("ListenV2Keyterm", "oneOf"), [string]]],
    lines: [
      `extra ${flux} query keyterm as list (string | list of string; -)`,
      `extra ${flux} client Configure keyterms as list (list of string; -)`,
      `extra ${flux} server ConfigureSuccess keyterms as list (list of string; -)`
    ]
  },
  "any parameters": {
    edits: [[handshake("/v2/listen", "query", "additionalProperties"), string]],
    lines: [`missing ${flux} query * (-; string)`]
  },
  "a header besides the credential": {
    edits: [[handshake("/v1/listen", "headers", "properties", "x-region"), string]],
    lines: [`missing ${listen} header x-region (-; string)`]
  }
}

/** Of the channels of which the document says nothing else. */
const elsewhere = [listen, flux, "WS /v1/speak", "WS /v2/speak"].map((name) =>
  `extra ${name} server as "wss://api.deepgram.com"`
)

const servers: Changes = {
  "another one": {
    edits: [[production("url"), "wss://api.eu.deepgram.com"]],
    lines: [
      "missing the document server as \"wss://api.eu.deepgram.com\"",
      ...elsewhere
    ]
  },
  "one more": {
    edits: [[["servers", "Staging"], { url: "staging.deepgram.com", protocol: "wss" }]],
    lines: ["missing the document server as \"wss://staging.deepgram.com\""]
  },
  "that of agents, at last": {
    edits: [[["servers", "Agent"], { url: "agent.deepgram.com", protocol: "wss" }]],
    lines: ["stale extra WS /v1/agent/converse server as \"wss://agent.deepgram.com\""]
  },
  "without encryption": {
    edits: [[production("url"), "ws://api.deepgram.com"]],
    lines: [
      "missing the document server as \"ws://api.deepgram.com\"",
      ...elsewhere
    ]
  },
  "another one of a channel": {
    edits: [
      [["servers", "Staging"], { url: "wss://staging.deepgram.com/" }],
      [channel("/v2/listen", "servers"), ["Staging"]]
    ],
    lines: [
      "missing the document server as \"wss://staging.deepgram.com\"",
      `missing ${flux} server as "wss://staging.deepgram.com"`,
      `extra ${flux} server as "wss://api.deepgram.com"`
    ]
  },
  "one of a channel that is nowhere": {
    edits: [[channel("/v2/listen", "servers"), ["Staging"]]],
    lines: [`unread ${flux} servers`]
  },
  "servers of a channel that are no list": {
    edits: [[channel("/v2/listen", "servers"), "Production"]],
    lines: [`unread ${flux} servers`]
  },
  "servers that are no object": {
    edits: [[["servers"], []]],
    lines: ["unread the document servers", "stale extra WS /v1/agent/converse server as \"wss://agent.deepgram.com\""]
  },
  "none at all": {
    edits: [[["servers"], undefined]],
    lines: ["stale extra WS /v1/agent/converse server as \"wss://agent.deepgram.com\""]
  }
}

const strange: Changes = {
  "a key of the document": {
    edits: [[["operations"], {}]],
    lines: ["unread the document operations"]
  },
  "a key of a server": {
    edits: [[production("variables"), { region: {} }]],
    lines: ["unread the document servers variables"]
  },
  "a key of a channel": {
    edits: [[channel("/v1/listen", "parameters"), { region: { schema: string } }]],
    lines: [`unread ${listen} parameters`]
  },
  "another protocol": {
    edits: [[channel("/v1/listen", "bindings", "http"), {}]],
    lines: [`unread ${listen} bindings http`]
  },
  "a key of the handshake": {
    edits: [[handshake("/v1/listen", "method"), "POST"]],
    lines: [`unread ${listen} bindings ws method`]
  }
}

const silent: Changes = {
  "words": {
    edits: [
      [channel("/v1/listen", "description"), "Listens."],
      [production("description"), "Here."],
      [["x-fern"], {}],
      [["servers", "x-fern"], {}],
      [["channels", "x-fern"], {}]
    ],
    lines: []
  },
  "a server of a channel that is ours": {
    edits: [[channel("/v1/listen", "servers"), ["Production"]]],
    lines: []
  },
  "a protocol besides the address": { edits: [[production("url"), "api.deepgram.com"]], lines: [] },
  "headers of which nothing is said": {
    edits: [[handshake("/v1/listen", "headers"), { type: "object" }]],
    lines: []
  },
  "how the credential is written": {
    edits: [[handshake("/v1/listen", "headers", "properties"), { authorization: string }]],
    lines: []
  }
}

describe("a channel", () => {
  noticing("has a query", queries, noticedOfSockets)
  noticing("has servers", servers, noticedOfSockets)
  noticing("is not understood because of", strange, noticedOfSockets)
  noticing("may be changed without matter in", silent, noticedOfSockets)

  it("is not understood where its query is not", () => {
    assert.include(
      noticedOfSockets([handshake("/v2/listen", "query", "patternProperties"), {}]),
      `missing ${flux} query * (-; unread (patternProperties), required)`
    )
  })

  it("is not understood where its query may be something else", () => {
    const another = (query: unknown) => ({ oneOf: [query, { type: "tuple" }] })
    assert.match(
      noticedOfSockets([handshake("/v2/listen", "query"), another])[0] ?? "",
      /^missing WS \/v2\/listen query \* \(-; \{ model\?, .*\} \| unread \(type "tuple"\), required\)$/
    )
  })

  it("is not understood where it is nowhere", () => {
    assert.strictEqual(
      noticedOfSockets([channel("/v2/listen"), { $ref: "#/components/none" }])[0],
      `unread ${flux} $ref`
    )
  })

  it("is noticed when it is new", () => {
    assert.deepStrictEqual(noticedOfSockets([channel("/v3/listen"), { publish: { message: objectOf({}) } }]), [
      "missing WS /v3/listen"
    ])
  })

  it("is noticed when it is gone", () => {
    const [first, ...stale] = noticedOfSockets([channel("/v2/listen"), undefined])
    assert.strictEqual(first, `extra ${flux}`)
    assert.isAbove(stale.length, 10)
    assert.deepStrictEqual(stale.filter((line) => !line.startsWith("stale ") || !line.includes(flux)), [])
  })

  it("is noticed when it has moved", () => {
    assert.deepStrictEqual(noticedOfSockets([["channels"], renamed("/v2/listen", "/v3/listen")]).slice(0, 2), [
      "missing WS /v3/listen",
      `extra ${flux}`
    ])
  })
})
