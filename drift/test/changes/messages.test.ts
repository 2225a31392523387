/** What a document says of messages over sockets. */
import { assert, describe, it } from "@effect/vitest"
import { boolean, type Changes, listOf, noticing, number, objectOf, string } from "../support/noticing.ts"
import {
  channel,
  describedSockets,
  editedSockets,
  messages,
  minus,
  noticedOfSockets,
  type Path,
  plus,
  schema
} from "../support/vendor.ts"

const listen = "WS /v1/listen"
const flux = "WS /v2/listen"

const ofServer = (name: string): Path => messages("/v1/listen", "publish", name)
const ofClient = (name: string): Path => messages("/v1/listen", "subscribe", name)
const results = (...rest: Path): Path => schema("ListenV1_ListenV1Results", "properties", ...rest)
const configure = (...rest: Path): Path => schema("ListenV2_ListenV2Configure", ...rest)
const bytes = { type: "string", format: "binary" }
const typed = (type: string) => ({ ...objectOf({ type: { type: "string", enum: [type] } }), required: ["type"] })

const all: Changes = {
  "of the server": {
    edits: [[messages("/v1/listen", "publish"), plus({ payload: typed("Noise") })]],
    lines: [`missing ${listen} server Noise (-; { type })`]
  },
  "of the client": {
    edits: [[messages("/v1/listen", "subscribe"), plus({ payload: typed("Pause") })]],
    lines: [`missing ${listen} client Pause (-; { type })`]
  },
  "of the server, gone": {
    edits: [[ofServer("ListenV1SpeechStarted"), undefined]],
    lines: [`extra ${listen} server SpeechStarted ({ type, channel, timestamp }; -)`]
  },
  "of the client, gone": {
    edits: [[ofClient("ListenV1KeepAlive"), undefined]],
    lines: [
      `extra ${listen} client KeepAlive ({ type }; -)`,
      `stale missing ${listen} client KeepAlive type as "Finalize"`,
      `stale missing ${listen} client KeepAlive type as "CloseStream"`
    ]
  },
  "all of one side, gone": {
    edits: [[channel("/v2/listen", "subscribe"), undefined]],
    lines: [
      `extra ${flux} client CloseStream ({ type }; -)`,
      `extra ${flux} client Configure ({ type, thresholds?, keyterms?, language_hints?, numerals? }; -)`,
      `stale type ${flux} client Configure thresholds.eot_timeout_ms`,
      `stale type ${flux} client Configure thresholds.eager_eot_threshold`,
      `stale type ${flux} client Configure thresholds.eot_threshold`,
      `stale missing ${flux} client (binary)`,
      `stale extra ${flux} client Configure numerals`
    ]
  },
  "with another type": {
    edits: [[schema("ChannelsListenV1MessagesListenV1SpeechStartedType", "enum"), ["SpeechBegan"]]],
    lines: [
      `missing ${listen} server SpeechBegan (-; { type, channel, timestamp })`,
      `extra ${listen} server SpeechStarted ({ type, channel, timestamp }; -)`
    ]
  },
  "with a type for itself": {
    edits: [[schema("ChannelsListenV1MessagesListenV1FinalizeType", "enum"), ["Finalize"]]],
    lines: [
      `stale missing ${listen} client Finalize type as "CloseStream"`,
      `stale missing ${listen} client Finalize type as "KeepAlive"`
    ]
  },
  "with one more in the set of types": {
    edits: [[schema("ChannelsListenV1MessagesListenV1KeepAliveType", "enum"), plus("Alive")]],
    lines: [`missing ${listen} client KeepAlive type as "Alive"`]
  },
  "with a set of types that end alike": {
    edits: [[
      messages("/v2/listen", "publish"),
      plus({ name: "ListenV2TurnError", payload: objectOf({ type: { enum: ["Error", "TurnError"] } }) })
    ]],
    lines: [`missing ${flux} server TurnError (-; { type? })`]
  },
  "without audio": {
    edits: [[ofClient("ListenV1Media"), undefined]],
    lines: [`stale missing ${listen} client (binary)`]
  },
  "with audio of the server": {
    edits: [[messages("/v2/listen", "publish"), plus({ name: "ListenV2Audio", payload: bytes })]],
    lines: [`missing ${flux} server (binary) (-; bytes)`]
  },
  "that the document describes at last": {
    edits: [[messages("/v2/listen", "subscribe"), plus({ payload: typed("ForceEndTurn") })]],
    lines: [`stale extra ${flux} client ForceEndTurn`]
  },
  "that may be something else too": {
    edits: [[
      messages("/v2/listen", "publish"),
      plus({
        payload: { ...objectOf({ type: { const: "Error" }, code: string, hint: string }), required: ["type", "code"] }
      })
    ]],
    lines: [`missing ${flux} server Error hint (-; string)`]
  }
}

