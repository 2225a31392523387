/** What a client or somebody else's server can have an agent hold, keep or repeat is bounded. */
import { Emulator, Thinker } from "@effect-deepgram/emulator"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Layer, Schema, Stream } from "effect"
import { Requests } from "effect-deepgram"
import { HttpServer, HttpServerRequest, HttpServerResponse } from "effect/http"
import { TestClock } from "effect/testing"
import * as Inbox from "../server/inbox.ts"
import { inProject } from "../server/management.ts"
import { type Json, stable } from "../server/socket.ts"
import { speaking } from "../server/speech.ts"
import { audio, audioOf, brief, type Client, converse, heardIn, open, sampleRate } from "./support.ts"

const inject = ({ say }: Client, message: string, behavior = "queue") =>
  say({ type: "InjectAgentMessage", message, behavior })

const ask = ({ say }: Client, content: string) => say({ type: "InjectUserMessage", content })

/** What the client is told of the failure. */
const failure = Effect.fnUntraced(function*({ end }: Client, code: string) {
  const { messages } = yield* end
  assert.deepInclude(messages.at(-1), { type: "Error", code })
  return String(messages.at(-1)?.["description"])
})

const thinker = Thinker.rules([
  { when: "forever", answer: () => Effect.never },
  { when: "call", answer: { calls: [{ name: "get" }] } }
])

/** The newest request, as soon as there is one. */
const logged = inProject((id) => Requests.list(id)).pipe(
  Effect.repeat({ until: ({ requests }) => requests.length > 0 }),
  Effect.map(({ requests: [request] }) => request!)
)

layer(Emulator.layer({ thinker }))("texts that are to be said", (it) => {
  it.effect("are refused when too many wait", () =>
    Effect.gen(function*() {
      const client = yield* converse()
      yield* ask(client, "Think forever.")
      yield* Effect.replicateEffect(inject(client, "One more."), 1001, { discard: true })
      const messages = [...yield* client.until("InjectionRefused"), ...yield* client.until("InjectionRefused")]
      assert.deepStrictEqual(brief(messages).slice(1), ["InjectionRefused", "InjectionRefused"])
      // What takes the place of all of them is none too many.
      yield* inject(client, "Enough.", "interrupt")
      assert.strictEqual(heardIn(audioOf(yield* client.until("AgentAudioDone"))), "Enough.")
    }))

  it.effect("are refused when they are too long", () =>
    Effect.gen(function*() {
      const client = yield* converse()
      yield* ask(client, "Think forever.")
      yield* inject(client, "x".repeat(600_000))
      yield* client.say({ type: "UpdatePrompt", prompt: "Be brief." })
      yield* client.until("PromptUpdated")
      for (const behavior of ["queue", "interrupt"]) {
        yield* inject(client, "x".repeat(behavior === "queue" ? 400_001 : 1_000_001), behavior)
        assert.deepStrictEqual(brief(yield* client.until("InjectionRefused")), ["InjectionRefused"])
      }
    }))
})

