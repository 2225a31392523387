/** `POST /v1/read`. */
import { type AnalyzeQuery, DeepgramApi } from "effect-deepgram/DeepgramApi"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { type AnalysisInfo, analyze } from "../analyze/analyze.ts"
import { isSummarized, modes, wantedIntents, wantedTopics } from "../analyze/query.ts"
import { countTokens } from "../analyze/tokens.ts"
import { isBlank } from "../blank.ts"
import { invalidQueryParameter, noCharacters, quoted, unknownVariant, VendorError } from "../vendorError.ts"
import { CurrentAccount } from "./accounts.ts"
import * as Callbacks from "./callbacks.ts"
import { logged, type Reported } from "./logging.ts"
import { missingField, refuseUnknown } from "./parameters.ts"
import { answering, RequestId } from "./requestContext.ts"
import { textOf } from "./textSource.ts"

const maxTokens = 150_000
const maxCustom = 100

/** What Deepgram refuses although every parameter is well formed (inventory 1.5). */
const queryProblem = (query: AnalyzeQuery & { readonly language: string }): VendorError | undefined => {
  if (!isSummarized(query) && query.topics !== true && query.intents !== true && query.sentiment !== true) {
    return invalidQueryParameter(
      "Request did not enable any features. Please enable at least one feature. Available features: `summarize`, " +
        "`topics`, `intents`, `sentiment`."
    )
  }
  if (!/^en(-|$)/i.test(query.language)) {
    return invalidQueryParameter(
      `Request specified unsupported language: ${quoted(query.language)}. Only English is supported.`
    )
  }
  for (const mode of [query.custom_topic_mode, query.custom_intent_mode]) {
    if (mode !== undefined && !modes.includes(mode)) return unknownVariant(mode, modes)
  }
  for (const [name, { names }] of [["topics", wantedTopics(query)], ["intents", wantedIntents(query)]] as const) {
    if (names.length > maxCustom) {
      return invalidQueryParameter(`A request may have at most ${maxCustom} custom ${name}, not ${names.length}.`)
    }
  }
  return undefined
}

const textProblem = (text: string): VendorError | undefined =>
  isBlank(text)
    ? noCharacters
    : countTokens(text) > maxTokens
    ? new VendorError({
      status: 400,
      err_code: "TOKEN_LIMIT_EXCEEDED",
      err_msg:
        "Text input for the Read API currently supports up to 150K tokens. Please revise your text input to fit " +
        "within the defined token limit. For more information, please visit our API documentation."
    })
    : undefined

const usageOf = (info: AnalysisInfo): Reported => {
  const features = Object.values(info)
  return {
    tokensIn: features.reduce((sum, { input_tokens = 0 }) => sum + input_tokens, 0),
    tokensOut: features.reduce((sum, { output_tokens = 0 }) => sum + output_tokens, 0)
  }
}

/** The implementation of the group `ReadV1`. */
export const layer = HttpApiBuilder.group(
  DeepgramApi,
  "ReadV1",
  Effect.fnUntraced(function*(handlers) {
    const scope = yield* Effect.scope
    return handlers.handleRaw("analyze", ({ endpoint, query, request }) =>
      answering(
        logged({ endpoint: "read", query })(Effect.fnUntraced(function*(report) {
          const { language } = query
          // Deepgram looks at nothing else before.
          if (language === undefined) return yield* missingField("language")
          yield* refuseUnknown(endpoint, (names) => `unknown query parameter: ${names}`)
          const problem = queryProblem({ ...query, language })
          if (problem !== undefined) return yield* problem
          const callback = yield* Callbacks.fromQuery(query)
          const created = DateTime.formatIso(DateTime.makeUnsafe(yield* Clock.currentTimeMillis))
          const text = yield* textOf(request)
          const unfit = textProblem(text)
          if (unfit !== undefined) return yield* unfit
          const { info, results } = analyze(text, query)
          yield* report(usageOf(info))
          const request_id = yield* RequestId
          const analysis = { metadata: { request_id, created, language, ...info }, results }
          if (callback === undefined) return HttpServerResponse.jsonUnsafe(analysis)
          yield* Effect.forkIn(Callbacks.deliver(callback, yield* CurrentAccount, Callbacks.json(analysis)), scope)
          return HttpServerResponse.jsonUnsafe({ request_id })
        }))
      ))
  })
)
