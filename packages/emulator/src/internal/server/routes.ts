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
import { Accounts, CurrentAccount, projectId } from "./accounts.ts"
import * as ListenV1 from "./listenV1.ts"
import { answering, makeRequestId, RequestId } from "./requestContext.ts"
import { internalError, invalidQueryParameter, pathNotFound, toResponse, type VendorError } from "./vendorError.ts"

/** What is wrong with a request that no handler got to see. */
const refusal = (cause: Cause.Cause<unknown>): VendorError => {
  for (const reason of cause.reasons) {
    const problem = reason._tag === "Fail" ? reason.error : reason._tag === "Die" ? reason.defect : undefined
    if (HttpApiSchemaError.is(problem) && problem.kind === "Query") {
      return invalidQueryParameter(`Invalid query string. ${problem.cause.message.replace(/\s+/g, " ")}`)
    }
    if (isHttpServerError(problem) && problem.reason._tag === "RouteNotFound") return pathNotFound
  }
  return internalError
}

const answer = <E, R>(app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
  Effect.flatMap(makeRequestId, (requestId) =>
    app.pipe(
      Effect.catchCauseIf(
        (cause) => !Cause.hasInterrupts(cause),
        (cause) => {
          const error = refusal(cause)
          const response = Effect.succeed(toResponse(error, requestId))
          return error === internalError ? Effect.andThen(Effect.logError(cause), response) : response
        }
      ),
      Effect.map(HttpServerResponse.setHeaders({ "dg-request-id": requestId, "dg-project-id": projectId })),
      Effect.provideService(RequestId, requestId)
    ))

/** Whoever calls is known before anything else is looked at. */
const authenticated = HttpRouter.middleware<{ readonly provides: CurrentAccount }>()(
  Effect.map(Accounts, ({ authenticate }) => (handler) =>
    answering(Effect.gen(function*() {
      const { headers } = yield* HttpServerRequest
      return yield* Effect.provideService(handler, CurrentAccount, yield* authenticate(headers["authorization"]))
    })))
).layer

/** What scripts of other origins may read (inventory 1.0.6). */
const exposedHeaders = [
  "dg-model-name",
  "dg-model-uuid",
  "dg-additional-model-uuids",
  "dg-char-count",
  "dg-request-id",
  "dg-project-id",
  "dg-error",
  "dg-breaks-applied",
  "dg-pronunciations-applied",
  "dg-pronunciation-warnings"
]

/** Every request of the API, answered. */
export const app = Effect.map(
  HttpRouter.toHttpEffect(
    HttpApiBuilder.layer(DeepgramApi).pipe(Layer.provide(ListenV1.layer), Layer.provide(authenticated))
  ),
  (routes) => HttpMiddleware.cors({ exposedHeaders })(answer(routes))
)
