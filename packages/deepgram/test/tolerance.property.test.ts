/**
 * Every answer of the contract, whatever its fields are: made from the schema, disturbed as the vendor may disturb it
 * any day, and read as the operations read it.
 */
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Layer, Redacted, Schema, SchemaAST } from "effect"
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

/** What the server sends, and what is to come of it. */
interface Disturbed {
  readonly sent: unknown
  readonly expected: unknown
}

const same = (json: unknown): Disturbed => ({ sent: json, expected: json })

/** A choice out of so many. */
type Choose = (count: number) => number

/** Whether the place of an item in a list says something. */
type Lists = "loose" | "positional"

/** Choices that depend on the seed alone. */
const chooser = (seed: number): Choose => {
  let state = seed >>> 0
  return (count) => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5 >>> 0
    return (state >>> 8) % count
  }
}

const newcomers: ReadonlyArray<unknown> = [null, 7, "x", false, [], [null], {}, { deep: [{ er: null }] }]

const takes = (ast: SchemaAST.AST, json: unknown): boolean => Schema.is(Schema.make(ast))(json)

const objectDisturbed = (ast: SchemaAST.Objects, json: object, choose: Choose, lists: Lists): Disturbed => {
  const sent: Array<readonly [string, unknown]> = []
  const expected: Array<readonly [string, unknown]> = []
  for (const [name, member] of Object.entries(json)) {
    const property = ast.propertySignatures.find((signature) => signature.name === name)
    if (property === undefined) {
      sent.push([name, member])
      expected.push([name, member])
    } else if (SchemaAST.isOptional(property.type) && choose(4) === 0) {
      // Absent, or `null`, which is the same where the types do not know it.
      if (choose(2) === 0) continue
      sent.push([name, null])
      if (takes(property.type, null)) expected.push([name, null])
    } else {
      const inner = disturbed(property.type, member, choose, lists)
      sent.push([name, inner.sent])
      expected.push([name, inner.expected])
    }
  }
  if (ast.indexSignatures.length === 0 && choose(2) === 0) {
    const newcomer = [`future_${choose(10)}`, newcomers[choose(newcomers.length)]] as const
    sent.splice(choose(sent.length + 1), 0, newcomer)
    expected.push(newcomer)
  }
  return { sent: Object.fromEntries(sent), expected: Object.fromEntries(expected) }
}

const disturbed = (ast: SchemaAST.AST, json: unknown, choose: Choose, lists: Lists): Disturbed => {
  if (SchemaAST.isUnknown(ast)) return same(json)
  // Every set of names is open, and a whole number may stand where fractions do.
  if (typeof json === "string") return same(choose(3) === 0 ? "brand-new" : json)
  if (typeof json === "number") return same(choose(3) === 0 ? choose(1000) : json)
  if (SchemaAST.isUnion(ast)) {
    return disturbed(ast.types.find((type) => takes(type, json)) ?? SchemaAST.unknown, json, choose, lists)
  }
  if (SchemaAST.isArrays(ast) && Array.isArray(json)) {
    const items = json.map((item) => disturbed(ast.rest[0]!, item, choose, lists))
    const sent = items.map((item) => item.sent)
    const expected = items.map((item) => item.expected)
    if (lists === "loose" && choose(4) === 0) {
      sent.splice(choose(sent.length + 1), 0, null)
      if (takes(ast.rest[0]!, null)) return same(json)
    }
    return { sent, expected }
  }
  return SchemaAST.isObjects(ast) && typeof json === "object" && json !== null
    ? objectDisturbed(ast, json, choose, lists)
    : same(json)
}

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
