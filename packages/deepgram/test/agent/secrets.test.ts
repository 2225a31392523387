import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted, Stream } from "effect"
import { AgentV1, Deepgram } from "effect-deepgram"
import { applied, openAgent, settings, think, welcome } from "../support/agent.ts"
import { hear, transports } from "../support/live.ts"
import { observed } from "../support/observed.ts"
import { assertDiscreet } from "../support/secrets.ts"
import { serveSockets, serving } from "../support/sockets.ts"

/** Each stands in a place of its own; some are a part of others. */
const secrets = {
  header: "h3ader-0f-the-th1nker",
  longer: "h3ader-0f-the-th1nker-and-m0re",
  quoted: "qu0t\"ed/and<sl4shed>",
  basic: "p4ss-w0rd-of-basic",
  functions: "f0nction-s3rver",
  id: "AKIA-acc3ss-id",
  key: "sec7et-access-key",
  token: "s3ssion-t0ken-of-sts",
  url: "t0ken-in-the-url",
  untyped: "m0re-of-a-body"
}

const secretive: AgentV1.Settings = {
  agent: {
    think: [
      {
        ...think,
        endpoint: {
          url: `https://llm.example/?api_key=${secrets.url}`,
          headers: {
            authorization: `Bearer ${secrets.header}`,
            "x-more": Redacted.make(secrets.longer),
            "x-quoted": secrets.quoted,
            "x-empty": "",
            "x-basic": `Basic ${btoa(`user:${secrets.basic}`)}`
          }
        },
        functions: [{
          name: "call",
          endpoint: { url: "https://functions.example", headers: { "x-key": secrets.functions } }
        }]
      },
      {
        provider: {
          type: "aws_bedrock",
          model: "m",
          credentials: {
            type: "sts",
            access_key_id: secrets.id,
            secret_access_key: Redacted.make(secrets.key),
            session_token: secrets.token
          }
        },
        endpoint: { url: "https://bedrock.example" }
      }
    ]
  }
}

/** What a server may make of what it was told: its texts, in pieces, and as JSON. */
const echoes = (told: unknown): ReadonlyArray<string> => [
  JSON.stringify(told),
  JSON.stringify(told).replaceAll("/", "\\/"),
  Object.values(secrets).join(", ")
]

/** What must not be seen: they, and one as JSON writes it. */
const all = [...Object.values(secrets), JSON.stringify(secrets.quoted).slice(1, -1), "sl4shed"]

describe.each(transports)("secrets of settings over $name", (transport) => {
  const { client } = transport
  const withBody = Deepgram.withOptions({ body: { experiment: { api_key: secrets.untyped } } })

  it.effect("leave, and stand in no error, log or span when the server repeats them", () =>
    Effect.gen(function*() {
      for (const at of [0, 1, 2]) {
        const server = yield* serveSockets(
          serving((peer) =>
            Effect.gen(function*() {
              yield* peer.send(welcome)
              const told = yield* peer.message
              for (const secret of Object.values(secrets)) {
                if (secret !== secrets.basic) assert.include(JSON.stringify(told), JSON.stringify(secret).slice(1, -1))
              }
              yield* peer.send({ type: "Error", code: secrets.key, description: echoes(told)[at] })
              yield* peer.close(1008, secrets.header)
            })
          )
        )
        const { exit, seen } = yield* observed(
          withBody(AgentV1.connect(secretive)).pipe(Effect.flip, Effect.scoped, Effect.provide(client(server)))
        )
        const error = yield* exit
        assert.strictEqual(error._tag, "ConnectionClosed")
        assertDiscreet(error, ...all)
        // The rest of it is there.
        assert.include(error.message, "<redacted>")
        if (at === 0) assert.include(error.message, `"type":"Settings"`)
        for (const secret of all) assert.notInclude(seen.text(), secret)
      }
    }))

  it.effect("nor when it repeats them in a message that cannot be understood", () =>
    Effect.gen(function*() {
      const server = yield* serveSockets(
        serving((peer) =>
          Effect.gen(function*() {
            yield* peer.send(welcome)
            const told = yield* peer.message
            yield* peer.send(applied, {
              type: "ConversationText",
              role: 5,
              content: [echoes(told)[0], echoes(told)[2]].join("\n"),
              [secrets.token]: secrets.url
            })
          })
        )
      )
      const { exit, seen } = yield* observed(
        withBody(AgentV1.connect(secretive)).pipe(
          Effect.flatMap(({ messages }) => Stream.runDrain(messages)),
          Effect.flip,
          Effect.scoped,
          Effect.provide(client(server))
        )
      )
      const error = yield* exit
      assert.strictEqual(error._tag, "ProtocolError")
      assertDiscreet(error, ...all)
      for (const secret of all) assert.notInclude(seen.text(), secret)
    }))

  it.effect("of updates are hidden too", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openAgent(transport)
      const secret = "s3cret-of-an-upd4te"
      const update = connection.updateSpeak({
        provider: { type: "open_ai", model: "tts-1", voice: "alloy" },
        endpoint: { url: "https://tts.example", headers: { authorization: `Bearer ${secret}` } }
      })
      const server = Effect.gen(function*() {
        const told = yield* peer.message
        assert.include(JSON.stringify(told), secret)
        yield* peer.send({ type: "Error", description: `What is ${secret}?` })
        yield* peer.close(1011)
      })
      const [error] = yield* Effect.all([Effect.flip(update), server], { concurrency: 2 })
      const heard = yield* hear(connection.messages)
      assert.strictEqual(heard.error, error)
      assert.include(error.message, "What is <redacted>?")
      assertDiscreet(error, secret)
    }))

  it.effect("that are empty are none", () =>
    Effect.gen(function*() {
      const { connection, peer } = yield* openAgent(transport, {
        settings: {
          ...settings,
          agent: { think: { ...think, endpoint: { url: "https://llm.example", headers: { "x-a": "", "x-b": "ab" } } } }
        }
      })
      yield* peer.send({ type: "Error", description: "That was about it." })
      yield* peer.close(1011)
      const { error } = yield* hear(connection.messages)
      assert.include(error?.message ?? "", "(That was about it.)")
    }))
})
