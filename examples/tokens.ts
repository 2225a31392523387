/**
 * A token server: pages ask it for short-lived access tokens, and go to Deepgram themselves. The API key stays here.
 *
 *     node --conditions=@effect-deepgram/source examples/tokens.ts https://app.example.com https://www.example.com
 *
 * The arguments are the origins whose pages may ask, with `POST /token`; the answer is `{ access_token, expires_in }`.
 * DEEPGRAM_API_KEY is a key with the role of a member or higher. The server listens on 127.0.0.1, for a proxy with a
 * certificate.
 *
 * In the page, with `Deepgram.layer({ accessToken })` of effect-deepgram:
 *
 *     const accessToken = Effect.tryPromise((signal) =>
 *       fetch("https://tokens.example.com/token", { method: "POST", signal }).then((answer) => answer.json())
 *     ).pipe(Effect.map(({ access_token }) => Redacted.make(access_token)))
 */
import { NodeDeepgram } from "@effect-deepgram/node"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Console, Duration, Effect, Layer, Option, Redacted } from "effect"
import { DeepgramAuth, Tokens } from "effect-deepgram"
import { Argument, Command, Flag } from "effect/cli"
import { HttpRouter, HttpServer, HttpServerRequest, HttpServerResponse } from "effect/http"
import { RateLimiter } from "effect/persistence"
import { createServer } from "node:http"
import { runCommand } from "./command.ts"
import { required } from "./run.ts"

/** Seconds: a token only has to be good when a session or a request begins. */
const tokenLife = 30

/** A page asks once for each session. The limit is that of an address, which may be that of a whole office. */
const limit = { limit: 10, window: "1 minute" } as const

const answer = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  HttpServerResponse.json(body, { status, headers: { ...headers, "cache-control": "no-store" } })

const token = (origins: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const { headers: { origin = "" }, remoteAddress } = yield* HttpServerRequest.HttpServerRequest
    // Keeps other people's pages out. Programs say what they like here: ask for the visitor's login, too.
    if (!origins.includes(origin)) return yield* answer(403, { message: "tokens are for the pages of this server" })
    const limiter = yield* RateLimiter.RateLimiter
    // Behind a proxy this is the proxy: `HttpMiddleware.xForwardedHeaders` says who is behind a trusted one.
    yield* limiter.consume({ ...limit, key: Option.getOrElse(remoteAddress, () => "unknown") })
    const { access_token, expires_in } = yield* Tokens.grant({ ttl_seconds: tokenLife })
    return yield* answer(200, { access_token: Redacted.value(access_token), expires_in })
  }).pipe(
    Effect.catchTag("RateLimiterError", ({ reason }) =>
      reason._tag === "RateLimitExceeded"
        ? answer(429, { message: "too many tokens" }, {
          "retry-after": `${Math.ceil(Duration.toSeconds(reason.retryAfter))}`
        })
        : answer(503, { message: "no tokens at present" })),
    // What is wrong with the key, or with Deepgram, is for the log.
    Effect.catch((error) =>
      Effect.andThen(Effect.logError(error.message), answer(502, { message: "no tokens at present" }))
    )
  )

const config = {
  origins: Argument.String("origin").pipe(
    Argument.withDescription("origins whose pages get tokens: https://app.example.com"),
    Argument.filter(
      (origin) => URL.parse(origin)?.origin === origin,
      () => "an origin: scheme, host, and port if it is not the usual one"
    ),
    Argument.variadic({ min: 1 })
  ),
  port: Flag.Int("port").pipe(
    Flag.withDescription("to listen on, default 3001; 0 is a free one"),
    Flag.withDefault(3001)
  )
}

const tokens = Command.make("tokens", config, ({ origins, port }) =>
  Effect.gen(function*() {
    yield* HttpServer.serveEffect(
      yield* HttpRouter.toHttpEffect(Layer.mergeAll(
        HttpRouter.add("POST", "/token", token(origins)),
        // Lets those pages read the answer.
        HttpRouter.cors({ allowedOrigins: origins, allowedMethods: ["POST"], exposedHeaders: ["retry-after"] })
      ))
    )
    const { address } = yield* HttpServer.HttpServer
    yield* Console.log(`▶ tokens are at ${HttpServer.formatAddress(address)}/token, for ${origins.join(" and ")}`)
    return yield* Effect.never
  }).pipe(
    Effect.scoped,
    Effect.provide([
      NodeHttpServer.layer(createServer, { port, host: "127.0.0.1" }),
      // An access token could not grant others: it has to be the key, whatever else there is.
      NodeDeepgram.layerConfig({ apiKey: required(DeepgramAuth.keyVariable, "the key that tokens are granted with") }),
      // Of this process alone, and it remembers each address: `layerStoreRedis` is for several, and for the internet.
      RateLimiter.layer.pipe(Layer.provide(RateLimiter.layerStoreMemory))
    ])
  )).pipe(Command.withDescription("Grants short-lived access tokens to pages"))

runCommand(tokens, { serves: true })
