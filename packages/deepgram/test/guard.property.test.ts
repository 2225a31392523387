/** Guards say what `Schema.is` says: of every type of the contract, of types that it has not, and of values that are no JSON. */
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Result, Schema } from "effect"
import { DeepgramApi } from "effect-deepgram"
import { agentV1, listenV1, listenV2, speakV1, speakV2 } from "effect-deepgram/DeepgramChannels"
import { astGuard } from "../src/internal/guard.ts"
import { compiledGuard } from "../src/internal/guardCode.ts"
import { chooser } from "./support/disturbed.ts"

type Schemas = Readonly<Record<string, Schema.Codec<unknown, unknown, never, never>>>

/** Nobody can tell what a query takes for a date. */
const canBeMade = (schema: Schema.Top): boolean => Result.isSuccess(Result.try(() => Arbitrary.schema(schema)))

const named = (name: string, schemas: Iterable<Schema.Top>): Schemas =>
  Object.fromEntries(
    [...schemas].filter((schema) => !("_tag" in schema) && canBeMade(Schema.toType(schema))).map((schema, index) => [
      `${name} (${index + 1})`,
      schema as Schema.Codec<unknown, unknown>
    ])
  )

const endpoints: Schemas = Object.assign(
  {},
  ...Object.values(DeepgramApi.DeepgramApi.groups).flatMap((group) =>
    Object.values(group.endpoints).flatMap(({ identifier, payload, query, success }) => {
      const name = `${group.identifier}.${identifier}`
      return [
        named(name, success),
        named(`payload of ${name}`, [...payload.values()].flatMap(({ schemas }) => schemas)),
        named(`query of ${name}`, query === undefined ? [] : [query])
      ]
    })
  )
)

const messages: Schemas = Object.fromEntries(
  [agentV1, listenV1, listenV2, speakV1, speakV2].flatMap(({ client, name, server }) =>
    Object.entries({ sent: client, received: server }).flatMap(([way, schemas]) =>
      Object.entries(schemas).map(([type, schema]) => [`${name}, ${way} ${type}`, schema] as const)
    )
  )
)

interface Tree {
  readonly children?: ReadonlyArray<Tree>
}

const few = Schema.makeFilter((value: object) => Object.keys(value).length < 3)

const others: Schemas = {
  "a tuple": Schema.Tuple([Schema.String, Schema.optionalKey(Schema.Finite)]),
  "a tuple with a rest": Schema.TupleWithRest(Schema.Tuple([Schema.String]), [Schema.Finite, Schema.Boolean]),
  "exactly one of two": Schema.Union([Schema.Struct({ a: Schema.Finite }), Schema.Struct({ b: Schema.Finite })], {
    mode: "oneOf"
  }),
  "one of several": Schema.Union([Schema.Literals(["a", 1, true]), Schema.Array(Schema.Null), Schema.BigInt]),
  "literals that no JSON has": Schema.Union([Schema.Literal(1n), Schema.Literal(-0), Schema.Literal("\u2028\"\\")]),
  "what must be there, and may be nothing": Schema.Struct({ a: Schema.Unknown, b: Schema.UndefinedOr(Schema.String) }),
  "what may be there, and be nothing": Schema.Struct({ a: Schema.optional(Schema.Finite) }),
  "what every object has": Schema.Struct({ constructor: Schema.Finite, toString: Schema.optionalKey(Schema.Finite) }),
  "a prototype": Schema.Struct({ ["__proto__"]: Schema.optionalKey(Schema.Finite), a: Schema.Finite }),
  "names that are no texts": Schema.Struct({ 1: Schema.Finite, [Symbol.iterator]: Schema.optionalKey(Schema.Finite) }),
  "any object": Schema.Struct({}),
  "an object and more": Schema.StructWithRest(Schema.Struct({ a: Schema.Finite }), [
    Schema.Record(Schema.TemplateLiteral(["x", Schema.String]), Schema.Finite)
  ]),
  "a record": Schema.Record(Schema.String, Schema.Finite),
  "a record of short names": Schema.Record(Schema.String.check(Schema.isMaxLength(2)), Schema.Finite),
  "an object with a check": Schema.Struct({ a: Schema.optionalKey(Schema.Finite) }).check(few),
  "a list with a check": Schema.Array(Schema.Finite).check(Schema.isMinLength(1)),
  "numbers with checks": Schema.Struct({ a: Schema.Int, b: Schema.Number, c: Schema.Finite.check(Schema.isInt32()) }),
  "what refers to itself": Schema.Struct({
    children: Schema.optionalKey(Schema.Array(Schema.suspend((): Schema.Codec<Tree> => tree)))
  }),
  "a date": Schema.Struct({ at: Schema.Date })
}

