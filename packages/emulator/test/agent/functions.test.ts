/** Functions that an agent calls: by the client, and by itself. */
import { Emulator, Thinker } from "@effect-deepgram/emulator"
import { assert, describe, it, layer } from "@effect/vitest"
import { Deferred, Effect, Layer, Schema } from "effect"
import { HttpServer, HttpServerResponse } from "effect/http"
import * as Inbox from "../server/inbox.ts"
import type { Json } from "../server/socket.ts"
import { audioOf, brief, type Client, converse, flux, heardIn, quiet, sendSpeech, speech } from "./support.ts"

const Request = Schema.Struct({
  type: Schema.Literal("FunctionCallRequest"),
  functions: Schema.Array(Schema.Struct({
    id: Schema.String,
    name: Schema.String,
    arguments: Schema.String,
    client_side: Schema.Boolean,
    thought_signature: Schema.optionalKey(Schema.String)
  }))
})

type Call = (typeof Request.Type)["functions"][number]

/** The functions that the agent asks for next. */
const requested = Effect.fnUntraced(function*(client: Client) {
  const messages = yield* client.until("FunctionCallRequest")
  return Schema.decodeUnknownSync(Request)(messages.at(-1)).functions
})

const answer = ({ say }: Client, { id, name, thought_signature }: Call, content: string) =>
  say({
    type: "FunctionCallResponse",
    id,
    name,
    content,
    ...(thought_signature === undefined ? undefined : { thought_signature })
  })

const ask = ({ say }: Client, content: string) => say({ type: "InjectUserMessage", content })

const provider = { type: "open_ai", model: "gpt-4o-mini" }

const names = ["get_weather", "get_time", "get_news"]

const withFunctions = (more: Json = {}) => ({
  think: { provider, functions: names.map((name) => ({ name, parameters: { type: "object" }, ...more })) }
})

const weather: Thinker.Rule = {
  when: "weather",
  answer: { text: "One moment.", calls: [{ name: "get_weather", arguments: { city: "Berlin" } }] },
  afterwards: "It is sunny."
}

const thinker = Thinker.rules([
  weather,
  { when: "everything", answer: { calls: names.map((name) => ({ name })) } },
  {
    when: "twice",
    answer: { calls: [{ name: "get_time" }] },
    afterwards: ({ messages }) =>
      messages.filter(({ _tag }) => _tag === "Calls").length < 2 ? { calls: [{ name: "get_news" }] } : "Done."
  },
  { when: "made up", answer: { calls: [{ name: "launch_rocket" }] } },
  { when: "slowly", answer: () => Effect.never }
])

const historyOf = (messages: ReadonlyArray<Json>) => messages.find(({ function_calls }) => function_calls !== undefined)

const History = Schema.Struct({ function_calls: Schema.Array(Schema.Record(Schema.String, Schema.Unknown)) })

/** What the history has of the first function. */
const recordIn = (messages: ReadonlyArray<Json>) =>
  Schema.decodeUnknownSync(History)(historyOf(messages)).function_calls[0]

