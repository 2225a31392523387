/**
 * Endpoints as data. Servers and documents need an `HttpApi`, which `DeepgramApi` makes of them; clients do not, and are
 * to carry none of it: 5 kB of a bundle, and the time to build the codecs of all endpoints of a module.
 */
import type * as HttpMethod from "effect/http/HttpMethod"
import { hasProperty } from "effect/Predicate"
import type * as Schema from "effect/Schema"

/** A body that is bytes as they come, in place of a schema. */
export const bytes = { _tag: "Bytes" } as const

/** A body, of requests or of answers. */
export type Body = Schema.Top | typeof bytes

/** Whether a body is JSON, of this schema. */
export const isJsonBody = <A extends Body>(body: A): body is Exclude<A, typeof bytes> => body !== bytes

/** One operation of the API. What is not named, it does not have. */
export interface Endpoint<
  Name extends string = string,
  Method extends HttpMethod.HttpMethod = HttpMethod.HttpMethod,
  Path extends `/${string}` = `/${string}`,
  Params extends Schema.Struct.Fields = Schema.Struct.Fields,
  Query extends Schema.Struct.Fields = Schema.Struct.Fields,
  Payload extends Body = Body,
  Success extends Body = Body
> {
  readonly name: Name
  readonly method: Method
  /** With `:name` for each of `params`. */
  readonly path: Path
  readonly params?: Params | undefined
  readonly query?: Query | undefined
  /** What may be sent: one of these. */
  readonly payload?: ReadonlyArray<Payload> | undefined
  /** What may be answered: one of these. */
  readonly success: ReadonlyArray<Success>
}

export const isEndpoint = (u: unknown): u is Endpoint => hasProperty(u, "method") && hasProperty(u, "path")

const endpoint = <Method extends HttpMethod.HttpMethod>(method: Method) =>
<
  const Name extends string,
  const Path extends `/${string}`,
  Success extends Body,
  Params extends Schema.Struct.Fields = never,
  Query extends Schema.Struct.Fields = never,
  Payload extends Body = never
>(
  name: Name,
  path: Path,
  parts: {
    readonly params?: Params | undefined
    readonly query?: Query | undefined
    readonly payload?: ReadonlyArray<Payload> | undefined
    readonly success: ReadonlyArray<Success>
  }
): Endpoint<Name, Method, Path, Params, Query, Payload, Success> => ({ name, method, path, ...parts })

export const get = endpoint("GET")
export const post = endpoint("POST")
export const put = endpoint("PUT")
export const patch = endpoint("PATCH")
const del = endpoint("DELETE")
export { del as delete }
