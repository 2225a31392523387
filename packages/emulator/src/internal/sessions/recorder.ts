/** Writes down what clients send and what they are answered, where it comes from the network and where it goes to it. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { ServeError } from "effect/http/HttpServerError"
import * as Layer from "effect/Layer"
import type { ServerResponse } from "node:http"
import type { Exchange } from "../server/exchange.ts"
import { loggedPath } from "../state/ledgerSecrets.ts"
import { version } from "../version.ts"
import type { Recording } from "./call.ts"
import { formatVersion, type Part } from "./format.ts"
import { recordHttp } from "./recordHttp.ts"
import { recordSocket, type SessionRecording } from "./recordSocket.ts"
import * as Secrets from "./secrets.ts"
import * as Writer from "./writer.ts"

/** Records calls. */
export interface Recorder {
  /** Writes the file anew: an emulator that does not start must not take away what it holds. */
  readonly start: Effect.Effect<void, ServeError>
  readonly http: (exchange: Exchange, response: ServerResponse) => void
  readonly session: (exchange: Exchange) => SessionRecording
}

/** The recorder of an emulator that records. */
export const Recorder = Context.Reference<Recorder | undefined>("@effect-deepgram/emulator/Recorder", {
  defaultValue: () => undefined
})

/** How long calls that are cut by the end of an emulator may take to notice, in milliseconds. */
const patience = 1000

const make = Effect.fnUntraced(function*(path: string) {
  const clock = yield* Clock.Clock
  const now = () => clock.currentTimeMillisUnsafe()
  const writer = yield* Writer.make(path)
  const hide = Secrets.make()
  const open = new Set<string>()
  let onLast: (() => void) | undefined
  let hasStarted = false

  const start = Effect.map(writer.clear, () => {
    hasStarted = true
    writer.write({
      type: "Header",
      format: "deepgram-emulator-sessions",
      version: formatVersion,
      emulator: version,
      time: now()
    })
  })

  const begin = (exchange: Exchange): Recording => {
    const { asked, begun, method, request: { rawHeaders }, requestId: id, target, transport } = exchange
    const pairs = rawHeaders.flatMap((name, i): ReadonlyArray<Secrets.Pair> =>
      i % 2 === 0 ? [[name, rawHeaders[i + 1] ?? ""]] : []
    )
    open.add(id)
    writer.write({
      type: "Call",
      id,
      time: begun,
      transport,
      method,
      target: loggedPath(target),
      headers: Secrets.hideHeaders(pairs, hide),
      ...(asked === undefined ? undefined : { faults: asked })
    })
    return {
      exchange,
      writer,
      hide,
      write: (part) => {
        if (!open.has(id)) return
        writer.write({ ...part, id, at: now() - begun } as Part)
        if (part.type !== "CallEnd") return
        open.delete(id)
        if (open.size === 0) onLast?.()
      }
    }
  }

  yield* Effect.addFinalizer(() =>
    Effect.callback<void>((resume) => {
      if (open.size === 0) return resume(Effect.void)
      onLast = () => resume(Effect.void)
    }).pipe(
      Effect.timeoutOption(patience),
      Effect.andThen(Effect.sync(() => {
        if (hasStarted) writer.write({ type: "End", time: now() })
      }))
    )
  )

  const recorder: Recorder = {
    start,
    http: (exchange, response) => recordHttp(begin(exchange), response),
    session: (exchange) => recordSocket(begin(exchange))
  }
  return recorder
})

/** Records into a file, if there is to be one. Build it afresh: each emulator has its own. */
export const layer = (path: string | undefined): Layer.Layer<never, ServeError> =>
  path === undefined ? Layer.succeed(Recorder, undefined) : Layer.effect(Recorder, make(path))
