/** What a socket channel is, as data: what the SDK dials, what the emulator answers, and what is compared with the vendor's document. */
import type * as Duration from "effect/Duration"
import type * as Schema from "effect/Schema"
import type { Hosts } from "../../DeepgramConfig.ts"

/** Messages by the `type` that tells them apart. */
export type Messages = Readonly<Record<string, Schema.Codec<{ readonly type: string }, unknown>>>

/** A channel over WebSocket. Audio goes in binary frames, which have no schema; every other message is JSON in a text frame. */
export interface Channel<Query extends Schema.Top, Client extends Messages, Server extends Messages> {
  /** The module of its operations. */
  readonly name: string
  readonly host: keyof Pick<Hosts, "apiSocket" | "agentSocket">
  readonly path: string
  readonly query: Query
  /** What the client may say. */
  readonly client: Client
  /** What the server may say. */
  readonly server: Server
  /** Whether what the server says is sound too, in binary frames. */
  readonly speaks?: boolean
  /** The client's message that brings what the server is to work on; absent: audio does. */
  readonly input?: string
  /** What the client says when it has sent no audio for so long: one of its messages, or `ping` for one of the protocol. */
  readonly keepAlive: {
    readonly message: string
    readonly after: Duration.Duration
  }
  /**
   * How the client ends the session: by a message, or by closing the socket; what the server says last if there is such a
   * message, and the codes that it then closes with.
   */
  readonly close: {
    readonly message?: string
    readonly last?: string
    readonly codes: ReadonlyArray<number>
  }
}

/** The one of several messages. */
export type MessageOf<M extends Messages> = M[keyof M]["Type"]

export const make = <Query extends Schema.Top, const Client extends Messages, const Server extends Messages>(
  channel: Channel<Query, Client, Server> & {
    readonly keepAlive: { readonly message: keyof Client | "ping" }
    readonly input?: keyof Client
    readonly close: { readonly message?: keyof Client; readonly last?: keyof Server }
  }
): Channel<Query, Client, Server> => channel
