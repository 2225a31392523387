/** Functions of an agent that are Effect AI tools: how the agent hears of them, and how its calls are answered. */
import * as AiError from "effect/ai/AiError"
import * as Tool from "effect/ai/Tool"
import type * as Toolkit from "effect/ai/Toolkit"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Tracer from "effect/Tracer"
import { BadRequest } from "../DeepgramError.ts"
import type { FunctionDefinition, Settings, ThinkSettings } from "./contract/agentSettings.ts"
import type { RequestedFunction } from "./contract/agentV1Live.ts"
import { refused } from "./errors.ts"
import { parseJson } from "./json.ts"
import { isJson } from "./normalize.ts"
import { CurrentCallOptions } from "./options.ts"
import { inSeconds } from "./seconds.ts"
import type { OneOrMore } from "./sharedOptions.ts"

/**
 * Annotates a tool that is not to be called before the user's turn has surely ended: one that cannot be undone. Without it
 * an agent that listens with Flux may call a tool and cancel it, when the user goes on. Default `false`.
 *
 * @see https://developers.deepgram.com/docs/voice-agents-function-calling
 *
 * @example
 * ```ts
 * import { Schema } from "effect"
 * import { Tool } from "effect/ai"
 * import { AgentV1 } from "effect-deepgram"
 *
 * export const transfer = Tool.make("transfer_money", {
 *   description: "Transfers money",
 *   parameters: Schema.Struct({ to: Schema.String, euros: Schema.Number })
 * }).annotate(AgentV1.DeferUntilEndOfTurn, true)
 * ```
 */
export const DeferUntilEndOfTurn = Context.Reference<boolean>("effect-deepgram/DeferUntilEndOfTurn", {
  defaultValue: () => false
})

type Tools = Record<string, Tool.Any>

/** The JSON schema of what a tool takes: models insist on an object, said at the top. Nothing for what is none. */
const parametersOf = (tool: Tool.Any): Readonly<Record<string, unknown>> | undefined => {
  const { ast } = tool.parametersSchema
  if (ast._tag === "Objects" && ast.propertySignatures.length === 0 && ast.indexSignatures.length === 0) {
    return { type: "object", properties: {}, additionalProperties: false }
  }
  const { $ref, ...schema } = Tool.getJsonSchema(tool)
  const { $defs } = schema
  // What has a name stands among the definitions.
  const name = typeof $ref === "string" ? $ref.slice($ref.lastIndexOf("/") + 1) : undefined
  const named = name === undefined || !isJson($defs)
    ? undefined
    : $defs[name.replaceAll("~1", "/").replaceAll("~0", "~")]
  const whole = isJson(named) ? { ...schema, ...named } : schema
  // Some models want to hear of members where there are none, too.
  return whole["type"] === "object" ? { properties: {}, ...whole } : undefined
}

/** How the agent hears of a tool. */
const definitionOf = (tool: Tool.Any): FunctionDefinition => {
  const description = Tool.getDescription(tool)
  return {
    name: tool.name,
    ...(description === undefined ? undefined : { description }),
    parameters: parametersOf(tool),
    ...(Context.get(tool.annotations, DeferUntilEndOfTurn) ? { defer_until_eot: true } : undefined)
  }
}

/** Why an agent cannot have a tool. */
const problemOf = (tool: Tool.Any): string | undefined =>
  Tool.isProviderDefined(tool)
    ? `the tool ${tool.name} is one of its provider, and nothing that can be called here`
    : tool.needsApproval !== undefined && tool.needsApproval !== false
    ? `the tool ${tool.name} needs an approval, for which there is no place in a conversation`
    : parametersOf(tool) === undefined
    ? `the tool ${tool.name} takes something else than an object, and models give nothing else`
    : undefined

/** Adds tools to what an agent thinks with; each of several gets all of them. */
export const withFunctions = Effect.fnUntraced(function*(
  operation: string,
  think: OneOrMore<ThinkSettings>,
  tools: Tools
): Effect.fn.Return<OneOrMore<ThinkSettings>, BadRequest> {
  const all = Object.values(tools)
  if (all.length === 0) return think
  const add = (one: ThinkSettings): ThinkSettings => ({
    ...one,
    functions: [...one.functions ?? [], ...all.map(definitionOf)]
  })
  const several: ReadonlyArray<ThinkSettings> = Array.isArray(think) ? think : [think]
  const given = new Set(several.flatMap(({ functions = [] }) => functions.map(({ name }) => name)))
  const twice = all.find(({ name }) => given.has(name))
  const problem = twice === undefined
    ? all.map(problemOf).find((problem) => problem !== undefined)
    : `there are two functions with the name ${twice.name}: one among the tools, one in the settings`
  if (problem !== undefined) return yield* refused(BadRequest, operation, problem)
  return Array.isArray(think) ? several.map(add) : several.map(add)[0] ?? think
})

/** Adds tools to the settings of a session. An agent that Deepgram keeps has its functions there. */
export const withTools = Effect.fnUntraced(function*(
  operation: string,
  settings: Settings,
  tools: Tools
): Effect.fn.Return<Settings, BadRequest> {
  const agent = (settings as Settings | undefined)?.agent
  // What is no agent is refused with the rest of the settings.
  if (Object.keys(tools).length === 0 || typeof agent !== "object" || agent === null) return settings
  if (agent.think === undefined) {
    return yield* refused(BadRequest, operation, "tools need agent.think: what the agent calls them with")
  }
  return { ...settings, agent: { ...agent, think: yield* withFunctions(operation, agent.think, tools) } }
})

