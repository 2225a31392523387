import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { DeepgramError, Tokens } from "effect-deepgram"
import { inspect } from "node:util"
import { json } from "./support/answers.ts"
import { apiKey, client } from "./support/client.ts"
import { serve } from "./support/server.ts"

const token = "eyJhbGciOiJIUzI1NiJ9.eyJncmFudCI6MX0.c2lnbmF0dXJl"
const granted = json({ access_token: token, expires_in: 30 })

describe("Tokens.grant", () => {
  const bodies: ReadonlyArray<readonly [body: string, options: Tokens.GrantOptions | undefined]> = [
    ["{}", undefined],
    ["{}", {}],
    ["{}", { ttl_seconds: undefined }],
    [`{"ttl_seconds":1}`, { ttl_seconds: 1 }],
    [`{"ttl_seconds":3600}`, { ttl_seconds: 3600 }],
    [`{"ttl_seconds":1.5}`, { ttl_seconds: 1.5 }]
  ]

  it.effect.each(bodies)("sends %s", ([body, options]) =>
    Effect.gen(function*() {
      const server = yield* serve(granted)
      yield* Tokens.grant(options).pipe(Effect.provide(client(server)))
      const { headers, method, target, ...request } = server.requests[0]!
      assert.strictEqual(`${method} ${target}`, "POST /v1/auth/grant")
      assert.strictEqual(request.body().toString(), body)
      assert.strictEqual(headers["content-type"], "application/json")
      assert.strictEqual(headers.authorization, `Token ${apiKey}`)
    }))

  it.effect("hides the token", () =>
    Effect.gen(function*() {
      const server = yield* serve(granted)
      const { access_token, expires_in } = yield* Tokens.grant().pipe(Effect.provide(client(server)))
      assert.isTrue(Redacted.isRedacted(access_token))
      assert.strictEqual(Redacted.value(access_token), token)
      assert.strictEqual(expires_in, 30)
      for (const shown of [String(access_token), JSON.stringify(access_token), inspect(access_token, { depth: 9 })]) {
        assert.notInclude(shown, token)
      }
    }))

  it.effect("takes a token of which it is not said when it expires", () =>
    Effect.gen(function*() {
      const server = yield* serve(json({ access_token: token }))
      const answer = yield* Tokens.grant().pipe(Effect.provide(client(server)))
      assert.isUndefined(answer.expires_in)
    }))

  it.effect.each([0, 0.5, -1, 3601, Number.NaN, Number.POSITIVE_INFINITY])(
    "does not ask for a life of %d seconds",
    (ttl_seconds) =>
      Effect.gen(function*() {
        const server = yield* serve(granted)
        const error = yield* Tokens.grant({ ttl_seconds }).pipe(Effect.provide(client(server)), Effect.flip)
        assert.instanceOf(error, DeepgramError.BadRequest)
        assert.strictEqual(
          error.message,
          `Tokens.grant: not sent: ttl_seconds must be 1 to 3600, not ${ttl_seconds}`
        )
        assert.strictEqual(server.connections(), 0)
      })
  )

  it.effect.each([null, 60, "60"])("is told of what is no option at all: %j", (options) =>
    Effect.gen(function*() {
      const server = yield* serve(granted)
      const error = yield* Tokens.grant(options as Tokens.GrantOptions).pipe(
        Effect.provide(client(server)),
        Effect.flip
      )
      assert.instanceOf(error, DeepgramError.BadRequest)
      assert.strictEqual(error.message, "Tokens.grant: not sent: the options are missing, or no object")
      assert.strictEqual(server.connections(), 0)
    }))

  it.effect("needs a key that may do it", () =>
    Effect.gen(function*() {
      const server = yield* serve(
        json({ err_code: "FORBIDDEN", err_msg: "Insufficient permissions." }, { status: 403 })
      )
      const error = yield* Tokens.grant().pipe(Effect.provide(client(server)), Effect.flip)
      assert.instanceOf(error, DeepgramError.PermissionDenied)
      assert.strictEqual(error.code, "FORBIDDEN")
    }))
})
