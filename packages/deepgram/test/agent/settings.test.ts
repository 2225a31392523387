/** Every variant of the settings of an agent (inventory 3), as the contract takes it and as it leaves. */
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Redacted, Result, type Schema } from "effect"
import { agentV1, agentV1OutputEncodings, listenV1Encodings } from "effect-deepgram/DeepgramChannels"
import { at, type ClientMessage, decode, encode, isHolder, onWire } from "../support/agentMessages.ts"
import { secret, settingsVariants } from "../support/agentSettings.ts"

const variants = Object.entries(settingsVariants)

const isEmpty = (value: unknown): boolean => isHolder(value) && Object.keys(value).length === 0

describe("the settings of an agent", () => {
  it("are many", () => {
    assert.isAbove(variants.length, 190)
    const input = variants.flatMap(([, { audio }]) => audio.input?.encoding ?? [])
    const output = variants.flatMap(([, { audio }]) => audio.output?.encoding ?? [])
    assert.includeMembers(input, [...listenV1Encodings])
    assert.includeMembers(output, [...agentV1OutputEncodings])
  })

  it.each(variants)("leave as they are: %s", (_, settings) => {
    assert.deepStrictEqual(Result.getOrThrow(encode("Settings")(settings)), settings)
    assert.deepStrictEqual(onWire("Settings", settings), settings)
    assert.deepStrictEqual(Result.getOrThrow(decode("Settings")(settings)), settings)
  })

  it("may be changed later", () => {
    const kinds = [["UpdateListen", "listen"], ["UpdateThink", "think"], ["UpdateSpeak", "speak"]] as const
    const updates = kinds.flatMap(([type, kind]) =>
      variants.map(([, { agent }]) => [type, { type, [kind]: at(agent, [kind]) }] as const)
    ).filter(([, message]) => Object.values(message).every((part) => part !== undefined && !isEmpty(part)))
    assert.isAbove(updates.length, 130)
    for (const [type, message] of updates) {
      assert.deepStrictEqual(onWire(type, message), message)
      assert.deepStrictEqual(Result.getOrThrow(decode(type)(message)), message)
    }
    assert.isTrue(Result.isFailure(encode("UpdateListen")({ type: "UpdateListen", listen: {} })))
  })

  it("leave without what is undefined", () => {
    const absent = {
      type: "Settings",
      tags: undefined,
      audio: { input: undefined, output: { encoding: undefined, bitrate: undefined } },
      agent: {
        greeting: undefined,
        context: { messages: undefined },
        listen: { provider: { type: "deepgram", version: undefined, model: undefined, keyterms: undefined } },
        think: {
          provider: { type: "open_ai", model: "gpt-5", temperature: undefined },
          endpoint: undefined,
          functions: [{ name: "f", description: undefined, parameters: undefined, endpoint: { headers: undefined } }]
        },
        speak: [{ provider: { type: "deepgram", model: "aura-2-thalia-en", speed: undefined } }]
      }
    }
    assert.deepStrictEqual(onWire("Settings", absent), {
      type: "Settings",
      audio: { output: {} },
      agent: {
        context: {},
        listen: { provider: { type: "deepgram" } },
        think: { provider: { type: "open_ai", model: "gpt-5" }, functions: [{ name: "f", endpoint: {} }] },
        speak: [{ provider: { type: "deepgram", model: "aura-2-thalia-en" } }]
      }
    })
  })
})

/** With every secret hidden. */
const hidden = (value: unknown, within: string | undefined = undefined): unknown => {
  if (Array.isArray(value)) return value.map((item) => hidden(item))
  if (isHolder(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [
        key,
        typeof member === "string" &&
          (within === "headers" || /^(access_key_id|secret_access_key|session_token)$/.test(key))
          ? Redacted.make(member)
          : hidden(member, key)
      ])
    )
  }
  return value
}

describe("secrets in the settings of an agent", () => {
  const holders = variants.filter(([, settings]) => JSON.stringify(settings).includes(secret))

  it("stand in headers and credentials", () => {
    for (
      const part of [
        "think.provider",
        "speak.provider",
        "think.endpoint",
        "speak.endpoint",
        "think.functions.0.endpoint"
      ]
    ) {
      assert.isTrue(
        holders.some(([, { agent }]) => JSON.stringify(at(agent, part.split(".")))?.includes(secret)),
        part
      )
    }
  })

  it.each(holders)("leave as they are, and are not shown before: %s", (_, settings) => {
    const discreet = hidden(settings)
    assert.notInclude(JSON.stringify(discreet), secret)
    assert.deepStrictEqual(onWire("Settings", discreet), settings)
  })
})

describe("messages of the client", () => {
  for (const [type, schema] of Object.entries(agentV1.client)) {
    it.effect.prop(
      `leave as JSON and are understood: ${type}`,
      { message: Arbitrary.schema(schema as Schema.Codec<unknown, unknown>) },
      ({ message }) =>
        Effect.sync(() => {
          const key = type as ClientMessage
          const sent = onWire(key, message)
          assert.deepStrictEqual(onWire(key, Result.getOrThrow(decode(key)(sent))), sent)
        }),
      { arbitrary: { runs: 100 } }
    )
  }
})
