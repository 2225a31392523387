/** Recorded calls, sent again in their order. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type { Replayed, ReplayedCall, ReplayOptions } from "../../Sessions.ts"
import { sequence } from "./file.ts"
import type { RecordedCall, SessionsError } from "./format.ts"
import * as Names from "./names.ts"
import { replayHttp, turnOf } from "./replayHttp.ts"
import { replaySocket } from "./replaySocket.ts"
import type { Surroundings } from "./resend.ts"

const defaultTimeout = Duration.seconds(30)

const replayCall = (call: RecordedCall, surroundings: Surroundings) =>
  Effect.map(
    call.transport === "http" ? replayHttp(call, surroundings) : replaySocket(call, surroundings),
    (differences): ReplayedCall => ({ call, differences })
  )

/** Sends the calls of a file again. */
export const replay = Effect.fn("Sessions.replay")(
  function*(
    path: string,
    options: ReplayOptions
  ): Effect.fn.Return<Replayed, SessionsError, HttpClient.HttpClient | Scope.Scope> {
    const { calls, complete, events } = yield* sequence(path)
    const { apiKey, speed = "fast", timeout = defaultTimeout, url } = options
    const surroundings: Surroundings = {
      url,
      apiKey: typeof apiKey === "string" ? apiKey : Redacted.value(apiKey),
      names: Names.make(),
      timeout: Duration.toMillis(timeout),
      isRecordedSpeed: speed === "recorded"
    }
    const begun = yield* Clock.currentTimeMillis
    const first = calls[0]?.time ?? 0
    const byId = new Map(calls.map((call) => [call.id, call]))
    const running = new Map<string, Fiber.Fiber<ReplayedCall>>()
    for (const { id, type } of events) {
      const call = byId.get(id)
      const fiber = running.get(id)
      if (type === "end" && fiber !== undefined) yield* Fiber.join(fiber)
      else if (type === "begin" && call !== undefined) {
        yield* turnOf(begun, call.time - first, surroundings)
        running.set(id, yield* Effect.forkScoped(replayCall(call, surroundings), { startImmediately: true }))
      }
    }
    const replayed = yield* Effect.forEach(running.values(), Fiber.join)
    return { calls: replayed, same: replayed.every(({ differences }) => differences.length === 0), complete }
  },
  Effect.scoped,
  // Nobody is to be told what happened around it, and nothing is to be followed.
  Effect.provideService(HttpClient.TracerPropagationEnabled, false),
  Effect.provide(NodeHttpClient.layerNodeHttp)
)
