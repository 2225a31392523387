/** What both generations of `speak` need besides their contracts. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Deepgram } from "../Deepgram.ts"
import { BadRequest, PayloadTooLarge, type RequestError } from "../DeepgramError.ts"
import type { Incoming } from "./audioOperation.ts"
import type { Receipt } from "./contract/receipt.ts"
import { maxTextLength, type SpeechMetadata } from "./contract/speech.ts"
import { refusedOptions } from "./encode.ts"
import { refused } from "./errors.ts"
import { refusedTag } from "./insights.ts"
import { named } from "./named.ts"
import { isJson } from "./normalize.ts"

/** Speech on its way. */
export interface Speech {
  /**
   * The audio, as it arrives. It is read once, within the scope; what it is encoded as was said by the options. Each
   * wait for more is under the time limit.
   */
  readonly audio: Stream.Stream<Uint8Array, RequestError>
  /** What the head of the answer says. */
  readonly metadata: SpeechMetadata
}

/** A pause or a pronunciation, escaped or not (inventory 1.4): no spelling of theirs may count as spoken. */
const control = /\\?\{\s*(?:pause\b[^{}]*(?:\{[^{}]*\}[^{}]*)?|"(?:word|pronounce)"[^{}]*)\}/g

const spokenWord = /"word"\s*:\s*"([^"\\]*(?:\\.[^"\\]*)*)"/

/** How many characters of a text are spoken, at the least. */
const spokenLength = (text: string): number =>
  [...text.replaceAll(control, (match) => spokenWord.exec(match)?.[1] ?? "")].length

/** Why a text is not sent: because Deepgram would refuse it for sure. */
const refusedText = (operation: string, text: unknown): BadRequest | PayloadTooLarge | undefined => {
  if (text === "") return refused(BadRequest, operation, "there is no text to speak")
  return typeof text === "string" && text.length > maxTextLength && spokenLength(text) > maxTextLength
    ? refused(
      PayloadTooLarge,
      operation,
      `the text is longer than ${maxTextLength} characters: split it, at the ends of sentences`
    )
    : undefined
}

const wholeNumber = (header: string | undefined): number | undefined =>
  header !== undefined && /^\s*\d+\s*$/.test(header) ? Number(header) : undefined

const list = (header: string | undefined): ReadonlyArray<string> | undefined =>
  header?.split(",").map((item) => item.trim()).filter((item) => item !== "")

const metadataOf = ({ headers, requestId }: Incoming): SpeechMetadata => {
  const found = {
    request_id: requestId,
    model_name: headers["dg-model-name"],
    model_uuid: headers["dg-model-uuid"],
    additional_model_uuids: list(headers["dg-additional-model-uuids"]),
    char_count: wholeNumber(headers["dg-char-count"]),
    project_id: headers["dg-project-id"],
    breaks_applied: wholeNumber(headers["dg-breaks-applied"]),
    pronunciations_applied: wholeNumber(headers["dg-pronunciations-applied"]),
    pronunciation_warnings: headers["dg-pronunciation-warnings"],
    warnings: headers["dg-warnings"],
    content_type: headers["content-type"]
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as SpeechMetadata
}

interface Query {
  readonly model?: string | undefined
  readonly tag?: string | ReadonlyArray<string> | undefined
  readonly callback?: string | undefined
}

interface Call<Q> {
  readonly query: Q
  readonly body: { readonly json: { readonly text: string } }
}

type WithCallback<Q, Callback> = Omit<Q, "callback"> & { readonly callback: Callback }

/** The operations of one generation; `Q` is its query. */
export const makeSpeech = <Q extends Query>(module: "SpeakV1" | "SpeakV2", send: {
  readonly generate: (operation: string, call: Call<Q>) => Effect.Effect<Incoming, RequestError, Deepgram | Scope.Scope>
  readonly submit: (
    operation: string,
    call: Call<WithCallback<Q, string>>
  ) => Effect.Effect<Receipt, RequestError, Deepgram>
}) => {
  const refusedCall = (operation: string, text: string, options: Omit<Query, "callback">) => {
    if (!isJson(options)) return refusedOptions(operation)
    const refusal = refusedText(operation, text)
    if (refusal !== undefined) return refusal
    const reason = refusedTag(options.tag)
    return reason === undefined ? undefined : refused(BadRequest, operation, reason)
  }

  const withModel = (model: string | undefined): Effect.Effect<void> =>
    model === undefined ? Effect.void : Effect.annotateCurrentSpan("deepgram.model", model)

  const generating = (operation: string) =>
    named(operation)((text: string, query: Q): Effect.Effect<Speech, RequestError, Deepgram | Scope.Scope> => {
      const refusal = refusedCall(operation, text, query)
      if (refusal !== undefined) return Effect.fail(refusal)
      if (query.callback !== undefined) {
        return Effect.fail(
          refused(BadRequest, operation, "with a callback there is no audio to wait for: use submit")
        )
      }
      return Effect.map(
        Effect.andThen(withModel(query.model), send.generate(operation, { query, body: { json: { text } } })),
        (incoming) => ({ audio: incoming.audio, metadata: metadataOf(incoming) })
      )
    })

  const generate = generating(`${module}.generate`)
  const streaming = generating(`${module}.generateStream`)

  const submit = Effect.fn(`${module}.submit`)(function*(text: string, options: WithCallback<Q, string | URL>) {
    const operation = `${module}.submit`
    const refusal = refusedCall(operation, text, options)
    if (refusal !== undefined) return yield* refusal
    yield* withModel(options.model)
    const callback = String(options.callback ?? "").trim()
    if (callback === "") return yield* refused(BadRequest, operation, "callback is missing")
    return yield* send.submit(operation, { query: { ...options, callback }, body: { json: { text } } })
  })

  const generateStream = (text: string, query: Q): Stream.Stream<Uint8Array, RequestError, Deepgram> =>
    Stream.unwrap(Effect.map(streaming(text, query), ({ audio }) => audio))

  return { generate, generateStream, submit }
}
