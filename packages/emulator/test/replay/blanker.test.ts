/** Secrets in JSON, however it comes. */
import { assert, describe, it } from "@effect/vitest"
import * as Blanker from "../../src/internal/sessions/blanker.ts"
import * as Secrets from "../../src/internal/sessions/secrets.ts"

const blanked = (pieces: ReadonlyArray<Uint8Array>, extra?: string): string => {
  const blanker = Blanker.make(Secrets.make(), extra)
  return Buffer.concat([...pieces.map(blanker.push), blanker.end()]).toString("utf8")
}

const whole = (text: string, extra?: string): string => blanked([Buffer.from(text)], extra)

const agent = `{ "label" : "Grüße: \\"access_token\\"",
  "agent": {"think": [{"endpoint": {"url": "https://me:pa\\u0073s@example.com/x?y=1", "headers": {"x-\\"key": "s1", "more": ["s2", 3]}}}],
    "speak": {"provider": {"credentials": {"type": "sts", "access_key_id": "s3"}}}},
  "access_token":"s4", "headers": "passes", "key": "passes too", "empty": {}, "last": [ "a", "b" ] }`

describe("secrets in JSON", () => {
  it("have names, and all else stays as it was written", () => {
    assert.strictEqual(
      whole(agent),
      agent.replace("me:pa\\u0073s", "hidden-secret-1").replace("y=1", "y=hidden-secret-2")
        .replace("\"s1\"", "\"hidden-secret-3\"").replace("\"s2\"", "\"hidden-secret-4\"")
        .replace("\"sts\"", "\"hidden-secret-5\"").replace("\"s3\"", "\"hidden-secret-6\"")
        .replace("\"s4\"", "\"hidden-secret-7\"")
    )
  })

  it("are found wherever the text is cut", () => {
    const bytes = Buffer.from(agent)
    const expected = whole(agent)
    for (let at = 0; at <= bytes.length; at++) {
      assert.strictEqual(blanked([bytes.subarray(0, at), bytes.subarray(at)]), expected, `cut at ${at}`)
    }
    assert.strictEqual(blanked(Array.from(bytes, (byte) => Uint8Array.of(byte))), expected)
  })

  it("are hidden when the text ends within them", () => {
    for (const end of ["", "\\", "\\u00", "\""]) {
      assert.strictEqual(
        whole(`{"headers": {"authorization": "Bearer s1${end}`),
        `{"headers": {"authorization": "hidden-secret-1${end === "\"" ? end : ""}`
      )
    }
  })

  it("are found in JSON within JSON", () => {
    const inner = JSON.stringify({ think: { endpoint: { headers: { authorization: "s1" } } } })
    assert.deepStrictEqual(
      JSON.parse(whole(JSON.stringify({ config: inner }))),
      { config: inner.replace("s1", "hidden-secret-1") }
    )
  })

  it("are in the query of endpoints, and not in that of recordings", () => {
    const url = "https://example.com/a?key=s1&s2&empty=#part"
    const body = (url: string, endpoint: string) => {
      const agent = { functions: [{ name: "a", endpoint: { url: endpoint } }], endpoint: [{ url: endpoint }] }
      return { url, ...agent, config: JSON.stringify(agent) }
    }
    assert.deepStrictEqual(
      JSON.parse(whole(JSON.stringify(body(url, url)))),
      body(url, "https://example.com/a?key=hidden-secret-1&hidden-secret-2&empty=#part")
    )
  })

  it("are the values of sensitive variables, which say so at last", () => {
    const variable = (pieces: ReadonlyArray<string>) => {
      const blanker = Blanker.makeVariable(Secrets.make())
      return Buffer.concat([...pieces.map((piece) => blanker.push(Buffer.from(piece))), blanker.end()]).toString("utf8")
    }
    const text = (value: string, isSensitive: boolean) =>
      `{"key":"DG_A","value":${value},"is_sensitive": ${isSensitive}}`
    assert.strictEqual(variable(Array.from(text("\"s1\"", true))), text("\"hidden-secret-1\"", true))
    assert.strictEqual(variable([text("{\"a\":[\"s1\"]}", true)]), text("{\"a\":[\"hidden-secret-1\"]}", true))
    assert.strictEqual(variable(Array.from(text("\"seen\"", false))), text("\"seen\"", false))
    // Nobody waits for the end of that.
    const long = `{"value":"s1","key":"${"a".repeat(1_100_000)}`
    assert.strictEqual(variable([long, "\"}"]), `${long}"}`.replace("s1", "hidden-secret-1"))
  })

  it("are those that are named besides", () => {
    assert.strictEqual(
      whole("{\"key\":\"s1\",\"a\":[\"key\"]}", "key"),
      "{\"key\":\"hidden-secret-1\",\"a\":[\"key\"]}"
    )
  })

  it("have the same name each time", () => {
    const hide = Secrets.make()
    assert.deepStrictEqual(["a", "b", "a", "hidden-secret-2"].map(hide), [
      "hidden-secret-1",
      "hidden-secret-2",
      "hidden-secret-1",
      "hidden-secret-2"
    ])
  })

  it("leave what is no JSON alone", () => {
    for (const text of ["", "}}]\"", "RIFF\u0000\u00ff", "{\"a\" \"b\": }"]) assert.strictEqual(whole(text), text)
  })
})
