/** What a channel over WebSocket is to the server: everything else is the same for all of them. */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { ParsedSearchParams } from "effect/http/HttpServerRequest"
import type * as Scope from "effect/Scope"
import type { Endpoint } from "../state/ledgerEntry.ts"
import type { VendorError } from "../vendorError.ts"
import type { CurrentAccount } from "./accounts.ts"
import type { Report } from "./logging.ts"
import type { Closing, Connection, Received } from "./socketConnection.ts"

/** How a session ended. */
export interface Ending extends Closing {
  /** As the log has it: 200 for what was answered, and is charged. */
  readonly status: number
  /** Of a failure. */
  readonly message?: string | undefined
}

/** Talks to a client until the session is over. The socket is closed afterwards. */
export type Talk<R> = (connection: Connection) => Effect.Effect<Ending, never, R>

/** What is known of a request, and the scope of its session. */
export type Surroundings = CurrentAccount | ParsedSearchParams | Scope.Scope

/** A channel. */
export interface SocketChannel<R> {
  readonly path: string
  readonly endpoint: Endpoint
  /** How long a client may be silent unless the emulator is told otherwise. */
  readonly idle: Duration.Duration
  /** Whether pings are signs of a client. Others are those of which the session says so. */
  readonly pings: boolean
  /** Largest frame of a client in bytes, if it is less than that of a recording. */
  readonly largestFrame?: number | undefined
  /** Looks at what is asked for, and refuses it or gets ready; the socket is opened afterwards. */
  readonly open: (report: Report) => Effect.Effect<Talk<R | Surroundings>, VendorError, R | Surroundings>
}

/** Takes what comes from a client, one after the other, until something of it is the end. */
export const takeAll = <End extends Ending, E, R>(
  connection: Connection,
  on: (received: Received) => Effect.Effect<End | void, E, R>
): Effect.Effect<End, E, R> =>
  Effect.gen(function*() {
    while (true) {
      const ending = yield* Effect.flatMap(connection.receive, on)
      if (ending !== undefined) return ending
    }
  })
