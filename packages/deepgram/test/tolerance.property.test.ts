/**
 * Every answer of the contract, whatever its fields are: made from the schema, disturbed as the vendor may disturb it
 * any day, and read as the operations read it.
 */
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Layer, Redacted, Schema } from "effect"
import {
  Deepgram,
  DeepgramApi,
  DeepgramAuth,
  DeepgramConfig,
  type DeepgramError,
  ListenV1,
  ReadV1,
  SpeakV1,
  SpeakV2,
  Tokens
} from "effect-deepgram"
import { HttpClient, HttpClientResponse } from "effect/http"
import { agentCases } from "./management/cases/agents.ts"
import { catalogueCases } from "./management/cases/catalogue.ts"
import { people } from "./management/cases/people.ts"
import { reports } from "./management/cases/reports.ts"
import { chooser, disturbed } from "./support/disturbed.ts"

/** Answers that hold a secret, which is hidden before they are read. */
const secrets: Readonly<Record<string, string>> = { "Keys.create": "key", "Tokens.grant": "access_token" }

const answers = Object.values(DeepgramApi.DeepgramApi.groups).flatMap((group) =>
  Object.values(group.endpoints).flatMap((endpoint) => {
    // Streams have a tag.
    const operation = `${group.identifier}.${endpoint.identifier}`
    const schemas: ReadonlyArray<Schema.Top> = [...endpoint.success].filter((schema) => !("_tag" in schema))
    return schemas.map((schema, index) => ({
      operation: schemas.length > 1 ? `${operation} (${index + 1})` : operation,
      schema: schema as Schema.Codec<unknown, unknown>,
      secret: secrets[operation],
      lists: operation === "ListenV1.transcribe" ? "positional" as const : "loose" as const
    }))
  })
)

type Operation = Effect.Effect<unknown, DeepgramError.RequestError, Deepgram.Deepgram>

const callback = "https://example.com/done"

/** One call of each operation: the answers are read by what reads them, normalizers included. */
const operations: Readonly<Record<string, Operation>> = {
  ...Object.fromEntries(
    [...people, ...agentCases, ...catalogueCases, ...reports].map(({ operation, run }) => [operation, run])
  ),
  "ListenV1.transcribe (1)": ListenV1.transcribeUrl("https://example.com/a.wav", { model: "nova-3" }),
  "ListenV1.transcribe (2)": ListenV1.submitUrl("https://example.com/a.wav", { model: "nova-3", callback }),
  "ReadV1.analyze (1)": ReadV1.analyze({ text: "Hello." }, { topics: true }),
  "ReadV1.analyze (2)": ReadV1.submit({ text: "Hello." }, { topics: true, callback }),
  "SpeakV1.generate": SpeakV1.submit("Hello.", { model: "aura-2-thalia-en", callback }),
  "SpeakV2.generate": SpeakV2.submit("Hello.", { model: "flux-haley-en", callback }),
  "Tokens.grant": Tokens.grant()
}

const settings = Layer.mergeAll(DeepgramConfig.layer({}), DeepgramAuth.layer({ apiKey: Redacted.make("a-key") }))

/** A client whose server says this to everything. */
const answering = (text: string): Layer.Layer<Deepgram.Deepgram> => {
  const http = HttpClient.make((request) => Effect.sync(() => HttpClientResponse.fromWeb(request, new Response(text))))
  return Layer.provide(Deepgram.layerNoDeps, [
    settings,
    Layer.succeed(HttpClient.HttpClient, http),
    Deepgram.layerWebSocket
  ])
}

const revealed = (value: unknown, secret: string | undefined): unknown => {
  if (secret === undefined) return value
  const holder = value as Readonly<Record<string, Redacted.Redacted>>
  assert.isTrue(Redacted.isRedacted(holder[secret]))
  return { ...holder, [secret]: Redacted.value(holder[secret]!) }
}

describe("answers are read, whatever happens to them:", () => {
  it("all of them", () => {
    assert.strictEqual(new Set(answers.map(({ operation }) => operation.replace(/ .*/, ""))).size, 50)
    assert.sameMembers(Object.keys(operations), answers.map(({ operation }) => operation))
    assert.strictEqual(answers.length, 52)
  })

  for (const { lists, operation, schema, secret } of answers) {
    const encoded = Schema.toEncoded(schema)

    it.effect.prop(
      operation,
      { answer: Arbitrary.schema(encoded), seed: Schema.Int },
      ({ answer, seed }) =>
        Effect.gen(function*() {
          const { expected, sent } = disturbed(encoded.ast, JSON.parse(JSON.stringify(answer)), chooser(seed), lists)
          const value = yield* Effect.provide(operations[operation]!, answering(JSON.stringify(sent)))
          assert.deepStrictEqual(revealed(value, secret), expected)
        }),
      { arbitrary: { runs: 60 } }
    )
  }
})
