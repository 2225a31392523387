import { Emulator, Recording } from "@effect-deepgram/emulator"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Redacted, Schema } from "effect"
import {
  AgentV1,
  Billing,
  type Deepgram,
  type DeepgramError,
  Keys,
  ListenV1,
  Models,
  Projects,
  Tokens,
  Usage
} from "effect-deepgram"
import { TestClock } from "effect/testing"
import { failureOf, inProject, newKey, newMember, project, send, withKey, withToken } from "./management.ts"

const transcribe = ListenV1.transcribeFile(Recording.wav("Good morning.", { sampleRate: 8_000, encoding: "mulaw" }), {
  model: "nova-3"
})

const Claims = Schema.fromJsonString(Schema.Struct({
  iat: Schema.Finite,
  exp: Schema.Finite,
  jti: Schema.String,
  scopes: Schema.Array(Schema.String)
}))

const claimsOf = (token: Redacted.Redacted) =>
  Schema.decodeUnknownSync(Claims)(Buffer.from(Redacted.value(token).split(".")[1]!, "base64url").toString())

layer(Emulator.layerSdk())("an access token", (it) => {
  it.effect("is a signed JWT that lives for 30 seconds", () =>
    Effect.gen(function*() {
      const { access_token, expires_in } = yield* Tokens.grant()
      assert.strictEqual(expires_in, 30)
      const { exp, iat, scopes } = claimsOf(access_token)
      assert.strictEqual(exp - iat, 30)
      assert.deepStrictEqual(scopes, ["usage:write"])
      const speaks = withToken(access_token)
      yield* speaks(transcribe)
      yield* TestClock.adjust("29 seconds")
      yield* speaks(transcribe)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* failureOf(speaks(transcribe)), "Unauthorized")
    }))

  it.effect("lives as long as it was asked for, an hour at most", () =>
    Effect.gen(function*() {
      for (const ttl_seconds of [1, 60, 3600]) {
        const { access_token, expires_in } = yield* Tokens.grant({ ttl_seconds })
        assert.strictEqual(expires_in, ttl_seconds)
        yield* TestClock.adjust((ttl_seconds - 0.001) * 1000)
        yield* withToken(access_token)(transcribe)
        yield* TestClock.adjust(1)
        assert.strictEqual(yield* failureOf(withToken(access_token)(transcribe)), "Unauthorized")
      }
      for (const ttl_seconds of [0, -1, 0.5, 3601, 1e9, "60"]) {
        const { json, status } = yield* send("POST", "/v1/auth/grant", { body: { ttl_seconds } })
        assert.strictEqual(status, 400, String(ttl_seconds))
        assert.property(json, "category")
      }
    }))

  it.effect("each is another one", () =>
    Effect.gen(function*() {
      const tokens = yield* Effect.replicateEffect(Tokens.grant(), 100, { concurrency: "unbounded" })
      assert.strictEqual(new Set(tokens.map(({ access_token }) => claimsOf(access_token).jti)).size, 100)
    }))

  it.effect("is for the voice APIs, not for management, nor for others of its kind", () =>
    Effect.gen(function*() {
      const id = yield* project
      const speaks = withToken((yield* Tokens.grant()).access_token)
      const refused: ReadonlyArray<Effect.Effect<unknown, DeepgramError.RequestError, Deepgram.Deepgram>> = [
        Projects.list(),
        Projects.get(id),
        Keys.list(id),
        Usage.summary(id),
        Billing.listBalances(id),
        Models.listForProject(id),
        Tokens.grant()
      ]
      for (const operation of refused) {
        assert.strictEqual(yield* failureOf(speaks(operation)), "PermissionDenied")
      }
      yield* speaks(Models.list())
      yield* speaks(AgentV1.listThinkModels())
    }))

  it.effect("is granted to keys with a role", () =>
    Effect.gen(function*() {
      for (const role of ["member", "admin", "owner"]) yield* withKey(yield* newKey(role))(Tokens.grant())
      const writer = withKey(yield* newKey("usage:write", "keys:write", "project:write"))
      assert.strictEqual(yield* failureOf(writer(Tokens.grant())), "PermissionDenied")
    }))

  it.effect("outlives its key, but not the tokens of others", () =>
    Effect.gen(function*() {
      const key = yield* newMember("brief@example.com", "member")
      const { access_token } = yield* withKey(key)(Tokens.grant())
      yield* withKey(key)(inProject(Projects.leave))
      assert.strictEqual(yield* failureOf(withKey(key)(transcribe)), "Unauthorized")
      yield* withToken(access_token)(transcribe)
      yield* TestClock.adjust("30 seconds")
      assert.strictEqual(yield* failureOf(withToken(access_token)(transcribe)), "Unauthorized")
    }))

  it.effect("is refused when it was tampered with, or sent as something else", () =>
    Effect.gen(function*() {
      const token = Redacted.value((yield* Tokens.grant()).access_token)
      const [head, , signature] = token.split(".")
      const encode = (json: unknown) => Buffer.from(JSON.stringify(json)).toString("base64url")
      const claims = claimsOf(Redacted.make(token))
      // Four bits of the last character are of no consequence to the bytes, and other characters are skipped.
      const last = token.at(-1)!
      const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
      const neighbours = [...alphabet].filter((character) => character !== last)
      const [start, end] = [token.slice(0, -10), token.slice(-10)]
      const wrong = [
        ...neighbours.map((character) => `Bearer ${token.slice(0, -1)}${character}`),
        `Bearer ${token}=`,
        `Bearer ${token}A`,
        ...[" ", "*", "=", "ÿ"].map((junk) => `Bearer ${start}${junk}${end}`),
        `Token ${token}`,
        `Bearer ${Emulator.defaultApiKey}`,
        `Bearer ${head}.${encode({ ...claims, exp: claims.exp + 1 })}.${signature}`,
        `Bearer ${encode({ alg: "none" })}.${token.split(".")[1]}.`,
        `Bearer ${encode({ alg: "none" })}.${token.split(".")[1]}.${signature}`,
        `Bearer ${token.slice(0, -1)}`,
        `Bearer ${token}.`,
        `Bearer ${token.split(".").slice(0, 2).join(".")}`,
        "Bearer ..",
        "Bearer x",
        "Bearer",
        token
      ]
      for (const authorization of wrong) {
        const { json, status } = yield* send("GET", "/v1/models", { authorization })
        assert.strictEqual(status, 401, authorization)
        assert.include(json, { err_code: "INVALID_AUTH", err_msg: "Invalid credentials." })
      }
      for (const authorization of [`Bearer ${token}`, `bearer  ${token}`]) {
        assert.strictEqual((yield* send("GET", "/v1/models", { authorization })).status, 200)
      }
    }))

  it.effect("is granted whatever else the body says, or without one", () =>
    Effect.gen(function*() {
      for (const body of ["", "{}", { ttl_seconds: null }, { ttl: 5, scopes: ["owner"] }]) {
        const { json, status } = yield* send("POST", "/v1/auth/grant", { body })
        assert.strictEqual(status, 200)
        assert.include(json, { expires_in: 30 })
      }
      const { json, status } = yield* send("POST", "/v1/auth/grant", { body: "{" })
      assert.strictEqual(status, 400)
      assert.include(json, { category: "INVALID_JSON", message: "Invalid JSON submitted." })
    }))
})

describe("the token of one emulator", () => {
  it.effect("is worth nothing to another, even with the same keys", () =>
    Effect.gen(function*() {
      const { access_token } = yield* Tokens.grant()
      yield* withToken(access_token)(Models.list())
      const elsewhere = yield* Effect.provide(failureOf(withToken(access_token)(Models.list())), Emulator.layer())
      assert.strictEqual(elsewhere, "Unauthorized")
    }).pipe(Effect.provide(Emulator.layerSdk())))
})
