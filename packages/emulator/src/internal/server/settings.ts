import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"

/** What the server and the handlers of the emulator go by: `Emulator.Options`, where each is explained. */
export class Settings extends Context.Service<Settings, {
  /** Custom models that may be asked for besides the ones that Deepgram documents. */
  readonly models: ReadonlyArray<string>
  /** Largest recording, in bytes. */
  readonly maxUploadBytes: number
  /** Largest head of a request, in bytes. */
  readonly maxHeaderBytes: number
  /** Largest body of the management API, in bytes. */
  readonly maxJsonBytes: number
  /** Largest message of a client on a socket, in bytes; without one, as large as the channel allows. */
  readonly maxMessageBytes: number | undefined
  /** Connections at a time. */
  readonly maxConnections: number
  /** Between two attempts to deliver a callback. */
  readonly callbackRetryDelay: Duration.Duration
  /** How long another server is waited for. */
  readonly remoteTimeout: Duration.Duration
  /** How long the head of a request is waited for. */
  readonly headTimeout: Duration.Duration
  /** How long the next byte of a body is waited for. */
  readonly uploadTimeout: Duration.Duration
  /** How long the client of a socket may be silent; without one, as long as the channel allows. */
  readonly idleTimeout: Duration.Duration | undefined
  /** How long a session may last; without one, as long as the channel allows. */
  readonly sessionTimeout: Duration.Duration | undefined
  /** How long calls may go on when the emulator stops. */
  readonly shutdownTimeout: Duration.Duration
}>()("@effect-deepgram/emulator/Settings") {}