const fields: Changes = {
  "a new one of the server": {
    edits: [[results("noise"), number]],
    lines: [`missing ${listen} server Results noise (-; number)`]
  },
  "a new one of the client": {
    edits: [[configure("properties", "redact"), string]],
    lines: [`missing ${flux} client Configure redact (-; string)`]
  },
  "a new one within": {
    edits: [[
      schema("ChannelsListenV1MessagesListenV1ResultsChannelAlternativesItemsWordsItems", "properties", "emphasis"),
      number
    ]],
    lines: [`missing ${listen} server Results channel.alternatives[].words[].emphasis (-; number)`]
  },
  "one that is gone": {
    edits: [[results("from_finalize"), undefined]],
    lines: [`extra ${listen} server Results from_finalize (boolean; -)`]
  },
  "another name": {
    edits: [[results("from_finalize"), undefined], [results("finalized"), boolean]],
    lines: [
      `missing ${listen} server Results finalized (-; boolean)`,
      `extra ${listen} server Results from_finalize (boolean; -)`
    ]
  },
  "another type of the server": {
    edits: [[results("channel_index"), number]],
    lines: [`type ${listen} server Results channel_index (list of number; number)`]
  },
  "another type of the client": {
    edits: [[configure("properties", "language_hints"), string]],
    lines: [`type ${flux} client Configure language_hints (list of string; string)`]
  },
  "the type that was lost": {
    edits: [[schema("ListenV2EotTimeoutMs"), { type: "integer" }]],
    lines: [
      `stale type ${flux} query eot_timeout_ms`,
      `stale type ${flux} client Configure thresholds.eot_timeout_ms`,
      `stale type ${flux} server ConfigureSuccess thresholds.eot_timeout_ms`
    ]
  },
  "what becomes optional of the server": {
    edits: [[schema("ListenV1_ListenV1Results", "required"), minus("duration")]],
    lines: [`required ${listen} server Results duration (required; optional)`]
  },
  "what becomes required of the client": {
    edits: [[configure("required"), plus("keyterms")]],
    lines: [`required ${flux} client Configure keyterms (optional; required)`]
  },
  "a new name": {
    edits: [[schema("ChannelsListenV2MessagesListenV2TurnInfoEvent", "enum"), plus("Backchannel")]],
    lines: [`missing ${flux} server TurnInfo event as "Backchannel"`]
  },
  "a name that is gone": {
    edits: [[schema("ChannelsListenV2MessagesListenV2TurnInfoEvent", "enum"), minus("TurnResumed")]],
    lines: [`extra ${flux} server TurnInfo event as "TurnResumed"`]
  },
  "null of the client": {
    edits: [[configure("properties", "language_hints"), { oneOf: [listOf(string), { type: "null" }] }]],
    lines: [`missing ${flux} client Configure language_hints as null (-; null)`]
  }
}

const strange: Changes = {
  "a key of one side": {
    edits: [[channel("/v1/listen", "publish", "traits"), []]],
    lines: [`unread ${listen} server traits`]
  },
  "a key beside several": {
    edits: [[channel("/v1/listen", "publish", "message", "payload"), {}]],
    lines: [`unread ${listen} server message payload`]
  },
  "headers": {
    edits: [[messages("/v1/listen", "publish"), plus({ headers: {}, payload: typed("Noise") })]],
    lines: [`unread ${listen} server message headers`, `missing ${listen} server Noise (-; { type })`]
  },
  "another format": {
    edits: [[messages("/v1/listen", "publish"), plus({ contentType: "text/xml", payload: typed("Noise") })]],
    lines: [`unread ${listen} server message contentType`, `missing ${listen} server Noise (-; { type })`]
  },
  "one that is nowhere": {
    edits: [[messages("/v1/listen", "publish"), plus({ $ref: "#/components/messages/Noise" })]],
    lines: [
      `unread ${listen} server message $ref`,
      `missing ${listen} server #/components/messages/Noise (-; unread (no schema))`
    ]
  },
  "one without a type": {
    edits: [[messages("/v1/listen", "publish"), plus({ name: "Noise", payload: objectOf({ level: number }) })]],
    lines: [`missing ${listen} server Noise (-; { level? })`]
  },
  "a set of types of which none is in the name": {
    edits: [[
      messages("/v1/listen", "publish"),
      plus({
        name: "ListenV1Noise",
        payload: objectOf({ type: { type: "string", enum: ["A", "B"] } })
      })
    ]],
    lines: [`missing ${listen} server ListenV1Noise (-; { type? })`]
  },
  "a payload that is not understood": {
    edits: [[schema("ListenV1_ListenV1UtteranceEnd", "allOf"), []]],
    lines: [
      `missing ${listen} server ListenV1UtteranceEnd (-; unread (allOf))`,
      `extra ${listen} server UtteranceEnd ({ type, channel, last_word_end }; -)`
    ]
  }
}

const silent: Changes = {
  "words": {
    edits: [
      [channel("/v1/listen", "publish", "summary"), "What is heard"],
      [["components", "messages", "subpackage_listen/v1.listen.v1-server-0-ListenV1Results", "summary"], "Heard"]
    ],
    lines: []
  },
  "their order": {
    edits: [[messages("/v1/listen", "publish"), (list: ReadonlyArray<unknown>) => list.toReversed()]],
    lines: []
  },
  "more that is required of the server": {
    edits: [[schema("ListenV1_ListenV1Results", "required"), plus("is_final")]],
    lines: []
  }
}

describe("a message", () => {
  noticing("is noticed", all, noticedOfSockets)
  noticing("has fields", fields, noticedOfSockets)
  noticing("is not understood because of", strange, noticedOfSockets)
  noticing("may be changed without matter in", silent, noticedOfSockets)

  it("may be the only one, and in no list", () => {
    const said = (message: unknown) =>
      describedSockets(editedSockets([channel("/v2/listen", "subscribe", "message"), message]))
    const payload = typed("CloseStream")
    assert.deepStrictEqual(said({ payload }), said({ oneOf: [{ payload }] }))
  })

  it("is not understood where there is none", () => {
    const sides = {
      "is missing": [channel("/v2/listen", "subscribe"), { summary: "Says nothing." }],
      "is no list": [messages("/v2/listen", "subscribe"), {}],
      "is null": [messages("/v2/listen", "subscribe"), null],
      "is nothing": [channel("/v2/listen", "subscribe", "message"), null]
    } as const
    for (const [name, edit] of Object.entries(sides)) {
      assert.strictEqual(noticedOfSockets(edit)[0], `unread ${flux} client message`, name)
    }
  })
})
