import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"

/** What the handlers of the emulator go by. */
export class Settings extends Context.Service<Settings, {
  /** Custom models that may be asked for besides the ones that Deepgram documents. */
  readonly models: ReadonlyArray<string>
  /** Largest recording, in bytes. */
  readonly maxUploadBytes: number
  /** Between two attempts to deliver a callback. */
  readonly callbackRetryDelay: Duration.Duration
  /** How long the client of a socket may be silent; without one, as long as the channel allows. */
  readonly idleTimeout: Duration.Duration | undefined
}>()("@effect-deepgram/emulator/Settings") {}
