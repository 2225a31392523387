import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import * as DeepgramChannels from "effect-deepgram/DeepgramChannels"
import { known } from "../channelDifferences.ts"
import { compare } from "../compare.ts"
import type { Operation } from "../description.ts"
import { fromChannels } from "../fromChannels.ts"
import { makeReport } from "../report.ts"
import { sideOfType } from "../show.ts"
import {
  channel,
  channels,
  complaints,
  describedSockets,
  editedSockets,
  reportOfSockets,
  sockets
} from "./support/vendor.ts"

const paths = (operations: ReadonlyArray<Operation>) => operations.map(({ path }) => path).toSorted()

describe("our channels", () => {
  const { host, name, path, server } = DeepgramChannels.listenV1
  const [read] = fromChannels({
    anything: "else",
    nothing: undefined,
    client: { name, host, path, client: {} },
    server: { name, host, path, server },
    channel: {
      name,
      host,
      path,
      server,
      query: Schema.Struct({ rate: Schema.Int, flag: Schema.optional(Schema.Boolean) }),
      client: { Say: Schema.Struct({ type: Schema.Literal("Say"), text: Schema.optional(Schema.String) }) }
    }
  }).operations

  it("are those that are exported", () => {
    assert.strictEqual(read?.path, "/v1/listen")
    assert.deepStrictEqual(read?.servers, ["wss://api.deepgram.com"])
    assert.deepStrictEqual(
      channels.operations.find(({ path }) => path.startsWith("/v1/agent"))?.servers,
      ["wss://agent.deepgram.com"]
    )
  })

  it("are read as they are on the wire", () => {
    assert.deepStrictEqual(
      Array.from(read?.parameters.query ?? [], ([name, { required, type }]) => [name, required, sideOfType(type).full]),
      [["rate", true, "integer"], ["flag", false, "boolean"]]
    )
    assert.deepStrictEqual(
      Array.from(read?.messages.client ?? [], ([name, type]) => [name, sideOfType(type).full]),
      [["Say", "{ text?: string, type: \"Say\" }"]]
    )
    assert.deepStrictEqual([...read?.messages.server.keys() ?? []], [
      "Results",
      "Metadata",
      "UtteranceEnd",
      "SpeechStarted"
    ])
  })
})

describe("a channel of the vendor's", () => {
  it("is understood", () => {
    assert.deepStrictEqual(compare({ ...sockets, servers: [] }, { ...sockets, servers: [] }), [])
  })

  it("is compared", () => {
    assert.strictEqual(sockets.operations.length, 5)
    assert.deepStrictEqual(paths(channels.operations), paths(sockets.operations))
    assert.deepStrictEqual(complaints(reportOfSockets), [])
    assert.isAbove(reportOfSockets.explained, 300)
  })

  it("is a difference when it is new", () => {
    const there = describedSockets(editedSockets([channel("/v3/listen"), {}]))
    assert.deepStrictEqual(complaints(makeReport(channels, there, known)), ["missing WS /v3/listen"])
  })
})
