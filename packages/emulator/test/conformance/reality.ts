/** Clients that know no SDK, for what was recorded of the API. */
import { Emulator, Recording } from "@effect-deepgram/emulator"
import { assert } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { connect, type Dial, type Json, refused } from "../server/socket.ts"
import { dig, type PlainClient, plainClient, textAt } from "./plain.ts"

export const text = "Thank you for calling. I would like to cancel my order, please. The parcel is damaged."

export const recording = Recording.wav(text)

export const raw = Recording.raw("Good morning.", { encoding: "linear16", sampleRate: 16_000 })

export const rawQuery = "encoding=linear16&sample_rate=16000"

export const nova = "/v1/listen?model=nova-3"

/** What a client does that is told its project. */
export const plainly = (use: (http: PlainClient, project: string) => Promise<void>) =>
  Effect.gen(function*() {
    const { apiKey, url } = yield* Emulator.Emulator
    const http = plainClient(url, `Token ${Redacted.value(apiKey)}`)
    yield* Effect.promise(async () => {
      const project = textAt(await http.json("GET", "/v1/projects"), "projects", 0, "project_id")
      await use(http, project)
    })
  })

/** The refusal of a request, in short: `400 INVALID_QUERY_PARAMETER`. */
export const refusal = async (http: PlainClient, method: string, path: string, body?: unknown): Promise<string> => {
  const { headers, json, status } = await http.send(method, path, { body })
  if (status < 400) return String(status)
  // Trap 23.
  assert.strictEqual(headers.get("dg-request-id"), dig(json, "request_id"))
  const message = dig(json, "err_msg") ?? dig(json, "message")
  assert.strictEqual(headers.get("dg-error"), message)
  return `${status} ${String(dig(json, "err_code") ?? dig(json, "category"))}`
}

/** The same of a socket. */
export const refusedSocket = (path: string, dial?: Dial) =>
  Effect.map(refused(path, dial), ({ headers, status, text }) => {
    assert.isString(headers["dg-error"])
    assert.isString(headers["dg-request-id"])
    return `${status} ${textAt(JSON.parse(text), "err_code")}`
  })

/** A session in which this is said; everything that came, and the code of its end. */
export const session = Effect.fnUntraced(function*(path: string, ...says: ReadonlyArray<Json | Uint8Array>) {
  const { end, say, send } = yield* connect(path)
  for (const one of says) yield* one instanceof Uint8Array ? send(one) : say(one)
  return yield* end
})

export const keysOf = (value: unknown): ReadonlyArray<string> =>
  typeof value === "object" && value !== null ? Object.keys(value) : []
