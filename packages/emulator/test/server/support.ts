/** A client that knows nothing of the SDK: what the emulator's answers look like on the wire. */
import { Emulator } from "@effect-deepgram/emulator"
import { Effect, Redacted, Schema } from "effect"
import { ListenV1 } from "effect-deepgram"

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** `fetch` against the emulator of the environment, with its key unless `headers` say otherwise. */
export const post = Effect.fnUntraced(function*(path: string, init: RequestInit & { readonly duplex?: "half" }) {
  const { apiKey, url } = yield* Emulator.Emulator
  const response = yield* Effect.promise((signal) =>
    fetch(`${url}${path}`, {
      method: "POST",
      signal,
      ...init,
      headers: { authorization: `Token ${Redacted.value(apiKey)}`, ...init.headers }
    })
  )
  const text = yield* Effect.promise(() => response.text())
  const answer: Answer = { status: response.status, headers: response.headers, text }
  return answer
})

export const listen = (query: string, body: BodyInit, headers: Record<string, string> = {}) =>
  post(`/v1/listen?${query}`, { body, headers })

/** The body of a success. */
export const transcriptionOf = (answer: Answer): ListenV1.Transcription =>
  Schema.decodeUnknownSync(Schema.fromJsonString(ListenV1.Transcription))(answer.text)

/** The alternative of a channel. */
export const alternativeOf = (answer: Answer, channel = 0): ListenV1.Alternative => {
  const alternative = transcriptionOf(answer).results.channels[channel]?.alternatives[0]
  if (alternative === undefined) throw new Error(`channel ${channel} has no alternative: ${answer.text}`)
  return alternative
}

const ErrorBody = Schema.Struct({ err_code: Schema.String, err_msg: Schema.String, request_id: Schema.String })

/** The body of a refusal. */
export const refusalOf = (answer: Answer): typeof ErrorBody.Type =>
  Schema.decodeUnknownSync(Schema.fromJsonString(ErrorBody))(answer.text)