layer(Emulator.layerSdk())("what the client wrote", (it) => {
  const long = "x".repeat(5000)
  const settings: Readonly<Record<string, Json>> = {
    "a model that listens": { listen: { provider: { type: "deepgram", model: long } } },
    "a voice": { speak: { provider: { type: "deepgram", model: long } } },
    "a function": {
      think: { provider: { type: "open_ai", model: "m" }, functions: [{ name: long }, { name: long }] }
    },
    "an endpoint": {
      think: { provider: { type: "open_ai", model: "m" }, functions: [{ name: long, endpoint: { url: "x" } }] }
    },
    "a method": {
      think: {
        provider: { type: "open_ai", model: "m" },
        functions: [{ name: "f", endpoint: { url: "https://f.example", method: long } }]
      }
    }
  }
  for (const [what, agent] of Object.entries(settings)) {
    it.effect(`is repeated in part: ${what}`, () =>
      Effect.gen(function*() {
        const client = yield* open
        yield* client.say({ type: "Settings", audio, agent })
        assert.isBelow((yield* failure(client, "INVALID_SETTINGS")).length, 500)
      }))
  }

  it.effect("is repeated in part: an encoding", () =>
    Effect.gen(function*() {
      const client = yield* open
      yield* client.say({ type: "Settings", audio: { input: { encoding: long, sample_rate: 8000 } }, agent: {} })
      assert.isBelow((yield* failure(client, "INVALID_SETTINGS")).length, 500)
    }))

  it.effect("is repeated in part: an answer that nobody asked for", () =>
    Effect.gen(function*() {
      const client = yield* converse()
      yield* client.say({ type: "FunctionCallResponse", id: long, name: long, content: "" })
      assert.isBelow((yield* failure(client, "NON_EXISTENT_FUNCTION_CALLED")).length, 500)
    }))

  it.effect("is kept in part: tags", () =>
    Effect.gen(function*() {
      for (const tags of [["x".repeat(129)], Array.from({ length: 101 }, (_, i) => `tag ${i}`)]) {
        const client = yield* open
        yield* client.say({ type: "Settings", audio, agent: {}, tags })
        assert.match(yield* failure(client, "INVALID_SETTINGS"), /^tags: /)
      }
    }))
})

describe("a function with an endpoint", () => {
  const withEndpoint = (url: string): Json => ({
    think: { provider: { type: "open_ai", model: "m" }, functions: [{ name: "get", endpoint: { url } }] }
  })

  const answered = Effect.fnUntraced(function*(url: string) {
    const client = yield* converse(withEndpoint(url))
    yield* ask(client, "Please call.")
    return String((yield* client.until("FunctionCallResponse")).at(-1)!["content"])
  })

  it.effect("may answer a mebibyte, and no more", () =>
    Effect.gen(function*() {
      // In characters of two bytes, which chunks may cut.
      const most = "é".repeat(524_288)
      const url = yield* Inbox.files({ "/most": ["text/plain", most], "/more": ["text/plain", `${most}!`] })
      assert.isTrue((yield* answered(`${url}/most`)) === most)
      assert.strictEqual(
        yield* answered(`${url}/more`),
        "{\"error\":\"The function failed: its answer is too long.\"}"
      )
    }).pipe(Effect.scoped, Effect.provide(Layer.merge(Inbox.layer, Emulator.layer({ thinker })))))

  it.effect("is not followed anywhere else", () =>
    Effect.gen(function*() {
      const server = yield* HttpServer.HttpServer
      const paths: Array<string> = []
      yield* HttpServer.serveEffect(Effect.map(HttpServerRequest.HttpServerRequest, ({ url }) => {
        paths.push(url)
        return HttpServerResponse.empty({ status: 307, headers: { location: "/other" } })
      }))
      assert.match(
        yield* answered(`${HttpServer.formatAddress(server.address)}/redirect`),
        /The function failed: .*307/
      )
      assert.deepStrictEqual(paths, ["/redirect"])
    }).pipe(Effect.scoped, Effect.provide(Layer.merge(Inbox.layer, Emulator.layer({ thinker })))))
})

const Details = Schema.Struct({ details: Schema.Struct({ models: Schema.Array(Schema.String) }) })

