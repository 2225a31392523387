/**
 * Three witnesses of one emulator: this SDK, the vendor's own, and a client that knows neither. What each of them did is
 * recorded, not claimed.
 */
import { type CustomDeepgramClientOptions, type DeepgramClient } from "@deepgram/sdk"
import { Emulator, Recording } from "@effect-deepgram/emulator"
import { Effect, Layer, Redacted, Tracer } from "effect"
import { Projects } from "effect-deepgram"
import * as Diagnostics from "node:diagnostics_channel"
import { text } from "../operations/support.ts"
import * as Inbox from "../server/inbox.ts"
import type { PlainClient } from "./plain.ts"

/** What the witnesses are told of the emulator. */
export interface Stage {
  readonly url: string
  readonly key: string
  /** The project of the key. */
  readonly project: string
  /** Accepts an invitation: the key of the new member. */
  readonly join: (email: string) => Promise<string>
  /** Where a recording of `text` is. */
  readonly recordingUrl: string
  /** Where `text` itself is. */
  readonly textUrl: string
  /** The client's own server. */
  readonly inbox: { readonly url: string; readonly next: () => Promise<Uint8Array> }
}

/** What the vendor's SDK is told besides: how to be another client. */
export interface VendorStage extends Stage {
  readonly another: (options: CustomDeepgramClientOptions) => DeepgramClient
}

/** An operation, as its other two witnesses use it; of this SDK it is shown by `operations.test.ts`. */
export interface Row {
  readonly official: (sdk: DeepgramClient, stage: VendorStage) => Promise<void>
  readonly plain: (http: PlainClient, stage: Stage) => Promise<void>
  /** Each witness has an emulator of its own: the operation leaves nothing to be used again. */
  readonly alone?: true
  readonly note?: string
}

export type Rows = Readonly<Record<string, Row>>

/** What is served to the emulator, which fetches it and calls back. */
export const stage = Effect.gen(function*() {
  const { acceptInvite, apiKey, url } = yield* Emulator.Emulator
  const { projects: [project] } = yield* Projects.list()
  const inbox = yield* Inbox.inbox()
  const files = yield* Effect.provideContext(
    Inbox.files({ "/a.wav": ["audio/wav", Recording.wav(text)], "/a.txt": ["text/plain", text] }),
    yield* Layer.build(Layer.fresh(Inbox.layer))
  )
  const told: Stage = {
    url,
    key: Redacted.value(apiKey),
    project: project!.project_id,
    join: (email) => Effect.runPromise(Effect.map(acceptInvite(email), Redacted.value)),
    recordingUrl: `${files}/a.wav`,
    textUrl: `${files}/a.txt`,
    inbox: {
      url: inbox.url,
      next: () => Effect.runPromise(Effect.map(inbox.next, ({ bytes }) => bytes))
    }
  }
  return told
})

/** The names of the spans of an effect: what was called. */
export const spansOf = Effect.fnUntraced(function*<A, E, R>(self: Effect.Effect<A, E, R>) {
  const names = new Set<string>()
  const tracer = Tracer.make({
    span: (options) => {
      names.add(options.name)
      return new Tracer.NativeSpan(options)
    }
  })
  yield* Effect.provideService(self, Tracer.Tracer, tracer)
  return names
})

const requestOf = (event: unknown): string | undefined => {
  if (typeof event !== "object" || event === null || !("request" in event)) return undefined
  const { request } = event
  if (typeof request !== "object" || request === null || !("method" in request) || !("path" in request)) {
    return undefined
  }
  return `${String(request.method)} ${String(request.path).split("?")[0]}`
}

/** Is told of every request that `fetch` sends, whoever calls it, as it leaves: `GET /v1/projects`. */
export const watchRequests = (told: (request: string) => void) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const listener = (event: unknown) => {
        const request = requestOf(event)
        if (request !== undefined) told(request)
      }
      Diagnostics.subscribe("undici:request:create", listener)
      return listener
    }),
    (listener) => Effect.sync(() => Diagnostics.unsubscribe("undici:request:create", listener))
  )

export { text }