layer(Emulator.layer({ thinker }))("functions of the client", (it) => {
  it.effect("are asked for while the agent speaks, and what they answer is spoken", () =>
    Effect.gen(function*() {
      const client = yield* converse(withFunctions())
      yield* sendSpeech(client, speech("How is the weather?"))
      const [call] = yield* requested(client)
      assert.deepInclude(call, { name: "get_weather", arguments: "{\"city\":\"Berlin\"}", client_side: true })
      assert.strictEqual(heardIn(audioOf(yield* client.until("AgentAudioDone"))), "One moment.")
      yield* answer(client, call!, "{\"sun\":true}")
      const messages = yield* client.until("AgentAudioDone")
      assert.deepStrictEqual(historyOf(messages), {
        type: "History",
        function_calls: [{
          id: call!.id,
          name: "get_weather",
          client_side: true,
          arguments: call!.arguments,
          response: "{\"sun\":true}"
        }]
      })
      assert.strictEqual(heardIn(audioOf(messages)), "It is sunny.")
    }))

  it.effect("are called together, and may answer in any order", () =>
    Effect.gen(function*() {
      const client = yield* converse(withFunctions())
      yield* ask(client, "Tell me everything.")
      const calls = yield* requested(client)
      assert.deepStrictEqual(calls.map(({ name }) => name), names)
      assert.strictEqual(new Set(calls.map(({ id }) => id)).size, 3)
      for (const call of calls.toReversed()) yield* answer(client, call, `From ${call.name}.`)
      const messages = yield* client.until("AgentAudioDone")
      assert.strictEqual(heardIn(audioOf(messages)), "From get_weather. From get_time. From get_news.")
    }))

  it.effect("are called again and again, as the thinker likes", () =>
    Effect.gen(function*() {
      const client = yield* converse(withFunctions())
      yield* ask(client, "Do it twice.")
      for (const name of ["get_time", "get_news"]) {
        const [call] = yield* requested(client)
        assert.strictEqual(call!.name, name)
        yield* answer(client, call!, "ok")
      }
      assert.strictEqual(heardIn(audioOf(yield* client.until("AgentAudioDone"))), "Done.")
    }))

  it.effect("may be made up by the thinker: that is for the client to say", () =>
    Effect.gen(function*() {
      const client = yield* converse(withFunctions())
      yield* ask(client, "I have made up my mind.")
      const [call] = yield* requested(client)
      assert.deepInclude(call, { name: "launch_rocket", client_side: true, arguments: "{}" })
      yield* answer(client, call!, "\"There is no such function.\"")
      assert.strictEqual(heardIn(audioOf(yield* client.until("AgentAudioDone"))), "There is no such function.")
    }))

  it.effect("may be answered without an id, and twice", () =>
    Effect.gen(function*() {
      const client = yield* converse(withFunctions())
      yield* ask(client, "Tell me everything.")
      const [first, second, third] = yield* requested(client)
      yield* client.say({ type: "FunctionCallResponse", name: first!.name, content: "one" })
      yield* answer(client, first!, "again")
      yield* answer(client, second!, "two")
      yield* answer(client, third!, "three")
      assert.strictEqual(heardIn(audioOf(yield* client.until("AgentAudioDone"))), "one two three")
    }))

  for (
    const [what, wrong] of [
      ["another id", { id: "call_1", name: "get_weather" }],
      ["another name", { name: "get_time" }]
    ] as const
  ) {
    it.effect(`end the session when an answer has ${what}`, () =>
      Effect.gen(function*() {
        const client = yield* converse(withFunctions())
        yield* ask(client, "How is the weather?")
        const [call] = yield* requested(client)
        yield* client.say({ type: "FunctionCallResponse", id: call!.id, content: "sunny", ...wrong })
        const { code, messages } = yield* client.end
        assert.strictEqual(code, 1008)
        assert.deepInclude(messages.at(-1), { type: "Error", code: "NON_EXISTENT_FUNCTION_CALLED" })
      }))
  }

  it.effect("are cancelled when the user speaks, and late answers are dropped", () =>
    Effect.gen(function*() {
      const client = yield* converse(withFunctions())
      yield* ask(client, "Tell me everything.")
      const calls = yield* requested(client)
      yield* answer(client, calls[0]!, "in time")
      yield* sendSpeech(client, speech("Never mind."))
      const messages = yield* client.until("FunctionCallCancelled")
      assert.deepStrictEqual(brief(messages), ["UserStartedSpeaking", "FunctionCallCancelled"])
      assert.deepStrictEqual(messages.at(-1), {
        type: "FunctionCallCancelled",
        functions: calls.slice(1).map(({ id, name }) => ({ id, name }))
      })
      for (const call of calls) yield* answer(client, call, "too late")
      yield* client.say({ type: "FunctionCallResponse", name: calls[1]!.name, content: "too late" })
      const rest = yield* client.until("AgentAudioDone")
      assert.strictEqual(heardIn(audioOf(rest)), "You said: Never mind.")
      assert.isUndefined(historyOf(rest))
      yield* client.say({ type: "UpdatePrompt", prompt: "Go on." })
      assert.deepStrictEqual(brief(yield* client.until("PromptUpdated")), ["PromptUpdated"])
    }))

  it.effect("are cancelled by another turn by text, too", () =>
    Effect.gen(function*() {
      const client = yield* converse(withFunctions())
      yield* ask(client, "How is the weather?")
      yield* requested(client)
      yield* client.until("AgentAudioDone")
      yield* ask(client, "Never mind.")
      const messages = yield* client.until("AgentAudioDone")
      assert.deepStrictEqual(brief(messages).slice(0, 2), [
        "FunctionCallCancelled",
        "ConversationText user Never mind."
      ])
      assert.strictEqual(heardIn(audioOf(messages)), "You said: Never mind.")
    }))

  it.effect("need not answer before the client goes away", () =>
    Effect.gen(function*() {
      const client = yield* converse(withFunctions())
      yield* ask(client, "How is the weather?")
      yield* requested(client)
      client.socket.close(1000)
      assert.strictEqual((yield* client.closed).code, 1000)
    }))
})

