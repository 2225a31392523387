/** Tokens that are minted by scripted servers, and clients that ask for them. */
import { Context, Deferred, Effect, Layer, Redacted } from "effect"
import { Deepgram, DeepgramAuth, DeepgramConfig } from "effect-deepgram"
import { json } from "./answers.ts"
import { apiKey, ok } from "./client.ts"
import { type Answer, type Exchange, serve, type Server } from "./server.ts"

/** The key that tokens are minted with. */
export const key = Redacted.make(apiKey)

/** Whether a request asks for a token. */
export const isGrant = ({ target }: Exchange) => target === "/v1/auth/grant"

/** Mints `token-1`, `token-2`, …; of how long they live it says this. */
export const minting = (expires_in?: number) => {
  let minted = 0
  return (): Answer => json({ access_token: `token-${++minted}`, ...(expires_in === undefined ? {} : { expires_in }) })
}

/** A server that gives these answers to grants, the last one to all that follow, and another to everything else. */
export const deepgram = (grants: ReadonlyArray<() => Answer>, api: Answer = ok) => {
  let index = 0
  return serve((exchange) => isGrant(exchange) ? (grants[index++] ?? grants.at(-1)!)()(exchange) : api(exchange))
}

/** The requests for tokens. */
export const grantsOf = (server: Server) => server.requests.filter(isGrant)

/** All others. */
export const othersOf = (server: Server) => server.requests.filter((exchange) => !isGrant(exchange))

/** What requests were signed with. */
export const signatures = (requests: ReadonlyArray<Exchange>) => requests.map(({ headers }) => headers.authorization)

/** Everything has a default. */
export type Options = Partial<DeepgramAuth.GrantedOptions>

/** The parts beside the credential. */
export const parts = (server: Server, config?: DeepgramConfig.Options) =>
  Layer.mergeAll(
    DeepgramConfig.layer({ ...config, baseUrl: server.url }),
    Deepgram.layerFetch,
    Deepgram.layerWebSocket
  )

/** A client that lives as long as the test. */
export const connect = (server: Server, options: Options = {}, config?: DeepgramConfig.Options) =>
  Layer.build(
    Deepgram.layerNoDeps.pipe(
      Layer.provide(DeepgramAuth.layerGranted({ apiKey: key, ...options })),
      Layer.provide(parts(server, config))
    )
  )

/** The credential alone. */
export const authOf = (server: Server, options: Options = {}) =>
  Effect.map(
    Layer.build(Layer.provide(DeepgramAuth.layerGranted({ apiKey: key, ...options }), parts(server))),
    Context.get(DeepgramAuth.DeepgramAuth)
  )

const tokenOf = (credential: DeepgramAuth.Credential): string =>
  credential._tag === "AccessToken" ? Redacted.value(credential.token) : credential._tag

/** The token that the next request is signed with. */
export const tokenIn = (auth: DeepgramAuth.DeepgramAuth["Service"]) => Effect.map(auth.credential, tokenOf)

/** A grant that is answered when the test says so. */
export const held = Effect.map(Deferred.make<void>(), (go) => ({
  go: Deferred.succeed(go, undefined),
  answer: (answer: Answer) => (): Answer => (exchange) => Effect.andThen(Deferred.await(go), answer(exchange))
}))
