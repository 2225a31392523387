/** Secrets that answers hold, and those that requests for speech and analysis do: no error may show them. */
import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Exit } from "effect"
import { type Deepgram, DeepgramError, Keys, ListenV1, ReadV1, SpeakV1, SpeakV2, Tokens } from "effect-deepgram"
import { json, reply } from "./support/answers.ts"
import { client, once } from "./support/client.ts"
import { observed } from "./support/observed.ts"
import { assertDiscreet } from "./support/secrets.ts"
import { type Answer, type Exchange, serve } from "./support/server.ts"
import { generate, head, listen } from "./support/speech.ts"

type Operation = Effect.Effect<unknown, DeepgramError.RequestError, Deepgram.Deepgram>

const failing = Effect.fnUntraced(function*(name: string, run: Operation, answer: Answer, ...secrets: Array<string>) {
  const server = yield* serve(answer)
  const { exit, seen } = yield* observed(run.pipe(Effect.provide(client(server, { retry: once }))))
  if (Exit.isSuccess(exit)) return assert.fail(`${name} did not fail`)
  const error = Cause.squash(exit.cause)
  assertDiscreet(error, ...secrets)
  for (const secret of secrets) assert.notInclude(seen.text(), secret, name)
  return error
})

describe("the body that an error keeps", () => {
  const key = "0a1b2c3d4e5f-a-new-key"
  const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJncmFudCI6MX0.c2lnbmF0dXJl-4_"
  const create = Keys.create("a-project", { comment: "new", scopes: ["member"] })
  const grant = Tokens.grant()

  const cases: ReadonlyArray<readonly [name: string, run: Operation, body: string, secret: string]> = [
    ["a key beside what is wrong", create, JSON.stringify({ api_key_id: 7, key }), key],
    ["a key below something else", create, JSON.stringify({ item: { member: { api_key: { key } } } }), key],
    ["a key in an object", create, JSON.stringify({ api_key_id: "id", key: { value: key } }), key],
    ["a key in a list", create, JSON.stringify({ api_key_id: "id", key: [{ parts: [key] }] }), key],
    ["a key that is written with escapes", create, `{"api_key_id":7,"key":"a\\/b\\u003cc\\"d${key}"}`, key],
    ["a key in a body that breaks off after it", create, `{"key" : "${key}","api_key_id`, key],
    ["a key in a body that breaks off within it", create, `{"api_key_id":"id","key":"${key}`, key],
    ["a key in text that is no JSON", create, `Here you are: {"key":"${key}"}`, key],
    ["a token beside what is wrong", grant, JSON.stringify({ access_token: jwt, expires_in: "soon" }), jwt],
    ["a token that does not look like one", grant, JSON.stringify({ access_token: key, expires_in: "soon" }), key],
    ["a token under another name", grant, JSON.stringify({ jwt_of_today: jwt }), jwt],
    ["a token alone", grant, JSON.stringify(jwt), jwt],
    ["a token in text", grant, `<p>Bearer ${jwt}</p>`, jwt]
  ]

  it.effect.each(cases)("does not hold %s", ([name, run, body, secret]) =>
    Effect.gen(function*() {
      const error = yield* failing(name, run, reply({ body }), secret)
      assert.instanceOf(error, DeepgramError.DecodeError)
      assert.include(error.body, "<redacted>")
    }))

  it.effect("holds everything else", () =>
    Effect.gen(function*() {
      const body = JSON.stringify({ api_key_id: 7, comment: "new", key, scopes: ["member"] })
      const error = yield* failing("", create, reply({ body }), key)
      assert.strictEqual(
        error instanceof DeepgramError.DecodeError && error.body,
        `{"api_key_id":7,"comment":"new","key":"<redacted>","scopes":["member"]}`
      )
    }))

  it.effect("nor half of one, where it is cut", () =>
    Effect.gen(function*() {
      for (let before = 0; before < key.length; before += 3) {
        const start = `{"api_key_id":"${"x".repeat(DeepgramError.maxBodyLength - before - 30)}","key":"`
        const error = yield* failing("", create, reply({ body: `${start}${key}","comment":[]}` }), key.slice(0, 6))
        assert.instanceOf(error, DeepgramError.DecodeError)
      }
    }))

  it.effect("nor does an error that quotes it", () =>
    Effect.gen(function*() {
      const bodies = [{ key }, { err_msg: `The new key is ${key}`, key }, { err_code: `Bearer ${jwt}` }]
      for (const body of bodies) yield* failing("", create, json(body, { status: 400 }), key, jwt)
      yield* failing("", create, reply({ status: 400, headers: { "dg-error": jwt, "dg-request-id": jwt } }), jwt)
    }))

  it.effect("is looked through without end, however deep or broken it is", () =>
    Effect.gen(function*() {
      const bodies = [
        `${"[".repeat(50_000)}${"]".repeat(50_000)}`,
        `${`{"key":`.repeat(50_000)}"deep"${"}".repeat(50_000)}`,
        `{"key":`.repeat(50_000),
        `"key":"`.repeat(50_000),
        `"a":"${"\\".repeat(200_001)}`
      ]
      for (const body of bodies) {
        assert.instanceOf(yield* failing("", create, reply({ body })), DeepgramError.DecodeError)
      }
    }))

  it.effect("of a transcription is not touched by names that only look like secrets", () =>
    Effect.gen(function*() {
      const body = JSON.stringify({ metadata: { input_tokens: "many", keyterm: "a term", monkey: "banana" } })
      const run = ListenV1.transcribeUrl("https://example.com/a.wav", { model: "nova-3" })
      const error = yield* failing("", run, reply({ body }))
      assert.strictEqual(error instanceof DeepgramError.DecodeError && error.body, body)
    }))
})

describe("a server that repeats a callback or an address", () => {
  const secrets = ["cb-p4ss-secret", "cbT0ken~!'x", "p4ss/w@rd", "p4ss%2Fw%40rd", "5ignature"]
  const callback = `https://user:cb-p4ss-secret@example.com/done?token=cbT0ken~!'x`
  const operations: ReadonlyArray<readonly [name: string, run: Operation]> = [
    ["SpeakV1.submit", SpeakV1.submit("Hello.", { model: "aura-2-thalia-en", callback })],
    ["SpeakV2.submit", SpeakV2.submit("Hello.", { model: "flux-haley-en", callback: new URL(callback) })],
    ["ReadV1.submit", ReadV1.submit({ text: "Hello." }, { topics: true, callback })],
    [
      "ReadV1.analyze",
      ReadV1.analyze({ url: "https://u:p4ss%2Fw%40rd@example.com/a.txt?X-Amz-Signature=5ignature" }, { topics: true })
    ]
  ]

  const echo = ({ body, target }: Exchange) => `Refused: ${target} ${decodeURIComponent(target)} ${body()}`

  it.effect.each(operations)("tells nobody that of %s", ([name, run]) =>
    Effect.gen(function*() {
      const answers: ReadonlyArray<(text: string) => Answer> = [
        (text) => json({ err_code: text, err_msg: text, request_id: text }, { status: 400 }),
        (text) => reply({ status: 413, body: text }),
        (text) => reply({ status: 500, headers: { "dg-error": text.replaceAll(/[^ -~]/g, " ") } }),
        (text) => reply({ body: text }),
        (text) => json({ request_id: [text] })
      ]
      for (const answer of answers) {
        yield* failing(
          name,
          run,
          (exchange) => Effect.flatMap(exchange.received, () => answer(echo(exchange))(exchange)),
          ...secrets
        )
      }
    }))
})

it.effect("what breaks off after the audio has begun shows nothing of the key", () =>
  Effect.gen(function*() {
    const server = yield* serve(({ headers, response, socket }) =>
      Effect.sync(() => {
        response.writeHead(200, { ...head, "dg-request-id": `of ${headers.authorization}` })
        response.write("audio", () => socket.write(`no length ${headers.authorization}\r\n`))
      })
    )
    const { error, metadata } = yield* Effect.gen(function*() {
      const speech = yield* generate
      return { metadata: speech.metadata, ...(yield* listen(speech.audio)) }
    }).pipe(Effect.provide(client(server)))
    assert.instanceOf(error, DeepgramError.TransportError)
    assertDiscreet(error, "k3y-0f-th3-t3sts-5ecret")
    assert.strictEqual(metadata.request_id, "of <redacted>")
  }))