const tree: Schema.Codec<Tree> = others["what refers to itself"] as Schema.Codec<Tree>

class Inherited {
  get a(): unknown {
    return "no number"
  }
}

const strangers: ReadonlyArray<() => unknown> = [
  () => undefined,
  () => null,
  () => Number.NaN,
  () => -Infinity,
  () => -0,
  () => 1.5,
  () => 1n,
  () => "",
  () => "a",
  () => true,
  () => Symbol("a"),
  () => () => 1,
  () => [],
  () => [undefined],
  () => Object.assign([], { 1: 1 }),
  () => ({}),
  () => ({ a: undefined }),
  () => new Inherited(),
  () => new Date(0),
  () => new Date(Number.NaN),
  () => Object.create(null)
]

/** The same object with one thing changed that a look at its members may miss. */
const odd: ReadonlyArray<(value: object, stranger: unknown) => unknown> = [
  (value) => Object.create(value),
  (value) => Object.assign(Object.create(null), value),
  (value) => Object.create(Inherited.prototype, Object.getOwnPropertyDescriptors(value)),
  (value) => Object.create(Array.isArray(value) ? value : {}, Object.getOwnPropertyDescriptors(value)),
  (value, stranger) => Object.create({ ...value, a: stranger }),
  (value, stranger) => Object.assign(value, { [Symbol.iterator]: stranger }),
  (value, stranger) => Object.assign(value, { unknown: stranger }),
  (_, stranger) => JSON.parse(`{"__proto__":${typeof stranger === "string" ? 1 : "{}"},"a":1}`),
  (value) => Array.isArray(value) ? Object.assign([], { length: 2 }, value) : [value],
  (value) => new Proxy(value, {})
]

/** A value with one part of it replaced, removed or made strange. */
const changed = (value: unknown, choose: (count: number) => number): unknown => {
  const stranger = strangers[choose(strangers.length)]!()
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) === Date.prototype) return stranger
  const copy = Array.isArray(value) ? [...value as ReadonlyArray<unknown>] : { ...value }
  const keys = Reflect.ownKeys(copy).filter((key) => key !== "length")
  const key = keys[choose(keys.length || 1)]
  if (key === undefined || choose(4) === 0) return odd[choose(odd.length)]!(copy, stranger)
  switch (choose(8)) {
    case 0:
      return stranger
    case 1:
      Reflect.set(copy, key, stranger)
      return copy
    case 2:
      Reflect.deleteProperty(copy, key)
      return copy
    case 3:
      Object.defineProperty(copy, key, { get: () => stranger, enumerable: true })
      return copy
    default:
      Reflect.set(copy, key, changed(Reflect.get(copy, key), choose))
      return copy
  }
}

describe.each([["closures", astGuard], ["generated code", compiledGuard]] as const)("%s", (_, makeGuard) => {
  const schemas = { ...endpoints, ...messages, ...others }

  it("are for all that there is", () => {
    assert.isAbove(Object.keys(endpoints).length, 70)
    assert.isAbove(Object.keys(messages).length, 60)
  })

  for (const [name, schema] of Object.entries(schemas)) {
    const type = Schema.toType(schema)
    const fits = makeGuard(type.ast)
    const isOf = Schema.is(type)

    it.effect.prop(
      name,
      { value: Arbitrary.schema(type), seed: Schema.Int },
      ({ seed, value }) =>
        Effect.sync(() => {
          assert.strictEqual(fits(value), isOf(value))
          const choose = chooser(seed)
          for (let count = 0; count < 20; count++) {
            const other = changed(value, choose)
            assert.strictEqual(fits(other), isOf(other))
          }
        }),
      { arbitrary: { runs: 30 } }
    )
  }
})
