/** A client that knows nothing of the SDK: what the emulator's answers look like on the wire. */
import { Emulator } from "@effect-deepgram/emulator"
import { Effect, Redacted } from "effect"

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly json: any
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
  const answer: Answer = { status: response.status, headers: response.headers, json: JSON.parse(text) }
  return answer
})

export const listen = (query: string, body: BodyInit, headers: Record<string, string> = {}) =>
  post(`/v1/listen?${query}`, { body, headers })

/** The transcript of the first channel. */
export const transcriptOf = (answer: Answer): string => answer.json.results.channels[0].alternatives[0].transcript