layer(Emulator.layer({ thinker }))("signatures of Google", (it) => {
  const google = { type: "google", model: "gemini-2.5-flash" }

  it.effect("come with each call, and are passed back", () =>
    Effect.gen(function*() {
      const client = yield* converse({ think: { provider: google } })
      yield* ask(client, "How is the weather?")
      const [call] = yield* requested(client)
      assert.isString(call!.thought_signature)
      yield* answer(client, call!, "sunny")
      yield* client.until("AgentAudioDone")
      const messages = yield* client.until("AgentAudioDone")
      assert.deepInclude(
        recordIn(messages),
        { thought_signature: call!.thought_signature }
      )
      assert.strictEqual(heardIn(audioOf(messages)), "It is sunny.")
    }))

  it.effect("make it fail when they do not come back", () =>
    Effect.gen(function*() {
      const client = yield* converse({ think: [{ provider: google }, { provider }] })
      yield* ask(client, "How is the weather?")
      const [{ thought_signature: _, ...unsigned } = assert.fail()] = yield* requested(client)
      yield* answer(client, unsigned, "sunny")
      yield* client.until("AgentAudioDone")
      const messages = yield* client.until("AgentAudioDone")
      assert.deepInclude(messages.find(({ type }) => type === "Warning"), { code: "THINK_REQUEST_FAILED" })
      // The other provider does not mind.
      assert.strictEqual(heardIn(audioOf(messages)), "It is sunny.")
    }))
})

layer(Emulator.layer({ thinker }))("a turn that may be over", (it) => {
  const eager = { listen: { provider: { ...flux, eager_eot_threshold: 0.3, eot_threshold: 0.8 } } }

  it.effect("lets functions be called, which are cancelled when it goes on", () =>
    Effect.gen(function*() {
      const client = yield* converse({ ...withFunctions(), ...eager })
      // Sure enough to think, but not to speak: the pause is between 100 and 500 ms.
      yield* sendSpeech(client, speech("How is the weather?", 0.3))
      const messages = yield* client.until("FunctionCallRequest")
      assert.deepStrictEqual(brief(messages), ["UserStartedSpeaking", "FunctionCallRequest"])
      yield* sendSpeech(client, speech("No,", 0.1))
      assert.deepStrictEqual(brief(yield* client.until("FunctionCallCancelled")), ["FunctionCallCancelled"])
      yield* sendSpeech(client, speech("wait.", 0.8))
      const rest = brief(yield* client.until("AgentAudioDone"))
      assert.include(rest, "ConversationText user How is the weather? No, wait.")
    }))

  it.effect("is answered by what was thought already when it is over", () =>
    Effect.gen(function*() {
      const client = yield* converse({ ...withFunctions(), ...eager })
      yield* sendSpeech(client, speech("How is the weather?", 0.3))
      const [call] = yield* requested(client)
      yield* answer(client, call!, "sunny")
      yield* sendSpeech(client, quiet(0.4))
      const messages = [...yield* client.until("AgentAudioDone"), ...yield* client.until("AgentAudioDone")]
      assert.deepStrictEqual(brief(messages), [
        "ConversationText user How is the weather?",
        "ConversationText assistant One moment.",
        "AgentStartedSpeaking",
        "AgentAudioDone",
        "ConversationText assistant It is sunny.",
        "AgentStartedSpeaking",
        "AgentAudioDone"
      ])
    }))

  it.effect("is answered when it is over also if the agent was made to say something else meanwhile", () =>
    Effect.gen(function*() {
      const client = yield* converse({ ...withFunctions(), ...eager })
      yield* sendSpeech(client, speech("How is the weather?", 0.3))
      yield* requested(client)
      yield* client.say({ type: "InjectAgentMessage", message: "Listen.", behavior: "interrupt" })
      const interjected = yield* client.until("AgentAudioDone")
      assert.strictEqual(brief(interjected)[0], "FunctionCallCancelled")
      assert.strictEqual(heardIn(audioOf(interjected)), "Listen.")
      yield* sendSpeech(client, quiet(0.4))
      const messages = yield* client.until("AgentAudioDone")
      assert.include(brief(messages), "ConversationText user How is the weather?")
      assert.strictEqual(heardIn(audioOf(messages)), "One moment.")
    }))

  it.effect("does not let functions be called that wait for its end", () =>
    Effect.gen(function*() {
      const client = yield* converse({ ...withFunctions({ defer_until_eot: true }), ...eager })
      yield* sendSpeech(client, speech("How is the weather?", 0.3))
      // It has been thought about.
      while ((yield* client.next)["ttt_tool_latency"] === undefined) { /* until then */ }
      yield* sendSpeech(client, quiet(0.4))
      const messages = yield* client.until("AgentAudioDone")
      assert.deepStrictEqual(brief(messages).slice(0, 3), [
        "ConversationText user How is the weather?",
        "ConversationText assistant One moment.",
        "FunctionCallRequest"
      ])
    }))
})

