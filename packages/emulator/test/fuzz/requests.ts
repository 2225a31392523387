/** Requests that may be anything, though each has a beginning and an end. */
import { Emulator, Recording } from "@effect-deepgram/emulator"
import type { Dice } from "./support.ts"

const recording = Recording.wav("Hi.", { sampleRate: 8_000, encoding: "mulaw" })

/** A project that there is not: what deletes must find nothing. */
const nowhere = "/v1/projects/00000000-0000-4000-8000-000000000000"

interface Kind {
  readonly method: string
  readonly path: string
  readonly body?: unknown
}

const agent = { think: { provider: { type: "open_ai", model: "gpt-4o-mini" } } }

const kinds: ReadonlyArray<Kind> = [
  { method: "GET", path: "/v1/projects" },
  { method: "GET", path: `${nowhere}/keys` },
  { method: "GET", path: `${nowhere}/requests?limit=10&page=0&status=succeeded` },
  { method: "GET", path: `${nowhere}/usage/breakdown?grouping=models&start=2026-01-01` },
  { method: "GET", path: "/v1/models?include_outdated=true" },
  { method: "GET", path: "/v1/agent/settings/think/models" },
  { method: "PATCH", path: nowhere, body: { name: "A" } },
  { method: "DELETE", path: `${nowhere}/keys/x` },
  { method: "POST", path: `${nowhere}/keys`, body: { comment: "a", scopes: ["member"], tags: ["x"] } },
  { method: "POST", path: `${nowhere}/agents`, body: { config: JSON.stringify(agent), metadata: { a: "b" } } },
  { method: "POST", path: "/v1/auth/grant", body: { ttl_seconds: 30 } },
  { method: "POST", path: "/v1/listen?model=nova-3&punctuate=true", body: recording },
  { method: "POST", path: "/v1/listen?model=nova-3", body: { url: "http://127.0.0.1:1/a.wav" } },
  { method: "POST", path: "/v1/speak?model=aura-2-thalia-en", body: { text: "Hi." } },
  { method: "POST", path: "/v2/speak?model=flux-haley-en", body: { text: "Hi." } },
  { method: "POST", path: "/v1/read?language=en&sentiment=true&topics=true", body: { text: "I like it." } },
  { method: "OPTIONS", path: "/v1/listen" }
]

const names = [
  ..."model version language punctuate smart_format diarize diarize_model multichannel utterances utt_split".split(" "),
  ..."keyterm keywords search replace tag extra callback callback_method encoding sample_rate channels".split(" "),
  ..."container bit_rate speed summarize topics intents custom_topic custom_topic_mode sentiment".split(" "),
  ..."limit page status start end grouping endpoint include_outdated alternatives numerals".split(" "),
  ..."__proto__ constructor toString a[b] emulator_faults".split(" ")
]

const values = [
  ..."true false 0 1 -1 1e9 1e400 NaN null nova-3 en linear16 mulaw wav none 8000 16000 2 7 x".split(" "),
  ..."%zz %00 %ff%fe %F0%9F%98%80 __proto__ [] {} a:b:c 2026-13-45 2026-01-01T00:00:00Z".split(" "),
  "",
  "%0d%0ax:%20y",
  "a".repeat(3000)
]

export const letters = [..."abcdefghijklmnopqrstuvwxyz"]

const texts = [
  "",
  "Hi.",
  "\u0000",
  "\ud800",
  "😀".repeat(50),
  "a".repeat(5000),
  "<b>",
  "{\"word\":\"a\",\"pronounce\":\"x\"}",
  "[pause:1]"
]

const json = (dice: Dice, depth = 0): unknown =>
  dice.pick<() => unknown>([
    () => null,
    () => dice.chance(0.5),
    () => dice.pick([0, -1, 1.5, 1e308, 2 ** 53, -0]),
    () => dice.pick(texts),
    () => depth > 3 ? [] : Array.from({ length: dice.below(4) }, () => json(dice, depth + 1)),
    () => depth > 3 ? {} : changed({ text: "a", url: "b", type: "c" }, dice, depth + 1)
  ])()

/** A value of which something is other than it should be. */
export const changed = (value: unknown, dice: Dice, depth = 0): unknown => {
  if (dice.chance(0.15)) return json(dice, depth)
  if (Array.isArray(value)) return value.map((item) => changed(item, dice, depth + 1))
  if (typeof value !== "object" || value === null) return value
  const entries = Object.entries(value).flatMap(([name, item]): Array<[string, unknown]> =>
    dice.chance(0.1)
      ? []
      : [[dice.chance(0.05) ? dice.pick(names) : name, changed(item, dice, depth + 1)]]
  )
  if (dice.chance(0.1)) entries.push([dice.pick(names), json(dice, depth + 1)])
  return Object.fromEntries(entries)
}

/** What is written where a JSON value belongs: most often one. */
export const written = (value: unknown, dice: Dice): string =>
  dice.pick([
    () => JSON.stringify(value),
    () => JSON.stringify(changed(value, dice)),
    () => JSON.stringify(changed(value, dice)),
    () => JSON.stringify(changed(value, dice)).slice(0, -1),
    () => `{"__proto__":${JSON.stringify(value)},"constructor":{"prototype":1}}`,
    () => `${"[".repeat(2000)}${"]".repeat(2000)}`,
    () => `${"{\"a\":".repeat(2000)}1${"}".repeat(2000)}`,
    () => dice.pick(["", " ", "1e999", "\"\\ud800\"", "{\"text\":1e400}", "nul", "\ufeff{}", "{\"text\":\"\\u0000\"}"])
  ])()