/** What is answered to a call. */
export interface Answer {
  readonly outcome: "succeeded" | "failed" | "timedOut" | "refused"
  /** A text, or JSON. */
  readonly content: string
}

/** Models read JSON; a text needs none. */
const contentOf = (value: unknown): string => typeof value === "string" ? value : JSON.stringify(value) ?? "null"

const failed = (error: unknown, outcome: Answer["outcome"] = "failed"): Answer => ({
  outcome,
  content: JSON.stringify({ error })
})

/** A failure in the words of the tool: what its schema makes of it. */
const failureOf = Effect.fnUntraced(function*(tool: Tool.Any, error: unknown) {
  if (AiError.isAiError(error)) {
    const { reason } = error
    // That of a tool which the handler itself has called is a failure.
    const isMine = reason._tag === "ToolParameterValidationError" && reason.toolName === tool.name
    return failed(reason.message, isMine ? "refused" : "failed")
  }
  const encode = Schema.encodeUnknownEffect(tool.failureSchema as Schema.Codec<unknown, unknown>)
  const encoded = yield* Effect.option(encode(error))
  return failed(
    Option.getOrElse(encoded, () => error instanceof Error ? error.message : `the function ${tool.name} failed`)
  )
})

/**
 * The toolkit puts the arguments of a call, which were spoken, into the span that it finds; so it finds one that takes
 * nothing, and stands for the one around it.
 */
const untold = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.flatMap(Effect.option(Effect.currentSpan), (span) =>
    Option.isNone(span)
      ? effect
      : Effect.withParentSpan(
        effect,
        Tracer.externalSpan({
          spanId: span.value.spanId,
          traceId: span.value.traceId,
          sampled: span.value.sampled
        })
      ))

/** Models that are told that a member may be absent like to say so by `null`. */
const withoutNulls = (params: unknown): unknown =>
  isJson(params) && Object.values(params).includes(null)
    ? Object.fromEntries(Object.entries(params).filter(([, value]) => value !== null))
    : undefined

/** What options of the conversation a handler has: what it calls is no part of it. */
const outside = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.updateService(effect, CurrentCallOptions, ({ retry, timeout }) => ({ retry, timeout }))

/** Has a tool called, and makes an answer of whatever comes of it. */
const called = <T extends Tools>(
  toolkit: Toolkit.WithHandler<T>,
  tool: Tool.Any,
  id: string,
  params: unknown
): Effect.Effect<Answer, never, Tool.HandlerServices<T[keyof T]>> =>
  Effect.gen(function*() {
    // What is given is decoded by the toolkit.
    const results = yield* toolkit.handle(tool.name, params as Tool.ParametersEncoded<T[string]>, id)
    const last = yield* Stream.runLast(Stream.filter(results, ({ preliminary }) => !preliminary))
    if (Option.isNone(last)) return failed(`the function ${tool.name} answered nothing`)
    const { encodedResult, isFailure, result } = last.value
    return isFailure
      ? yield* failureOf(tool, result)
      : { outcome: "succeeded" as const, content: contentOf(encodedResult) }
  }).pipe(
    untold,
    Effect.catch((error) => failureOf(tool, error)),
    // One that interrupts itself has broken too; that of a call that was cancelled does not come here.
    Effect.catchCause((cause) =>
      Effect.as(
        Effect.logError(`The tool ${tool.name} broke.`, cause),
        failed(`the function ${tool.name} is out of order`)
      )
    )
  )

/**
 * Answers a call, whatever happens: with what the tool says, or with what is wrong in words that a model understands. Who
 * does not answer in time is interrupted, and not waited for.
 */
export const answer = <T extends Tools>(
  toolkit: Toolkit.WithHandler<T> | undefined,
  { arguments: given, id, name }: RequestedFunction,
  timeout: Duration.Duration
): Effect.Effect<Answer, never, Tool.HandlerServices<T[keyof T]> | Scope.Scope> => {
  const tool = toolkit !== undefined && Object.hasOwn(toolkit.tools, name) ? toolkit.tools[name] : undefined
  if (toolkit === undefined || tool === undefined) {
    const known = Object.keys(toolkit?.tools ?? {})
    const others = known.length === 0 ? "there is none" : `there is ${known.join(", ")}`
    return Effect.succeed(failed(`there is no function ${name}: ${others}`, "refused"))
  }
  const params = given.trim() === "" ? Option.some({}) : parseJson(given)
  if (Option.isNone(params)) return Effect.succeed(failed("the arguments are not JSON", "refused"))
  const first = called(toolkit, tool, id, params.value)
  const call = Effect.flatMap(first, (answer) => {
    const absent = answer.outcome === "refused" ? withoutNulls(params.value) : undefined
    return absent === undefined ? Effect.succeed(answer) : called(toolkit, tool, id, absent)
  })
  return Effect.gen(function*() {
    const handler = yield* Effect.forkScoped(outside(call))
    const stop = Effect.sync(() => handler.interruptUnsafe())
    const late = failed(`the function ${name} did not answer within ${inSeconds(timeout)}`, "timedOut")
    return yield* Fiber.join(handler).pipe(
      Effect.timeoutOrElse({ duration: timeout, orElse: () => Effect.as(stop, late) }),
      Effect.onInterrupt(() => stop)
    )
  }).pipe(
    Effect.withSpan("AgentV1.tool", { attributes: { "deepgram.function": name, "deepgram.function_call_id": id } })
  )
}
