/** A client that knows nothing of any SDK: `fetch`, as Deepgram's documentation shows it for `curl`. */
import { assert } from "@effect/vitest"

/** An answer, read to its end. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Uint8Array
  /** The body as JSON; `undefined` when it is none. */
  readonly json: unknown
}

export interface Sending {
  /** Bytes and texts as they are; anything else as JSON. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface PlainClient {
  /** Whatever the status is. */
  readonly send: (method: string, path: string, sending?: Sending) => Promise<Answer>
  /** The JSON of a success. */
  readonly json: (method: string, path: string, body?: unknown) => Promise<unknown>
  /** The same client with another credential, as the `Authorization` header has it. */
  readonly as: (authorization: string) => PlainClient
}

const contentOf = (body: unknown): { readonly body?: BodyInit; readonly type?: string } =>
  body === undefined
    ? {}
    : body instanceof Uint8Array
    ? { body: new Uint8Array(body), type: "audio/wav" }
    : typeof body === "string"
    ? { body, type: "text/plain" }
    : { body: JSON.stringify(body), type: "application/json" }

const jsonOf = (headers: Headers, bytes: Uint8Array): unknown =>
  headers.get("content-type")?.startsWith("application/json") === true
    ? JSON.parse(new TextDecoder().decode(bytes))
    : undefined

/** `authorization`: as the header has it. */
export const plainClient = (url: string, authorization: string): PlainClient => {
  const send: PlainClient["send"] = async (method, path, sending = {}) => {
    const { body, type } = contentOf(sending.body)
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization,
        accept: "*/*",
        "user-agent": "curl/8.14.1",
        ...(type === undefined ? undefined : { "content-type": type }),
        ...sending.headers
      },
      ...(body === undefined ? undefined : { body })
    })
    const bytes = new Uint8Array(await response.arrayBuffer())
    return { status: response.status, headers: response.headers, bytes, json: jsonOf(response.headers, bytes) }
  }
  return {
    send,
    json: async (method, path, body) => {
      const answer = await send(method, path, { body })
      assert.strictEqual(answer.status, 200, `${method} ${path}: ${new TextDecoder().decode(answer.bytes)}`)
      assert.match(answer.headers.get("dg-request-id") ?? "", /^[0-9a-f-]{36}$/)
      return answer.json
    },
    as: (other) => plainClient(url, other)
  }
}

/** What is found within JSON of any shape; `undefined` where there is nothing. */
export const dig = (value: unknown, ...path: ReadonlyArray<string | number>): unknown =>
  path.reduce<unknown>(
    (within, key) => typeof within === "object" && within !== null ? Reflect.get(within, key) : undefined,
    value
  )

/** A text within JSON. */
export const textAt = (value: unknown, ...path: ReadonlyArray<string | number>): string => {
  const found = dig(value, ...path)
  assert.isString(found, `${path.join(".")} of ${JSON.stringify(value)}`)
  return String(found)
}

/** A list within JSON. */
export const listAt = (value: unknown, ...path: ReadonlyArray<string | number>): ReadonlyArray<unknown> => {
  const found = dig(value, ...path)
  assert.isArray(found, `${path.join(".")} of ${JSON.stringify(value)}`)
  return Array.isArray(found) ? found : []
}
