/** What tests of the management API share. */
import { Emulator } from "@effect-deepgram/emulator"
import { Effect, Redacted } from "effect"
import { Deepgram, Invites, Keys, Projects } from "effect-deepgram"
import { type IncomingMessage, request } from "node:http"

/** The project of the emulator. */
export const project = Effect.map(Projects.list(), ({ projects }) => projects[0]!.project_id)

/** Something with the id of the project. */
export const inProject = <A, E, R>(use: (projectId: string) => Effect.Effect<A, E, R>) => Effect.flatMap(project, use)

/** A new key of the caller's. */
export const newKey = (...scopes: ReadonlyArray<string>) =>
  Effect.map(inProject((id) => Keys.create(id, { comment: "tests", scopes })), ({ key }) => key)

/** Invites somebody who accepts; answers with the new member's key. */
export const newMember = (email: string, scope: string) =>
  Effect.gen(function*() {
    yield* inProject((id) => Invites.create(id, { email, scope }))
    const { acceptInvite } = yield* Emulator.Emulator
    return yield* acceptInvite(email)
  })

/** Makes the calls of an effect with another key. */
export const withKey = (apiKey: Redacted.Redacted) => <A, E, R>(self: Effect.Effect<A, E, R>) =>
  Effect.flatMap(
    Emulator.Emulator,
    ({ url }) => Effect.provide(self, Deepgram.layer({ apiKey, baseUrl: url }), { local: true })
  )

/** Makes the calls of an effect with an access token. */
export const withToken = (accessToken: Redacted.Redacted) => <A, E, R>(self: Effect.Effect<A, E, R>) =>
  Effect.flatMap(
    Emulator.Emulator,
    ({ url }) => Effect.provide(self, Deepgram.layer({ accessToken, baseUrl: url }), { local: true })
  )

/** How an operation that must fail does so. */
export const failureOf = <R>(self: Effect.Effect<unknown, { readonly _tag: string }, R>) =>
  Effect.map(Effect.flip(self), ({ _tag }) => _tag)

/** An answer. */
export interface Sent {
  readonly status: number
  readonly headers: Headers
  /** The body, if it is JSON. */
  readonly json: unknown
}

/** `fetch` without the SDK, which would not send what is wrong; with the emulator's key unless told otherwise. */
export const send = Effect.fnUntraced(
  function*(method: string, path: string, options: { readonly body?: unknown; readonly authorization?: string } = {}) {
    const { apiKey, url } = yield* Emulator.Emulator
    const { authorization = `Token ${Redacted.value(apiKey)}`, body } = options
    const response = yield* Effect.promise((signal) =>
      fetch(`${url}${path}`, {
        method,
        signal,
        headers: { ...(authorization === "" ? undefined : { authorization }), "content-type": "application/json" },
        body: body === undefined
          ? null
          : typeof body === "string" || body instanceof Uint8Array
          ? body as BodyInit
          : JSON.stringify(body)
      })
    )
    const text = yield* Effect.promise(() => response.text())
    const sent: Sent = {
      status: response.status,
      headers: response.headers,
      json: text !== "" && response.headers.get("content-type")?.startsWith("application/json") === true
        ? JSON.parse(text)
        : undefined
    }
    return sent
  }
)

/**
 * Sends a request whose body follows when the server has asked for it and something else is done; answers with its
 * status.
 */
export const sendAfter = Effect.fnUntraced(
  function*<E, R>(
    meanwhile: Effect.Effect<unknown, E, R>,
    { authorization, body, method, path }: {
      readonly method: string
      readonly path: string
      readonly body: unknown
      readonly authorization: string
    }
  ) {
    const { url } = yield* Emulator.Emulator
    const headers = { authorization, expect: "100-continue" }
    const sent = request(`${url}${path}`, { method, headers })
    const answer = new Promise<IncomingMessage>((resolve, reject) => sent.on("response", resolve).on("error", reject))
    yield* Effect.callback<void>((resume) => {
      sent.on("continue", () => resume(Effect.void)).flushHeaders()
    })
    yield* meanwhile
    sent.end(JSON.stringify(body))
    const { statusCode } = (yield* Effect.promise(() => answer)).resume()
    return statusCode
  }
)

/** An id that nothing has. */
export const nothing = "0198c0de-0000-7000-8000-000000000000"
