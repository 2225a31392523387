/**
 * Every message of the servers, whatever its fields are: made from the schema, disturbed as the vendor may disturb it any
 * day, and read as the sessions read it.
 */
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Result, Schema } from "effect"
import { agentV1, listenV1, listenV2, type Messages, speakV1, speakV2 } from "effect-deepgram/DeepgramChannels"
import { decoderOf } from "../../src/internal/socket/messages.ts"
import { chooser, disturbed } from "../support/disturbed.ts"

const channels: ReadonlyArray<{ readonly name: string; readonly server: Messages }> = [
  listenV1,
  listenV2,
  speakV1,
  speakV2,
  agentV1
]

describe.each(channels)("messages are read, whatever happens to them: $name", ({ server }) => {
  const decode = decoderOf(server)

  for (const [type, schema] of Object.entries(server)) {
    const encoded = Schema.toEncoded(schema)

    it.effect.prop(
      type,
      { message: Arbitrary.schema(encoded), seed: Schema.Int },
      ({ message, seed }) =>
        Effect.sync(() => {
          const json: unknown = JSON.parse(JSON.stringify(message))
          const { expected, sent } = disturbed(encoded.ast, json, chooser(seed), "positional")
          assert.deepStrictEqual(Result.getOrThrow(decode(JSON.stringify(sent))), expected)
        }),
      { arbitrary: { runs: 60 } }
    )
  }
})
