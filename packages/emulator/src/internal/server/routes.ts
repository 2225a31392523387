/** The routes of the API, and what every answer has in common. */
import { DeepgramApi } from "effect-deepgram/DeepgramApi"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { HttpApiSchemaError } from "effect/http-api/HttpApiError"
import * as HttpMiddleware from "effect/http/HttpMiddleware"
import * as HttpRouter from "effect/http/HttpRouter"
import { isHttpServerError } from "effect/http/HttpServerError"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { projectId } from "../state/directory.ts"
import { Ledger } from "../state/ledger.ts"
import { internalError, methodNotAllowed, pathNotFound, toResponse, type VendorError } from "../vendorError.ts"
import { Accounts, CurrentAccount, nobody } from "./accounts.ts"
import * as AgentConfigurations from "./agentConfigurations.ts"
import * as AgentV1 from "./agentV1.ts"
import * as AgentVariables from "./agentVariables.ts"
import * as Billing from "./billing.ts"
import { exchangeOf } from "./exchange.ts"
import { exposedHeaders } from "./exposedHeaders.ts"
import { isOwn } from "./front.ts"
import * as Invites from "./invites.ts"
import * as Keys from "./keys.ts"
import * as ListenV1 from "./listenV1.ts"
import { loggingUnread } from "./logging.ts"
import * as Members from "./members.ts"
import * as Models from "./models.ts"
import { ofQuery } from "./parameters.ts"
import { normalize, pathOf } from "./paths.ts"
import * as Projects from "./projects.ts"
import * as ReadV1 from "./readV1.ts"
import { answering, RequestId } from "./requestContext.ts"
import * as Requests from "./requests.ts"
import * as SelfHosted from "./selfHosted.ts"
import * as SpeakV1 from "./speakV1.ts"
import * as SpeakV2 from "./speakV2.ts"
import * as Tokens from "./tokens.ts"
import * as Usage from "./usage.ts"

const endpoints = Object.values(DeepgramApi.groups).flatMap((group) =>
  Object.values(group.endpoints).map(({ method, path }) => ({
    methods: method === "GET" ? ["GET", "HEAD"] : [method],
    path: new RegExp(`^${path.replaceAll(/:\w+/g, "[^/]+")}$`)
  }))
)

const decode = Option.liftThrowable(decodeURI)

/** What a path can be asked with: nothing, if there is no such path, or if it cannot be read. */
const methodsOf = (path: string): ReadonlyArray<string> =>
  Option.isNone(decode(path)) ? [] : endpoints.flatMap((known) => known.path.test(path) ? known.methods : [])

/** A path that differs is another one; an id may have any length, as e-mail addresses do. */
const strict: typeof HttpRouter.RouterConfig.Service = {
  ignoreTrailingSlash: false,
  ignoreDuplicateSlashes: false,
  caseSensitive: true,
  maxParamLength: Infinity
}

/** What is wrong with a request that no handler got to see. */
const refusal = (cause: Cause.Cause<unknown>): VendorError => {
  for (const reason of cause.reasons) {
    const problem = reason._tag === "Fail" ? reason.error : reason._tag === "Die" ? reason.defect : undefined
    if (HttpApiSchemaError.is(problem) && problem.kind === "Query") return ofQuery(problem.cause)
    // An id that cannot be is of nothing that there is.
    if (HttpApiSchemaError.is(problem) && problem.kind === "Params") return pathNotFound
  }
  return internalError
}

const isUnrouted = (error: unknown): boolean => isHttpServerError(error) && error.reason._tag === "RouteNotFound"

/** What a request is answered that no route is for. */
const unrouted = (requestId: string) =>
  Effect.map(HttpServerRequest, ({ url }) => {
    const methods = methodsOf(pathOf(url))
    return methods.length === 0
      ? toResponse(pathNotFound, requestId)
      : HttpServerResponse.setHeader(toResponse(methodNotAllowed, requestId), "allow", methods.join(", "))
  })

const answer = <E, R>(app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
  Effect.flatMap(HttpServerRequest, ({ source }) => {
    const requestId = exchangeOf(source)?.requestId ?? ""
    return app.pipe(
      Effect.catchIf(isUnrouted, () => unrouted(requestId)),
      Effect.catchCauseIf(
        (cause) => !Cause.hasInterrupts(cause),
        (cause) => {
          const error = refusal(cause)
          const response = Effect.succeed(toResponse(error, requestId))
          return error === internalError ? Effect.andThen(Effect.logError(cause), response) : response
        }
      ),
      Effect.map(HttpServerResponse.setHeaders({ "dg-request-id": requestId, "dg-project-id": projectId })),
      Effect.provideService(RequestId, requestId),
      Effect.updateService(HttpServerRequest, (request) => {
        const url = normalize(request.url)
        return url === request.url ? request : request.modify({ url })
      })
    )
  })

/** What needs no credential (inventory 1.0.2). */
const publicPath = "/v1/agent/settings/think/models"

/** Whoever calls is known before anything else is looked at. */
const authenticated = HttpRouter.middleware<{ readonly provides: CurrentAccount }>()(
  Effect.map(
    Effect.all([Accounts, Ledger]),
    ([{ authenticate }, ledger]) => (handler) =>
      answering(Effect.gen(function*() {
        const { headers, url } = yield* HttpServerRequest
        const account = pathOf(url) === publicPath ? nobody : yield* authenticate(headers["authorization"])
        return yield* loggingUnread(refusal)(handler).pipe(
          Effect.provideService(CurrentAccount, account),
          Effect.provideService(Ledger, ledger)
        )
      }))
  )
).layer

const groups = Layer.mergeAll(
  AgentConfigurations.layer,
  AgentV1.layer,
  AgentVariables.layer,
  Billing.layer,
  Invites.layer,
  Keys.layer,
  ListenV1.layer,
  Members.layer,
  Models.layer,
  Projects.layer,
  ReadV1.layer,
  Requests.layer,
  SelfHosted.layer,
  SpeakV1.layer,
  SpeakV2.layer,
  Tokens.layer,
  Usage.layer
)

/** Every request of the API, answered; what is about the emulator itself is answered by `own`, out of reach of CORS. */
export const app = (own: Effect.Effect<HttpServerResponse.HttpServerResponse, never, HttpServerRequest>) =>
  Effect.map(
    HttpRouter.toHttpEffect(
      HttpApiBuilder.layer(DeepgramApi).pipe(Layer.provide(groups), Layer.provide(authenticated))
    ).pipe(Effect.provideService(HttpRouter.RouterConfig, strict)),
    (routes) => {
      const api = HttpMiddleware.cors({ exposedHeaders })(answer(routes))
      return Effect.flatMap(HttpServerRequest, ({ url }): typeof api => isOwn(url) ? own : api)
    }
  )
