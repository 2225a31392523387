/** What is said on `/v2/listen` (inventory 2.2). */
import { listenV2, type MessageOf } from "effect-deepgram/DeepgramChannels"
import * as Schema from "effect/Schema"

export type ServerMessage = MessageOf<typeof listenV2.server>

/** Who said it and as what number is added when it is sent. */
type Unnumbered<Message> = Message extends unknown ? Omit<Message, "request_id" | "sequence_id"> : never

/** A message before it is sent. */
export type Said = Unnumbered<ServerMessage>

type Server = typeof listenV2.server

export type TurnSaid = Unnumbered<Server["TurnInfo"]["Type"]>
export type TurnEvent = TurnSaid["event"]
export type TurnWord = TurnSaid["words"][number]

/** `null` is as good as nothing. */
const given = <S extends Schema.Constraint>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

/**
 * `Configure` as far as its shape goes: values out of range are answered with `ConfigureFailure`, another shape ends
 * the session.
 */
const Configure = Schema.Struct({
  type: Schema.Literal("Configure"),
  thresholds: given(Schema.Struct({
    eager_eot_threshold: given(Schema.Finite),
    eot_threshold: given(Schema.Finite),
    eot_timeout_ms: given(Schema.Finite)
  })),
  keyterms: given(Schema.Union([Schema.String, Schema.Array(Schema.String)])),
  language_hints: given(Schema.Array(Schema.String)),
  numerals: given(Schema.Boolean)
})

export type Configure = typeof Configure.Type

const ClientMessage = Schema.Union([
  Configure,
  Schema.Struct({ type: Schema.Literal("ForceEndTurn") }),
  Schema.Struct({ type: Schema.Literal("CloseStream") })
])

/** Reads a text frame; nothing when it is none of the messages: `UNPARSABLE_CLIENT_MESSAGE`. */
export const readClientMessage = Schema.decodeUnknownOption(Schema.fromJsonString(ClientMessage), {
  onExcessProperty: "error"
})
