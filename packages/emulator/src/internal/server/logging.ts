/** How handlers of the voice API have their calls logged. */
import { usageFeatures } from "effect-deepgram/DeepgramApi"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import { Ledger } from "../state/ledger.ts"
import { type Endpoint, type Method, succeeded, type Usage } from "../state/ledgerEntry.ts"
import { distinct } from "../state/ledgerGroups.ts"
import { loggedCallback, loggedPath } from "../state/ledgerSecrets.ts"
import { internalError, VendorError } from "../vendorError.ts"
import { allowed, CurrentAccount } from "./accounts.ts"
import { RequestId } from "./requestContext.ts"

/** What is asked for. */
export interface Call {
  readonly endpoint: Endpoint
  /** The decoded query: it says the features, the callback and, besides the labels of the key, the tags. */
  readonly query: Readonly<Record<string, unknown>>
}

/** A part of what a call used. */
export type Reported =
  & { readonly [Name in keyof Usage]?: Usage[Name] | undefined }
  /** Labels that are not in the query. */
  & { readonly tags?: ReadonlyArray<string> | undefined }

/** Amounts are added up, models put together; of `channels`, and of a model that is named again, the last one counts. */
export type Report = (more: Reported) => Effect.Effect<void>

const nothing: Usage = { models: [], seconds: 0, channels: 1, tokensIn: 0, tokensOut: 0, characters: 0 }

const plus = (usage: Usage, more: Reported): Usage => ({
  models: [...new Map([...usage.models, ...more.models ?? []].map((model) => [model.uuid, model])).values()],
  seconds: usage.seconds + (more.seconds ?? 0),
  channels: more.channels ?? usage.channels,
  tokensIn: usage.tokensIn + (more.tokensIn ?? 0),
  tokensOut: usage.tokensOut + (more.tokensOut ?? 0),
  characters: usage.characters + (more.characters ?? 0)
})

/** What a client gets that has gone away: nothing, but the log says it as other servers do. */
const clientGone = { code: 499, message: "The client closed the connection." }

const failure = (cause: Cause.Cause<unknown>): { readonly code: number; readonly message: string } => {
  if (Cause.hasInterruptsOnly(cause)) return clientGone
  const error = Cause.squash(cause)
  const { err_msg, status } = error instanceof VendorError ? error : internalError
  return { code: status, message: err_msg }
}

const used = (value: unknown): boolean =>
  value !== undefined && value !== false && value !== "false" && !(Array.isArray(value) && value.length === 0)

const texts = (value: unknown): ReadonlyArray<string> => [value].flat().filter((text) => typeof text === "string")

/** What the query says, as it is logged. */
const describeQuery = (query: Call["query"]) => ({
  features: usageFeatures
    // `diarize_model` turns the diarizer on too.
    .filter((name) => used(query[name]) || (name === "diarize" && used(query["diarize_model"])))
    .toSorted(),
  tags: texts(query["tag"]),
  isAsync: used(query["callback"]),
  callback: texts(query["callback"]).map(loggedCallback)[0]
})

/** How a call ended that its handler answered. */
interface Outcome {
  readonly status: number
  readonly message?: string | undefined
}

const recorded =
  (call: Call & { readonly target: string; readonly streaming: boolean }) =>
  <A, E, R>(handler: (report: Report) => Effect.Effect<A, E, R>, outcome: (answer: A) => Outcome) =>
    Effect.gen(function*() {
      const ledger = yield* Ledger
      const { apiKeyId, projectId, tags: labels } = yield* CurrentAccount
      const requestId = yield* RequestId
      const created = yield* Clock.currentTimeMillis
      let usage = nothing
      let reportedTags: ReadonlyArray<string> = []
      const report: Report = (more) =>
        Effect.sync(() => {
          usage = plus(usage, more)
          reportedTags = more.tags ?? reportedTags
        })
      const { callback, features, isAsync, tags } = describeQuery(call.query)
      const method: Method = call.streaming ? "streaming" : isAsync ? "async" : "sync"
      return yield* allowed("usage:write").pipe(
        Effect.andThen(ledger.requireCredit(projectId)),
        Effect.andThen(Effect.suspend(() => handler(report))),
        Effect.onExit((exit) =>
          ledger.record({
            ...Exit.match(exit, {
              onFailure: (cause) => ({ ...nothing, models: usage.models, ...failure(cause) }),
              onSuccess: (answer) => {
                const { message, status } = outcome(answer)
                return { ...(succeeded(status) ? usage : { ...nothing, models: usage.models }), code: status, message }
              }
            }),
            requestId,
            projectId,
            apiKeyId,
            created,
            path: loggedPath(call.target),
            endpoint: call.endpoint,
            method,
            features,
            tags: distinct([...labels, ...tags, ...reportedTags]),
            callback
          })
        )
      )
    })

/**
 * Runs the handler of a call and logs how it ended, before the client gets the answer. A success is charged by what the
 * handler reported; failures and refusals are not, nor are calls that the client gave up, unless the answer has begun.
 * Refuses with 403 who may not use the voice API, and with 402 when the project has no credit left, before the handler
 * does anything.
 */
export const logged =
  (call: Call) => <E, R>(handler: (report: Report) => Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
    Effect.flatMap(
      HttpServerRequest.HttpServerRequest,
      ({ url }) => recorded({ ...call, target: url, streaming: false })(handler, ({ status }) => ({ status }))
    )

/**
 * The same for a session on a socket, from the handshake to the end: its handler says by a status how it ended. One that
 * the client left counts as answered; so Deepgram charges for what it heard.
 */
export const loggedSession =
  (call: Call & { readonly target: string }) =>
  <A extends Outcome, E, R>(handler: (report: Report) => Effect.Effect<A, E, R>) =>
    recorded({ ...call, streaming: true })(handler, (ending) => ending)

/** Where the voice API is. */
const endpoints: Readonly<Record<string, Endpoint>> = {
  "/v1/listen": "listen",
  "/v1/read": "read",
  "/v1/speak": "speak",
  "/v2/speak": "speak"
}

/**
 * Logs a call of the voice API that no handler gets to see because it cannot be read; `refusal` says how such a call is
 * answered. Everything else passes.
 */
export const loggingUnread =
  (refusal: (cause: Cause.Cause<unknown>) => VendorError) =>
  <E, R>(self: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
    Effect.catchCause(self, (cause) =>
      Effect.gen(function*() {
        const { url } = yield* HttpServerRequest.HttpServerRequest
        const endpoint = endpoints[url.split("?", 1)[0] ?? ""]
        const error = refusal(cause)
        // What broke within a handler is logged already.
        if (endpoint === undefined || Cause.hasInterrupts(cause) || error.status === internalError.status) {
          return yield* Effect.failCause(cause)
        }
        const query = yield* HttpServerRequest.ParsedSearchParams
        return yield* logged({ endpoint, query })(() => Effect.fail(error))
      }))