const queryOf = (dice: Dice): string =>
  Array.from({ length: dice.below(4) }, () => `${dice.pick(names)}=${dice.pick(values)}`)
    .concat(dice.chance(0.02) ? [`keyterm=${"b".repeat(50_000)}`] : [])
    .map((pair) => dice.chance(0.1) ? `${pair}&${pair}` : pair)
    .join("&")

const bodyOf = ({ body }: Kind, dice: Dice): Buffer => {
  if (body === undefined) return Buffer.from(dice.chance(0.9) ? "" : "x")
  if (dice.chance(0.05)) return dice.bytes(dice.below(300))
  return body instanceof Uint8Array ? Buffer.from(body) : Buffer.from(written(body, dice))
}

const types = [
  "application/json",
  "application/json; charset=utf-16",
  "text/plain",
  "audio/wav",
  "application/octet-stream",
  "multipart/form-data; boundary=x",
  ";;;",
  ""
]

const chunks = (body: Buffer, dice: Dice): Buffer => {
  const parts: Array<Buffer> = []
  for (let at = 0; at < body.length;) {
    const part = body.subarray(at, at + 1 + dice.below(2000))
    parts.push(
      Buffer.from(`${part.length.toString(16)}${dice.chance(0.1) ? ";a=b" : ""}\r\n`),
      part,
      Buffer.from("\r\n")
    )
    at += part.length
  }
  return Buffer.concat([...parts, Buffer.from(dice.chance(0.1) ? "0\r\nx: y\r\n\r\n" : "0\r\n\r\n")])
}

/** Of which kinds bodies can be large: they are taken, or refused early, late, or for their size. */
const largeOnes = [
  ["/v1/listen?model=nova-3&encoding=linear16&sample_rate=16000", "audio/raw"],
  ["/v1/listen?model=nova-3", "audio/wav"],
  ["/v1/listen?model=nova-3", "application/json"],
  ["/v1/speak", "text/plain"],
  ["/v1/read?language=en", "application/json"],
  [`${nowhere}/keys`, "application/json"]
] as const

/** Bytes of a large body, and of a large message: many times what may be left of one. */
export const largeBytes = 262_144

/** A request with a large body, and the end of its connection. */
export const largeRequest = (dice: Dice): Buffer => {
  const [path, type] = dice.pick(largeOnes)
  const filler = dice.pick(letters)
  const body = type === "application/json"
    ? Buffer.from(JSON.stringify({ text: filler.repeat(largeBytes) }))
    : type === "audio/wav"
    ? Buffer.concat([recording.subarray(0, 44), Buffer.alloc(largeBytes, filler)])
    : Buffer.alloc(largeBytes, filler)
  const head = [
    `POST ${path} HTTP/1.1`,
    "host: x",
    `authorization: Token ${Emulator.defaultApiKey}`,
    `content-type: ${type}`,
    `content-length: ${body.length}`,
    "connection: close",
    "",
    ""
  ]
  return Buffer.concat([Buffer.from(head.join("\r\n")), body])
}

/** A request that is one for HTTP, and may be anything for the API. */
export const request = (dice: Dice, last: boolean): Buffer => {
  const kind = dice.pick(kinds)
  const body = bodyOf(kind, dice)
  const query = dice.chance(0.5) ? queryOf(dice) : ""
  const target = query === "" ? kind.path : `${kind.path}${kind.path.includes("?") ? "&" : "?"}${query}`
  const method = kind.method === "DELETE" || dice.chance(0.95)
    ? kind.method
    : dice.pick(["PUT", "POST", "TRACE", "PURGE"])
  const isChunked = body.length > 0 && dice.chance(0.3)
  const type = dice.chance(0.2)
    ? dice.pick(types)
    : kind.body instanceof Uint8Array
    ? "audio/wav"
    : "application/json"
  const key = dice.chance(0.9) ? Emulator.defaultApiKey : dice.pick(["", "x", "a".repeat(5000)])
  const head = [
    `${method} ${
      dice.chance(0.05)
        ? dice.pick(["*", "/%zz", "/v1/%ff", "//", "/v1/projects/%2e%2e/x"])
        : target
    } HTTP/1.1`,
    "host: x",
    `authorization: ${dice.chance(0.95) ? "Token" : dice.pick(["Bearer", "Basic", ""])} ${key}`,
    `content-type: ${type}`,
    ...(dice.chance(0.05) ? [`content-encoding: ${dice.pick(["gzip", "br", "x"])}`] : []),
    // Whose expectation nobody waited for is not listened to any more.
    ...(last && dice.chance(0.1) ? ["expect: 100-continue"] : []),
    ...(dice.chance(0.05) ? ["origin: https://example.com", "cookie: a=b; c", "range: bytes=0-1"] : []),
    isChunked ? "transfer-encoding: chunked" : `content-length: ${body.length}`,
    ...(last ? ["connection: close"] : []),
    "",
    ""
  ]
  return Buffer.concat([Buffer.from(head.join("\r\n"), "latin1"), isChunked ? chunks(body, dice) : body])
}
