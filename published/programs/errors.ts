import { Deepgram, retryPolicy, withOptions } from "effect-deepgram/Deepgram"
import * as DeepgramAuth from "effect-deepgram/DeepgramAuth"
import type { DeepgramError } from "effect-deepgram/DeepgramError"
import * as ListenV1 from "effect-deepgram/ListenV1"
import * as ReadV1 from "effect-deepgram/ReadV1"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { meeting } from "./faults.ts"
import { holds, Runtime, same, type Suite } from "./program.ts"
import { format, hearing } from "./voice.ts"

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

const isNamed = ({ requestId }: DeepgramError) => holds("there is a request id", uuid.test(requestId ?? ""))

const analysis = ReadV1.analyze({ text: "I love it." }, { sentiment: true })

const refused = Effect.gen(function*() {
  const corrupt = yield* Effect.flip(ListenV1.transcribeFile(new Uint8Array(1000).fill(7), hearing))
  yield* same("failure of what is no audio", corrupt._tag, "BadRequest")
  yield* isNamed(corrupt)
  const unknown = yield* Effect.flip(
    ListenV1.transcribeUrl("https://example.com/call.wav", { model: "no-such-model" })
  )
  yield* same("failure of an unknown model", unknown._tag, "PermissionDenied")
  yield* isNamed(unknown)
})

const unauthorized = Effect.gen(function*() {
  const client = yield* Deepgram
  const secret = "a-token-that-nobody-granted"
  const auth = DeepgramAuth.make({ accessToken: Redacted.make(secret) })
  const error = yield* Effect.flip(Effect.provideService(analysis, Deepgram, { ...client, auth }))
  yield* same("failure", error._tag, "Unauthorized")
  yield* isNamed(error)
  yield* holds("the token is not told", !JSON.stringify(error).includes(secret))
})

const busy = Effect.gen(function*() {
  const client = yield* Deepgram
  let attempts = 0
  const credential = Effect.tap(client.auth.credential, () => Effect.sync(() => attempts++))
  const error = yield* analysis.pipe(
    meeting({ type: "Answer", status: 429 }),
    withOptions({ retry: retryPolicy({ times: 2, initialDelay: "10 millis" }) }),
    Effect.provideService(Deepgram, { ...client, auth: { ...client.auth, credential } }),
    Effect.flip
  )
  yield* same("failure and attempts", [error._tag, attempts], ["RateLimited", 3])
})

const malformed = Effect.gen(function*() {
  const error = yield* Effect.flip(analysis.pipe(meeting({ type: "Malform", how: "shape" })))
  yield* same("failure", error._tag, "DecodeError")
  yield* isNamed(error)
})

const handshake = Effect.gen(function*() {
  const { refusedHandshake } = yield* Runtime
  const error = yield* Effect.flip(Effect.scoped(ListenV1.connect({ ...hearing, ...format, model: "no-such-model" })))
  yield* same("failure", error._tag, "HandshakeRejected")
  if (error._tag !== "HandshakeRejected") return
  const knows = { answer: [403, "INSUFFICIENT_PERMISSIONS"], status: [403, undefined], nothing: [undefined, undefined] }
  yield* same("status and code", [error.status, error.code], knows[refusedHandshake])
  if (refusedHandshake === "answer") yield* isNamed(error)
})

const closed = Effect.gen(function*() {
  const session = yield* ListenV1.connect({ ...hearing, ...format })
  yield* session.send(new Uint8Array(3200))
  const error = yield* Effect.flip(Stream.runDrain(session.messages))
  yield* same("failure", error._tag, "ConnectionClosed")
  if (error._tag !== "ConnectionClosed") return
  yield* same("code and reason", [error.code, error.reason], [1011, "Broken."])
  const { _tag } = yield* Effect.flip(session.send(new Uint8Array(3200)))
  yield* same("failure of what is sent afterwards", _tag, "ConnectionClosed")
}).pipe(meeting({ type: "Close", code: 1011, reason: "Broken.", of: "client", after: 1 }), Effect.scoped)

export const errors: Suite = {
  name: "errors",
  programs: [
    { name: "says why a request was refused", run: refused },
    { name: "says that a credential is wrong, and not which", run: unauthorized },
    { name: "tries again when Deepgram is busy", run: busy },
    { name: "does not take another answer for the right one", run: malformed },
    { name: "says that a handshake was refused, and why if it can be known", run: handshake },
    { name: "says how a session was closed", run: closed }
  ]
}
