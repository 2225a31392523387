import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { EnvHttpProxyAgent } from "undici"
import * as Proxy from "../src/internal/proxy.ts"

// Nobody listens there.
const proxy = "http://127.0.0.1:1"

const lists = [
  "",
  " , ,",
  "*",
  "example.com *",
  "none.invalid,*",
  "*:8080",
  "*:0",
  "example.com",
  "EXAMPLE.com",
  "example.com.",
  ".example.com",
  "*.example.com",
  "*example.com",
  "example.com:80",
  "example.com:443",
  "example.com:8080",
  ".example.com:8080",
  "*.example.com:8080",
  "example.com:0",
  "example.com:port",
  "http://example.com",
  "com",
  ".",
  "127.0.0.1",
  "127.0.0.1:8080",
  "127.0.0.0/8",
  "::1",
  "[::1]",
  "[::1]:8080",
  "[::1]:",
  "[example.com]",
  "[example.com:8080]",
  "fe80::1,\t::1 other.org\nexample.com",
  "other.org:8080,example.com:8080",
  "ümlaut.example"
]

const hosts = [
  "example.com",
  "Example.COM",
  "example.com.",
  "api.example.com",
  "a.b.example.com",
  "notexample.com",
  "example.com.evil.org",
  "other.org",
  "xn--mlaut-jva.example",
  "127.0.0.1",
  "127.1",
  "[::1]",
  "[0:0::1]"
]

const ports = ["", ":80", ":443", ":8080"]

/** What undici does with a request. */
const undici = Effect.fnUntraced(function*(noProxy: string) {
  let direct = false
  const agent = yield* Effect.acquireRelease(
    Effect.sync(() =>
      new EnvHttpProxyAgent({
        httpProxy: proxy,
        httpsProxy: proxy,
        noProxy,
        // Called for connections that no proxy is used for.
        connect: (_, callback) => {
          direct = true
          callback(new Error("this is all that had to be known"), null)
        }
      })
    ),
    (agent) => Effect.promise(() => agent.destroy())
  )
  return (origin: string) =>
    Effect.suspend(() => {
      direct = false
      const request = Effect.tryPromise(() => agent.request({ origin, path: "/", method: "GET" }))
      return Effect.map(Effect.exit(request), () => direct)
    })
})

describe("NO_PROXY", () => {
  it.live("means for sockets what it means for requests", () =>
    Effect.gen(function*() {
      let excepted = 0
      for (const noProxy of lists) {
        const isDirect = yield* undici(noProxy)
        const proxyOf = Proxy.selector({ http: proxy, https: proxy, noProxy })
        for (const host of hosts) {
          for (const port of ports) {
            for (const secure of [false, true]) {
              const authority = `${host}${port}`
              const expected = yield* isDirect(`${secure ? "https" : "http"}://${authority}`)
              const url = `${secure ? "wss" : "ws"}://${authority}`
              assert.strictEqual(proxyOf(new URL(url), secure), expected ? "" : proxy, `${url} with ${noProxy}`)
              if (expected) excepted++
            }
          }
        }
      }
      assert.isAbove(excepted, 500)
    }), 30_000)
})