describe("a session", () => {
  it.effect("is over after two hours, also if the client does not read", () =>
    Effect.gen(function*() {
      let made = 0
      const endless = Stream.forever(Stream.sync(() => {
        made++
        return new Float32Array(sampleRate)
      }))
      yield* Effect.gen(function*() {
        const client = yield* converse({ greeting: "Endless." })
        yield* client.until("AgentStartedSpeaking")
        client.socket.pause()
        yield* stable(() => made)
        yield* TestClock.adjust("115 minutes")
        yield* TestClock.adjust("5 minutes")
        // Before anything is read.
        assert.strictEqual((yield* logged).code, 200)
      }).pipe(
        Effect.scoped,
        Effect.provide(
          Layer.provideMerge(Emulator.layerClient, speaking(() => endless, { idleTimeout: "3 hours" }))
        )
      )
    }))

  it.effect("is logged with all models that it used", () =>
    Effect.gen(function*() {
      const client = yield* converse()
      yield* client.say({
        type: "UpdateListen",
        listen: { provider: { type: "deepgram", version: "v2", model: "flux-general-en" } }
      })
      yield* client.say({
        type: "UpdateSpeak",
        speak: { provider: { type: "deepgram", model: "aura-2-thalia-en" } }
      })
      yield* client.until("SpeakUpdated")
      client.socket.close(1000)
      const { details: { models } } = Schema.decodeUnknownSync(Details)((yield* logged)["response"])
      assert.lengthOf(models, 4)
    }).pipe(Effect.provide(Emulator.layerSdk())))

  it.effect("in which an engine gives up by itself fails", () =>
    Effect.gen(function*() {
      const client = yield* converse()
      yield* ask(client, "Hello.")
      yield* failure(client, "INTERNAL_SERVER_ERROR")
    }).pipe(Effect.provide(Emulator.layer({
      thinker: Layer.succeed(Thinker.Thinker, { think: () => Effect.interrupt })
    }))))

  it.effect("in which a voice gives up by itself fails", () =>
    Effect.gen(function*() {
      const client = yield* converse({ greeting: "Hello." })
      yield* failure(client, "INTERNAL_SERVER_ERROR")
    }).pipe(Effect.provide(speaking(() => Stream.fromEffect(Effect.interrupt)))))

  it.effect("fails when a message cannot be worked on", () =>
    Effect.gen(function*() {
      const client = yield* converse({
        think: { provider: { type: "open_ai", model: "m" }, endpoint: { url: "wss://llm.example" } }
      })
      const depth = 100_000
      const content = "[".repeat(depth) + "]".repeat(depth)
      yield* client.send(`{"type":"__customToThinkProvider","content":${content}}`)
      yield* failure(client, "INTERNAL_SERVER_ERROR")
    }).pipe(Effect.provide(Emulator.layer())))

  it.effect("says nothing after the failure of what it said", () =>
    Effect.gen(function*() {
      const client = yield* converse()
      yield* ask(client, "Please call.")
      const request = (yield* client.until("FunctionCallRequest")).at(-1)
      yield* inject(client, "Two.")
      yield* inject(client, "Three.")
      yield* client.say({
        type: "UpdateSpeak",
        speak: { provider: { type: "deepgram", version: "v2", model: "flux-kit-en", speed: 3 } }
      })
      const [{ id } = assert.fail()] = Schema.decodeUnknownSync(Calls)(request).functions
      yield* client.say({ type: "FunctionCallResponse", id, name: "get", content: "One." })
      const { messages } = yield* client.end
      assert.deepStrictEqual(brief(messages), [
        "SpeakUpdated",
        "ConversationText assistant One.",
        "Error FAILED_TO_SPEAK"
      ])
    }).pipe(Effect.provide(Emulator.layer({ thinker }))))
})

const Calls = Schema.Struct({ functions: Schema.Array(Schema.Struct({ id: Schema.String })) })

layer(Emulator.layer({ thinker }))("a text that waits", (it) => {
  it.effect("is said also if the turn that it waits for is overtaken", () =>
    Effect.gen(function*() {
      const client = yield* converse()
      yield* ask(client, "Please call.")
      yield* client.until("FunctionCallRequest")
      yield* inject(client, "Please hold the line.")
      yield* ask(client, "Something else.")
      const messages = [...yield* client.until("AgentAudioDone"), ...yield* client.until("AgentAudioDone")]
      assert.deepStrictEqual(brief(messages), [
        "FunctionCallCancelled",
        "ConversationText user Something else.",
        "ConversationText assistant Please hold the line.",
        "AgentStartedSpeaking",
        "AgentAudioDone",
        "ConversationText assistant You said: Something else.",
        "AgentStartedSpeaking",
        "AgentAudioDone"
      ])
    }))
})