describe("functions with an endpoint", () => {
  const endpointOf = (url: string, method?: string) => ({
    url: `${url}/weather?key=1`,
    headers: { "x-secret": "s3cret" },
    ...(method === undefined ? undefined : { method })
  })

  const agent = (endpoint: Json): Json => ({
    think: { provider, functions: [{ name: "get_weather", endpoint }, { name: "get_time" }] }
  })

  it.effect("are called by the server, which says what came of it", () =>
    Effect.gen(function*() {
      const url = yield* Inbox.files({ "/weather?key=1": ["text/plain", "sunny"] })
      const client = yield* converse(agent(endpointOf(url)))
      yield* ask(client, "How is the weather?")
      const messages = [...yield* client.until("AgentAudioDone"), ...yield* client.until("AgentAudioDone")]
      const { functions: [call] } = Schema.decodeUnknownSync(Request)(
        messages.find(({ type }) => type === "FunctionCallRequest")
      )
      assert.deepInclude(call, { name: "get_weather", client_side: false })
      assert.deepInclude(messages, {
        type: "FunctionCallResponse",
        id: call!.id,
        name: "get_weather",
        content: "sunny"
      })
      assert.deepInclude(
        recordIn(messages),
        { client_side: false, response: "sunny" }
      )
    }).pipe(Effect.provide([Inbox.layer, Emulator.layer({ thinker })])))

  for (const method of [undefined, "put", "GET"]) {
    it.effect(`get their arguments with ${method ?? "POST unless something else is said"}`, () =>
      Effect.gen(function*() {
        const { next, url } = yield* Inbox.inbox()
        const client = yield* converse(agent(endpointOf(url, method)))
        yield* ask(client, "How is the weather?")
        const request = yield* next
        assert.strictEqual(request.method, (method ?? "POST").toUpperCase())
        assert.strictEqual(request.headers["x-secret"], "s3cret")
        const body = new TextDecoder().decode(request.bytes)
        assert.deepStrictEqual(
          [request.url, body],
          method === "GET" ? ["/weather?key=1&city=Berlin", ""] : ["/weather?key=1", "{\"city\":\"Berlin\"}"]
        )
      }).pipe(Effect.provide([Inbox.layer, Emulator.layer({ thinker })])))
  }

  it.effect("that fail are answered all the same", () =>
    Effect.gen(function*() {
      const { url } = yield* Inbox.inbox(500)
      const client = yield* converse(agent(endpointOf(url)))
      yield* ask(client, "How is the weather?")
      const messages = yield* client.until("FunctionCallResponse")
      assert.match(String(messages.at(-1)!["content"]), /"error":"The function failed: .*500/)
    }).pipe(Effect.provide([Inbox.layer, Emulator.layer({ thinker })])))

  it.effect("are not the client's to answer", () =>
    Effect.gen(function*() {
      const server = yield* HttpServer.HttpServer
      const called = yield* Deferred.make<void>()
      const answered = yield* Deferred.make<HttpServerResponse.HttpServerResponse>()
      yield* HttpServer.serveEffect(Effect.andThen(Deferred.succeed(called, undefined), Deferred.await(answered)))
      yield* Effect.addFinalizer(() => Deferred.succeed(answered, HttpServerResponse.empty()))
      const client = yield* converse(agent(endpointOf(HttpServer.formatAddress(server.address))))
      yield* ask(client, "How is the weather?")
      const [call] = yield* requested(client)
      yield* Deferred.await(called)
      yield* answer(client, call!, "rainy")
      assert.deepInclude((yield* client.end).messages.at(-1), { code: "NON_EXISTENT_FUNCTION_CALLED" })
    }).pipe(Effect.provide(Layer.merge(Inbox.layer, Emulator.layer({ thinker })))))
})
