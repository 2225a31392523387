/** The server of the demo: the page, and tokens for it. The API key stays here. */
import { Effect, Redacted } from "effect"
import { Deepgram, Tokens } from "effect-deepgram"
import { HttpRouter, HttpServer, HttpServerRequest, HttpServerResponse } from "effect/http"
import { script, text } from "./files.ts"

/** Seconds: a token only has to be good when a session begins, and whoever steals one has no more of it than that. */
const tokenLife = 30

/** What the page is told. */
export interface Options {
  /** Who listens, for the person in front of it. */
  readonly notice: string
  /** A WAV file that can be heard in the place of the microphone. */
  readonly voice?: Uint8Array
}

const escaped = (value: string): string =>
  value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("\"", "&quot;")

/** Puts values into the places that are named in braces. */
const filled = (template: string, values: Readonly<Record<string, string>>): string =>
  template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => escaped(values[name] ?? ""))

/** The page may load its own files, and talk to its own server and to Deepgram: nothing else. */
const headersFor = (deepgram: URL) => ({
  "cache-control": "no-store",
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src data:",
    `connect-src 'self' ${deepgram.origin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'"
  ].join("; "),
  "permissions-policy": "microphone=(self)",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff"
})

/**
 * Serves until the scope closes, and succeeds with the URL of the page when it is there.
 *
 * Whoever can load the page gets a token. That is for this machine only: a server on the internet asks who its visitors
 * are before it grants one.
 */
export const serve = Effect.fnUntraced(function*({ notice, voice }: Options) {
  const { config } = yield* Deepgram.Deepgram
  const { address } = yield* HttpServer.HttpServer
  const url = HttpServer.formatAddress(address)
  const own = new Set([url, url.replace("127.0.0.1", "localhost")])

  const deepgram = new URL(config.hosts.apiSocket)
  const headers = headersFor(deepgram)
  const page = filled(yield* text("index.html"), {
    // Not as it is: a password in the URL is none of the page's business.
    deepgram: `${deepgram.origin}${deepgram.pathname}`,
    notice,
    voice: `${voice !== undefined}`
  })
  const get = (path: `/${string}`, contentType: string, body: string | Uint8Array) =>
    HttpRouter.route(
      "GET",
      path,
      Effect.succeed(
        typeof body === "string"
          ? HttpServerResponse.text(body, { contentType, headers })
          : HttpServerResponse.uint8Array(body, { contentType, headers })
      )
    )

  const grant = Tokens.grant({ ttl_seconds: tokenLife }).pipe(
    Effect.flatMap(({ access_token }) => HttpServerResponse.json({ token: Redacted.value(access_token) }, { headers })),
    // Errors of the SDK hold no secrets. A server on the internet would rather write them into its log.
    Effect.catch(({ message }) => HttpServerResponse.json({ message }, { status: 502, headers }))
  )
  const token = Effect.gen(function*() {
    const { headers: { origin = "" } } = yield* HttpServerRequest.HttpServerRequest
    // Other pages of the same browser could ask too, and by a name that is bent to this machine read the answer.
    return yield* own.has(origin)
      ? grant
      : HttpServerResponse.json({ message: "tokens are for the page of this server" }, { status: 403, headers })
  })

  yield* HttpServer.serveEffect(
    yield* HttpRouter.toHttpEffect(HttpRouter.addAll([
      get("/", "text/html; charset=utf-8", page),
      get("/style.css", "text/css; charset=utf-8", yield* text("style.css")),
      get("/page.js", "text/javascript; charset=utf-8", yield* script("main.ts")),
      get("/worklet.js", "text/javascript; charset=utf-8", yield* script("worklet.ts")),
      ...voice === undefined ? [] : [get("/voice.wav", "audio/wav", voice)],
      HttpRouter.route("POST", "/token", token)
    ]))
  )
  return url
})
