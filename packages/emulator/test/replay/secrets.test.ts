/** What proves who calls is not in the file, and takes its place again when the calls are sent again. */
import { Emulator, Sessions } from "@effect-deepgram/emulator"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { Tokens } from "effect-deepgram"
import { readFileSync } from "node:fs"
import { connect } from "../server/socket.ts"
import { send } from "./client.ts"
import { assertSame, recorded, secrets, temporary } from "./support.ts"

const assertNone = (path: string, others: ReadonlyArray<string> = []) => {
  const text = readFileSync(path, "utf8")
  for (const secret of [...Object.values(secrets), ...others]) {
    assert.notInclude(text, secret)
    assert.notInclude(text, encodeURIComponent(secret))
  }
}

const replayed = (path: string) =>
  Effect.gen(function*() {
    const { apiKey, url } = yield* Emulator.Emulator
    return yield* Sessions.replay(path, { url, apiKey })
  }).pipe(Effect.provide(Emulator.layer({ apiKeys: ["another-key"] })))

const withKey = { authorization: `Token ${secrets.apiKey}`, "content-type": "application/json" }

describe("secrets", () => {
  it.live("of every header, URL and body are not in the file", () =>
    Effect.gen(function*() {
      const path = yield* temporary
      yield* recorded(
        path,
        Effect.gen(function*() {
          const { url } = yield* Emulator.Emulator
          const callback = `http://me:${secrets.callback}@127.0.0.1:1/x?token=${secrets.callback}`
          const config = JSON.stringify({ think: { endpoint: { headers: { a: secrets.endpoint } } } })
          const body = JSON.stringify({ config })
          const { text } = yield* send(`${url}/v1/projects`, { method: "GET", headers: withKey })
          const id: string = JSON.parse(text).projects[0].project_id
          const calls: ReadonlyArray<readonly [string, Parameters<typeof send>[1]]> = [
            [`/v1/listen?model=nova-3&callback=${encodeURIComponent(callback)}`, { pieces: ["RIFF"] }],
            [`/v1/listen?model=nova-3&callback=${encodeURIComponent(`x${secrets.callback}`)}`, { pieces: ["RIFF"] }],
            ["/v1/listen?model=nova-3", { pieces: [`{"url":"http://me:${secrets.password}@127.0.0.1:1/"}`] }],
            // White space and a mark are in front of it, and its type is that of a form, as curl says.
            ["/v1/listen?model=nova-3", {
              headers: { "content-type": "application/x-www-form-urlencoded" },
              pieces: [
                Uint8Array.of(0xef, 0xbb),
                Uint8Array.of(0xbf),
                "\r\n ",
                `{"url":"http://me:${secrets.password}@[/"}`
              ]
            }],
            [`/v1/projects/${id}/agent-variables`, {
              pieces: [`{"key":"DG_A","value":"${secrets.endpoint}","is_sensitive":true}`]
            }],
            [`/v1/projects?access_token=${secrets.wrong}&%74oken=${secrets.wrong}&api_key=${secrets.wrong}`, {
              method: "GET",
              headers: {
                "x-auth": secrets.wrong,
                referer: `http://me:${secrets.password}@a.example/?b=${secrets.wrong}`
              }
            }],
            ["/v1/projects", {
              method: "GET",
              headers: { cookie: secrets.cookie, "proxy-authorization": secrets.wrong }
            }],
            ["/v1/projects", { method: "GET", headers: { authorization: secrets.wrong, "x-api-key": secrets.wrong } }],
            ["/v1/projects", { method: "GET", headers: { authorization: `Basic ${secrets.password}` } }],
            [`/v1/projects/${id}/agents`, { pieces: Array.from(body) }],
            [`/v1/projects/${id}/keys`, { pieces: [`{"comment":"a","scopes":["usage:write"]}`] }]
          ]
          for (const [target, options] of calls) {
            yield* send(url + target, { ...options, headers: { ...withKey, ...options.headers } })
          }
        })
      )
      assertNone(path)
      const { calls } = yield* Sessions.read(path)
      // All of them are there nevertheless.
      assert.strictEqual(calls.length, 12)
      assertSame(yield* replayed(path))
    }))

  it.live("of sockets that say in a subprotocol who they are", () =>
    Effect.gen(function*() {
      const path = yield* temporary
      const token = yield* recorded(
        path,
        Effect.gen(function*() {
          const { access_token: accessToken } = yield* Tokens.grant()
          for (const protocols of [["token", secrets.apiKey], ["bearer", Redacted.value(accessToken)]]) {
            const { closed, say } = yield* connect("/v1/listen?encoding=mulaw&sample_rate=8000", {
              headers: {},
              protocols
            })
            yield* say({ type: "CloseStream" })
            yield* closed
          }
          return Redacted.value(accessToken)
        }).pipe(Effect.scoped)
      )
      const { calls } = yield* Sessions.read(path)
      assert.deepStrictEqual(
        calls.flatMap(({ headers }) =>
          headers.filter(([name]) => /^(?:sec-websocket-protocol|authorization)$/i.test(name))
        )
          .map(([, value]) => value),
        ["Token hidden-secret-1", "token, hidden-secret-1", "bearer, hidden-secret-2"]
      )
      assertNone(path, [token])
      assertSame(yield* replayed(path))
    }))
})
