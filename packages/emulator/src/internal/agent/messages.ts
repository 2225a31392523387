/** What is said on `/v1/agent/converse` (inventory 2.5). */
import { agentV1, type MessageOf } from "effect-deepgram/DeepgramChannels"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { isObject } from "effect/Predicate"
import * as Schema from "effect/Schema"
import { quoted } from "../vendorError.ts"
import { Fatal, invalidSettings } from "./problem.ts"

type Client = typeof agentV1.client

export type ClientMessage = MessageOf<Client>
export type ServerMessage = MessageOf<typeof agentV1.server>

/** What the client says, and what stands in it. */
export type Settings = Client["Settings"]["Type"]
export type Agent = Exclude<Settings["agent"], string>
export type ThinkSettings = Extract<NonNullable<Agent["think"]>, { readonly provider: unknown }>
export type SpeakSettings = Extract<NonNullable<Agent["speak"]>, { readonly provider: unknown }>
export type ListenProvider = NonNullable<NonNullable<Agent["listen"]>["provider"]>
export type FunctionDefinition = NonNullable<ThinkSettings["functions"]>[number]
export type FunctionCallResponse = Client["FunctionCallResponse"]["Type"]
export type History = Extract<ServerMessage, { readonly type: "History" }>
export type CalledFunction = Extract<History, { readonly function_calls: unknown }>["function_calls"][number]

const parse = Option.liftThrowable((text: string): unknown => JSON.parse(text))

const decoders: Readonly<Record<string, Schema.Codec<ClientMessage, unknown>>> = agentV1.client

const decoderOf = (json: unknown): Schema.Codec<ClientMessage, unknown> | undefined =>
  isObject(json) && "type" in json && typeof json.type === "string" && Object.hasOwn(decoders, json.type)
    ? decoders[json.type]
    : undefined

const unparsable = (problem: string): Fatal =>
  new Fatal({
    code: "UNPARSABLE_CLIENT_MESSAGE",
    description: `Failed to parse the client message: ${quoted(problem)}`
  })

const oneLine = ({ message }: { readonly message: string }): string => message.replace(/\s+/g, " ")

/**
 * Reads what somebody wrote, as strictly as Deepgram: what is not known is refused (inventory 3), and so is `null`. Other
 * members and types cannot be parsed; values out of range can, but are no settings.
 */
export const readStrictly = <A>(schema: Schema.Codec<A, unknown>, json: unknown): Effect.Effect<A, Fatal> => {
  const decode = Schema.decodeUnknownEffect(schema, { onExcessProperty: "error" })
  return Schema.decodeUnknownEffect(schema, { onExcessProperty: "error", disableChecks: true })(json).pipe(
    Effect.mapError((error) => unparsable(oneLine(error))),
    Effect.andThen(Effect.mapError(decode(json), (error) => invalidSettings(quoted(oneLine(error)))))
  )
}

/** Reads a text frame. */
export const readClientMessage = (text: string): Effect.Effect<ClientMessage, Fatal> => {
  const json = Option.getOrUndefined(parse(text))
  const schema = decoderOf(json)
  return schema === undefined
    ? Effect.fail(unparsable(json === undefined ? "it is no JSON" : "there is no message of such a type"))
    : readStrictly(schema, json)
}
