import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect } from "effect"
import { Deepgram, DeepgramConfig } from "effect-deepgram"
import { inspect } from "node:util"
import { client, ok, transcribe } from "./support/client.ts"
import { serve } from "./support/server.ts"

type Hosts = DeepgramConfig.Hosts

const main = "https://api.deepgram.com"

/** A regional host serves everything but management, and there is no regional agent host. */
const region = (name: string): Hosts => ({
  api: `https://api.${name}.deepgram.com`,
  management: main,
  agent: `https://api.${name}.deepgram.com`,
  apiSocket: `wss://api.${name}.deepgram.com`,
  agentSocket: `wss://api.${name}.deepgram.com`
})

const everywhere = (http: string, socket: string): Hosts => ({
  api: http,
  management: http,
  agent: http,
  apiSocket: socket,
  agentSocket: socket
})

const standard: Hosts = {
  api: main,
  management: main,
  agent: "https://agent.deepgram.com",
  apiSocket: "wss://api.deepgram.com",
  agentSocket: "wss://agent.deepgram.com"
}

describe("hosts", () => {
  const cases: ReadonlyArray<readonly [name: string, options: DeepgramConfig.Options | undefined, hosts: Hosts]> = [
    ["by default", undefined, standard],
    ["of the default environment", { environment: "default" }, standard],
    ["in Europe", { environment: "eu" }, region("eu")],
    ["in Australia", { environment: "au" }, region("au")],
    ["in India", { environment: "in" }, region("in")],
    ["plain HTTP", { baseUrl: "http://localhost:8080" }, everywhere("http://localhost:8080", "ws://localhost:8080")],
    ["HTTPS", { baseUrl: "https://dg.example" }, everywhere("https://dg.example", "wss://dg.example")],
    ["from ws:", { baseUrl: "ws://localhost:8080" }, everywhere("http://localhost:8080", "ws://localhost:8080")],
    ["from wss:", { baseUrl: "wss://dg.example" }, everywhere("https://dg.example", "wss://dg.example")],
    ["a scheme in capitals", { baseUrl: "HTTPS://dg.example" }, everywhere("https://dg.example", "wss://dg.example")],
    [
      "a path is kept",
      { baseUrl: "https://proxy.example/deepgram" },
      everywhere("https://proxy.example/deepgram", "wss://proxy.example/deepgram")
    ],
    [
      "trailing slashes are not",
      { baseUrl: "https://proxy.example/deepgram//" },
      everywhere("https://proxy.example/deepgram", "wss://proxy.example/deepgram")
    ],
    [
      "a URL object",
      { baseUrl: new URL("http://localhost:8080/") },
      everywhere("http://localhost:8080", "ws://localhost:8080")
    ],
    [
      "a base URL wins over the environment",
      { environment: "eu", baseUrl: "https://dg.example" },
      everywhere("https://dg.example", "wss://dg.example")
    ],
    [
      "a single host wins over the base URL, and its socket follows",
      { baseUrl: "https://dg.example", hosts: { agent: "http://agent.example/" } },
      {
        ...everywhere("https://dg.example", "wss://dg.example"),
        agent: "http://agent.example",
        agentSocket: "ws://agent.example"
      }
    ],
    [
      "a single socket host, with whatever scheme",
      { environment: "au", hosts: { apiSocket: "https://stream.example/dg/" } },
      { ...region("au"), apiSocket: "wss://stream.example/dg" }
    ],
    [
      "every host by itself",
      {
        hosts: {
          api: "https://a",
          management: "wss://m",
          agent: "https://g",
          apiSocket: "wss://as",
          agentSocket: "http://gs"
        }
      },
      { api: "https://a", management: "https://m", agent: "https://g", apiSocket: "wss://as", agentSocket: "ws://gs" }
    ],
    [
      "an undefined override is no override",
      { hosts: { api: undefined } as never },
      standard
    ]
  ]

  it.each(cases)("%s", (_, options, hosts) => {
    assert.deepStrictEqual(DeepgramConfig.make(options).hosts, hosts)
  })

  it.effect("the path of a base URL is the prefix of every request", () =>
    Effect.gen(function*() {
      const server = yield* serve(ok)
      yield* transcribe().pipe(Effect.provide(client({ url: `${server.url}/behind/a%20proxy/` })))
      assert.strictEqual(server.requests[0]!.target, "/behind/a%20proxy/v1/listen?model=nova-3")
    }))
})

describe("settings", () => {
  it("have defaults", () => {
    const settings = DeepgramConfig.make()
    assert.deepStrictEqual(settings.timeout, Duration.seconds(60))
    assert.deepStrictEqual(Object.keys(settings.headers), ["user-agent"])
  })

  it("keep what is given", () => {
    const retry = Deepgram.retryPolicy({ times: 7 })
    const settings = DeepgramConfig.make({
      timeout: "5 minutes",
      retry,
      headers: { "x-a": "1" },
      userAgent: "mine/1"
    })
    assert.deepStrictEqual(settings.timeout, Duration.minutes(5))
    assert.strictEqual(settings.retry, retry)
    assert.deepStrictEqual({ ...settings.headers }, { "user-agent": "mine/1", "x-a": "1" })
  })

  it("hide the headers that prove who calls, printed in whatever way, and send them", () => {
    const { headers } = DeepgramConfig.make({
      headers: { Authorization: "Basic hunter2", cookie: "s=hunter2", "x-api-key": "hunter2", "x-a": "1" }
    })
    for (const printed of [inspect(headers), JSON.stringify(headers), String(headers)]) {
      assert.notInclude(printed, "hunter2")
      assert.include(printed, "x-a")
      assert.include(printed, "<redacted>")
    }
    assert.deepInclude({ ...headers }, { authorization: "Basic hunter2", "x-a": "1" })
  })

  it("take a limit away", () => {
    assert.strictEqual(DeepgramConfig.make({ timeout: Duration.infinity }).timeout, Duration.infinity)
  })
})
