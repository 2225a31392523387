import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Schema } from "effect"
import { AudioSource, DeepgramError } from "effect-deepgram"
import { redact, redactCause, secretsOf } from "../src/internal/secrets.ts"

const base = { operation: "ListenV1.transcribeUrl", message: "a message", requestId: "an-id" }
const refusal = { ...base, origin: "server", status: 400, code: "CODE", detail: "Words." } as const
const waits = { retryAfter: Duration.seconds(7), rateLimitReset: Duration.millis(1500) }

const errors: ReadonlyArray<readonly [error: DeepgramError.RequestError, retryable: boolean]> = [
  [new DeepgramError.BadRequest(refusal), false],
  [new DeepgramError.Unauthorized({ operation: "o", message: "m", origin: "client" }), false],
  [new DeepgramError.PaymentRequired(refusal), false],
  [new DeepgramError.PermissionDenied(refusal), false],
  [new DeepgramError.NotFound(refusal), false],
  [new DeepgramError.RequestTimeout({ ...refusal, ...waits }), true],
  [new DeepgramError.Conflict(refusal), false],
  [new DeepgramError.PayloadTooLarge(refusal), false],
  [new DeepgramError.UnsupportedMediaType(refusal), false],
  [new DeepgramError.UnprocessableEntity(refusal), false],
  [new DeepgramError.RateLimited({ ...refusal, ...waits }), true],
  [new DeepgramError.ServerError({ ...refusal, ...waits }), true],
  [new DeepgramError.UnexpectedStatus(refusal), false],
  [new DeepgramError.TransportError({ ...base, cause: new Error("ECONNRESET") }), true],
  [new DeepgramError.TimedOut({ ...base, after: Duration.minutes(1) }), false],
  [new DeepgramError.DecodeError({ ...base, status: 200, issue: "an issue", body: "a body" }), false]
]

describe("errors", () => {
  const Json = Schema.fromJsonString(Schema.toCodecJson(DeepgramError.DeepgramError))

  it.effect.each(errors.map(([error]) => [error._tag, error] as const))(
    "%s survives as JSON",
    ([tag, error]) =>
      Effect.gen(function*() {
        const again = yield* Schema.decodeEffect(Json)(yield* Schema.encodeEffect(Json)(error))
        assert.strictEqual(again._tag, tag)
        assert.strictEqual(again.constructor, error.constructor)
        const [{ cause: before, ...fields }, { cause: after, ...copied }] = [error, again] as const
        assert.deepStrictEqual({ ...copied }, { ...fields })
        assert.strictEqual((after as Error | undefined)?.message, (before as Error | undefined)?.message)
      })
  )

  it.each(errors.map(([error, retryable]) => [error._tag, retryable, error] as const))(
    "%s is retryable: %s",
    (_, retryable, error) => {
      assert.strictEqual(DeepgramError.isRetryable(error), retryable)
    }
  )

  it("are told from everything else", () => {
    for (const [error] of errors) assert.isTrue(DeepgramError.isDeepgramError(error), error._tag)
    for (const other of [undefined, null, "RateLimited", new Error("x"), { _tag: "RateLimited", ...refusal }]) {
      assert.isFalse(DeepgramError.isDeepgramError(other))
    }
  })

  it("cover every tag of the union", () => {
    assert.sameMembers(
      errors.map(([error]) => error._tag),
      DeepgramError.RequestError.members.map((member) => member.fields._tag.schema.literal)
    )
  })
})

describe("what is redacted", () => {
  it("everywhere it stands, the longest first", () => {
    assert.strictEqual(
      redact("secret-1 and secret, secret-1", ["secret-1", "secret"]),
      "<redacted> and <redacted>, <redacted>"
    )
  })

  it("whole, where one secret holds another", () => {
    const sent = {
      url: "https://user:s3cr@example.com/",
      parameters: [],
      headers: { authorization: "Token s3cr-and-more", "x-api-key": "s3cr-and-more-still" }
    }
    for (const order of ["s3cr-and-more-still", "s3cr-and-more", "s3cr"]) {
      assert.strictEqual(redact(`say ${order}`, secretsOf(sent)), "say <redacted>")
    }
  })

  it("in a chain of causes, of which name, message, code and stack are kept", () => {
    const inner = Object.assign(new TypeError("bad secret"), {
      code: "E_INNER",
      data: "secret",
      socket: { key: "secret" }
    })
    const outer = new AggregateError([inner, new Error("other")], "several secrets")
    const copy = redactCause(new Error("top", { cause: outer }), ["secret"]) as Error
    const aggregate = copy.cause as Error
    const innermost = aggregate.cause as Error & { readonly code: string }
    assert.deepStrictEqual([copy.message, aggregate.message, innermost.message], [
      "top",
      "several <redacted>s",
      "bad <redacted>"
    ])
    assert.deepStrictEqual([aggregate.name, innermost.name, innermost.code], ["AggregateError", "TypeError", "E_INNER"])
    assert.isTrue(innermost.stack?.startsWith("TypeError: bad <redacted>\n"))
    assert.deepStrictEqual(Object.keys(innermost), ["code"])
  })

  it("however it is written", () => {
    const callback = "https://u:hunter2!ab%2Fc%20d=@example.com/?sig=a\ud800bcdefgh"
    const secrets = secretsOf({ url: "https://example.com/", parameters: [["callback", callback]], headers: {} })
    for (
      const text of [
        "hunter2!ab/c d=",
        new URLSearchParams({ a: "hunter2!ab/c d=" }).toString().slice(2),
        "hunter2!ab%2Fc%20d%3D",
        "hunter2!ab\\/c d=",
        "hunter2!ab/c d\\u003d"
      ]
    ) {
      assert.strictEqual(redact(text, secrets), "<redacted>", text)
    }
  })

  it("quickly, however long the address", () => {
    const query = Array.from({ length: 5_000 }, (_, i) => `p${i}=${"value".repeat(5)}${i}`).join("&")
    const url = `https://example.com/?${query}`
    assert.isAbove(secretsOf({ url, parameters: [], headers: {} }).length, 4_999)
  })

  it("in causes that are circular", () => {
    const cause = new Error("a secret")
    cause.cause = cause
    assert.strictEqual((redactCause(cause, ["secret"]) as Error).message, "a <redacted>")
  })

  it("in a cause that is no error", () => {
    assert.strictEqual(redactCause("a secret", ["secret"]), "a <redacted>")
  })
})

describe("audio sources", () => {
  it("are told from other things to send", () => {
    assert.isTrue(AudioSource.isAudioSource(AudioSource.make(Effect.never)))
    for (const other of [new Uint8Array(1), new Blob([]), { open: Effect.never }, null, undefined]) {
      assert.isFalse(AudioSource.isAudioSource(other))
    }
  })
})
