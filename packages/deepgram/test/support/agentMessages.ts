/** Messages to an agent, encoded and decoded as strictly as Deepgram reads them. */
import { Result, Schema } from "effect"
import { agentV1 } from "effect-deepgram/DeepgramChannels"

export type ClientMessage = keyof typeof agentV1.client

const strict = { onExcessProperty: "error" } as const

export const encode = (type: ClientMessage) =>
  Schema.encodeUnknownResult(agentV1.client[type] as Schema.Codec<unknown, unknown>, strict)

export const decode = (type: ClientMessage) =>
  Schema.decodeUnknownResult(agentV1.client[type] as Schema.Codec<unknown, unknown>, strict)

/** What a message is on the wire. */
export const onWire = (type: ClientMessage, message: unknown): unknown =>
  JSON.parse(JSON.stringify(Result.getOrThrow(encode(type)(message))))

export const isHolder = (value: unknown): value is Record<string | number, unknown> =>
  typeof value === "object" && value !== null

/** The way to a value: keys and indices. */
export type Path = ReadonlyArray<string | number>

export const at = (value: unknown, path: Path): unknown =>
  path.reduce((holder: unknown, key) => isHolder(holder) ? holder[key] : undefined, value)
