/** From endpoints as data to those of an `HttpApi`. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import type * as HttpMethod from "effect/http/HttpMethod"
import type * as Schema from "effect/Schema"
import { type Body, type bytes, type Endpoint, isEndpoint, isJsonBody } from "./endpoint.ts"

type StringTree<Fields> = [Fields] extends [never] ? never
  : Fields extends Schema.Struct.Fields ? Schema.toCodecStringTree<Schema.Struct<Fields>>
  : never

/** JSON in its many shapes, and bytes. */
type Bodies<Body> =
  | ([Extract<Body, Schema.Top>] extends [never] ? never : Schema.toCodecJson<Extract<Body, Schema.Top>>)
  | (typeof bytes extends Body ? HttpApiSchema.StreamUint8Array : never)

/** The endpoint of an `HttpApi` for an endpoint as data. */
type ApiEndpoint<Self> = Self extends Endpoint<
  infer Name,
  infer Method,
  infer Path,
  infer Params,
  infer Query,
  infer Payload,
  infer Success
> ? HttpApiEndpoint.HttpApiEndpoint<
    Name,
    Method,
    Path,
    StringTree<Params>,
    StringTree<Query>,
    Bodies<Payload>,
    never,
    Bodies<Success>,
    never
  >
  : never

const bodies = (all: ReadonlyArray<Body>): ReadonlyArray<Schema.Top> =>
  all.map((body) => isJsonBody(body) ? body : HttpApiSchema.StreamUint8Array())

const make = ({ method, name, params, path, payload, query, success }: Endpoint): HttpApiEndpoint.Constraint =>
  HttpApiEndpoint.make(method as HttpMethod.HttpMethod.WithBody)(name, path, {
    params,
    query,
    ...(payload === undefined ? undefined : { payload: bodies(payload) }),
    success: bodies(success)
  })

/** A group of an `HttpApi`: the endpoints among the exports of a module. */
export type Group<Name extends string, Module> = HttpApiGroup.HttpApiGroup<
  Name,
  ApiEndpoint<Extract<Module[keyof Module], Endpoint>>
>

export const group = (name: string, module: object): HttpApiGroup.Constraint => {
  const [first, ...rest] = Object.values(module).filter(isEndpoint).map(make)
  const empty = HttpApiGroup.make(name)
  return first === undefined ? empty : empty.add(first, ...rest)
}
